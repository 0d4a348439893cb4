"""The ledger of abandonments in the books: sums by minute, which every settlement keeps and a restart reads."""

from collections.abc import Iterable

from dialer.core.ids import CampaignId, Instant
from dialer.core.ledger import Counted
from dialer.store.sql import Conn, load

_Q = load("abandonment")


async def past(conn: Conn, campaigns: Iterable[CampaignId], now: Instant) -> dict[CampaignId, list[Counted]]:
    """Settled calls answered by a person, by minute, over each campaign's window; nothing for one that had none."""
    found: dict[CampaignId, list[Counted]] = {}
    for row in await _Q["past"].rows(conn, campaigns=list(campaigns), now=now):
        minute = Counted(row["at"], row["answered"], row["abandoned"])
        found.setdefault(CampaignId(row["campaign"]), []).append(minute)
    return found
