"""Results on their way out of this daemon: the outbox room with the books, the world outside and the metrics."""

from random import SystemRandom

from dialer import metrics
from dialer.clock import Clock
from dialer.outbox.deliverer import Deliverer
from dialer.outside.client import Client
from dialer.store.db import Database
from dialer.store.intake import IntakeBooks
from dialer.store.outbox import OutboxBooks

KEPT_S = 35 * 24 * 3600.0
"""How long what has arrived can be looked up."""
DEAD_KEPT_S = 180 * 24 * 3600.0
"""How long what was given up can be sent again; it is somebody's result that he never got."""


class Results:
    """`run` is a task of the daemon, ended by `stop`; the rest may be called while it runs."""

    def __init__(self, database: Database, clock: Clock, outside: Client, key: str | None) -> None:
        self._books = OutboxBooks(database)
        self._intake = IntakeBooks(database)
        self._clock = clock
        self._deliverer = Deliverer(self._books, outside.send, clock, key, SystemRandom())
        self.wake = self._deliverer.wake
        self.stop = self._deliverer.stop
        self.run = self._deliverer.run

    async def look(self) -> None:
        """Show what has not arrived."""
        found = await self._books.backlog()
        metrics.WEBHOOK_BACKLOG.labels("pending").set(found.pending)
        metrics.WEBHOOK_BACKLOG.labels("dead").set(found.dead)
        age_s = 0.0 if found.oldest_at is None else max(0.0, self._clock.now() - found.oldest_at)
        metrics.WEBHOOK_OLDEST.set(age_s)

    async def prune(self) -> None:
        now = self._clock.now()
        await self._books.prune(now - KEPT_S, now - DEAD_KEPT_S)
        await self._intake.prune(now)
