"""Gives places back: of calls that ended otherwise, of leases that ran out, of reservations that nobody heard of again.

The courier is told every half minute until it has heard, for a day; then the place is lost, and counted. (Its circuit
breaker sees to it that a machine that is down is not asked for every single one.)
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from dialer import metrics
from dialer.core.ids import Instant, ProjectId
from dialer.core.slots import Hold, HoldId, HoldState, Provider
from dialer.logs import LogEvent, get_logger

EVERY_S = 2.0
BOUND = 50
AGAIN_S = 30.0
LOST_S = 24 * 3600.0

log = get_logger()


class Due(Protocol):
    """A hold to give back, and since when it exists."""

    @property
    def hold(self) -> Hold: ...

    @property
    def made_at(self) -> Instant: ...


class Books(Protocol):
    """Every method may raise OSError while the database is away."""

    async def provider(self, project: ProjectId) -> Provider | None: ...

    async def keep(self, now: Instant) -> None: ...

    async def to_release(self, now: Instant, again: Instant, bound: int) -> Sequence[Due]: ...

    async def end(self, hold: HoldId, state: HoldState, now: Instant) -> bool: ...


class Sweeper:
    """`run` is a task of the daemon, ended by being cancelled; `sweep` is one round."""

    def __init__(
        self,
        books: Books,
        release: Callable[[Provider, Hold], Awaitable[bool]],
        now: Callable[[], Instant],
    ) -> None:
        self._books = books
        self._release = release
        self._now = now

    async def run(self) -> None:
        while True:
            try:
                await self.sweep()
            except OSError:
                log.warning(LogEvent.SLOTS_WAIT, reason="books_away")
            await asyncio.sleep(EVERY_S)  # noqa: TID251 - a round is a matter of time

    async def sweep(self) -> None:
        now = self._now()
        await self._books.keep(now)
        due = await self._books.to_release(now, now + AGAIN_S, BOUND)
        await asyncio.gather(*(self._give_back(one.hold, one.made_at, now) for one in due))

    async def _give_back(self, hold: Hold, made_at: Instant, now: Instant) -> None:
        provider = await self._books.provider(hold.order.project)
        if provider is None or await self._release(provider, hold):
            await self._books.end(hold.id, HoldState.RELEASED, now)
        elif now - made_at > LOST_S:
            await self._books.end(hold.id, HoldState.LOST, now)
            metrics.SLOTS_LOST.inc()
            log.warning(LogEvent.SLOT_LOST, project=hold.order.project, hold=hold.id)
