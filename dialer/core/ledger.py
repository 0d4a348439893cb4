"""The ledger of abandonments: answered by a person, and abandoned among them, over a rolling window.

Kept in minute buckets, so that a day costs 1,440 pairs whatever the traffic. The denominator is calls answered by a
person (definition: DESIGN, words; the 3 % of the US TSR and of Ofcom count the same way).
"""

from collections import deque
from dataclasses import dataclass, field

from dialer.core.ids import Instant

DAY_S = 86_400.0
BUCKET_S = 60.0


@dataclass(slots=True)
class _Bucket:
    minute: int
    answered: int = 0
    abandoned: int = 0


@dataclass(slots=True)
class Ledger:
    """Rolling counts; `at` never goes backwards."""

    window_s: float = DAY_S
    answered: int = 0
    abandoned: int = 0
    _buckets: deque[_Bucket] = field(default_factory=deque)

    def count(self, at: Instant, *, answered: int = 0, abandoned: int = 0) -> None:
        """Book answers and abandonments at this instant."""
        self.roll(at)
        minute = int(at // BUCKET_S)
        if not self._buckets or self._buckets[-1].minute != minute:
            self._buckets.append(_Bucket(minute))
        self._buckets[-1].answered += answered
        self._buckets[-1].abandoned += abandoned
        self.answered += answered
        self.abandoned += abandoned

    def roll(self, at: Instant) -> None:
        """Forget what is older than the window."""
        oldest = int((at - self.window_s) // BUCKET_S)
        while self._buckets and self._buckets[0].minute <= oldest:
            gone = self._buckets.popleft()
            self.answered -= gone.answered
            self.abandoned -= gone.abandoned

    @property
    def ratio(self) -> float:
        """Abandoned / answered by a person; 0 while nobody has answered."""
        return self.abandoned / self.answered if self.answered else 0.0
