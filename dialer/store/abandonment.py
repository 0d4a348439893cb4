"""The ledger of abandonments in the books: sums by minute, kept by every settlement, read at a restart; its proof."""

from collections.abc import Iterable

from asyncpg import Record

from dialer.core.ids import AttemptId, CampaignId, Instant
from dialer.core.ledger import SPAN_S, Counted, Ledger, day_of
from dialer.core.proof import AnsweredCall, Proof, Why, proof
from dialer.core.settings import CampaignSettings
from dialer.store.sql import Conn, load

_Q = load("abandonment")


async def past(conn: Conn, campaigns: Iterable[CampaignId], now: Instant) -> dict[CampaignId, list[Counted]]:
    """Settled calls answered by a person, by minute, over each campaign's window; nothing for one that had none."""
    found: dict[CampaignId, list[Counted]] = {}
    for row in await _Q["past"].rows(conn, campaigns=list(campaigns), now=now):
        minute = Counted(row["at"], row["answered"], row["abandoned"])
        found.setdefault(CampaignId(row["campaign"]), []).append(minute)
    return found


async def proof_of(conn: Conn, campaign: CampaignSettings, within: Instant) -> Proof:
    """The proof of the campaign's calendar day (its project's) around this instant; only settled calls are in it."""
    begins, ends = day_of(campaign.zone, within)
    reach_s = SPAN_S.get(campaign.ceiling_window, 0.0)
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        before = await _Q["minutes_before"].rows(conn, campaign=campaign.id, since=begins - reach_s, until=begins)
        calls = await _Q["answered_calls"].rows(conn, campaign=campaign.id, since=begins, until=ends)
    return proof(
        Ledger(campaign.ceiling_window, campaign.zone),
        [Counted(row["at"], row["answered"], row["abandoned"]) for row in before],
        [AnsweredCall(AttemptId(row["attempt"]), row["at"], _why(row)) for row in calls],
        campaign.ceiling_ratio,
    )


def _why(row: Record) -> Why | None:
    """A late join first: it is the only one of them that an agent took part in."""
    if not row["abandoned"]:
        return None
    told = ((row["late_joined"], Why.LATE_JOINED), (row["silent"], Why.SILENT), (row["caller_left"], Why.CALLER_LEFT))
    return next((why for is_so, why in told if is_so), Why.NO_AGENT)
