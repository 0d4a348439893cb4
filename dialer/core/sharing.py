"""Who goes first: campaigns on the same agents, lines and calls per second, by weight, so that none starves.

Each campaign has a clock on each server that runs by calls started / weight; the one whose clock is behind is asked
first. Nobody saves up turns: one that comes back from a rest takes the time of those at work, and one whose own calls
per second are used up is SAVED calls behind at most. Two rules make starving impossible, whatever strategies wish for:

1. *Ahead is held.* Where the campaign that is behind may use all of this one's agents, this one may be ahead by BURST
   calls of each and no more: the other's share is its own at the latest then. (Elsewhere it may not: a campaign of
   five agents would hold one of fifty.)
2. *Who waits is given an agent.* For whoever wants a call and has got none for PATIENCE_S one of its agents is kept,
   and one more for each PATIENCE_S that follows (`core.keeping`). It sees him alone when he comes free, with no call
   but its own, and is asked before all others: even a strategy of one call for each free agent wishes for one.

So who waits by rule 2 stops nobody: it costs the others one agent while calls for him ring. By rule 1 a
campaign is held for one that could start a call now if its strategy wished to, and no longer. Nobody waits and nobody
is held for one whose agents are all away or leaving, that has no trunk or line, or whose own calls per second are used
up; nor for one whose strategy wishes for nothing though it sees an agent who is free and no call in flight.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor, inf

from dialer.core.agent import Agent
from dialer.core.campaign import Campaign
from dialer.core.carriers import has_trunk
from dialer.core.ceiling import in_flight, pool_of
from dialer.core.ids import CampaignId, ServerName
from dialer.core.ledger import CeilingMode
from dialer.core.modes import BY_HAND
from dialer.core.room import Room
from dialer.core.skills import covers
from dialer.core.states import AgentState, CampaignState
from strategies.base import NO_LIMIT, Decision, Limit, RingingCall, Snapshot

BURST = 10.0
"""Calls of each of two campaigns: enough that nobody is held while both are served in turn."""
SAVED = 2 * BURST
"""Of equal weights: as far behind as the other may be ahead. So it goes first as soon as its rate lets it."""
PATIENCE_S = 10.0
"""So long is nobody starving: agents who come free meanwhile are everybody's."""
SERVING = frozenset(
    {AgentState.READY, AgentState.PREVIEWING, AgentState.RESERVED, AgentState.TALKING, AgentState.WRAP_UP}
)
"""Free, or free again by and by."""

ASKED = RingingCall(0.0)
"""A lead asked of the books: as good as dialled."""


def turns(room: Room, server: ServerName) -> list[Campaign]:
    """The campaigns to be asked on this server, in their order."""
    running = [c for c in room.campaigns.values() if c.state is CampaignState.RUNNING and c.dry_until <= room.at]
    if len(room.campaigns) > 1:
        _come_and_go(room, server, running)
    if len(running) < 2:
        return running
    return sorted(running, key=lambda c: _turn(room, server, c))


def _turn(room: Room, server: ServerName, campaign: Campaign) -> tuple[float, float, CampaignId]:
    """Who starves longest, then whose clock is behind."""
    since = campaign.wants_since[server] if starves(room, server, campaign) else inf
    return since, campaign.clock.get(server, 0.0), campaign.id


def may_start(room: Room, server: ServerName, campaign: Campaign) -> int:
    """Calls by which this campaign may yet get ahead of those that are behind."""
    if len(room.campaigns) == 1:
        return NO_LIMIT
    others = (c for c in pool_of(room, campaign).values() if c is not campaign and _waits_for_turn(room, server, c))
    return min((_lead(server, campaign, other) for other in others), default=NO_LIMIT)


def waited_s(room: Room, server: ServerName, campaign: Campaign) -> float:
    """How long it has wanted a call here and got none."""
    return room.at - campaign.wants_since.get(server, room.at)


def starves(room: Room, server: ServerName, campaign: Campaign) -> bool:
    """It has waited too long, and no call of its own is in flight that may yet bring it one."""
    if waited_s(room, server, campaign) <= PATIENCE_S or not _waits_for_turn(room, server, campaign):
        return False
    return in_flight(room, server, (campaign.id,)) == 0


def started(room: Room, server: ServerName, campaign: Campaign, calls: int) -> None:
    """Calls were started: the campaign's clock runs, its wait is over."""
    campaign.clock[server] = campaign.clock.get(server, 0.0) + calls / _weight(campaign)
    if server in campaign.wants_since:
        campaign.wants_since[server] = room.at


def decided(room: Room, server: ServerName, campaign: Campaign, snapshot: Snapshot, decision: Decision) -> None:
    """Note who wishes for nothing by itself; who is only held because it is ahead is not waiting."""
    if server not in campaign.wants_since:
        return
    if decision.limited_by is Limit.SHARE:
        campaign.wants_since[server] = room.at
    sees_calls = snapshot.ringing_calls or snapshot.waiting_calls
    if decision.wished == 0 and snapshot.free_agents > 0 and not sees_calls:
        campaign.declines.add(server)
    elif decision.wished > 0:
        campaign.declines.discard(server)


