"""What the books are asked for: leads that a campaign may have called now, or only how many are left. Pure."""

from dialer.core import reach
from dialer.core.campaign import Campaign
from dialer.core.effects import ReserveLeads
from dialer.core.hours import open_zones
from dialer.core.ids import Instant, ServerName
from dialer.core.law import refuses
from dialer.core.permit import law_at
from dialer.core.room import Room
from dialer.core.trunks import TrunkLine


def claim(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine, count: int) -> ReserveLeads | None:
    """A claim of so many leads; None where nobody may be called now."""
    zones, asked_since = open_zones(campaign.settings.calendar, room.at), _asked_since(room, campaign)
    if (not zones and asked_since is None) or refuses(law_at(campaign.settings.law, room.at), campaign.settings):
        return None
    return ReserveLeads(
        campaign=campaign.id,
        server=server,
        trunk=trunk.settings.name,
        count=count,
        open_zones=zones,
        asked_since=asked_since,
        head_starts=reach.head_starts(room, campaign, zones),
        agents=tuple(agent.id for agent in room.ready_agents(server, campaign)),
        asked_at=room.at,
    )


def probe(room: Room, campaign: Campaign) -> None:
    """Is anything left of its list? Nothing is claimed."""
    trunk = next(iter(room.trunks.values()), None)
    if trunk is not None:
        settings = trunk.settings
        room.out.append(
            ReserveLeads(campaign=campaign.id, server=settings.server, trunk=settings.name, count=0, open_zones=())
        )


def _asked_since(room: Room, campaign: Campaign) -> Instant | None:
    """Who asked for a call since then may be called outside the hours."""
    span_s = campaign.settings.rules.waive_hours_s
    if span_s is None or not law_at(campaign.settings.law, room.at).hours_waivable:
        return None
    return room.at - span_s
