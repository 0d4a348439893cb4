"""A sink that remembers what it was told and lets a test wait for it."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from dialer.core.events import Event

E = TypeVar("E", bound=Event)
DEADLINE_S = 60.0


class Listener:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self._told = asyncio.Event()

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        self._told.set()

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until what was told makes `condition` true."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                self._told.clear()
                await self._told.wait()

    async def heard(self, kind: type[E], count: int = 1) -> list[E]:
        await self.until(lambda: len(self.all(kind)) >= count)
        return self.all(kind)
