"""A circuit breaker: a machine that fails again and again is left alone for a while, then tried by one request.

Time is an argument. Closed: everything goes. Open: nothing goes until `opens_at`. Then one probe: it closes the breaker
again, or keeps it open twice as long, up to a limit.
"""

from dataclasses import dataclass

FAILURES = 5
FIRST_PAUSE_S = 15.0
LONGEST_PAUSE_S = 300.0


@dataclass(slots=True)
class Breaker:
    """State of one machine; `at` is any clock that never runs backwards, in seconds."""

    failures_limit: int = FAILURES
    first_pause_s: float = FIRST_PAUSE_S
    longest_pause_s: float = LONGEST_PAUSE_S
    failures: int = 0
    """In a row."""
    opens_at: float | None = None
    """When the next probe may go; None: closed."""
    _pause_s: float = 0.0
    _probing: bool = False

    def room(self, at: float, wanted: int) -> int:
        """How many of the wanted requests may go now: all, one probe, or none. Take it up by `started`."""
        if self.opens_at is None:
            return wanted
        return 0 if self._probing or at < self.opens_at else min(1, wanted)

    def started(self) -> None:
        """A request goes out; while the breaker is open it is the probe."""
        self._probing = self.opens_at is not None

    def succeeded(self) -> bool:
        """The machine answers as it should; True where it had been left alone."""
        was_open = self.opens_at is not None
        self.failures, self.opens_at, self._pause_s, self._probing = 0, None, 0.0, False
        return was_open

    def failed(self, at: float) -> None:
        self.failures += 1
        if self.failures < self.failures_limit:
            return
        if self.opens_at is None or self._probing:
            self._pause_s = min(self.longest_pause_s, self._pause_s * 2 or self.first_pause_s)
            self.opens_at = at + self._pause_s
        self._probing = False

    def let_go(self) -> None:
        """The probe ended without a word about the machine (it was cancelled)."""
        self._probing = False
