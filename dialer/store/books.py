"""The books as the daemon uses them: claims at once, everything else through the writer's queue."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from dialer.clock import Clock
from dialer.core.effects import CallTimes, ConfirmLead, ReserveLeads, Settle
from dialer.core.events import BooksOpened, LeadConfirmed, LeadsReserved, OpenAttempt
from dialer.core.ids import AttemptId, CampaignId, Instant
from dialer.core.memory import Memory
from dialer.core.outcome import AttemptRules, Outcome
from dialer.core.steps import after_network, not_sent
from dialer.store import abandonment, agents, attempts, campaigns, memories
from dialer.store.attempts import Imbalance
from dialer.store.db import Database, DatabaseAway, DatabaseBusy
from dialer.store.uuid7 import born_at, uuid7s
from dialer.store.writer import BookEffect, BooksWriter, Sink

AWAY_RETRY_S = 1.0
STRAY_AGE_S = 120.0
"""A claim's answer is with the Floor within seconds; of what nobody knows after this, nobody ever will."""
UNKNOWN_UNFINISHED = 1
"""While the books cannot be asked, a campaign is not done."""


class Books:
    """One daemon's books. `writer` takes effects (`put`) and its `run` must be a task of the daemon."""

    def __init__(
        self, database: Database, clock: Clock, sink: Sink, refused: Callable[[BookEffect], None] = lambda effect: None
    ) -> None:
        """`sink`: where the writer's events go (AttemptSettled, BooksAway, BooksBack); `refused`: what it put aside."""
        self.writer = BooksWriter(database, clock, sink, refused)
        self._database = database
        self._clock = clock

    async def reserve(self, wish: ReserveLeads) -> LeadsReserved:
        """Claim leads; always answers. While the database is away the answer is empty, to be asked again in a second.

        A claim whose answer was lost is undone once the database is back: nobody dials it, nobody owns it.
        """
        told = await self.writer.state_is_told(wish.campaign)
        now = self._clock.now()
        if not told:
            return _nothing(wish, now)
        ids = uuid7s(now, wish.count)
        session = None
        try:
            async with self._database.connection() as conn:
                session = conn.get_server_pid()
                return await attempts.reserve(conn, wish, now, ids)
        except DatabaseBusy:
            return _nothing(wish, now)
        except DatabaseAway as error:
            self.writer.lost_touch(error, ids, session)
            return _nothing(wish, now)

    async def confirm(self, wish: ConfirmLead) -> LeadConfirmed:
        """Commit a previewed attempt as intended; always answers. Without facts the database is away: do not dial."""
        facts = None
        if not self.writer.away:
            with suppress(DatabaseAway):
                async with self._database.transaction() as conn:
                    facts = await attempts.confirm_preview(conn, wish.attempt, self._clock.now())
        return LeadConfirmed(at=self._clock.now(), attempt=wish.attempt, facts=facts)

    async def recover(self) -> BooksOpened:
        """What was not finished when the daemon stopped: attempts, sessions, campaigns, ledgers. DatabaseAway."""
        async with self._database.connection() as conn:
            led = await campaigns.campaigns(conn, without=campaigns.IDLE)
            now = self._clock.now()
            return BooksOpened(
                at=now,
                attempts=await attempts.open_attempts(conn),
                sessions=await agents.sessions(conn),
                campaigns=led,
                past=await abandonment.past(conn, [settings.id for settings in led], now),
                memories=await memories.memories(conn, [settings.id for settings in led]),
            )

    async def remember(self, learned: Sequence[Memory]) -> None:
        """Keep what strategies have learned. DatabaseAway."""
        if learned:
            async with self._database.connection() as conn:
                await memories.save(conn, learned)

    async def give_up_strays(
        self, led: Mapping[CampaignId, AttemptRules], is_known: Callable[[AttemptId], bool]
    ) -> list[AttemptId]:
        """Settle open attempts of campaigns led here that nobody knows of, as `unknown_not_redialled`. DatabaseAway.

        PostgreSQL may finish the claim of a daemon that was killed after the next one has read the books.
        """
        now = self._clock.now()
        async with self._database.transaction() as conn:
            strays = [
                one
                for one in await attempts.open_attempts(conn)
                if one.reservation.campaign in led
                and born_at(one.reservation.attempt) < now - STRAY_AGE_S
                and not is_known(one.reservation.attempt)
            ]
            if strays:
                await attempts.settle(conn, [_stray(one, led, now) for one in strays], now)
        return [one.reservation.attempt for one in strays]

    async def imbalance(self) -> Imbalance:
        """Contradictions in the books, for the metrics `dialer_ledger_imbalance` and `dialer_orphans`. DatabaseAway."""
        async with self._database.connection() as conn:
            return await attempts.imbalance(conn)


def _stray(found: OpenAttempt, led: Mapping[CampaignId, AttemptRules], now: Instant) -> Settle:
    claim = found.reservation
    if found.state == "previewing":  # surely not dialled: nobody had asked for the call
        outcome, step = Outcome.NOT_SENT, not_sent("stray_claim", now)
    else:
        outcome = Outcome.UNKNOWN_NOT_REDIALLED
        step = after_network(led[claim.campaign], outcome, claim.attempt_no, now)
    return Settle(
        attempt=claim.attempt,
        lead=claim.lead,
        campaign=claim.campaign,
        outcome=outcome,
        reason="stray_claim",
        step=step,
        times=CallTimes(reserved_at=now),
    )


def _nothing(wish: ReserveLeads, now: float) -> LeadsReserved:
    return LeadsReserved(
        at=now,
        campaign=wish.campaign,
        server=wish.server,
        trunk=wish.trunk,
        asked=wish.count,
        previewer=wish.previewer,
        lead=wish.lead,
        asked_at=wish.asked_at,
        reservations=(),
        next_due_at=now + AWAY_RETRY_S,
        unfinished=UNKNOWN_UNFINISHED,
    )
