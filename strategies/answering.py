"""When a ringing call will be answered: competing hazards by age since originate, learned as calls come and go.

Two things end a ringing call: a person answers, or anything else (no answer, busy, machine, failure). Each has a
hazard per second of age: events divided by seconds at risk. Seconds of calls that still ring count too: the naive
share answered / finished is far too high after a start or a burst, when answers are back and silence is not
(docs/pacing.md). The shape is learned slowly. How high it stands is `Today`'s: one multiplier for all calls follows the
day, and one for each list segment and trunk says how it differs from the rest. Where a call's own probability is known
its hazard is scaled by it, against the mean of those told of late, so that only the ratio between numbers is trusted.
"""

from collections.abc import Sequence
from math import exp
from typing import TypeAlias

import numpy as np

from strategies.base import How, Learned, Observation
from strategies.crowd import CallKind, Codes, Instants, ratio_class, ratio_of_class
from strategies.today import COHORT_S, OPEN_COHORTS, Multiplier, Today, cohort_of
from strategies.vectors import Vector, plain, scalars, vector

AGES = 46
"""One-second bins of age; the last holds all that is older."""
HORIZON_S = 32
"""How far ahead an answer is foreseen, seconds: calls placed now are answered within it."""
SHAPE_MEMORY_ANSWERS = 1500.0
QUIET_AGE_S = 4
"""Ages under it say nothing about people: the call is still being set up."""
PRIOR_CALLS = 15.0
RATIO_MEMORY_CALLS = 300.0
LEAST_WEIGHT, MOST_WEIGHT = 0.1, 8.0
HIGHEST_HAZARD = 3.0
"""Per second. Beyond it a call is as good as over, and products of survival would underflow."""

Place: TypeAlias = tuple[str, str]
"""Segment and trunk of a call."""
NOWHERE: Place = ("", "")
"""A lead asked of the books, of which nothing is known yet; or calls of a driver that tells no segment and no trunk."""

_SUMS = ("human", "other", "exposure", "expected")
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


