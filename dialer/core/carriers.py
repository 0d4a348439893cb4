"""Which trunk carries a campaign's next call, and whose calls per second the start counts against. Pure."""

from dialer.core.callers import shown_on
from dialer.core.campaign import Campaign
from dialer.core.ids import Instant, ServerName
from dialer.core.room import Room
from dialer.core.trunks import Rate, TrunkLine


def best_trunk(room: Room, server: ServerName, campaign: Campaign) -> TrunkLine | None:
    """The trunk of this server with the most free lines that the campaign may use."""
    best, most = None, 0
    for trunk in room.trunks.values():
        free = trunk.free_lines(room.at)
        if free > most and _may_use(room, server, campaign, trunk):
            best, most = trunk, free
    return best


def has_trunk(room: Room, server: ServerName, campaign: Campaign) -> bool:
    """There is a trunk of this server that works and that the campaign may use, if only for want of a free line."""
    return any(not line.refuses(room.at) and _may_use(room, server, campaign, line) for line in room.trunks.values())


def _may_use(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine) -> bool:
    settings = trunk.settings
    if settings.server != server or (campaign.settings.loopback_only and not settings.loopback):
        return False
    return shown_on(campaign.settings, settings.name, room.at) != ()


def rates_of(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine) -> tuple[Rate, ...]:
    """Everybody's calls per second that a start of this campaign counts against."""
    own = campaign.limit
    return (trunk.rate, room.servers[server].rate) if own is None else (trunk.rate, room.servers[server].rate, own)


def next_start(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine) -> Instant | None:
    """When the rates that are used up now allow another start; None: none is, or none ever will."""
    full = [rate for rate in rates_of(room, server, campaign, trunk) if rate.allowance(room.at) <= 0]
    moments = [moment for rate in full if (moment := rate.next_at()) is not None]
    return max(moments, default=None)
