"""How much risk is worth taking: theta, learned from what was risked and from what was lost.

Two loops. The quick one knows the risk of every call that is started and moves theta so that the mean risk taken is the
share aimed at: it needs no abandoned call to find its place, and finds it whether risks come in small steps (a large
team) or large ones (three agents). The slow one is the ledger: each answer earns the share aimed at, each abandoned
call costs one, and what is left raises or lowers the risk that may be taken. A number that adapts by its error keeps
the long-run share at its target whatever the model's mistakes (Gibbs and Candes, 2021).
"""

from math import exp, log

AIM = 0.95
"""The share aimed at, as a part of the ceiling: what is left covers the loop's own wobble."""
FIRST = 1.2
"""Theta at the start, as a multiple of the aim; a bolder start is never repaid."""
QUICK_GAIN = 0.02
SLOW_GAIN = 0.1
"""How far one abandoned call moves log theta (0.03-0.3 make no difference, 1.0 costs 1-2 points of occupancy)."""
LOST_PER_RISKED = 1.2
"""Abandoned calls for each one that the forecast foresaw: calls placed later take agents from those placed before."""
LOWEST, HIGHEST = 0.5, 8.0
"""Bounds of the quick loop, as multiples of the aim: a burst of riskless calls must not buy a reckless one."""
MOST_INHERITED = 3.0
"""Abandoned calls that a quiet past may lend to the first hour: spent late, not at the start."""
LOWEST_THETA, HIGHEST_THETA = 1e-4, 0.7


class Appetite:
    """Theta for one campaign on one server; the ceiling is a ratio 0..1."""

    def __init__(self, ceiling_ratio: float) -> None:
        self._aim = max(AIM * ceiling_ratio, 1e-6)
        self._log_multiple = log(FIRST)
        self._saved = 0.0
        """Abandoned calls that the answers so far have earned and that were not spent; negative: a debt."""
        self._renew()

    @property
    def theta(self) -> float:
        """A call whose risk is over this is not started."""
        return self._theta

    def took(self, risk: float) -> None:
        """A call of this risk is started."""
        step = QUICK_GAIN * (self._scale / LOST_PER_RISKED - risk / self._aim)
        self._log_multiple = min(max(self._log_multiple + step, log(LOWEST)), log(HIGHEST))
        self._theta = self._bounded(self._aim * self._scale * exp(self._log_multiple))

    def begin(self, answered: int, abandoned: int) -> None:
        """The window's ledger as it was before this strategy was made: debts are kept, riches within reason."""
        self._saved = min(self._aim * answered - abandoned, MOST_INHERITED)
        self._renew()

    def answered(self) -> None:
        """A person answered."""
        self._saved += self._aim
        self._renew()

    def abandoned(self) -> None:
        """One of them found nobody."""
        self._saved -= 1.0
        self._renew()

    def _renew(self) -> None:
        """The ledger has moved. It stops where theta is at a bound, so that no credit is hoarded there."""
        most = log(HIGHEST_THETA / self._aim) / SLOW_GAIN
        least = log(LOWEST_THETA / self._aim) / SLOW_GAIN
        self._saved = min(max(self._saved, least), most)
        self._scale = exp(SLOW_GAIN * self._saved)
        self._theta = self._bounded(self._aim * self._scale * exp(self._log_multiple))

    @staticmethod
    def _bounded(theta: float) -> float:
        return min(max(theta, LOWEST_THETA), HIGHEST_THETA)
