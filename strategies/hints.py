"""What the desk's hints are worth: an agent at this step of the script ends sooner, or later, than others.

A hint is any word. Its meaning is learned: how many phases ended under it against how many the durations alone had
expected to end in that time. The hazard of those who show it is multiplied by the ratio.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import exp
from typing import TypeAlias

from strategies.base import Phase

PRIOR_ENDS = 5.0
"""A hint is taken to mean nothing until about so many ends speak for it."""
MEMORY_ENDS = 200.0
LEAST, MOST = 0.2, 8.0
MOST_KEPT = 1e6

Key: TypeAlias = tuple[Phase, str]
Expected: TypeAlias = Callable[[float, float], float]
"""Ends expected of one agent between two times in the phase, seconds."""


@dataclass(slots=True)
class Hints:
    """Multipliers of the hazard by phase and hint."""

    _ends: dict[Key, float] = field(default_factory=dict)
    _expected: dict[Key, float] = field(default_factory=dict)
    _used: set[Phase] = field(default_factory=set)

    def used_in(self, phase: Phase) -> bool:
        """Phases of this kind have ended under hints. To show none is then a hint too: who shows none ends later."""
        return phase in self._used

    def saw(self, key: Key, from_s: float, to_s: float, expected: Expected) -> None:
        """An agent showed this hint between these times in his phase, and goes on."""
        self._expected[key] = self._expected.get(key, 0.0) + expected(max(0.0, from_s), to_s)

    def ended(self, key: Key) -> None:
        """The phase ended while the agent showed this hint."""
        keep = exp(-1.0 / MEMORY_ENDS)
        self._ends[key] = self._ends.get(key, 0.0) * keep + 1.0
        if key[1]:
            self._used.add(key[0])
        self._expected[key] = self._expected.get(key, 0.0) * keep

    def save(self) -> list[list[str | float]]:
        """What is worth keeping over a restart: phase, hint, ends, ends expected."""
        keys = self._ends.keys() | self._expected.keys()
        return [
            [phase.value, hint, self._ends.get((phase, hint), 0.0), self._expected.get((phase, hint), 0.0)]
            for phase, hint in sorted(keys)
        ]

    def load(self, learned: Iterable[tuple[str, str, float, float]]) -> None:
        """Go on from there. TypeError or ValueError where it cannot be read."""
        for phase, hint, ends, expected in learned:
            if not (0.0 <= float(ends) < MOST_KEPT and 0.0 <= float(expected) < MOST_KEPT):
                raise ValueError("ends of a hint that make no sense")
            key = Phase(phase), str(hint)
            self._ends[key], self._expected[key] = float(ends), float(expected)
            if key[1]:
                self._used.add(key[0])

    def multiplier(self, key: Key) -> float:
        """How much likelier the phase ends in the next second than its length alone says."""
        ratio = (self._ends.get(key, 0.0) + PRIOR_ENDS) / (self._expected.get(key, 0.0) + PRIOR_ENDS)
        return min(max(ratio, LEAST), MOST)
