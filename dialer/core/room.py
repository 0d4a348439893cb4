"""The room: everything that the Floor holds at one instant, and the two runners of its machines.

One writer owns it. Indexes (`ready`, `waiting`, `pictures`) are kept by the few methods here, so that nobody else has
to remember them. Effects gather in `out` until the step ends.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from dialer.core.agent import AGENT, Agent, AgentAct
from dialer.core.call import CALL, Call, CallAct
from dialer.core.campaign import Campaign
from dialer.core.effects import Alarm, BookAgentState, Effect, SetTimer
from dialer.core.events import Event
from dialer.core.ids import AgentId, AttemptId, CampaignId, Instant, ServerName, SpyId, TrunkName
from dialer.core.picture import Picture
from dialer.core.settings import Site
from dialer.core.skills import may_serve
from dialer.core.states import REST, AgentState, CallState
from dialer.core.timer import Timer, TimerKind
from dialer.core.trunks import ServerLink, TrunkLine
from strategies.base import How, Observation

PHASE_ENDS = frozenset({How.TALK_ENDED, How.WRAP_UP_ENDED})
if TYPE_CHECKING:
    from dialer.core.spying import Spy

TOMBSTONE_S = 60.0
"""Events about a settled attempt may come this late; after it they are strays."""

BUSY = frozenset({AgentState.TALKING, AgentState.WRAP_UP})
"""What an agent's page tells of his call is kept through both."""
WAITING = frozenset({AgentState.READY, AgentState.PREVIEWING, AgentState.RESERVED})
"""Neither at work nor away: it counts as rest from work."""
FREER = frozenset({AgentState.READY, AgentState.WRAP_UP})
"""An agent who comes into one of these is free, or free sooner than was thought."""

CallHandler: TypeAlias = "Callable[[Room, Call, Event], None]"
AgentHandler: TypeAlias = "Callable[[Room, Agent, Event], None]"


