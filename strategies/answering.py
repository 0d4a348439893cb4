"""When a ringing call will be answered: competing hazards by age since originate, learned as calls come and go.

Two things end a ringing call: a person answers, or anything else (no answer, busy, machine, failure). Each has a
hazard per second of age: events divided by seconds at risk. Seconds of calls that still ring count too: the naive
share answered / finished is far too high after a start or a burst, when answers are back and silence is not
(docs/pacing.md). The shape is learned slowly; a fast multiplier per list segment follows the day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, sqrt
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from strategies.base import How, Observation

Vector: TypeAlias = NDArray[np.float64]

AGES = 46
"""One-second bins of age; the last holds all that is older."""
HORIZON_S = 32
"""How far ahead an answer is foreseen, seconds: calls placed now are answered within it."""
SHAPE_MEMORY_ANSWERS = 1500.0
FAST_MEMORY_ANSWERS = 50.0
FAST_MEMORY_S = 120.0
SUDDEN_MEMORY_ANSWERS = 8.0
SUDDEN_MEMORY_S = 25.0
SUDDEN_SD = 0.5
"""A list that suddenly answers far better is believed at once, so far as chance does not explain it."""
QUIET_AGE_S = 4
"""Ages under it say nothing about people: the call is still being set up."""
FAST_PRIOR_ANSWERS = 5.0
DOUBT_SD = 2.0
"""Deviations of the multiplier that large teams plan with: it matters in their first minutes."""
PRIOR_CALLS = 15.0

HIGHEST_HAZARD = 3.0
"""Per second. Beyond it a call is as good as over, and products of survival would underflow."""

_AGE_OF_SECOND = np.minimum(np.arange(AGES + HORIZON_S), AGES - 1)
_LATER = np.arange(AGES)[:, None] + np.arange(HORIZON_S + 1)


def _prior_calls() -> tuple[Vector, Vector, Vector]:
    """(answers, other ends, seconds at risk) by age of the calls that we pretend to have seen.

    A call rings in about 3 s, 36 % are answered some 12 s later, 10 % fail at once, the rest end at 20-36 s.
    """
    age = np.arange(AGES) + 0.5
    ringing = np.maximum(age - 3.0, 0.0)
    human = ringing * np.exp(-ringing / 6.0)
    human *= 0.36 / human.sum()
    other = np.where(age < 5.0, 1.0, 0.0) * 0.10 / 5.0
    late = np.where((age > 18.0) & (age < 37.0), 1.0, 0.0)
    other += late * 0.54 / late.sum()
    alive = 1.0 - np.cumsum(human + other) + (human + other) / 2.0
    return PRIOR_CALLS * human, PRIOR_CALLS * other, PRIOR_CALLS * np.maximum(alive, 0.02)


class Multiplier(NamedTuple):
    """How today's answers compare with the shape learned, and the relative deviation of that estimate."""

    value: float
    doubt: float


@dataclass(slots=True)
class _Segment:
    """Answers of late against those that the shape expected: the day's own multiplier of one list segment."""

    memory_answers: float = FAST_MEMORY_ANSWERS
    memory_s: float = FAST_MEMORY_S
    answers: float = 0.0
    expected: float = 0.0
    fresh_answers: int = 0
    updated_s: float | None = None

    def count(self, expected: float, *, answered: bool) -> None:
        """A call has ended that was expected to bring so many answers."""
        self.expected += expected
        self.answers += answered
        self.fresh_answers += answered

    def decay(self, at_s: float) -> None:
        """Forget, by answers or by time, whichever is slower."""
        if self.updated_s is not None:
            keep = exp(-min(self.fresh_answers / self.memory_answers, (at_s - self.updated_s) / self.memory_s))
            self.answers *= keep
            self.expected *= keep
        self.fresh_answers = 0
        self.updated_s = at_s


