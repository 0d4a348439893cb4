"""The ceiling as the guard keeps it: what may still be lost, whatever becomes of the calls in flight.

In hard mode the worst is assumed of every call that has been started, on every server, in whatever order they are
answered: of a campaign's x own calls in flight, those of other campaigns having taken their agents first, all that find
nobody are lost. The window is the tightest of those that end while the call may be answered (midnight, answers that
leave). Agents who go while calls ring, and joins that fail, are beyond what a guard can know.
"""

from collections.abc import Collection
from math import ceil

from dialer.core.campaign import Campaign
from dialer.core.ids import CampaignId, ServerName
from dialer.core.ledger import CeilingMode
from dialer.core.room import Room
from strategies.base import NO_LIMIT, Budget

ANSWERED_WITHIN_S = 15.0
"""Past the ring time: the claim, the set-up, the wait for an agent."""


def pool_of(room: Room, campaign: Campaign) -> dict[CampaignId, Campaign]:
    """The campaigns that share agents with this one, itself among them."""
    return {c.id: c for c in room.campaigns.values() if c.settings.groups & campaign.settings.groups}


def in_flight(room: Room, server: ServerName, campaigns: Collection[CampaignId]) -> int:
    """Calls of these campaigns on this server that may yet want an agent: asked for, ringing, waiting."""
    asked = sum(room.campaigns[one].asked.get(server, 0) for one in campaigns)
    waiting = sum(1 for attempt in room.waiting.get(server, ()) if room.calls[attempt].campaign in campaigns)
    return asked + len(room.pictures[server].calls(campaigns)) + waiting


def budget_of(room: Room, server: ServerName, campaign: Campaign) -> Budget:
    """The ledger as this server's strategy and guard may spend it now."""
    settings, ledger = campaign.settings, campaign.ledger
    ledger.roll(room.at)
    if settings.ceiling_mode is CeilingMode.TARGET:
        return Budget(ledger.answered, ledger.abandoned, settings.ceiling_ratio)
    ahead_s = settings.ring_s + ANSWERED_WITHIN_S
    answered, abandoned = ledger.tightest(room.at, ahead_s, settings.ceiling_ratio)
    elsewhere = sum(_may_be_lost(room, other, campaign) for other in room.servers if other != server)
    return Budget(answered, abandoned + elsewhere, settings.ceiling_ratio, hard=True)


def neighbours_allow(room: Room, server: ServerName, campaign: Campaign, pool: Collection[Campaign]) -> int:
    """Calls of this campaign that leave the hard ceilings of others on the same agents unbroken.

    As many as free agents are kept for it always do: on these no other campaign counts, and its calls go to them first.
    """
    if len(pool) == 1:
        return NO_LIMIT
    others = [one for one in pool if one is not campaign and one.settings.ceiling_mode is CeilingMode.HARD]
    allowed = min((_agents_to_spare(room, server, one) for one in others), default=NO_LIMIT)
    kept = room.count_kept(server, campaign)
    return max(allowed, kept - in_flight(room, server, (campaign.id,))) if kept else allowed


def _may_be_lost(room: Room, server: ServerName, campaign: Campaign) -> int:
    """Of the campaign's own calls in flight on this server, those for which no free agent is sure."""
    own, spare = _own_and_spare(room, server, campaign)
    return max(0, own - max(0, spare))


def _agents_to_spare(room: Room, server: ServerName, campaign: Campaign) -> int:
    """Free agents that this hard campaign does not need, should all of its calls in flight be answered."""
    own, spare = _own_and_spare(room, server, campaign)
    budget = budget_of(room, server, campaign)
    may_be_lost = budget.ceiling_ratio * (budget.answered + own) - budget.abandoned
    needed = min(own, max(0, ceil(own - may_be_lost - 1e-9)))
    return NO_LIMIT if needed == 0 else max(0, spare - needed)


def _own_and_spare(room: Room, server: ServerName, campaign: Campaign) -> tuple[int, int]:
    """The campaign's calls in flight, and its free agents less those that other campaigns' calls may take."""
    own = in_flight(room, server, (campaign.id,))
    others = in_flight(room, server, pool_of(room, campaign)) - own
    return own, sum(1 for _ in room.ready_agents(server, campaign)) - others
