"""Timers in virtual time. Nearly all of them are leases that are cancelled long before they are due.

Such a one is never put into the future, where it would be sorted among what does happen: it is only noted, and put
there when its time is near.
"""

from collections.abc import Callable

from dialer.core.timer import Timer
from sim.heap import BEAT, TIMER, Future

LOOK_EVERY_S = 10.0


class Timers:
    """Tells `fire` of each timer that is due and was neither set anew nor cancelled."""

    def __init__(self, future: Future, fire: Callable[[Timer], None]) -> None:
        self._future, self._fire = future, fire
        self._due: dict[Timer, float] = {}
        self._near = future.now
        """Those due before it are in the future."""
        self._look()

    def set(self, timer: Timer, at: float) -> None:
        """Wake for it at this instant, and not when it was set to before."""
        self._due[timer] = at
        if at < self._near:
            self._plan(timer, at)

    def cancel(self, timer: Timer) -> None:
        """Wake for it no more; one that was not set is no matter."""
        self._due.pop(timer, None)

    def _look(self) -> None:
        """What comes near goes into the future, a whole look ahead of its time."""
        seen, self._near = self._near, self._future.now + 2.0 * LOOK_EVERY_S
        for timer, at in self._due.items():
            if seen <= at < self._near:
                self._plan(timer, at)
        self._future.after(LOOK_EVERY_S, self._look, BEAT)

    def _plan(self, timer: Timer, at: float) -> None:
        self._future.at(at, lambda: self._come(timer, at), TIMER)

    def _come(self, timer: Timer, at: float) -> None:
        if self._due.get(timer) == at:
            del self._due[timer]
            self._fire(timer)