class AnswerModel:
    """Learns from ended calls; gives P(answered within t seconds | still ringing at this age)."""

    def __init__(self) -> None:
        self._human, self._other, self._exposure = _prior_calls()
        self._expected = self._exposure.copy()
        """Seconds at risk, each weighed by how likely an answer was then: the shape is what is left."""
        self._ended: list[tuple[float, float, bool]] = []
        """Age, factor and whether it was answered, of calls that are not in the sums yet."""
        self._answers_since_refresh = 0
        self._everywhere = Today()
        self._places: dict[Place, Today] = {}
        self._compared: dict[Place, float] = {}
        """How each compares with all calls."""
        self._mean_ratio = 0.0
        self._ratios_told = 0.0
        self.multiplier = Multiplier(1.0, 0.0)
        """Of all calls together, as of the last `follow`."""
        self._set_rates(0.0, 0.0)

    def observe(self, observation: Observation) -> None:
        """A call was answered by a person, or ended without: `after_s` since its originate."""
        place = (observation.segment, observation.trunk)
        weight = self._learn_weight(ratio_class(observation.answer_ratio))
        age = min(max(observation.after_s, 0.0), AGES - 0.01)
        factor = self.multiplier.value * self._compared.get(place, 1.0) * weight
        answered = observation.how is How.ANSWERED
        self._ended.append((age, factor, answered))
        whole = int(age)
        self._count(place, observation, weight * float(self._expected_by[whole]), answered and whole >= QUIET_AGE_S)

    def follow(self, at_s: float, since_s: Instants, codes: Codes, kinds: Sequence[CallKind]) -> None:
        """Bring the multipliers up to this instant; the arguments are the calls that ring now."""
        ages = np.minimum((at_s - since_s).astype(np.intp), AGES - 1)
        weights = _by_kind([self._weight(kind.ratio_class) for kind in kinds], codes)
        places = [(kind.segment, kind.trunk) for kind in kinds]
        compared = _by_kind([self._compared.get(place, 1.0) for place in places], codes)
        expected = weights * self._expected_by.take(ages)
        cohorts = np.maximum(np.floor(since_s / COHORT_S).astype(np.int64), cohort_of(at_s) - OPEN_COHORTS)
        self.multiplier = self._everywhere.estimate(at_s, _by_cohort(cohorts, expected * compared))
        for place in {*places} - {NOWHERE}:
            self._place(place)
        for place in self._places if self._told_apart else ():
            here = np.array([each == place for each in places] or [False])[codes]
            pending = _by_cohort(cohorts[here], self.multiplier.value * expected[here])
            self._compared[place] = self._place(place).estimate(at_s, pending).value

    def refresh_shape(self, at_s: float, since_s: Instants, codes: Codes, kinds: Sequence[CallKind]) -> None:
        """Fold what was learned into the hazards; calls that still ring lend their seconds."""
        self._fold()
        keep = exp(-self._answers_since_refresh / SHAPE_MEMORY_ANSWERS)
        self._answers_since_refresh = 0
        for sums in (self._human, self._other, self._exposure, self._expected):
            sums *= keep
        alive = np.clip((at_s - since_s)[:, None] - np.arange(AGES), 0.0, 1.0)
        factors = np.array([self.factor(kind) for kind in kinds] or [1.0])[codes]
        self._set_rates(alive.sum(axis=0), factors @ alive)

    def factor(self, kind: CallKind) -> float:
        """How a call of this kind compares with the shape, today."""
        compared = self._compared.get((kind.segment, kind.trunk), 1.0)
        return self.multiplier.value * compared * self._weight(kind.ratio_class)

    def table(self, factor: float) -> Vector:
        """[age in s, t in s] -> P(a person answers within t | still ringing at age), for calls of this factor."""
        answers, alive = self._course(factor)
        answered_by = np.concatenate([[0.0], np.cumsum(answers)])
        table: Vector = (answered_by[_LATER] - answered_by[:AGES, None]) / alive[:AGES, None]
        return table

    def ratio(self, factor: float) -> float:
        """P(a call started now is ever answered by a person), for this factor."""
        return float(self._course(factor)[0].sum())

    def save(self) -> Learned:
        """What is worth keeping over a restart."""
        self._fold()
        return {
            **{name: plain(getattr(self, f"_{name}")) for name in _SUMS},
            "everywhere": self._everywhere.save(),
            "places": [[*place, today.save()] for place, today in self._places.items()],
            "mean_ratio": self._mean_ratio,
            "ratios_told": self._ratios_told,
        }

    def load(self, learned: Learned) -> None:
        """Go on from there. KeyError, TypeError or ValueError where it cannot be read."""
        human, other, exposure, expected = (vector(learned[name], AGES) for name in _SUMS)
        self._everywhere.load(learned["everywhere"])
        for segment, trunk, today in learned["places"]:
            self._place((str(segment), str(trunk))).load(today)
        self._mean_ratio, self._ratios_told = scalars((learned["mean_ratio"], learned["ratios_told"]), 0.0)
        self._ended.clear()
        self._human, self._other, self._exposure, self._expected = human, other, exposure + 0.01, expected + 0.01
        self._set_rates(0.0, 0.0)

    def _fold(self) -> None:
        """Count the calls that have ended since: the seconds at risk of each, the last one in part. All at once, which
        is many times cheaper than one by one, and in their order: the sums are the same to the last digit."""
        if not self._ended:
            return
        ages, factors, answered = (np.array(column) for column in zip(*self._ended, strict=True))
        self._ended.clear()
        at_risk = np.clip(ages[:, None] - np.arange(AGES), 0.0, 1.0)
        self._exposure = np.vstack([self._exposure, at_risk]).sum(axis=0)
        self._expected = np.vstack([self._expected, factors[:, None] * at_risk]).sum(axis=0)
        ends = ages.astype(np.intp)
        np.add.at(self._human, ends[answered], 1.0)
        np.add.at(self._other, ends[~answered], 1.0)
        self._answers_since_refresh += int(answered.sum())

    def _count(self, place: Place, observation: Observation, expected: float, answered: bool) -> None:
        started_s = observation.at_s - observation.after_s
        self._everywhere.count(started_s, expected * self._compared.get(place, 1.0), answered=answered)
        today = self._place(place)
        if self._told_apart:
            today.count(started_s, expected * self.multiplier.value, answered=answered)

    def _place(self, place: Place) -> Today:
        """What is followed there, from the first sight of it on."""
        today = self._places.get(place)
        if today is None:
            today = self._places[place] = Today()
        return today

    @property
    def _told_apart(self) -> bool:
        """There is more than one place: the only one differs from nothing."""
        return len(self._places) > 1

    def _learn_weight(self, number: int | None) -> float:
        if number is not None:
            self._ratios_told = min(self._ratios_told + 1.0, RATIO_MEMORY_CALLS)
            self._mean_ratio += (ratio_of_class(number) - self._mean_ratio) / self._ratios_told
        return self._weight(number)

    def _weight(self, number: int | None) -> float:
        """Of a call of this class of probabilities, against the mean of those that were told."""
        if number is None or self._mean_ratio <= 0.0:
            return 1.0
        return min(max(ratio_of_class(number) / self._mean_ratio, LEAST_WEIGHT), MOST_WEIGHT)

    def _course(self, factor: float) -> tuple[Vector, Vector]:
        """Of one call, by second: P(answered in it), P(still rings at its start). Past the last age nothing changes."""
        human = self._human_rate[_AGE_OF_SECOND] * factor
        total = np.minimum(human + self._other_rate[_AGE_OF_SECOND], HIGHEST_HAZARD)
        alive = np.exp(-np.concatenate([[0.0], np.cumsum(total)]))
        return np.minimum(human / total, 1.0) * (alive[:-1] - alive[1:]), alive

    def _set_rates(self, exposure: Vector | float, expected: Vector | float) -> None:
        """The hazards, with these seconds of calls that ring added to what is over."""
        self._human_rate = self._human / (self._expected + expected)
        self._other_rate = self._other / (self._exposure + exposure) + 1e-6
        counted = np.where(np.arange(AGES) >= QUIET_AGE_S, self._human_rate, 0.0)
        self._expected_by = np.cumsum(counted) - counted / 2.0


def _by_kind(values: list[float], codes: Codes) -> Vector | float:
    """The value of each call's kind; one for all where there is but one kind, as nearly always."""
    return values[0] if len(values) == 1 else np.array(values or [1.0]).take(codes)


def _by_cohort(cohorts: Codes, expected: Vector) -> dict[int, float]:
    """Expected answers of ringing calls, by the cohort in which they were started; those of cohorts that are not open
    any more count as one."""
    if not len(cohorts):
        return {}
    first = int(cohorts.min())
    return {first + place: value for place, value in enumerate(np.bincount(cohorts - first, expected).tolist())}
