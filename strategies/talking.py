"""When a busy agent will be free: survival of talk and of wrap-up, learned from what has ended and what goes on.

A lognormal is fitted to the durations (with an honest prior), and an empirical hazard over logarithmic bins corrects
it where there is enough data. Talks in progress count with what they have lasted so far: else the first minutes after
a team has signed in, when only short talks have ended, would promise agents who do not come free, and a day whose
talks grow longer would be noticed only when they end.
"""

from dataclasses import dataclass, field
from math import exp, log, sqrt

import numpy as np

from strategies.answering import HORIZON_S
from strategies.base import Learned, Phase
from strategies.chances import normal_tail
from strategies.vectors import Vector, plain, scalar, vector

EDGES_S = np.concatenate([[0.0], np.geomspace(1.0, 4096.0, 49)])
LOG_EDGES = np.log(EDGES_S[1:])
WIDTHS_S = np.diff(EDGES_S)
MEMORY_CALLS = 400.0
KEEP = exp(-1.0 / MEMORY_CALLS)
PRIOR_CALLS = 8.0
FIT_CALLS = 100.0
"""How many ended calls the fitted lognormal weighs against the empirical hazard."""
LEAST_DEVIATION = 1e-6
"""Of a fit that was kept; no fit is as narrow."""
FIT_STEPS = 2
"""Steps at each refresh; the next refresh goes on from there."""
ELAPSED_UNIT_S = 8.0
ROWS_PER_DOUBLING = 8
ELAPSED_S = ELAPSED_UNIT_S * (np.exp2(np.arange(73) / ROWS_PER_DOUBLING) - 1.0)
"""Elapsed times for which residuals are tabled: dense at the start, up to about an hour."""


def elapsed_rows(seconds: int) -> list[int]:
    """For each whole second under `seconds`: the row of the residual table nearest to it."""
    rows = ROWS_PER_DOUBLING * np.log2(1.0 + np.arange(seconds) / ELAPSED_UNIT_S) + 0.5
    nearest: list[int] = np.minimum(rows.astype(np.intp), len(ELAPSED_S) - 1).tolist()
    return nearest


@dataclass(slots=True)
class DurationModel:
    """One kind of duration: `prior_mean_s` is believed as much as PRIOR_CALLS calls."""

    prior_mean_s: float
    prior_cv: float = 1.0
    ended: float = PRIOR_CALLS
    """Decayed count, prior included."""
    _fit: tuple[float, float] = field(init=False)
    """Mean and deviation of the logarithm."""
    _log_sum: float = field(init=False)
    _square_sum: float = field(init=False)
    _events: Vector = field(init=False)
    _exposure: Vector = field(init=False)
    _hazard: Vector = field(init=False)
    _cumulative: Vector = field(init=False)
    _new: list[float] = field(default_factory=list)
    """Ended since the last refresh, seconds."""

    def __post_init__(self) -> None:
        variance = log(1.0 + self.prior_cv**2)
        mean = log(self.prior_mean_s) - variance / 2.0
        self._fit = (mean, sqrt(variance))
        self._log_sum = PRIOR_CALLS * mean
        self._square_sum = PRIOR_CALLS * (variance + mean**2)
        self._events = np.zeros(len(WIDTHS_S))
        self._exposure = np.zeros(len(WIDTHS_S))
        self.refresh(np.zeros(0))

    def observe(self, duration_s: float) -> None:
        """One ended after `duration_s`."""
        logarithm = log(max(duration_s, 0.5))
        self.ended = self.ended * KEEP + 1.0
        self._log_sum = self._log_sum * KEEP + logarithm
        self._square_sum = self._square_sum * KEEP + logarithm**2
        self._new.append(duration_s)

    def refresh(self, going_on_s: Vector) -> None:
        """Fold in what was learned; `going_on_s`: seconds so far of those that have not ended."""
        self._fold()
        for _ in range(FIT_STEPS):
            self._fit = self._better_fit(np.log(np.maximum(going_on_s, 0.5)))
        mean, deviation = self._fit
        survival = np.ones(len(EDGES_S))
        survival[1:] = normal_tail((LOG_EDGES - mean) / deviation)
        expected_events = -np.diff(survival)
        expected_seconds = (survival[:-1] + survival[1:]) / 2.0 * WIDTHS_S
        exposure = self._exposure + _seconds_in_bins(going_on_s).sum(axis=0)
        self._hazard = (self._events + FIT_CALLS * expected_events + 1e-9) / (
            exposure + FIT_CALLS * expected_seconds + 1e-9
        )
        self._cumulative = np.concatenate([[0.0], np.cumsum(self._hazard * WIDTHS_S)])

    @property
    def news(self) -> float:
        """The part of all that is known that has come since the last refresh."""
        return len(self._new) / self.ended

    def save(self) -> Learned:
        """What is worth keeping over a restart."""
        self._fold()
        return {
            "ended": self.ended,
            "fit": list(self._fit),
            "sums": [self._log_sum, self._square_sum],
            "events": plain(self._events),
            "exposure": plain(self._exposure),
        }

    def load(self, learned: Learned) -> None:
        """Go on from there. KeyError, TypeError or ValueError where it cannot be read."""
        events, exposure = (vector(learned[name], len(WIDTHS_S)) for name in ("events", "exposure"))
        ended = scalar(learned["ended"], PRIOR_CALLS / 2.0)
        mean, deviation = learned["fit"]
        fit = scalar(mean), scalar(deviation, LEAST_DEVIATION)
        log_sum, square_sum = learned["sums"]
        sums = scalar(log_sum), scalar(square_sum, 0.0)
        self.ended, self._fit, (self._log_sum, self._square_sum) = ended, fit, sums
        self._events, self._exposure = events, exposure
        self.refresh(np.zeros(0))

    def _fold(self) -> None:
        """Count those that have ended since, the last with full weight."""
        new = np.array(self._new)
        self._new.clear()
        weights = KEEP ** np.arange(len(new) - 1, -1, -1)
        bins = np.clip(np.searchsorted(EDGES_S, new, side="right") - 1, 0, len(WIDTHS_S) - 1)
        faded = KEEP ** len(new)
        self._events = faded * self._events + np.bincount(bins, weights, len(WIDTHS_S))
        self._exposure = faded * self._exposure + weights @ _seconds_in_bins(new)

    def _better_fit(self, log_so_far: Vector) -> tuple[float, float]:
        """One step of expectation and maximisation: what goes on is expected to last as the last fit says."""
        mean, deviation = self._fit
        z = (log_so_far - mean) / deviation
        beyond = normal_tail(z)
        rise = np.where(beyond > 1e-9, np.exp(-0.5 * z * z) * 0.3989422804 / np.maximum(beyond, 1e-9), z)
        count = self.ended + len(log_so_far)
        log_sum = self._log_sum + float((mean + deviation * rise).sum())
        squares = mean**2 + deviation**2 + deviation * rise * (log_so_far + mean)
        new_mean = log_sum / count
        variance = (self._square_sum + float(squares.sum())) / count - new_mean**2
        return new_mean, sqrt(max(variance, 0.01))

    def residual(self, elapsed_s: Vector, factor: float = 1.0) -> Vector:
        """[elapsed, t in s] -> P(ends within t more seconds | has lasted elapsed), t = 0..HORIZON_S + 1.

        `factor` multiplies the hazard.
        """
        ahead = elapsed_s[:, None] + np.arange(HORIZON_S + 2)
        cumulative = np.interp(ahead, EDGES_S, self._cumulative)
        survival: Vector = np.exp(factor * (cumulative[:, :1] - cumulative))
        return 1.0 - survival

    def expected(self, from_s: float, to_s: float) -> float:
        """Ends expected of one that goes on, between these times since it began, seconds."""
        at_from, at_to = np.interp((from_s, to_s), EDGES_S, self._cumulative)
        return float(at_to - at_from)


