"""The one task that writes what the Floor wants booked: in order, many at a time, and never losing any of it.

Whatever has gathered since the last transaction goes into the next (group commit). While the database is away nothing
is dropped: the same batch is tried again until it is written. Every statement may therefore come twice, when only the
answer was lost, and is written so that the second time changes nothing. What cannot be written for what it is itself
(a bug of ours) is put aside, whole, into the log, and the rest goes on; a settlement's attempt is then settled as lost,
so that neither its number nor its lead nor its campaign waits for ever. What is refused for any other reason, or cannot
even be settled as lost, stays and is tried again: the rest is written, and no lead is claimed until all of it is.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice
from typing import TypeAlias
from uuid import UUID

from asyncpg import PostgresError
from asyncpg import exceptions as pg

from dialer.clock import Clock
from dialer.core.effects import (
    BookAgentState,
    BookCampaignState,
    BookDecision,
    BookHold,
    BookProgress,
    CallTimes,
    Settle,
)
from dialer.core.events import AttemptSettled, BooksAway, BooksBack, Event
from dialer.core.ids import AttemptId, CampaignId, Instant
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.logs import LogEvent, get_logger
from dialer.store import agents, attempts, campaigns, holds
from dialer.store.db import Database, DatabaseAway, DatabaseBusy
from dialer.store.decisions import Sampler
from dialer.store.doubts import Doubts
from dialer.store.sql import Conn

BATCH = 500
"""Effects in one transaction: some 20 ms of the database."""

RETRY_S = 0.25
"""Between two tries while the database is away."""

KEPT_RETRY_S = 2.0
"""The same while it refuses something: each try is a line in the server's log for every effect that is refused."""

UNACCEPTABLE = (
    pg.DataError,  # a value that no column has room for
    pg.IntegrityConstraintViolationError,  # a state that the schema does not know
    pg.ProgramLimitExceededError,  # a text too long for an index
    ValueError,  # nothing that could be sent
)
"""Errors which are certainly about the effect itself: the same again would be refused again."""

BookEffect: TypeAlias = BookProgress | Settle | BookAgentState | BookCampaignState | BookDecision | BookHold
Told: TypeAlias = tuple[BookEffect, Instant]
Sink: TypeAlias = Callable[[Event], None]

SETTLEMENT_REFUSED = "settlement_refused"
"""Why the lead of an attempt whose settlement was put aside waits for a supervisor."""

log = get_logger()


