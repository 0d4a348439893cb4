"""Picking: an agent has a lead of his own choice called, in campaigns in which agents start the calls.

The lead is claimed for him by its name, under the gates of any claim, and then is on his screen as a preview is
(`core.previewing`): he looks, and asks for the call, or skips it. He may pick while he waits, or from a pause, to which
he comes back after the call. Where calls of campaigns that dial by themselves may yet want him, a pause comes first.
"""

from dialer.core import claiming, previewing, sharing
from dialer.core.agent import Agent
from dialer.core.carriers import best_trunk
from dialer.core.dialling import plant_refuses
from dialer.core.effects import PickRefused
from dialer.core.modes import BY_HAND
from dialer.core.room import Room
from dialer.core.wishes import LeadPicked

NOT_YOURS = "not_yours"
"""The agent does not serve the campaign, or it dials by itself."""
NOT_FREE = "not_free"
CALLS_COMING = "calls_coming"


def picked(room: Room, event: LeadPicked) -> None:
    """Claim this one lead for him; where that cannot be, he is told why."""
    agent = room.agents.get(event.agent)
    if agent is None:
        return
    reason = _sought(room, agent, event)
    if reason:
        room.out.append(PickRefused(agent=agent.id, lead=event.lead, reason=reason))


def _sought(room: Room, agent: Agent, event: LeadPicked) -> str:
    """Ask the books for the lead; why not, where it is not asked for."""
    campaign, server = room.campaigns.get(event.campaign), agent.session.phone.server
    if campaign is None or campaign.settings.mode not in BY_HAND or not room.may_serve(agent, campaign):
        return NOT_YOURS
    if room.books_away:
        return previewing.BOOKS_AWAY
    trunk = best_trunk(room, server, campaign)
    if trunk is None or sharing.lines_left(room, campaign) <= 0:
        return previewing.NO_LINE
    reason = plant_refuses(room, server, trunk.settings.name, campaign)
    if reason:
        return reason
    if agent.state not in previewing.PICKS_IN or agent.sought:
        return NOT_FREE
    if not agent.reachable:
        return previewing.NO_PHONE
    if agent.is_ready and previewing.is_wanted(room, agent):
        return CALLS_COMING
    wish = claiming.claim(room, server, campaign, trunk, 1)
    if wish is None:
        return "outside_hours"
    previewing.seek(room, campaign, agent, wish, event.lead)
    return ""