_SECONDS_LEFT = np.maximum(np.arange(1, HORIZON_S + 2) - np.arange(HORIZON_S + 1)[:, None], 0)
"""[second in which the talk ends, t] -> seconds of t that are left for the wrap-up, 0 where it ends after t."""


@dataclass(slots=True)
class AgentModel:
    """Talk and wrap-up together: P(free within t | phase, elapsed)."""

    talk: DurationModel = field(default_factory=lambda: DurationModel(60.0))
    wrap_up: DurationModel = field(default_factory=lambda: DurationModel(15.0))
    talk_rows: Vector = field(init=False)
    """[row of elapsed, t in s] for an agent in talk."""
    wrap_up_rows: Vector = field(init=False)

    def __post_init__(self) -> None:
        self.refresh(np.zeros(0), np.zeros(0))

    def refresh(self, talking_s: Vector, wrapping_s: Vector) -> None:
        """Renew both tables; the arguments are the seconds so far of those who talk and of those who wrap up."""
        self.talk.refresh(talking_s)
        self.wrap_up.refresh(wrapping_s)
        self.wrap_up_rows = self.rows(Phase.WRAP_UP)
        self.talk_rows = self.rows(Phase.TALK)

    @property
    def news(self) -> float:
        """The part of what is known of either phase that has come since the last refresh."""
        return max(self.talk.news, self.wrap_up.news)

    def durations(self, phase: Phase) -> DurationModel:
        """The model of this phase's length."""
        return self.talk if phase is Phase.TALK else self.wrap_up

    def rows(self, phase: Phase, factor: float = 1.0) -> Vector:
        """[row of elapsed, t in s] -> P(free within t) in this phase, its own hazard multiplied by `factor`."""
        if phase is Phase.WRAP_UP:
            return self.wrap_up.residual(ELAPSED_S, factor)
        talk_ends = np.diff(self.talk.residual(ELAPSED_S, factor), axis=1)
        has_wrap_up = min(1.0, self.wrap_up.ended / self.talk.ended)
        free_after = 1.0 - has_wrap_up + has_wrap_up * self.wrap_up.residual(np.zeros(1))[0]
        between = np.concatenate([[0.0], (free_after[1:] + free_after[:-1]) / 2.0])
        rows = np.zeros((len(ELAPSED_S), HORIZON_S + 2))
        rows[:, 1:] = talk_ends @ between[_SECONDS_LEFT]
        return rows


def _seconds_in_bins(durations_s: Vector) -> Vector:
    """[duration, bin]: the part of each that lies in the bin."""
    parts: Vector = np.clip(durations_s[:, None] - EDGES_S[:-1], 0.0, WIDTHS_S)
    return parts
