"""Surplus calls are hung up, where the campaign allows it: whoever has rung for long and would find nobody.

The strategy says how many; which ones is decided here, once more against the least time that a call must ring. The
attempt ends as CANCELLED: it counts as none, and the lead's rules say when he is called again.
"""

from dialer.core.call import Call
from dialer.core.campaign import Campaign
from dialer.core.effects import HangUp
from dialer.core.ids import ServerName
from dialer.core.room import Room

LEAST_RING_S = 15.0
"""Ofcom and the US TSR: a called person has at least fifteen seconds, or four rings, to answer."""


def cancel(room: Room, server: ServerName, campaign: Campaign, count: int) -> None:
    """Hang up so many of the campaign's calls on this server, those that have rung longest; it may be fewer."""
    if not campaign.settings.cancel_surplus:
        return
    old = [call for call in room.calls_on(server) if _may_go(room, call, campaign)]
    for call in sorted(old, key=lambda call: call.ringing_at or room.at)[:count]:
        call.cancelled_by_us = True
        call.reason = "surplus"
        room.out.append(HangUp(attempt=call.attempt, server=server))


def _may_go(room: Room, call: Call, campaign: Campaign) -> bool:
    """It rings, long enough, for this campaign, for nobody in particular, and is not being hung up yet."""
    rings = call.ringing_at is not None and room.at - call.ringing_at >= LEAST_RING_S
    mine = call.campaign == campaign.id and not call.reservation.reserved_agent_only
    return call.unanswered and rings and mine and not call.cancelled_by_us
