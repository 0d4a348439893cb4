"""What a link tells, heard: for tests of a link against a scripted and a real Asterisk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from dialer.ami.link import AmiLink
from dialer.core.events import Event

Heard = TypeVar("Heard", bound=Event)


class Ear:
    """Hears what the link tells, and can be full."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.full = False
        self._bell = asyncio.Event()

    def __call__(self, event: Event) -> None:
        if self.full:
            raise asyncio.QueueFull
        self.heard.append(event)
        self._bell.set()

    def of(self, kind: type[Heard]) -> list[Heard]:
        return [event for event in self.heard if isinstance(event, kind)]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                self._bell.clear()
                await self._bell.wait()

    async def hears(self, kind: type[Heard], count: int = 1) -> Heard:
        """The event of this kind that is the `count`th since `heard` was last cleared."""
        await self.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]


@asynccontextmanager
async def running(link: AmiLink) -> AsyncIterator[AmiLink]:
    task = asyncio.get_running_loop().create_task(link.run())
    try:
        yield link
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
