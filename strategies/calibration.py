"""What a forecast said against what came: a monotone curve that turns said probabilities into honest ones.

Said probabilities are gathered in bins of log-odds; each bin pulls its middle towards what came, and begins with the
weight of `PRIOR_CALLS` that came as they were said. Neighbours that would stand the wrong way round are pooled (pool
adjacent violators), so that a number said to be more reachable than another never comes out as less.
"""

from math import exp, floor, log

from strategies.base import Learned
from strategies.vectors import scalars

LOWEST, HIGHEST, WIDTH = -5.0, 3.0, 0.5
"""Log-odds: from 0.7 % to 95 %."""
BINS = round((HIGHEST - LOWEST) / WIDTH)
PRIOR_CALLS = 150.0
MEMORY_CALLS = 1000.0
"""Of one bin; what is older fades, as do the first calls, when little was said with courage."""
REFRESH_CALLS = 25


def logit(ratio: float) -> float:
    """Log-odds of a probability strictly between 0 and 1."""
    return log(ratio / (1.0 - ratio))


def sigmoid(log_odds: float) -> float:
    """The probability of these log-odds."""
    return 1.0 / (1.0 + exp(-log_odds)) if log_odds >= 0.0 else 1.0 - 1.0 / (1.0 + exp(log_odds))


class Calibration:
    """Learns from (said, came); `honest` gives the corrected log-odds. Untaught, it changes nothing."""

    def __init__(self) -> None:
        self._calls = [0.0] * BINS
        self._said = [0.0] * BINS
        self._came = [0.0] * BINS
        self._shifts = [0.0] * BINS
        self._since_refresh = 0

    def learn(self, log_odds: float, *, answered: bool) -> None:
        """A call that was said to be answered with these log-odds was, or was not."""
        place = _bin(log_odds)
        keep = 1.0 - 1.0 / MEMORY_CALLS
        self._calls[place] = keep * self._calls[place] + 1.0
        self._said[place] = keep * self._said[place] + sigmoid(log_odds)
        self._came[place] = keep * self._came[place] + answered
        self._since_refresh += 1
        if self._since_refresh >= REFRESH_CALLS:
            self._refresh()

    def honest(self, log_odds: float) -> float:
        """The log-odds that were true of those of whom this was said."""
        place = (min(max(log_odds, LOWEST), HIGHEST) - LOWEST) / WIDTH - 0.5
        left = min(max(floor(place), 0), BINS - 2)
        share = min(max(place - left, 0.0), 1.0)
        return log_odds + (1.0 - share) * self._shifts[left] + share * self._shifts[left + 1]

    def save(self) -> Learned:
        return {"calls": self._calls, "said": self._said, "came": self._came}

    def load(self, learned: Learned) -> None:
        """KeyError, TypeError or ValueError where it cannot be read; then nothing is changed."""
        calls, said, came = (scalars(learned[name], 0.0) for name in ("calls", "said", "came"))
        if not len(calls) == len(said) == len(came) == BINS:
            raise ValueError(f"a calibration has {BINS} bins")
        if any(max(s, c) > n for n, s, c in zip(calls, said, came, strict=True)):
            raise ValueError("a bin has more answers than calls")
        self._calls, self._said, self._came = calls, said, came
        self._refresh()

    def _refresh(self) -> None:
        self._since_refresh = 0
        middles = [LOWEST + WIDTH * (place + 0.5) for place in range(BINS)]
        drawn = [self._drawn(place, middle) for place, middle in enumerate(middles)]
        level = _never_falling(drawn, [calls + PRIOR_CALLS for calls in self._calls])
        self._shifts = [after - before for before, after in zip(middles, level, strict=True)]

    def _drawn(self, place: int, middle: float) -> float:
        """The bin's middle, moved as far as what came differs from what was said."""
        calls, prior = self._calls[place] + PRIOR_CALLS, PRIOR_CALLS * sigmoid(middle)
        return middle + logit((self._came[place] + prior) / calls) - logit((self._said[place] + prior) / calls)


def _bin(log_odds: float) -> int:
    return min(max(floor((log_odds - LOWEST) / WIDTH), 0), BINS - 1)


def _never_falling(values: list[float], weights: list[float]) -> list[float]:
    """The nearest values, by weighted squares, of which none is below the one before."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (high, heavy, many), (low, light, few) = pools[-2:]
            pools[-2:] = [((high * heavy + low * light) / (heavy + light), heavy + light, many + few)]
    return [value for value, _, count in pools for _ in range(count)]
