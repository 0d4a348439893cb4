"""What campaigns under way have done today: counted once in the books, then the Floor's own counts go on."""

from collections.abc import Mapping

from dialer.core.ids import CampaignId, Instant
from dialer.core.today import DayCounts
from dialer.store.sql import Conn, load

_Q = load("days")


async def today(conn: Conn, now: Instant) -> Mapping[CampaignId, DayCounts]:
    """The day so far of each campaign under way; it ends at midnight of its project's zone."""
    found: dict[CampaignId, DayCounts] = {}
    for row in await _Q["today"].rows(conn, now=now):
        campaign = CampaignId(row["campaign"])
        before = found.get(campaign, DayCounts({}, 0, row["ends_at"]))
        counted = {row["outcome"]: row["attempts"]} if row["outcome"] is not None else {}
        found[campaign] = DayCounts({**before.outcomes, **counted}, before.joined + row["joined"], row["ends_at"])
    return found
