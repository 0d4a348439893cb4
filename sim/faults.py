"""What goes wrong between the switch and the Floor, by chance of the seed: events lost, late, doubled, reordered.

Only what crosses the manager link can be hurt; a resync's answer is whole or does not come. Whole breakages (the
link cut, the books away, a phone dead, the clock stepped) happen at random times of the day.
"""

from collections.abc import Callable
from random import Random

from dialer.core.events import CallEvent, Event, LegEvent
from sim.heap import Future
from sim.scenario import Faults

SWAP_S = 0.003


class Link:
    """Carries events from the switch to the Floor, as badly as `faults` say."""

    def __init__(self, future: Future, faults: Faults, random: Random, deliver: Callable[[Event], None]) -> None:
        self._future, self._faults, self._random, self._deliver = future, faults, random, deliver
        self._perfect = not (faults.lost or faults.late or faults.doubled or faults.reordered)
        self.up = True
        self.hurt = 0
        """Events that were lost, late, doubled or reordered so far."""

    def tell(self, event: Event) -> None:
        """The switch says something."""
        if not self.up:
            self.hurt += 1
            return
        if self._perfect or not isinstance(event, CallEvent | LegEvent):
            self._deliver(event)
            return
        chance = self._random.random()
        if chance < self._faults.lost:
            self.hurt += 1
        elif (chance := chance - self._faults.lost) < self._faults.late:
            self._later(event, self._random.uniform(0.0, self._faults.late_s))
        elif (chance := chance - self._faults.late) < self._faults.doubled:
            self._deliver(event)
            self._later(event, self._random.uniform(0.0, 0.05))
        elif chance - self._faults.doubled < self._faults.reordered:
            self._later(event, SWAP_S)
        else:
            self._deliver(event)

    def _later(self, event: Event, seconds: float) -> None:
        self.hurt += 1
        self._future.after(seconds, lambda: self._deliver(event) if self.up else None)


def at_random(future: Future, random: Random, every_s: float, action: Callable[[], None]) -> None:
    """Do this again and again, with a mean of `every_s` between; never, where it is 0."""
    if every_s <= 0.0:
        return

    def happen() -> None:
        action()
        at_random(future, random, every_s, action)

    future.after(random.expovariate(1.0 / every_s), happen)
