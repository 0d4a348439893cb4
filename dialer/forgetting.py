"""The daemon forgets: whoever asked for it within a minute, all others once an hour when their project's term is over.

In slices, each its own transaction of some milliseconds, with a rest after it: claims and settlements touch no row that
is forgotten, and whoever brings numbers in waits for one slice at most.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from dialer import metrics
from dialer.clock import Clock
from dialer.core.ids import Instant
from dialer.logs import LogEvent, get_logger
from dialer.store.db import Database, DatabaseAway
from dialer.store.forgetting import SLICE, Doomed, ForgettingBooks

EVERY_S = 60.0
TERMS_EVERY_S = 3600.0
REST_S = 0.1
BY = "daemon"

log = get_logger()


class Forgetting:
    """`run` is a task of the daemon, ended by being cancelled; `turn` is one look."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._books = ForgettingBooks(database)
        self._has_key = bool(database.pseudonyms)
        self._clock = clock
        self._looked_at: Instant | None = None

    async def run(self) -> None:
        while True:
            with suppress(DatabaseAway):
                await self.turn()
            await asyncio.sleep(EVERY_S)  # noqa: TID251 - a term is over with time

    async def turn(self) -> None:
        """Whoever asked; and where an hour is over since the last time, whose term is over. Without a key, nobody."""
        now = self._clock.now()
        if self._has_key:
            while (demanded := await self._books.demanded()) and await self._forget(demanded):
                pass
        if self._looked_at is None or now - self._looked_at >= TERMS_EVERY_S:
            self._looked_at = now
            if self._has_key:
                await self._terms(now)
            metrics.FORGETTING_OVERDUE.set(await self._books.overdue(now))

    async def _terms(self, now: Instant) -> None:
        for project in await self._books.projects():
            window = await self._books.look(project, now)
            await self._slices(window.doomed)
            while window.after is not None:
                window = await self._books.look(project, now, window.after)
                await self._slices(window.doomed)
        await self._books.prune(now)

    async def _slices(self, doomed: Sequence[Doomed]) -> None:
        for start in range(0, len(doomed), SLICE):
            await self._forget(doomed[start : start + SLICE])

    async def _forget(self, doomed: Sequence[Doomed]) -> int:
        """How many are forgotten now; another daemon may have some of them in hand."""
        done = await self._books.forget(doomed, BY, self._clock.now())
        for rule, leads in done.items():
            metrics.FORGOTTEN.labels(rule.value).inc(leads)
            log.info(LogEvent.FORGOTTEN, rule=rule.value, leads=leads)
        await asyncio.sleep(REST_S)  # noqa: TID251 - others have their turn
        return sum(done.values())
