"""What a campaign holds: each lead once, alike ones together, as the gate wants them; and rows that are no leads."""

from collections import Counter
from collections.abc import Mapping

from asyncpg import Record

from dialer.core.dry_run import Stock
from dialer.core.ids import CampaignId, Instant
from dialer.core.outcome import LeadState
from dialer.core.permit import Callee
from dialer.store.campaigns import campaign as settings_of
from dialer.store.lists import lists
from dialer.store.sql import Conn, load

TIMEOUT_S = 60.0
"""Every lead of the campaign is looked at: seconds for a million."""

_Q = load("stock")


async def stock(conn: Conn, campaign: CampaignId, now: Instant) -> list[Stock]:
    """Leads by the facts that bear on their calls: they add up to all leads of the campaign."""
    query, settings = _Q["stock"], await settings_of(conn, campaign)
    values = {"campaign": campaign, "now": now, "asked_since": now - (settings.rules.waive_hours_s or 0.0)}
    rows = await conn.fetch(query.text, *query.bind(values), timeout=TIMEOUT_S)
    return [_stock(row, now) for row in rows]


async def rows_beside(conn: Conn, campaign: CampaignId) -> Mapping[str, int]:
    """Rows of its lists that became no leads: duplicates, and refusals by reason."""
    counts: Counter[str] = Counter()
    for one in await lists(conn, campaign):
        counts["duplicate"] += one.sums.duplicate
        counts.update(one.rejected_reasons)
    return counts


def _stock(row: Record, now: Instant) -> Stock:
    callee = Callee(
        zone=row["zone"] or None,
        state=LeadState(row["state"]),
        reason=row["reason"],
        held=row["held"],
        attempts=row["attempts"],
        due_at=now if row["due_at"] is None else row["due_at"],
        expires_at=now if row["is_expired"] else None,
        forbidden=row["forbidden"],
        has_consent=row["has_consent"],
        rests_until=row["rests_until"],
        asked_at=row["asked_at"],
    )
    return Stock(callee, row["leads"], row["list"])
