"""Promised calls that are not kept yet: what is ahead, and what was missed."""

from collections.abc import Sequence

from asyncpg import Record

from dialer.core.callback import MISSED_AFTER_S, PromisedCall
from dialer.core.ids import AgentId, CampaignId, Instant, LeadId
from dialer.store.sql import Conn, load

BOUND = 1000

_Q = load("promises")


async def promised(
    conn: Conn, before: Instant, campaign: CampaignId | None = None, bound: int = BOUND
) -> Sequence[PromisedCall]:
    """Calls promised for a moment not after `before` and not made yet, the earliest first."""
    rows = await _Q["open"].rows(conn, before=before, campaign=campaign, bound=bound)
    return [_call(row) for row in rows]


async def missed(conn: Conn, now: Instant, campaign: CampaignId | None = None) -> Sequence[PromisedCall]:
    """Calls that should have been made by now."""
    return await promised(conn, now - MISSED_AFTER_S, campaign)


def _call(row: Record) -> PromisedCall:
    return PromisedCall(
        lead=LeadId(row["lead"]),
        campaign=CampaignId(row["campaign"]),
        external_id=row["external_id"],
        call_at=row["call_at"],
        agent=None if row["agent"] is None else AgentId(row["agent"]),
        reason=row["reason"],
    )
