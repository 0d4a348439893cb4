"""Today's answers beside those that the learned shape expects: one multiplier, followed through the day.

Calls started within the same five seconds are a cohort: so many answers came of them, so many were expected so far
(calls that still ring count with what they should have brought by now). The multiplier is a hidden state that drifts
slowly and, now and then, jumps: a filter over a grid of its logarithm weighs each cohort by its Poisson likelihood. So
a quiet day is averaged over hundreds of answers, and a list that turns is believed as soon as chance cannot explain it,
upwards and downwards, without a window or a threshold to be set.
"""

from collections.abc import Mapping, Sequence
from math import floor
from typing import NamedTuple

import numpy as np

from strategies.base import Learned
from strategies.vectors import Vector, plain, scalar, vector

COHORT_S = 5.0
OPEN_COHORTS = 12
"""Calls of younger cohorts may still ring; older ones are over and folded into the belief."""
JUMPS_PER_S = 1e-4
"""A list, a trunk or the world turns about once in three hours; and anything may come of it."""
DRIFT_PER_ROOT_HOUR = 0.3
"""Deviation of the logarithm's drift in an hour."""
PRIOR_SD = 0.6
"""How far the priors may be off on the first day (deviation of the logarithm)."""
JUMP_SD = 1.0
SHAPE_PRIOR_ANSWERS, SHAPE_MOST_ANSWERS = 40.0, 1500.0
"""How far the shape itself may be wrong: until it has seen more answers than the first figure, silence in the first
seconds of a burst of hundreds of calls says little (the prior may only expect answers too early)."""
YOUNG_DOUBT, YOUNG_S, YOUNG_ANSWERS = 20.0, 8.0, 10.0
"""The variance of that error for calls just started, how fast it fades as they age, and for how many answers it holds.
Without it three hundred agents who open a list that answers twice as often as the prior lose 68 to 84 calls in their
first minute, with it 24 to 48."""
DOUBT = 1.5
"""Deviations of the belief that large teams plan with: it matters in their first minutes."""
LEAST, MOST, POINTS = 0.1, 8.0, 33
MOST_STEPS_AT_ONCE = 720
"""After an hour of silence nothing is left of what the belief knew: no need to count every step of a night."""
LEAST_BELIEF = 0.5
"""A belief that was kept is a distribution: it sums to one."""

_LOGS = np.linspace(np.log(LEAST), np.log(MOST), POINTS)
_VALUES = np.exp(_LOGS)


class Multiplier(NamedTuple):
    """How today's answers compare with the shape learned, and the relative deviation of that estimate."""

    value: float
    doubt: float


def _bell(deviation: float) -> Vector:
    """The logarithm's normal law, such that the mean of the multiplier is 1."""
    bell = np.exp(-0.5 * (_LOGS / deviation + deviation / 2.0) ** 2)
    return np.asarray(bell / bell.sum())


def _transition() -> Vector:
    """What one cohort's time does to the belief: a step to a neighbour, seldom a jump to anywhere."""
    step = _LOGS[1] - _LOGS[0]
    leak = DRIFT_PER_ROOT_HOUR**2 * COHORT_S / 3600.0 / (2.0 * step**2)
    drift = np.eye(POINTS) * (1.0 - 2.0 * leak)
    drift += leak * (np.eye(POINTS, k=1) + np.eye(POINTS, k=-1))
    drift[0, 0] += leak
    drift[-1, -1] += leak
    jumps = JUMPS_PER_S * COHORT_S
    return np.asarray((1.0 - jumps) * drift + jumps * _bell(JUMP_SD)[:, None])


_TRANSITION = _transition()
_NOTHING = (0.0, 0.0)
_ALL_OLD = np.zeros(1)


def cohort_of(started_s: float) -> int:
    """The cohort of a call started at this instant."""
    return floor(started_s / COHORT_S)