@dataclass(slots=True)
class AnswerModel:
    """Learns from ended calls; gives P(answered within t seconds | still ringing at this age)."""

    _human: Vector = field(init=False)
    _other: Vector = field(init=False)
    _exposure: Vector = field(init=False)
    _answers_since_refresh: int = 0
    _segments: dict[str, tuple[_Segment, _Segment]] = field(default_factory=dict)
    _human_rate: Vector = field(init=False)
    _other_rate: Vector = field(init=False)
    _expected_by: Vector = field(init=False)

    def __post_init__(self) -> None:
        self._human, self._other, self._exposure = _prior_calls()
        self._set_rates(self._exposure)

    def observe(self, observation: Observation) -> None:
        """A call was answered by a person, or ended without: `after_s` since its originate."""
        age = min(max(observation.after_s, 0.0), AGES - 0.01)
        whole = int(age)
        self._exposure[:whole] += 1.0
        self._exposure[whole] += age - whole
        answered = observation.how is How.ANSWERED
        for segment in self._of(observation.segment):
            segment.count(float(self._expected_by[whole]), answered=answered and whole >= QUIET_AGE_S)
        if answered:
            self._human[whole] += 1.0
            self._answers_since_refresh += 1
        else:
            self._other[whole] += 1.0

    def refresh_shape(self, ringing_s: ArrayLike) -> None:
        """Fold what was learned into the hazards; calls that still ring, of these ages, lend their seconds."""
        keep = exp(-self._answers_since_refresh / SHAPE_MEMORY_ANSWERS)
        self._answers_since_refresh = 0
        for sums in (self._human, self._other, self._exposure):
            sums *= keep
        ages = np.asarray(ringing_s, dtype=np.float64)
        alive = np.clip(ages[:, None] - np.arange(AGES), 0.0, 1.0).sum(axis=0) if len(ages) else 0.0
        self._set_rates(self._exposure + alive)

    def multipliers(self, at_s: float, ringing_s: Mapping[str, ArrayLike]) -> dict[str, Multiplier]:
        """The fast multiplier of each segment that is known or rings now (ages by segment)."""
        result = {}
        for name in {*self._segments, *ringing_s, ""}:
            segment, sudden = self._of(name)
            segment.decay(at_s)
            sudden.decay(at_s)
            ages = np.minimum(np.asarray(ringing_s.get(name, ())).astype(np.intp), AGES - 1)
            pending = float(self._expected_by[ages].sum())
            seen = segment.answers + FAST_PRIOR_ANSWERS
            value = max(seen / (segment.expected + pending + FAST_PRIOR_ANSWERS), _at_least(sudden, pending))
            result[name] = Multiplier(min(8.0, value), DOUBT_SD / sqrt(seen))
        return result

    def _of(self, name: str) -> tuple[_Segment, _Segment]:
        """The day's multiplier of this segment, and the last half minute's."""
        if name not in self._segments:
            self._segments[name] = (_Segment(), _Segment(SUDDEN_MEMORY_ANSWERS, SUDDEN_MEMORY_S))
        return self._segments[name]

    def table(self, multiplier: float) -> Vector:
        """[age in s, t in s] -> P(a person answers within t | still ringing at age), for this multiplier."""
        answers, alive = self._course(multiplier)
        answered_by = np.concatenate([[0.0], np.cumsum(answers)])
        table: Vector = (answered_by[_LATER] - answered_by[:AGES, None]) / alive[:AGES, None]
        return table

    def ratio(self, multiplier: float) -> float:
        """P(a call started now is ever answered by a person), for this multiplier."""
        return float(self._course(multiplier)[0].sum())

    def _course(self, multiplier: float) -> tuple[Vector, Vector]:
        """Of one call, by second: P(answered in it), P(still rings at its start). Past the last age nothing changes."""
        human = self._human_rate[_AGE_OF_SECOND] * multiplier
        total = np.minimum(human + self._other_rate[_AGE_OF_SECOND], HIGHEST_HAZARD)
        alive = np.exp(-np.concatenate([[0.0], np.cumsum(total)]))
        return np.minimum(human / total, 1.0) * (alive[:-1] - alive[1:]), alive

    def _set_rates(self, exposure: Vector) -> None:
        self._human_rate = self._human / exposure
        self._other_rate = self._other / exposure + 1e-6
        counted = np.where(np.arange(AGES) >= QUIET_AGE_S, self._human_rate, 0.0)
        self._expected_by = np.cumsum(counted) - counted / 2.0


def _at_least(sudden: _Segment, pending: float) -> float:
    """The multiplier of the last half minute, less what chance may have added; 0 while too few have answered."""
    if sudden.answers < 4.0:
        return 0.0
    return (sudden.answers - SUDDEN_SD * sqrt(sudden.answers)) / max(sudden.expected + pending, 0.1)
