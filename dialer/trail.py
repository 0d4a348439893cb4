"""Audit lines that come with every call or order: noted at once, written by the batch a moment later.

Whoever waits on a line waits for none of them. While the database is away they are kept and written when it is back;
what would not fit into memory is counted in the log, not passed over in silence.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from dialer.core.audit import AuditAsked
from dialer.core.card import Card
from dialer.core.ids import AgentId, Instant
from dialer.core.user import AuditEntry
from dialer.logs import LogEvent, get_logger
from dialer.store.audit import AuditBooks

BATCH_S = 0.5
KEPT = 20_000
"""Lines that wait for the database: ten minutes of the busiest floor."""

log = get_logger()


class Trail:
    """`write` puts lines into the books; OSError while they are away."""

    def __init__(self, write: Callable[[Sequence[AuditEntry]], Awaitable[None]]) -> None:
        self._write = write
        self._waiting: deque[AuditEntry] = deque()
        self._closing = asyncio.Event()
        self._lost = 0
        self._writing = asyncio.Lock()

    def note(self, entry: AuditEntry) -> None:
        """To be written within a second."""
        if len(self._waiting) >= KEPT:
            self._lost += 1
            return
        self._waiting.append(entry)

    async def run(self) -> None:
        """Writes until `close`, and what is left at the end. One task of the daemon's TaskGroup."""
        while not self._closing.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), BATCH_S)
            await self.flush()
        if self._waiting:
            log.error(LogEvent.AUDIT_LOST, lines=len(self._waiting))

    async def flush(self) -> None:
        """Write what waits; it waits on while the database is away."""
        async with self._writing:
            batch = list(self._waiting)
            if not batch:
                return
            with suppress(OSError):
                await self._write(batch)
                for _ in batch:
                    self._waiting.popleft()
        if self._lost:
            log.error(LogEvent.AUDIT_LOST, lines=self._lost)
            self._lost = 0

    def close(self) -> None:
        self._closing.set()


class AuditLog:
    """The log as the API reads it, and the trail that is written by the batch."""

    def __init__(self, books: AuditBooks) -> None:
        self.trail = Trail(books.put)
        self.note = self.trail.note
        self._books = books

    async def find(self, asked: AuditAsked) -> list[AuditEntry]:
        """What waits to be written is written first: who asks sees what has just happened."""
        await self.trail.flush()
        return await self._books.find(asked)


def card_look(at: Instant, agent: AgentId, card: Card) -> AuditEntry:
    """An agent was shown a person: the lead that was called, and the person's other orders on the same card."""
    others = [order.lead for order in card.orders if order.lead != card.lead]
    detail = {"attempt": card.attempt, **({"orders": " ".join(others)} if others else {})}
    return AuditEntry(at, f"agent:{agent}", "card.look", card.lead, detail)
