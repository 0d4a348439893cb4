"""What the books know of a lead's place in the order and of its campaign's pace (`core.turn`)."""

from dialer.core.hours import open_zones
from dialer.core.ids import Instant, LeadId
from dialer.core.settings import CampaignSettings
from dialer.core.turn import Queue
from dialer.store.sql import Conn, load
from dialer.store.uuid7 import earliest

AHEAD_BOUND = 100_000
"""Nobody counts further: it is days away."""
PACE_S = 900.0
"""The pace is that of so many seconds; of fewer where the campaign began meanwhile."""
SHORTEST_S = 60.0

_Q = load("turns")


async def queue(conn: Conn, lead: LeadId, campaign: CampaignSettings, opens: Instant, now: Instant) -> Queue:
    """How it stands at the moment `opens`, from which on it may be called."""
    zones = list(open_zones(campaign.calendar, opens))
    ahead = await _Q["ahead"].value(conn, lead=lead, at=opens, open_zones=zones, bound=AHEAD_BOUND)
    row = await _Q["pace"].row(conn, since=earliest(now - PACE_S), campaign=campaign.id)
    calls, first_at = (0, None) if row is None else (row["calls"], row["first_at"])
    return Queue(ahead, calls, PACE_S if first_at is None else max(SHORTEST_S, now - first_at))
