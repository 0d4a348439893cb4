"""What clients tell back of their orders, once each, and the new work cycles that come of it. DatabaseAway."""

from dialer.core.feedback import Feedback, FeedbackKind, FeedbackOutcome, Heard, WorkCycle
from dialer.core.ids import CampaignId, Instant, LeadId
from dialer.store.db import Database
from dialer.store.sql import Conn, load
from dialer.store.uuid7 import is_uuid

OVER = frozenset({"done", "refused", "expired"})

_Q = load("feedback")


class FeedbackBooks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def hear(self, told: Feedback, now: Instant) -> Heard | None:
        """Book it and do what it asks for, in one transaction; None where the project has no such order.

        The same message again changes nothing and is answered the same, with `is_new` false.
        """
        if told.lead is not None and not is_uuid(told.lead):
            return None
        async with self._database.transaction() as conn:
            row = await _Q["lead_for_update"].row(
                conn, project=told.project, lead=told.lead, external_id=told.external_id
            )
            if row is None:
                return None
            lead = LeadId(row["lead"])
            known = await _Q["known"].value(conn, webhook=told.webhook, message=told.message)
            if known is not None:
                return Heard(FeedbackOutcome(known), lead, is_new=False)
            outcome = await _outcome(conn, told.kind, lead, row["state"], now)
            await _book(conn, told, lead, outcome, now)
        campaign = CampaignId(row["campaign"]) if outcome is FeedbackOutcome.REOPENED else None
        return Heard(outcome, lead, campaign)

    async def cycles(self, lead: LeadId) -> list[WorkCycle]:
        """Those that are over, the first one first."""
        if not is_uuid(lead):
            return []
        async with self._database.connection() as conn:
            return [WorkCycle(**dict(row)) for row in await _Q["cycles"].rows(conn, lead=lead)]


async def _outcome(conn: Conn, kind: FeedbackKind, lead: LeadId, state: str, now: Instant) -> FeedbackOutcome:
    if kind is not FeedbackKind.CALL_AGAIN:
        return FeedbackOutcome.NOTED
    if state not in OVER:
        return FeedbackOutcome.IN_WORK
    reopened = await _Q["reopen"].value(conn, lead=lead, now=now)
    return FeedbackOutcome.NO_PHONE if reopened is None else FeedbackOutcome.REOPENED


async def _book(conn: Conn, told: Feedback, lead: LeadId, outcome: FeedbackOutcome, now: Instant) -> None:
    await _Q["book"].run(
        conn,
        webhook=told.webhook,
        message=told.message,
        project=told.project,
        lead=lead,
        kind=told.kind.value,
        paid_kopecks=told.paid_kopecks,
        note=told.note,
        told_at=told.told_at,
        now=now,
        outcome=outcome.value,
    )
