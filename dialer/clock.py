"""The one place which reads the clock: event time that never runs backwards, and how far it is from the wall.

Event time is the wall clock at an anchor plus monotonic time since. A stepped wall clock therefore shows as a
drift, not as a jump: the engine stops starting calls over `SUSPECT_DRIFT_S` and re-anchors.
"""

import time
from collections.abc import Callable

from dialer.core.ids import Instant

SUSPECT_DRIFT_S = 2.0
"""Wall and event time further apart than this: one of them lies, and no call may be started by either."""

SLEW_RATIO = 0.5
"""After a step back event time runs at this share of its speed until the wall has caught up."""


class Clock:
    """Wall and monotonic clock behind one interface; the arguments are for tests."""

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._mark_s = monotonic()
        self._anchor = wall()
        self._ahead_s = 0.0

    def now(self) -> Instant:
        """Seconds since the epoch, UTC; never less than the call before."""
        elapsed_s = self._monotonic() - self._mark_s
        return self._anchor + elapsed_s - min(elapsed_s * SLEW_RATIO, self._ahead_s)

    def wall(self) -> Instant:
        """The wall clock as it stands: what the calendar is checked against just before Originate."""
        return self._wall()

    def monotonic(self) -> float:
        """Seconds from an unknown start: for durations only."""
        return self._monotonic()

    def wall_drift_s(self) -> float:
        """How far the wall clock is ahead of event time; negative where it is behind."""
        return self._wall() - self.now()

    def is_suspect(self) -> bool:
        return abs(self.wall_drift_s()) > SUSPECT_DRIFT_S

    def reanchor(self) -> None:
        """Take the wall clock for right: at once where it is ahead, by slewing where it is behind.

        May be called at every beat while the clock is suspect: slewing goes on as it was.
        """
        drift_s, now = self.wall_drift_s(), self.now()
        self._mark_s = self._monotonic()
        self._anchor = now + max(drift_s, 0.0)
        self._ahead_s = max(-drift_s, 0.0)