class BooksWriter:
    """The queue of the books. `run` is a task of the daemon; all else may be called at any time and never waits."""

    def __init__(
        self, database: Database, clock: Clock, sink: Sink, refused: Callable[[BookEffect], None] = lambda effect: None
    ) -> None:
        """`sink` is told AttemptSettled for every settlement written, and BooksAway and BooksBack as they happen.

        `refused` is told what was put aside, of a settlement before its AttemptSettled.
        """
        self._database = database
        self._clock = clock
        self._sink = sink
        self._on_refused = refused
        self._queue: deque[Told] = deque()
        self._states_owed = Counter[CampaignId]()
        self._moved = asyncio.Event()
        self._doubts = Doubts()
        self._sampler = Sampler()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._keeps = False
        """Something was refused last time and stays."""
        self.away = False
        """The database did not answer last time, or refused what stays: no lead may be claimed."""
        self.refused = 0
        """Effects which the database would not take: a bug of ours each, told in the log."""

    @property
    def backlog(self) -> int:
        """Effects not yet written."""
        return len(self._queue)

    def put(self, effect: BookEffect) -> None:
        """Have it written, behind all that came before."""
        if isinstance(effect, BookDecision) and not self._sampler.keeps(effect):
            return
        self._queue.append((effect, self._clock.now()))
        if isinstance(effect, BookCampaignState):
            self._states_owed[effect.campaign] += 1
        self._wake.set()

    async def state_is_told(self, campaign: CampaignId) -> bool:
        """Wait until the books hold the campaign's state as it was last put; False where the database is away.

        Whoever claims its leads asks first: a daemon that dies at the first call must not leave a campaign at rest.
        """
        while self._states_owed[campaign] and not self.away:
            self._moved.clear()
            await self._moved.wait()
        return not self.away

    def lost_touch(self, error: DatabaseAway, in_doubt: Sequence[str] = (), session: int | None = None) -> None:
        """Somebody else found the database away; server process `session` may yet book the attempts `in_doubt`."""
        if session is not None:
            self._doubts.add(session, in_doubt)
        self._gone(error)
        self._wake.set()

    def stop(self) -> None:
        """End `run` as soon as everything is written, or at once while the database is away."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Write until `stop`."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue or self.away or self._doubts:
                rests = not await self._once() or (self._doubts and not self._queue)
                if rests and await self._stopped_within(KEPT_RETRY_S if self._keeps else RETRY_S):
                    return
            if self._stopping.is_set():
                return

    async def _once(self) -> bool:
        """Write one batch; False where the database is away and the batch stays, or what it refuses of it."""
        batch = list(islice(self._queue, BATCH))
        self._keeps = False
        try:
            await self._doubts.clear(self._database, self._clock.now())
            await self._commit(batch)
        except DatabaseBusy:
            return False
        except DatabaseAway as error:
            self._gone(error)
            return False
        except (PostgresError, ValueError):
            if not await self._one_by_one(batch):
                return False
        self._back()
        return True

    async def _one_by_one(self, batch: Sequence[Told]) -> bool:
        """One effect of the batch is not acceptable: the others must not suffer. False where one stays."""
        kept = 0
        for told in batch:
            try:
                await self._alone(told, kept)
            except DatabaseAway as error:
                self._gone(error)
                return False
            except (PostgresError, ValueError) as error:
                self._keep(told[0], error)
                kept += 1
        return not kept

    async def _alone(self, told: Told, place: int) -> None:
        """Write the effect at this place of the queue, or put it aside. Raises where neither can be written."""
        try:
            await self._commit([told], place)
        except UNACCEPTABLE as error:
            effect, _ = told
            if isinstance(effect, Settle):
                await self._give_up(effect)
            self._put_aside(effect, error, place)

    async def _commit(self, batch: Sequence[Told], place: int = 0) -> None:
        """Write what stands at this place of the queue in one transaction, and take it off."""
        async with self._database.transaction() as conn:
            await self._write(conn, batch)
        for effect, _ in batch:
            self._take_off(place)
            self._tell_settled(effect)

    async def _write(self, conn: Conn, batch: Sequence[Told]) -> None:
        """Kind by kind: an attempt's progress always precedes its settlement, and the other kinds are independent."""
        effects = [effect for effect, _ in batch]
        if steps := [effect for effect in effects if isinstance(effect, BookProgress)]:
            await attempts.progress(conn, steps)
        if settlements := [effect for effect in effects if isinstance(effect, Settle)]:
            await attempts.settle(conn, settlements, self._clock.now())
        if agents_told := [effect for effect in effects if isinstance(effect, BookAgentState)]:
            await agents.book_states(conn, agents_told)
        if campaigns_told := [(effect, at) for effect, at in batch if isinstance(effect, BookCampaignState)]:
            await campaigns.book_states(conn, campaigns_told)
        if held := [effect for effect in effects if isinstance(effect, BookHold)]:
            await holds.book(conn, held)
        if decisions := [effect for effect in effects if isinstance(effect, BookDecision)]:
            await campaigns.book_decisions(conn, decisions)

    def _take_off(self, place: int) -> None:
        """The effect at this place is written, or put aside; before it is only what is kept."""
        effect, _ = self._queue[place]
        del self._queue[place]
        if isinstance(effect, BookCampaignState):
            self._states_owed[effect.campaign] -= 1
            self._moved.set()

    def _tell_settled(self, effect: BookEffect) -> None:
        if isinstance(effect, Settle):
            self._sink(AttemptSettled(at=self._clock.now(), attempt=effect.attempt, campaign=effect.campaign))

    def _put_aside(self, effect: BookEffect, error: Exception, place: int) -> None:
        """A bug of ours, such as a state that the schema does not know."""
        self._take_off(place)
        self.refused += 1
        log.error(
            LogEvent.BUG,
            effect=type(effect).__name__,
            error=type(error).__name__,
            constraint=getattr(error, "constraint_name", None),
            attempt=getattr(effect, "attempt", None),
            put_aside=repr(effect),
        )
        self._on_refused(effect)
        self._tell_settled(effect)

    async def _give_up(self, effect: Settle) -> None:
        """Settle the attempt as lost, with nothing of what was refused. Raises where that is refused too."""
        now = self._clock.now()
        if _is_id(effect.attempt):
            async with self._database.transaction() as conn:
                await attempts.settle(conn, [_lost(effect, now)], now)

    def _keep(self, effect: BookEffect, error: Exception) -> None:
        """Only a person can mend the books: he is told once, and no lead is claimed until he has."""
        self._keeps = True
        told = f"{type(error).__name__} for {type(effect).__name__}"
        if not self.away:
            log.error(LogEvent.BUG, where="the books", refused=told, attempt=getattr(effect, "attempt", None))
        self._gone(DatabaseAway(told))

    def _gone(self, error: DatabaseAway) -> None:
        if not self.away:
            self.away = True
            self._moved.set()
            log.warning(LogEvent.BOOKS_AWAY, reason=str(error), backlog=self.backlog)
            self._sink(BooksAway(at=self._clock.now(), reason=str(error)))

    def _back(self) -> None:
        if self.away:
            self.away = False
            log.info(LogEvent.BOOKS_BACK, backlog=self.backlog)
            self._sink(BooksBack(at=self._clock.now()))

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return False
        return True


def _is_id(attempt: AttemptId) -> bool:
    """False: nothing in the books can be meant."""
    with suppress(ValueError):
        return bool(UUID(attempt))
    return False


def _lost(refused: Settle, now: Instant) -> Settle:
    """What the books can take in place of a settlement that they refused: a supervisor decides about the lead."""
    return Settle(
        attempt=refused.attempt,
        lead=refused.lead,
        campaign=refused.campaign,
        outcome=Outcome.LOST,
        reason=SETTLEMENT_REFUSED,
        step=LeadStep(LeadState.NEEDS_DECISION, SETTLEMENT_REFUSED),
        times=CallTimes(reserved_at=now),
        abandoned=refused.abandoned is True,
    )
