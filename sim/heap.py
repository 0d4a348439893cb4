"""The future: what will happen, in order of (time, priority, sequence). Equal times keep the order of their making."""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import TypeAlias

Action: TypeAlias = Callable[[], None]

NETWORK, HANDS, TIMER, BEAT = range(4)
"""At one instant the network speaks first, then people at desks, then timers, then the clock."""


class Future:
    """Virtual time. `now` moves only in `run_next`."""

    def __init__(self, start: float) -> None:
        self.now = start
        self._heap: list[tuple[float, int, int, Action]] = []
        self._sequence = 0

    def at(self, when: float, action: Action, priority: int = NETWORK) -> None:
        """Do this then; what lies in the past is done next."""
        self._sequence += 1
        heappush(self._heap, (when if when > self.now else self.now, priority, self._sequence, action))

    def after(self, seconds: float, action: Action, priority: int = NETWORK) -> None:
        self._sequence += 1
        heappush(self._heap, (self.now + seconds if seconds > 0.0 else self.now, priority, self._sequence, action))

    @property
    def next_at(self) -> float:
        """When the next thing happens; infinity where nothing will."""
        return self._heap[0][0] if self._heap else float("inf")

    def run_next(self) -> None:
        when, _, _, action = heappop(self._heap)
        self.now = when
        action()
