"""What a campaign holds: each lead once, by zone and by what keeps it from being called; and rows that are no leads."""

from collections import Counter
from collections.abc import Mapping

from dialer.core.dry_run import Stock
from dialer.core.ids import CampaignId, Instant
from dialer.store.lists import lists
from dialer.store.sql import Conn, load

TIMEOUT_S = 60.0
"""Every lead of the campaign is looked at: seconds for a million."""

_Q = load("stock")


async def stock(conn: Conn, campaign: CampaignId, now: Instant) -> list[Stock]:
    """Leads by reason and zone: they add up to all leads of the campaign."""
    query = _Q["stock"]
    rows = await conn.fetch(query.text, *query.bind({"campaign": campaign, "now": now}), timeout=TIMEOUT_S)
    return [Stock(row["reason"], row["zone"], row["leads"]) for row in rows]


async def rows_beside(conn: Conn, campaign: CampaignId) -> Mapping[str, int]:
    """Rows of its lists that became no leads: duplicates, and refusals by reason."""
    counts: Counter[str] = Counter()
    for one in await lists(conn, campaign):
        counts["duplicate"] += one.sums.duplicate
        counts.update(one.rejected_reasons)
    return counts
