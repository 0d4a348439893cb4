"""Who goes first: campaigns on the same agents, lines and calls per second, by weight, so that none starves.

Each campaign has a clock on each server that runs by calls started / weight; the one whose clock is behind is asked
first, and one that comes back from a rest takes the time of those at work: nobody saves up turns. Two rules make
starving impossible, whatever strategies wish for:

1. *Ahead is held.* Where the campaign that is behind may use all of this one's agents, this one may be ahead by BURST
   calls of each and no more: the other's share is its own at the latest then. (Elsewhere it may not: a campaign of
   five agents would hold one of fifty.)
2. *Who waits is let in.* Whoever wants a call and has got none for PATIENCE_S goes alone until he has one: others'
   calls in flight end, agents come free, and even a strategy of one call for each free agent finds one.

A strategy that wishes for nothing though agents are free and no call is in flight wants nothing: it holds nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor

from dialer.core.campaign import Campaign
from dialer.core.ceiling import in_flight, pool_of
from dialer.core.ids import CampaignId, Instant, ServerName
from dialer.core.ledger import CeilingMode
from dialer.core.modes import BY_HAND
from dialer.core.room import Room
from dialer.core.skills import covers
from dialer.core.states import CampaignState
from strategies.base import NO_LIMIT, Decision, Limit, RingingCall, Snapshot

BURST = 10.0
"""Calls of each of two campaigns: enough that nobody is held while both are served in turn."""
PATIENCE_S = 10.0

ASKED = RingingCall(0.0)
"""A lead asked of the books: as good as dialled."""


def turns(room: Room, server: ServerName) -> list[Campaign]:
    """The campaigns to be asked on this server, in their order."""
    running = [c for c in room.campaigns.values() if c.state is CampaignState.RUNNING and c.dry_until <= room.at]
    if len(room.campaigns) > 1:
        _come_and_go(room, server, running)
    if len(running) < 2:
        return running
    return sorted(running, key=lambda c: (c.clock.get(server, 0.0), c.id))


def may_start(room: Room, server: ServerName, campaign: Campaign) -> int:
    """Calls by which this campaign may yet get ahead of those that are behind or have waited too long."""
    if len(room.campaigns) == 1:
        return NO_LIMIT
    pool = pool_of(room, campaign)
    others = [c for c in pool.values() if c is not campaign and _waits_for_turn(server, c)]
    if any(_goes_alone(room.at, server, other, campaign) for other in others):
        return 0
    return min((_lead(server, campaign, other) for other in others), default=NO_LIMIT)


def started(room: Room, server: ServerName, campaign: Campaign, calls: int) -> None:
    """Calls were started: the campaign's clock runs, its wait is over."""
    campaign.clock[server] = campaign.clock.get(server, 0.0) + calls / max(campaign.settings.weight, 1e-6)
    if server in campaign.wants_since:
        campaign.wants_since[server] = room.at


def decided(room: Room, server: ServerName, campaign: Campaign, snapshot: Snapshot, decision: Decision) -> None:
    """Note who wishes for nothing by himself; who is only held because he is ahead is not waiting."""
    if server not in campaign.wants_since:
        return
    if decision.limited_by is Limit.SHARE:
        campaign.wants_since[server] = room.at
    if decision.wished == 0 and snapshot.free_agents > 0 and not in_flight(room, server, pool_of(room, campaign)):
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
    at_work = [c.clock.get(server, 0.0) for c in wanting if server in c.wants_since and server not in c.declines]
    for campaign in wanting:
        if server not in campaign.wants_since:
            campaign.clock[server] = max(campaign.clock.get(server, 0.0), min(at_work, default=0.0))
            campaign.wants_since[server] = room.at


def _waits_for_turn(server: ServerName, campaign: Campaign) -> bool:
    """Others are held for it. Not where its agents ask for its calls: they are kept for a preview instead, or pick."""
    by_hand = campaign.settings.mode in BY_HAND
    return server in campaign.wants_since and server not in campaign.declines and not by_hand


def _may_want(room: Room, server: ServerName, campaign: Campaign) -> bool:
    """It has agents here, a trunk that works, and lines of its own left."""
    settings = campaign.settings
    if lines_left(room, campaign) <= 0:
        return False
    trunks = (line for line in room.trunks.values() if line.settings.server == server and not line.refuses(room.at))
    if not any(line.settings.loopback or not settings.loopback_only for line in trunks):
        return False
    return any(a.session.phone.server == server and room.may_serve(a, campaign) for a in room.agents.values())


def _lead(server: ServerName, campaign: Campaign, behind: Campaign) -> int:
    """How many calls this campaign may start before it is too far ahead of the other one."""
    if not covers(behind.settings, campaign.settings):
        return NO_LIMIT
    weight, others = max(campaign.settings.weight, 1e-6), max(behind.settings.weight, 1e-6)
    most = behind.clock.get(server, 0.0) + BURST / others + BURST / weight
    return max(0, floor((most - campaign.clock.get(server, 0.0)) * weight + 1e-9))


def _goes_alone(at: Instant, server: ServerName, other: Campaign, campaign: Campaign) -> bool:
    """The other one has waited too long, and longer than this one."""
    since = other.wants_since[server]
    mine = (campaign.wants_since.get(server, at), campaign.id)
    return at - since > PATIENCE_S and (since, other.id) < mine
