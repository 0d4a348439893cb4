"""The law of how many agents will be wanted by each moment ahead, and how sure it is."""

from typing import Protocol

import numpy as np

from strategies.chances import EXACT_TERMS, ExactTail, NormalTail, Risk
from strategies.forecast import Forecast, Rows
from strategies.vectors import Vector

DOUBTFUL = (0.25, 0.35)
"""Relative deviation of the estimate of how many people answer, from which on it weighs in whatever the sum's size, and
at which it does so wholly: in the first minutes of a list, and where it turns. Twenty agents who met a list that
answers twice as often as foreseen lost every fifth person of their first ten minutes by the exact law, and every
twelfth since."""
FEW = 7
"""So many agents are paced by the exact law whatever is doubted: a bell says nothing of them, and they lose few."""


class Tail(Protocol):
    """P(as many are wanted as there are agents, or more), by moment ahead; calls may be added one by one."""

    def add(self, chance: Vector) -> None: ...
    def risk(self, when: Vector) -> Risk: ...
    def tail(self) -> Vector: ...
    def excess(self) -> float: ...


class DoubtfulTail:
    """The normal law with the error that all calls share, but never stricter than the exact law is with FEW agents.

    Of both the less strict, so that one more agent never means fewer calls.
    """

    def __init__(self, few: ExactTail, many: NormalTail) -> None:
        self._few, self._many = few, many

    def add(self, chance: Vector) -> None:
        self._few.add(chance)
        self._many.add(chance)

    def risk(self, when: Vector) -> Risk:
        return min(self._few.risk(when), self._many.risk(when), key=lambda risk: risk.judged)

    def tail(self) -> Vector:
        return np.minimum(self._few.tail(), self._many.tail())

    def excess(self) -> float:
        return min(self._few.excess(), self._many.excess())


def tail_of(forecast: Forecast, busy_rows: Rows, ringing_rows: Rows, capacity: int) -> Tail:
    """The law against this capacity: exact for small sums, normal for large ones and where nobody knows yet how many
    people answer, for that error is common to all calls and worth more than an exact sum without it."""
    rows = np.concatenate([busy_rows, ringing_rows])
    terms = max(len(rows), capacity)
    doubt = doubt_that_counts(forecast.doubt, terms)
    few = capacity <= FEW
    if terms <= EXACT_TERMS and (few or not doubt):
        return ExactTail(forecast.chances[rows], capacity)
    normal = NormalTail(forecast.moments_of(rows), capacity, len(rows), doubt)
    if few or terms > EXACT_TERMS:
        return normal
    return DoubtfulTail(ExactTail(forecast.chances[rows], FEW, most=capacity), normal)


def doubt_that_counts(doubt: float, terms: int) -> float:
    """So much of the doubt is in the law: none of a small one in a small sum, all of it in one twice as large as sums
    are exact, or where it is great; in between little by little, so that one more call never meets another law."""
    by_size = terms / EXACT_TERMS - 1.0
    by_itself = (doubt - DOUBTFUL[0]) / (DOUBTFUL[1] - DOUBTFUL[0])
    return doubt * min(max(by_size, by_itself, 0.0), 1.0)
