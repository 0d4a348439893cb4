"""Fresh requests that waited too long for their first call, and those that must be hastened."""

from collections.abc import Sequence

from dialer.core.ids import Instant, LeadId
from dialer.core.settings import CampaignSettings
from dialer.core.sla import FirstCall, FreshRequest, first_call
from dialer.store.sql import Conn, load

BOUND = 1000
DAY_S = 86400.0

_Q = load("first_calls")


async def hasten(conn: Conn, now: Instant) -> None:
    """Put who has waited half of his time before the others."""
    await _Q["hasten"].run(conn, now=now)


async def late(conn: Conn, campaign: CampaignSettings, now: Instant, since: Instant | None = None) -> list[FirstCall]:
    """Requests of the last day (or since then) whose first call came too late, or is late now; the oldest first."""
    allowed_s = campaign.rules.first_call_s
    if allowed_s is None:
        return []
    rows = await _Q["fresh"].rows(
        conn,
        campaign=campaign.id,
        since=now - DAY_S if since is None else since,
        now=now,
        first_call_s=allowed_s,
        bound=BOUND,
    )
    found: Sequence[FreshRequest] = [
        FreshRequest(**{**row, "lead": LeadId(row["lead"]), "zone": row["zone"] or None}) for row in rows
    ]
    judged = [first_call(campaign, allowed_s, one, now) for one in found]
    return [one for one in judged if one.is_late]
