"""Lines, calls per second and the health of a trunk and of a server, as the guard needs them.

Calls per second is a hard limit: never more than N starts within any window of one second (for less than one call a
second, one start within any 1/N seconds). Starts are spread over the second as well: a burst at its beginning would
stand between the carrier, Asterisk and whoever answers just then. A trunk is dead when its contact is down, or when k
attempts in a row ended without any provisional answer while none succeeded; after a rest one probe at a time is let
through until it speaks.
"""

from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil

from dialer.core.ids import Instant
from dialer.core.settings import Server, Trunk

PROBE_AFTER_S = 30.0
SLICES = 10
SLICE_S = 0.08
"""A tenth of a second's calls within any so many seconds; shorter than a tenth, so that timers that are late by a few
milliseconds lose nothing."""
ROUNDING_S = 0.001
"""Instants are floats since 1970: sums are right to less than a microsecond."""


@dataclass(slots=True)
class Rate:
    """A sliding window over starts."""

    per_second: float
    _starts: deque[Instant] = field(default_factory=deque)

    def allowance(self, at: Instant) -> int:
        """How many starts fit at this instant."""
        if self.per_second <= 0:
            return 0
        most, _, most_in_slice = _limits(self.per_second)
        starts = self._within_window(at)
        if not starts:
            return min(most, most_in_slice)
        lately, slice_began = 0, at - SLICE_S
        for start in reversed(starts):
            if start <= slice_began:
                break
            lately += 1
        return max(0, min(most - len(starts), most_in_slice - lately))

    def is_used_up(self, at: Instant) -> bool:
        """The whole window's starts are taken: not only for the moment, to spread them over the second."""
        return self.per_second <= 0 or len(self._within_window(at)) >= _limits(self.per_second)[0]

    def _within_window(self, at: Instant) -> deque[Instant]:
        """The starts that count yet; older ones are forgotten."""
        starts, oldest = self._starts, at - _limits(self.per_second)[1]
        while starts and starts[0] <= oldest:
            starts.popleft()
        return starts

    def next_at(self) -> Instant | None:
        """When one more start fits, where none fits now; None: no start will."""
        if self.per_second <= 0:
            return None
        most, window_s, most_in_slice = _limits(self.per_second)
        full = [(most, window_s), (most_in_slice, SLICE_S)]
        free_at = [self._starts[-most] + span_s for most, span_s in full if len(self._starts) >= most]
        return max(free_at) + ROUNDING_S if free_at else None

    def take(self, at: Instant, count: int) -> None:
        self._starts.extend([at] * count)

    def at_most(self, per_second: float) -> "Rate":
        """The same past under another limit."""
        return Rate(per_second, self._starts)


@lru_cache(maxsize=1024)
def _limits(per_second: float) -> tuple[int, float, int]:
    """Starts within the window, its length in seconds, and starts within a slice; `per_second` is above nothing."""
    return int(max(1.0, per_second)), max(1.0, 1.0 / per_second), max(1, ceil(per_second / SLICES))


@dataclass(slots=True)
class TrunkLine:
    """A trunk at work."""

    settings: Trunk
    rate: Rate
    lines_used: int = 0
    reachable: bool = True
    silent_failures: int = 0
    dead_since: Instant | None = None
    probe_at: Instant = 0.0

    @classmethod
    def of(cls, trunk: Trunk) -> "TrunkLine":
        return cls(trunk, Rate(trunk.calls_per_second))

    @property
    def alive(self) -> bool:
        return self.reachable and self.dead_since is None

    def refuses(self, at: Instant) -> bool:
        """Nothing may be dialled now, not even a probe."""
        return not self.reachable or (self.dead_since is not None and at < self.probe_at)

    def free_lines(self, at: Instant) -> int:
        """Lines that may be used now: none on a dead trunk but for one probe after its rest."""
        if self.refuses(at):
            return 0
        if self.dead_since is not None:
            return 1 if self.lines_used == 0 else 0
        return max(0, self.settings.lines - self.lines_used)

    def spoke(self) -> bool:
        """Something came back from the far end; true where that brings a dead trunk to life."""
        revived = self.dead_since is not None
        self.silent_failures = 0
        self.dead_since = None
        return revived

    def kept_silent(self, at: Instant) -> bool:
        """An attempt ended without a word; true where that makes the trunk dead."""
        self.silent_failures += 1
        if self.dead_since is not None:
            self.probe_at = at + PROBE_AFTER_S
            return False
        if self.silent_failures < self.settings.silent_failures_limit:
            return False
        self.dead_since = at
        self.probe_at = at + PROBE_AFTER_S
        return True


@dataclass(slots=True)
class ServerLink:
    """A server as the Floor knows it: away until its first resync."""

    settings: Server
    rate: Rate
    up: bool = False
    booted_at: Instant = 0.0
    why_down: str = "not seen yet"
    knows_lines: bool = True
    """Its dialplan has hold and consultation."""
    message_lost: bool = False
    """The last message for an abandoned call could not be played."""

    @classmethod
    def of(cls, server: Server) -> "ServerLink":
        return cls(server, Rate(server.calls_per_second))