def calls_seen(
    room: Room, server: ServerName, campaign: Campaign, pool: Mapping[CampaignId, Campaign]
) -> tuple[Sequence[RingingCall], int]:
    """Calls in flight, and how many wait, that may want this campaign's agents; `pool`: who shares them.

    Of one with agents of its own besides, only the share that comes to the common ones; with a hard ceiling, all.
    """
    picture = room.pictures[server]
    waiting = [room.calls[attempt].campaign for attempt in room.waiting.get(server, ())]
    hard = campaign.settings.ceiling_mode is CeilingMode.HARD
    ringing: list[Sequence[RingingCall]] = []
    waiting_calls = 0
    for one, other in pool.items():
        theirs, asked = picture.calls((one,)), other.asked.get(server, 0)
        if asked:
            theirs = [ASKED] * asked + [*theirs]
        share = 1.0 if hard or other is campaign else _overlap(room, server, other, campaign)
        ringing.append(theirs if share >= 1.0 else theirs[: ceil(len(theirs) * share)])
        waiting_calls += ceil(waiting.count(one) * share)
    seen = [calls for calls in ringing if calls]
    return seen[0] if len(seen) == 1 else [call for calls in seen for call in calls], waiting_calls


def lines_left(room: Room, campaign: Campaign) -> int:
    """Lines that the campaign may still take: of its own, and of its project's share of all lines."""
    settings, left = campaign.settings, NO_LIMIT
    if settings.max_lines is not None:
        left = settings.max_lines - _lines_of(room, campaign)
    if settings.lines_share is not None:
        share = floor(settings.lines_share * sum(trunk.settings.lines for trunk in room.trunks.values()) + 1e-9)
        ours = [one for one in room.campaigns.values() if one.settings.project == settings.project]
        left = min(left, share - sum(_lines_of(room, one) for one in ours))
    return left


def _lines_of(room: Room, campaign: Campaign) -> int:
    """Lines that it uses, and those that leads will want which agents look at, or will."""
    if campaign.settings.mode not in BY_HAND:
        return campaign.lines_used
    looked_at = sum(call.previewed and call.campaign == campaign.id for call in room.calls.values())
    return campaign.lines_used + looked_at + campaign.asking


def _overlap(room: Room, server: ServerName, other: Campaign, campaign: Campaign) -> float:
    """The share of the other's agents here whom this campaign may use: so many of its calls come to them."""
    if covers(campaign.settings, other.settings):
        return 1.0
    theirs = [a for a in room.agents.values() if a.session.phone.server == server and room.may_serve(a, other)]
    both = sum(1 for agent in theirs if room.may_serve(agent, campaign))
    return both / len(theirs) if theirs else 1.0


def _come_and_go(room: Room, server: ServerName, running: Iterable[Campaign]) -> None:
    """Whoever may want calls here from now on starts at the time of those who are at work."""
    wanting = [campaign for campaign in running if _may_want(room, server, campaign)]
    for campaign in room.campaigns.values():
        if campaign not in wanting and server in campaign.wants_since:
            del campaign.wants_since[server]
            campaign.declines.discard(server)
    at_work = {c.id: c.clock.get(server, 0.0) for c in wanting if server in c.wants_since and server not in c.declines}
    for campaign in wanting:
        front = min((clock for one, clock in at_work.items() if one != campaign.id), default=0.0)
        if server not in campaign.wants_since:
            _catch_up(server, campaign, front)
            campaign.wants_since[server] = room.at
        elif _at_its_rate(room, campaign):
            _catch_up(server, campaign, front - SAVED / _weight(campaign))
            campaign.wants_since[server] = room.at


def _catch_up(server: ServerName, campaign: Campaign, clock: float) -> None:
    campaign.clock[server] = max(campaign.clock.get(server, 0.0), clock)


def _waits_for_turn(room: Room, server: ServerName, campaign: Campaign) -> bool:
    """It wants a call by itself and could start one. By hand agents ask for calls: kept by its share, or picking."""
    if server not in campaign.wants_since or server in campaign.declines:
        return False
    return campaign.settings.mode not in BY_HAND and not _at_its_rate(room, campaign)


def _at_its_rate(room: Room, campaign: Campaign) -> bool:
    """Its own calls per second are used up just now."""
    return campaign.limit is not None and campaign.limit.is_used_up(room.at)


def _may_want(room: Room, server: ServerName, campaign: Campaign) -> bool:
    """It has agents at work here, a trunk that works, and lines of its own left."""
    if lines_left(room, campaign) <= 0 or not has_trunk(room, server, campaign):
        return False
    return any(_is_at_work(a, server) and room.may_serve(a, campaign) for a in room.agents.values())


def _is_at_work(agent: Agent, server: ServerName) -> bool:
    """Here, and not away or about to leave."""
    return agent.session.phone.server == server and agent.state in SERVING and agent.wanted is AgentState.READY


def _lead(server: ServerName, campaign: Campaign, behind: Campaign) -> int:
    """How many calls this campaign may start before it is too far ahead of the other one."""
    if not covers(behind.settings, campaign.settings):
        return NO_LIMIT
    weight, others = _weight(campaign), _weight(behind)
    most = behind.clock.get(server, 0.0) + BURST / others + BURST / weight
    return max(0, floor((most - campaign.clock.get(server, 0.0)) * weight + 1e-9))


def _weight(campaign: Campaign) -> float:
    return max(campaign.settings.weight, 1e-6)