class Today:
    """Follows one multiplier; times are of the snapshots' clock."""

    def __init__(self) -> None:
        self._belief = _bell(PRIOR_SD)
        self._cohorts: dict[int, list[float]] = {}
        self._folded: int | None = None
        """The last cohort that is part of the belief."""
        self._seen = 0.0

    def count(self, started_s: float, expected: float, *, answered: bool) -> None:
        """A call of that instant has ended, of which the shape expected so many answers."""
        self._seen = min(self._seen + answered, SHAPE_MOST_ANSWERS)
        cohort = cohort_of(started_s)
        if self._folded is not None and cohort <= self._folded:
            return
        sums = self._cohorts.setdefault(cohort, [0.0, 0.0])
        sums[0] += answered
        sums[1] += expected

    def estimate(self, at_s: float, pending: Mapping[int, float]) -> Multiplier:
        """The multiplier now; `pending`: by cohort, the answers that calls still ringing should have brought."""
        newest = cohort_of(at_s)
        self._fold(newest - OPEN_COHORTS)
        open_cohorts = range(newest - OPEN_COHORTS + 1, newest + 1)
        ages_s = at_s - COHORT_S * (np.array(open_cohorts) + 0.5)
        belief = self._after(self._belief, open_cohorts, pending, np.exp(np.minimum(-ages_s / YOUNG_S, 0.0)))
        mean = float(belief @ _VALUES)
        variance = float(belief @ (_VALUES - mean) ** 2)
        return Multiplier(mean, DOUBT * variance**0.5 / mean)

    def save(self) -> Learned:
        """What is worth keeping over a restart."""
        return {"belief": plain(self._belief), "seen": round(self._seen)}

    def load(self, learned: Learned) -> None:
        """Go on from there, half in doubt: who answers now may be others."""
        belief = vector(learned["belief"], POINTS)
        seen, whole = scalar(learned["seen"], 0.0), scalar(belief.sum(), LEAST_BELIEF)
        self._belief, self._seen = 0.5 * belief / whole + 0.5 * _bell(PRIOR_SD), seen

    def _fold(self, upto: int) -> None:
        if self._folded is None:
            self._folded = upto
        for cohort in range(max(self._folded, upto - MOST_STEPS_AT_ONCE) + 1, upto + 1):
            self._belief = self._after(self._belief, (cohort,), {}, _ALL_OLD)
            self._cohorts.pop(cohort, None)
        self._folded = max(self._folded, upto)

    def _after(self, belief: Vector, cohorts: Sequence[int], pending: Mapping[int, float], young: Vector) -> Vector:
        """The belief these cohorts later; `young`: 1 for one that is started now, 0 for one long over."""
        counted = [self._cohorts.get(cohort, _NOTHING) for cohort in cohorts]
        answers = np.array([one[0] for one in counted])
        expected = np.array([one[1] + pending.get(cohort, 0.0) for cohort, one in zip(cohorts, counted, strict=True)])
        for likelihood in self._likelihoods(answers, expected, young):
            belief = _TRANSITION.dot(belief) * likelihood
        return np.asarray(belief / belief.sum())

    def _likelihoods(self, answers: Vector, expected: Vector, young: Vector) -> Vector:
        """[cohort, value of the multiplier]: how well it explains so many answers where so many were expected.

        The expectation has an error that all calls of a cohort share: many calls say no more than it allows.
        """
        of_all = SHAPE_PRIOR_ANSWERS / (SHAPE_PRIOR_ANSWERS + self._seen)
        of_young = YOUNG_DOUBT * young * YOUNG_ANSWERS / (YOUNG_ANSWERS + self._seen)
        worth = 1.0 / (1.0 + expected * (of_all + of_young))
        logs = (worth * answers)[:, None] * _LOGS - (worth * expected)[:, None] * _VALUES
        likelihoods: Vector = np.exp(logs - logs.max(axis=1, keepdims=True))
        return likelihoods
