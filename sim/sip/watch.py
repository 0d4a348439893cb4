"""Wait for a condition without polling: it is asked again whenever something has changed."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class Watch:
    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[], object], asyncio.Future[None]]] = []

    def changed(self) -> None:
        """Something has: ask all conditions again. Costs nothing while nobody waits."""
        for condition, future in self._waiting:
            if not future.done() and condition():
                future.set_result(None)

    async def until(self, condition: Callable[[], Result], within_s: float = 10.0) -> Result:
        """The condition's value once it is true. Raises TimeoutError."""
        if not condition():
            entry = (condition, asyncio.get_running_loop().create_future())
            self._waiting.append(entry)
            try:
                await asyncio.wait_for(entry[1], within_s)
            finally:
                self._waiting.remove(entry)
        return condition()