@dataclass(slots=True)
class Room:
    call_acts: Mapping[CallAct, CallHandler]
    agent_acts: Mapping[AgentAct, AgentHandler]
    at: Instant = 0.0
    servers: dict[ServerName, ServerLink] = field(default_factory=dict)
    trunks: dict[TrunkName, TrunkLine] = field(default_factory=dict)
    agents: dict[AgentId, Agent] = field(default_factory=dict)
    campaigns: dict[CampaignId, Campaign] = field(default_factory=dict)
    calls: dict[AttemptId, Call] = field(default_factory=dict)
    ready: dict[ServerName, dict[AgentId, None]] = field(default_factory=dict)
    """Ready agents, longest idle first."""
    waiting: dict[ServerName, dict[AttemptId, None]] = field(default_factory=dict)
    """Answered customers without an agent, first come first."""
    pictures: defaultdict[ServerName, Picture] = field(default_factory=lambda: defaultdict(Picture))
    """Busy agents and calls not yet answered, as strategies see them."""
    settled: dict[AttemptId, ServerName] = field(default_factory=dict)
    tombs: deque[tuple[Instant, AttemptId]] = field(default_factory=deque)
    spies: "dict[SpyId, Spy]" = field(default_factory=dict)
    """Supervisors' phones on agents' lines."""
    out: list[Effect] = field(default_factory=list)
    dirty: bool = False
    """The picture has changed in a way that can lead to a call: pace at the end of this step. An answer, a join or an
    agent who leaves only make calls fewer; the next beat sees them."""
    books_away: bool = False
    draining: bool = False
    clock_suspect: bool = False
    keeps: bool = True
    """Somebody may be kept for a campaign (`core.keeping`)."""
    orphans: int = 0
    """Channels that carry our names and belong to no live attempt, ever since the start."""

    # ---- machines

    def step_call(self, call: Call, event: Event) -> None:
        """Run the call's machine; IllegalTransition changes nothing."""
        rule = CALL.look(call.state, type(event))
        if rule.state is not call.state:
            call.state = rule.state
            self.reindex(call)
        for act in rule.acts:
            self.call_acts[act](self, call, event)

    def step_agent(self, agent: Agent, event: Event) -> None:
        """Run the agent's machine; IllegalTransition changes nothing."""
        rule = AGENT.look(agent.state, type(event))
        self.set_agent_state(agent, rule.state)
        for act in rule.acts:
            self.agent_acts[act](self, agent, event)

    def set_agent_state(self, agent: Agent, state: AgentState, reason: str = "") -> None:
        """Move the agent, keep the index of ready ones, and tell the books and the desk."""
        if state is agent.state and (state is not AgentState.PAUSED or reason in ("", agent.reason)):
            return
        if state is AgentState.READY and agent.rests:
            reason = REST
        if state is AgentState.TALKING:
            agent.at_work_since = self.at
        if state not in BUSY:
            agent.hint = ""
        self._enter(agent, state, reason)

    def rested(self, agent: Agent) -> None:
        """His rest between two calls is over."""
        agent.rests = False
        if agent.state is AgentState.READY:
            self._enter(agent, AgentState.READY, "")

    def _enter(self, agent: Agent, state: AgentState, reason: str) -> None:
        if agent.state in WAITING:
            agent.waited_s += self.at - agent.since
        agent.state, agent.since, agent.reason = state, self.at, reason
        self.reindex_agent(agent)
        self.dirty |= state in FREER
        self.out.append(
            BookAgentState(
                agent=agent.id,
                state=state,
                since=self.at,
                reason=reason,
                leg=agent.leg,
                attempt=agent.attempt,
            )
        )

    def reindex_agent(self, agent: Agent) -> None:
        """The agent's state or wish has changed: keep `ready` true, and what strategies see of him."""
        server = agent.session.phone.server
        ready = self.ready.setdefault(server, {})
        if agent.is_ready:
            ready.setdefault(agent.id, None)
        else:
            ready.pop(agent.id, None)
        self.pictures[server].show_agent(agent)

    # ---- calls and their indexes

    def show_call(self, call: Call) -> None:
        """Keep what strategies see of a call in flight."""
        if call.unanswered:
            self.pictures[call.server].show_call(call)

    def add_call(self, call: Call) -> None:
        self.calls[call.attempt] = call
        self.reindex(call)
        self.show_call(call)

    def forget_call(self, call: Call) -> None:
        """The attempt is settled: only its name is kept, for events that come late."""
        self.calls.pop(call.attempt, None)
        self.settled[call.attempt] = call.server
        self.tombs.append((self.at + TOMBSTONE_S, call.attempt))

    def bury(self) -> None:
        """Forget the names of attempts settled long ago."""
        while self.tombs and self.tombs[0][0] <= self.at:
            self.settled.pop(self.tombs.popleft()[1], None)

    def reindex(self, call: Call) -> None:
        """The call's state has changed: keep `waiting` true, and what strategies see."""
        if not call.unanswered:
            self.pictures[call.server].drop_call(call)
        if call.waits:
            self.waiting.setdefault(call.server, {}).setdefault(call.attempt, None)
        elif waiting := self.waiting.get(call.server):
            waiting.pop(call.attempt, None)

    def take_lines(self, trunk: TrunkName, campaign: CampaignId, more: int) -> None:
        """So many more lines are taken on the trunk by the campaign; negative: so many are free again."""
        for taker in (self.trunks.get(trunk), self.campaigns.get(campaign)):
            if taker is not None:
                taker.lines_used = max(0, taker.lines_used + more)

    def calls_on(self, server: ServerName) -> list[Call]:
        return [call for call in self.calls.values() if call.server == server]

    def agents_on(self, server: ServerName) -> list[Agent]:
        return [agent for agent in self.agents.values() if agent.session.phone.server == server]

    def may_serve(self, agent: Agent, campaign: Campaign) -> bool:
        return may_serve(agent.session.groups, agent.session.skills, campaign.settings)

    def ready_agents(self, server: ServerName, campaign: Campaign) -> Iterator[Agent]:
        """Agents who could take a call of this campaign now, longest idle first."""
        agents, settings = self.agents, campaign.settings
        for agent_id in self.ready.get(server, ()):
            agent = agents[agent_id]
            if agent.sought or agent.kept_for not in (None, settings.id) or not agent.reachable:
                continue
            if may_serve(agent.session.groups, agent.session.skills, settings):
                yield agent

    def count_ready(self, server: ServerName, campaign: Campaign) -> int:
        """How many `ready_agents` there are; asked at every decision."""
        agents, settings, count = self.agents, campaign.settings, 0
        for agent_id in self.ready.get(server, ()):
            agent = agents[agent_id]
            if agent.sought or not agent.reachable or (agent.kept_for is not None and agent.kept_for != settings.id):
                continue
            session = agent.session
            if may_serve(session.groups, session.skills, settings):
                count += 1
        return count

    def kept_ready(self, server: ServerName) -> Iterator[Agent]:
        """Ready agents who are kept for some campaign."""
        if self.keeps:
            ready = (self.agents[agent] for agent in self.ready.get(server, ()))
            yield from (a for a in ready if a.kept_for is not None and a.reachable and not a.sought)

    def count_kept(self, server: ServerName, campaign: Campaign) -> int:
        """How many of them are kept for this campaign, and no call of another counts on them any more."""
        return sum(1 for a in self.kept_ready(server) if a.kept_for == campaign.id and not self._is_counted_on(a))

    def _is_counted_on(self, agent: Agent) -> bool:
        """A call of another campaign, asked for before this agent was kept, may yet want him."""
        server, kept_from = agent.session.phone.server, agent.kept_from
        older = (call for call in self.calls_on(server) if call.counts_from <= kept_from)
        wanting = {call.campaign for call in older if call.unanswered or call.waits}
        wanting |= {one.id for one in self.campaigns.values() if one.oldest_claim_at(server) <= kept_from}
        campaigns = (self.campaigns.get(one) for one in wanting if one != agent.kept_for)
        return any(one is not None and self.may_serve(agent, one) for one in campaigns)

    # ---- small words

    def set_site(self, site: Site) -> None:
        """Servers and trunks after a reload; what goes on keeps its counts."""
        for server in site.servers:
            link = self.servers.setdefault(server.name, ServerLink.of(server))
            link.settings, link.rate.per_second = server, server.calls_per_second
        for trunk in site.trunks:
            line = self.trunks.setdefault(trunk.name, TrunkLine.of(trunk))
            line.settings, line.rate = trunk, line.rate.at_most(trunk.calls_per_second)
        names = {trunk.name for trunk in site.trunks}
        for name in [name for name in self.trunks if name not in names]:
            del self.trunks[name]

    def alarm(
        self,
        name: str,
        text: str,
        call: Call | None = None,
        server: ServerName | None = None,
        **facts: str | int | float,
    ) -> None:
        """Have a person look; `facts` are what the screens' own words need (`Alarm`)."""
        attempt = call.attempt if call else None
        self.out.append(Alarm(name=name, text=text, attempt=attempt, server=server, facts=facts))

    def set_timer(self, kind: TimerKind, of: str, after_s: float) -> None:
        self.out.append(SetTimer(timer=Timer(kind, of), at=self.at + after_s))

    def observe(self, call: Call, how: How, after_s: float) -> None:
        """Tell the campaign's strategy on this server what was learned."""
        campaign = self.campaigns.get(call.campaign)
        strategy = campaign.strategies.get(call.server) if campaign else None
        if strategy is None:
            return
        rang = call.state is CallState.RINGING or call.ringing_at is not None
        known, agent = call.reservation, self.agents.get(call.agent) if call.agent is not None else None
        hint = agent.hint if agent is not None and how in PHASE_ENDS else ""
        strategy.observe(
            Observation(
                self.at, how, after_s, rang, known.segment, call.trunk, answer_ratio=known.answer_ratio, hint=hint
            )
        )
