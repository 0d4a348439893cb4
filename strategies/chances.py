"""How likely it is that so many independent things happen at once: tails of a Poisson-binomial sum.

Small sums are exact (by their generating function on the unit circle), large ones by the normal law with a skewness
term. Every row stands for one moment ahead; each added thing costs one multiplication per row.
"""

from functools import lru_cache
from math import erfc, exp, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from strategies.vectors import Vector

ROOT_HALF, ROOT_2PI_INVERSE = sqrt(0.5), 1.0 / sqrt(2.0 * pi)
FAR = 6.0
"""Deviations beyond which a tail is nothing, or everything: one in a billion."""
EXACT_TERMS = 56
SPARE = 24
"""Sums up to so many terms are exact; above it the normal law with skewness is well within the forecast's own error."""


MOST_WHOLE = 1.5
"""A thing is judged by its own risk unless the whole one is over so many times as high: in a burst nobody has answered
yet when the next call is, and its own risk says little."""


class Risk(NamedTuple):
    """What starting one more thing risks: the chance that the sum stands at its threshold or above."""

    own: float
    """At the moment at which the new one happens: it is what finds nobody free."""
    whole: float
    """At the worst moment from then on: it may take from those already under way what they will want. What is lost in
    all follows the sum of it."""

    @property
    def judged(self) -> float:
        """What is held against theta: to judge by the whole risk alone costs a small team a point of occupancy or two,
        for the same losses."""
        return max(self.own, self.whole / MOST_WHOLE)


class ExactTail:
    """P(sum >= threshold) by row, exact for the terms given.

    Terms added later may bring the sum to the size of the circle, where it would wrap round to zero; SPARE above the
    threshold, or above `most`, makes that impossible in practice while the mean is under it, and there adding stops.
    """

    def __init__(self, chances: Vector, threshold: int, most: int = 0) -> None:
        size = _circle_size(max(chances.shape[0], max(threshold, most) + SPARE) + 1)
        self._less_one, self._weights = _circle(size, threshold)
        self._values = (1.0 + chances[:, :, None] * self._less_one).prod(axis=0)

    def add(self, chance: Vector) -> None:
        """One more thing that happens with `chance` (by row)."""
        self._values *= 1.0 + chance[:, None] * self._less_one

    def tail(self) -> Vector:
        """P(sum >= threshold), by row."""
        tail: Vector = np.clip((self._values @ self._weights[:, 0]).real, 0.0, 1.0)
        return tail

    def excess(self) -> float:
        """The mean by which the sum is over the threshold, at the row where it is highest."""
        return max(0.0, float((self._values @ self._weights[:, 1]).real.max()))

    def risk(self, when: Vector) -> Risk:
        """Of one more thing that happens at these moments: `when`, by row, sums to 1."""
        tail = self.tail()
        worst_from = np.maximum.accumulate(tail[::-1])[::-1]
        return Risk(float(when @ tail), float(when @ worst_from))


