"""How many may be at something at once, and how many may wait for it; the rest is told to come again, at once.

Without it a flood of orders would queue up before the database until nobody gets an answer in time.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from dialer.api.problems import Problem


@dataclass(slots=True)
class Turnstile:
    at_once: int = 4
    """Half of the connections that pages and programs have."""
    waiting: int = 32
    retry_after_s: int = 1
    _inside: int = 0
    _queue: asyncio.Condition = field(default_factory=asyncio.Condition)
    _in_line: int = 0

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Wait for one's turn and take it. Raises 429 with Retry-After where too many wait already."""
        if self._inside >= self.at_once and self._in_line >= self.waiting:
            raise self._full()
        self._in_line += 1
        try:
            async with self._queue:
                await self._queue.wait_for(lambda: self._inside < self.at_once)
                self._inside += 1
        finally:
            self._in_line -= 1
        try:
            yield
        finally:
            async with self._queue:
                self._inside -= 1
                self._queue.notify()

    def _full(self) -> Problem:
        return Problem(
            429,
            "intake-full",
            f"{self.waiting} requests with orders wait already; nothing of this one was written.",
            "Send the same request again later: it is safe to repeat. Batches of up to 1000 orders cost least.",
            headers={"Retry-After": str(self.retry_after_s)},
        )
