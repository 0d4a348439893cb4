"""What the wallboard sees: the room as plain values, taken at one instant. Nothing here is acted upon."""

from collections import Counter
from dataclasses import dataclass

from dialer.core.effects import LineTold
from dialer.core.explaining import sentence
from dialer.core.floor import Floor
from dialer.core.ids import AgentId, AttemptId, CampaignId, Instant, ServerName, SpyId, TrunkName
from dialer.core.ledger import CeilingMode, LedgerWindow
from dialer.core.line_acts import line_of
from dialer.core.skills import may_serve
from dialer.core.states import AgentState, CallState, CampaignState, SpyMode


@dataclass(frozen=True, slots=True)
class Listener:
    """A supervisor on an agent's line; `on`: his phone was picked up."""

    spy: SpyId
    by: str
    endpoint: str
    mode: SpyMode
    since: Instant
    on: bool


@dataclass(frozen=True, slots=True)
class AgentView:
    agent: AgentId
    state: AgentState
    since: Instant
    reason: str
    server: ServerName
    attempt: AttemptId | None
    line: LineTold | None = None
    """Who hears whom, where he is in talk."""
    nailed_up: bool = True
    """His phone stays on the line, so that a supervisor can be put on it."""
    listeners: tuple[Listener, ...] = ()
    endpoint: str = ""
    """His phone."""


@dataclass(frozen=True, slots=True)
class CampaignView:
    id: CampaignId
    name: str
    state: CampaignState
    mode: str
    calls: dict[str, int]
    """Live calls by state."""
    outcomes: dict[str, int]
    """Settled attempts by outcome since the daemon started."""
    joined: int
    answered: int
    abandoned: int
    """Both over the ledger's window."""
    abandonment_ratio: float
    ceiling_ratio: float
    reason: str
    """The last pacing decision in words."""
    unfinished: int | None
    """Leads that may still be called, where known."""
    ceiling_mode: CeilingMode = CeilingMode.TARGET
    ceiling_window: LedgerWindow = LedgerWindow.ROLLING_24H
    budget_calls: float = 0.0
    """Calls that may yet be abandoned before the share reaches the ceiling; negative: a debt."""
    worst_30min_ratio: float = 0.0
    """The abandonment of the worst rolling half hour of the window."""
    reason_en: str = ""
    """The last pacing decision in English."""
    max_lines: int | None = None
    lines_used: int = 0
    """Of its own calls, and asked for; an agent who writes up a talk holds none."""
    agents: int = 0
    """Signed in, of groups that serve it."""


@dataclass(frozen=True, slots=True)
class TrunkView:
    name: TrunkName
    server: ServerName
    lines: int
    lines_used: int
    alive: bool
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class ServerView:
    name: ServerName
    up: bool
    why_down: str


@dataclass(frozen=True, slots=True)
class FloorView:
    at: Instant
    agents: tuple[AgentView, ...]
    campaigns: tuple[CampaignView, ...]
    trunks: tuple[TrunkView, ...]
    servers: tuple[ServerView, ...]
    draining: bool
    books_away: bool
    clock_suspect: bool
    orphans: int


def view_of(floor: Floor, at: Instant) -> FloorView:
    """The room now. Costs time in proportion to agents and live calls; take it a few times a second."""
    room = floor.room
    for campaign in room.campaigns.values():
        campaign.ledger.roll(at)
    return FloorView(
        at=at,
        agents=_agents(floor),
        campaigns=_campaigns(floor, at),
        trunks=tuple(
            TrunkView(t.settings.name, t.settings.server, t.settings.lines, t.lines_used, t.alive, t.settings.endpoint)
            for t in room.trunks.values()
        ),
        servers=tuple(ServerView(s.settings.name, s.up, "" if s.up else s.why_down) for s in room.servers.values()),
        draining=room.draining,
        books_away=room.books_away,
        clock_suspect=room.clock_suspect,
        orphans=room.orphans,
    )


def _agents(floor: Floor) -> tuple[AgentView, ...]:
    room = floor.room
    listeners: dict[AgentId, tuple[Listener, ...]] = {}
    for spy in room.spies.values():
        seen = Listener(spy.id, spy.by, spy.endpoint, spy.mode, spy.since, spy.on)
        listeners[spy.agent] = (*listeners.get(spy.agent, ()), seen)
    return tuple(
        AgentView(
            a.id,
            a.state,
            a.since,
            a.reason,
            a.session.phone.server,
            a.attempt,
            line_of(room, a),
            a.nailed_up,
            listeners.get(a.id, ()),
            a.session.phone.endpoint,
        )
        for a in room.agents.values()
    )


def _campaigns(floor: Floor, at: Instant) -> tuple[CampaignView, ...]:
    calls: dict[CampaignId, dict[str, int]] = {}
    for call in floor.room.calls.values():
        by_state = calls.setdefault(call.campaign, {str(state): 0 for state in CallState})
        by_state[call.state] += 1
    trades = Counter((agent.session.groups, agent.session.skills) for agent in floor.room.agents.values())
    return tuple(
        CampaignView(
            id=campaign.id,
            name=campaign.settings.name,
            state=campaign.state,
            mode=campaign.settings.mode,
            calls=calls.get(campaign.id, {}),
            outcomes={str(outcome): count for outcome, count in campaign.outcomes.items()},
            joined=campaign.joined,
            answered=campaign.ledger.answered,
            abandoned=campaign.ledger.abandoned,
            abandonment_ratio=campaign.ledger.ratio,
            ceiling_ratio=campaign.settings.ceiling_ratio,
            reason=next((decision.reason for decision in campaign.decisions.values()), ""),
            unfinished=campaign.unfinished,
            ceiling_mode=campaign.settings.ceiling_mode,
            ceiling_window=campaign.settings.ceiling_window,
            budget_calls=campaign.ledger.left(campaign.settings.ceiling_ratio),
            worst_30min_ratio=campaign.ledger.worst(at).ratio,
            reason_en=next((sentence(one, english=True) for one in campaign.decisions.values()), ""),
            max_lines=campaign.settings.max_lines,
            lines_used=campaign.lines_used,
            agents=sum(n for trade, n in trades.items() if may_serve(*trade, campaign.settings)),
        )
        for campaign in floor.room.campaigns.values()
    )