class NormalTail:
    """P(sum >= threshold) by row, by the normal law with a skewness term.

    Some of the things share a common error: how many people answer today is an estimate, and where it is wrong it is
    wrong for every call at once. `doubt` is that error's relative deviation; `shared`, the expected number of those.

    The rows are few: plain numbers are three times as fast as arrays of sixteen.
    """

    def __init__(self, moments: Vector, threshold: int, terms: int, doubt: float = 0.0) -> None:
        """`moments`: mean, variance and third moment of the sum of so many `terms`, and the mean of those that share
        the error, by row, side by side."""
        rows = len(moments) // 4
        # The last moment first: the whole risk of a row is the highest tail of those after it.
        self._shared, self._third, self._variance, self._mean = moments.reshape(4, rows)[::-1, ::-1].tolist()
        self._doubt = doubt
        self._threshold = threshold - 0.5
        self._short_by = threshold - terms
        """So many more things there must be for the sum to be able to reach the threshold at all."""

    def add(self, chance: Vector) -> None:
        """One more thing that happens with `chance` (by row), and shares the error."""
        self._short_by -= 1
        mean, variance, third, shared = self._mean, self._variance, self._third, self._shared
        for row, value in enumerate(chance[::-1].tolist()):
            spread = value * (1.0 - value)
            mean[row] += value
            shared[row] += value
            variance[row] += spread
            third[row] += spread * (1.0 - 2.0 * value)

    def tail(self) -> Vector:
        """P(sum >= threshold), by row."""
        return np.array(self._tails_backwards()[::-1])

    def risk(self, when: Vector) -> Risk:
        """Of one more thing that happens at these moments: `when`, by row, sums to 1."""
        worst = own = whole = 0.0
        for tail, weight in zip(self._tails_backwards(), when[::-1].tolist(), strict=True):
            if tail > worst:
                worst = tail
            own += tail * weight
            whole += worst * weight
        return Risk(own, whole)

    def excess(self) -> float:
        """The mean by which the sum is over the threshold, at the row where it is highest (normal law)."""
        if self._short_by > 0:
            return 0.0
        worst, threshold, doubt = 0.0, self._threshold + 0.5, self._doubt
        nearest, widest = FAR, 0.0
        for mean, own, shared in zip(self._mean, self._variance, self._shared, strict=True):
            common = doubt * shared
            deviation = sqrt(own + common * common + 1e-9)
            x = (threshold - mean) / deviation
            if x > FAR or (x >= nearest and deviation <= widest):  # a narrower bell farther off is never more over it
                continue
            over = deviation * (ROOT_2PI_INVERSE * exp(-0.5 * x * x) - x * 0.5 * erfc(ROOT_HALF * x))
            if over > worst:
                worst, nearest, widest = over, x, deviation
        return worst

    def _tails_backwards(self) -> list[float]:
        """By row, the last first."""
        if self._short_by > 0:
            return [0.0] * len(self._mean)
        threshold, doubt, tails = self._threshold, self._doubt, []
        for mean, own, third, shared in zip(self._mean, self._variance, self._third, self._shared, strict=True):
            common = doubt * shared
            variance = own + common * common + 1e-9
            deviation = sqrt(variance)
            x = (threshold - mean) / deviation
            if x > FAR or x < -FAR:
                tails.append(0.0 if x > 0.0 else 1.0)
                continue
            square = x * x
            skew = third / (6.0 * variance * deviation) * (square - 1.0) * ROOT_2PI_INVERSE * exp(-0.5 * square)
            tail = 0.5 * erfc(ROOT_HALF * x) + skew
            tails.append(0.0 if tail < 0.0 else 1.0 if tail > 1.0 else tail)
        return tails


def normal_tail(x: Vector) -> Vector:
    """1 - Phi(x), Abramowitz and Stegun 26.2.17: error under 7.5e-8."""
    t = 1.0 / (1.0 + 0.2316419 * np.abs(x))
    poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    upper = np.exp(-0.5 * x * x) * 0.3989422804014327 * poly
    return np.where(x >= 0.0, upper, 1.0 - upper)


def _circle_size(terms: int) -> int:
    """The smallest of a few even sizes that holds sums of `terms` things without wrapping round."""
    return next((size for size in (16, 24, 32, 48, 64, 96, 128) if size > terms), 2 * terms)


@lru_cache(maxsize=4096)
def _circle(size: int, threshold: int) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Half of the points of the unit circle, less one; and weights with which Re(sum of value * weight) is the tail
    (first column) and the excess over the threshold (second)."""
    half = np.arange(size // 2 + 1)
    points = np.exp(-2j * pi * half / size)
    counts = np.arange(max(threshold, 0), size)
    back = np.exp(2j * pi * np.outer(half, counts) / size) / size
    weights = np.stack([back.sum(axis=1), back @ (counts - threshold)], axis=1)
    weights[1 : (size + 1) // 2] *= 2.0
    return points - 1.0, weights
