"""How much risk is worth taking: theta, learned from what was risked and from what was lost, held to the ledger.

Three loops, from quick to slow:

- The *feed-forward* knows the risk of every call that is started and moves theta until the mean risk taken is the share
  aimed at. It needs no abandoned call to find its place, and finds it whether risks come in small steps (a large team)
  or large ones (three agents). What the forecast fails to see is corrected by lost / risked, learned as calls are lost.
- The *balance*: each answer earns the share aimed at, each abandoned call costs one. It is measured in its own
  deviation (the root of half an hour's budget), so one gain serves a team of three and one of three hundred. What
  adapts by its error keeps the long-run share at its target whatever the model's mistakes (Gibbs and Candes, 2021).
- The *barriers*: what is left under the ceiling itself, of the whole window, what those in flight are expected to lose
  taken off in advance. Where it is a debt, theta falls under the ceiling, so that every call started lowers the
  expected share, however large the debt and whatever made it. A debt within chance is allowed while the list is even
  (`strategies.turns`), none once it has turned. And the last half hour: the further it is above what the ceiling allows
  it, the lower theta.
"""

from collections import deque
from math import exp, log, sqrt

import numpy as np

from strategies.base import Budget, Learned
from strategies.vectors import scalar, scalars

MARGIN = 0.001
"""The share aimed at is so much under the ceiling: what days that turn every ten minutes lose beyond what can be
foreseen is about the same part of the answers under any ceiling. With 0.0004 such days ended at 1.00 to 1.02 of 1 %."""
FIRST = 1.0
"""Theta at the start, as a multiple of the aim; a bolder start is never repaid."""
QUICK_GAIN = 0.006
"""How far a call without any risk moves log theta upwards."""
GAIN = 0.12
"""How far a balance of one deviation moves log theta: each swing of theta costs occupancy, most of all small teams
(0.25 costs five agents half a point)."""
MOST_UP, MOST_DOWN = 0.7, 4.0
"""Bounds of that move: riches are spent evenly, debts are repaid at once."""
MOST_SAVED, MOST_SAVED_DEVIATIONS = 40.0, 6.0
"""No more is kept of what was earned and not spent: so many calls, or deviations where those are more."""
EVEN_S = 1800.0
"""The balance is measured by the budget of so many seconds: chance moves it by about its root."""
RESERVE = 0.3
"""Deviations kept in hand: who aims at nothing left is over the ceiling every second day. Twice as many saved
no losses in teams of three and five, and cost three agents half a point (within chance)."""
LOWEST, HIGHEST = 0.5, 8.0
"""Bounds of the feed-forward, as multiples of the aim: a burst of riskless calls must not buy a reckless one."""
UP_AT_FIRST, UP_PER_ANSWER, MOST_UP_KEPT = 1.0, 0.2, 2.0
"""How far the feed-forward may rise before people answer: the calls of one burst are one experience."""
LOST_PER_RISKED, PRIOR_RISKED = 1.25, 15.0
"""Abandoned calls for each that the forecast foresaw (calls placed later take agents from those placed before), and
how many foreseen ones that belief is worth: three agents lose eight calls in a shift, and by so few it is luck that
would speak."""
LOST_MEMORY = 60.0
"""Abandoned calls after which that ratio is forgotten."""
LEAST_RATIO, MOST_RATIO = 0.15, 4.0
"""Bounds of that ratio: three hundred agents on an even list lose a fifth of what is foreseen."""
REPAYING = 0.1
"""Theta at the barrier, as a part of the ceiling: each call started then earns far more than it is expected to cost."""
DEBT_DEVIATIONS = 0.7
DEBT_AT_FIRST, DEBT_PER_ANSWER, MOST_DEBT = 60.0, 0.1, 80.0
"""The barrier stands at a debt against the ceiling: so many deviations, or what so many answers earn where that is
more (of 3 %: two calls and a half after 200 answers). Nearer to nothing it is felt all the time and costs a team of
five nearly a point of occupancy for the same share; further off it leaves shifts of two hours over the ceiling. A
shift alone may so end a little over it; the next one pays it back, and several together are under it."""
KEPT_WHEN_TURNED = 0.4
"""Deviations kept instead where the list has turned of late: it may again, and what rings then cannot be saved."""
BARRIER_STEEPNESS = 4.0
"""How fast it opens, log theta per deviation."""
MOST_OPEN = 6.0
HALF_HOUR_TEAMS, HALF_HOUR_FROM = (5, 10), (1.5, 0.35)
"""The last half hour holds theta down from so many deviations above what the ceiling allows it: the first in teams of
up to five, the second from ten agents on, by a line between; each deviation more divides theta by e. Felt early and
gently it costs less than a wall: with one at 2.5 deviations ten agents with long talks lost 6.5 % in the worst half
hour of a shift and fifty 5.0 %, so 6.0 and 4.6, for two tenths of a point of occupancy. Small teams, whose risks come
in large steps, would pay a third of a point."""
LEAST_USUAL = 1.0
FORESEEN_PART = 0.5
"""The part of the loss foreseen for the calls in flight that the barrier takes off in advance."""
MOST_INHERITED = 3.0
"""Abandoned calls that a quiet past may lend to the first hour: spent late, not at the start."""
LOWEST_THETA, HIGHEST_THETA = 1e-4, 0.7


class Appetite:
    """Theta for one campaign on one server; the ceiling is a ratio 0..1."""

    def __init__(self, ceiling_ratio: float) -> None:
        self._ceiling = max(ceiling_ratio, 1e-6)
        self._aim = max(self._ceiling - MARGIN, 0.5 * self._ceiling)
        self._log_multiple = log(FIRST)
        self._may_rise = UP_AT_FIRST
        self._saved = 0.0
        """Abandoned calls that the answers so far have earned and that were not spent; negative: a debt."""
        self._left = 0.0
        """The same against the ceiling: of the window where the driver keeps a ledger, else of all that was seen."""
        self._heard = 0.0
        """People who answered, in the same window."""
        self._ledger_kept = False
        self._foreseen = 0.0
        """Abandoned calls that those in flight are expected to bring."""
        self._turned = 0.0
        """0: the list is even; 1: it turned just now."""
        self._earned, self._earned_at_s = 0.0, 0.0
        """Earned of late: decays over EVEN_S."""
        self._risked, self._lost = 0.0, 0.0
        self._half_hour = HalfHour()
        self._half_hour_from = HALF_HOUR_FROM[0]
        self._held = False
        """The barrier is what keeps theta low."""
        self._renew()

    @property
    def theta(self) -> float:
        """A call whose risk is over this is not started."""
        return self._theta

    @property
    def lost_per_risked(self) -> float:
        """Abandoned calls for each one that the forecast foresaw."""
        ratio = (self._lost + LOST_PER_RISKED * PRIOR_RISKED) / (self._risked + PRIOR_RISKED)
        return min(max(ratio, LEAST_RATIO), MOST_RATIO)

    @property
    def bearable(self) -> float:
        """Calls that may be lost at once where the list turns: what the window still allows, and half an hour earns."""
        return max(0.0, self._left + self._earned)

    def save(self) -> Learned:
        """What is worth keeping over a restart; the ledger is kept elsewhere."""
        return {"log_multiple": self._log_multiple, "lost": self._lost, "risked": self._risked}

    def load(self, learned: Learned) -> None:
        """Go on from there. KeyError, TypeError or ValueError where it cannot be read."""
        log_multiple, lost, risked = scalar(learned["log_multiple"]), learned["lost"], learned["risked"]
        self._lost, self._risked = scalars((lost, risked), least=0.0)
        self._log_multiple = min(max(log_multiple, log(LOWEST)), log(HIGHEST))

    def begin(self, budget: Budget) -> None:
        """The window's ledger as it was before this strategy was made: debts are kept, riches within reason."""
        self._saved = min(self._aim * budget.answered - budget.abandoned, MOST_INHERITED)

    def look(self, at_s: float, budget: Budget, agents: int, foreseen: float, turned: float = 0.0) -> None:
        """The window's ledger now, the agents at work, how many abandoned calls those in flight are expected to bring,
        and whether the list has turned of late (0: no, 1: just now).

        A driver that keeps no ledger (nobody ever answers, it says) is judged by what the strategy was told.
        """
        self._ledger_kept = self._ledger_kept or budget.answered > 0
        if self._ledger_kept:
            self._left = self._ceiling * budget.answered - budget.abandoned
            self._heard = budget.answered
        self._foreseen, self._turned = foreseen, turned
        self._half_hour_from = float(np.interp(agents, HALF_HOUR_TEAMS, HALF_HOUR_FROM))
        self._half_hour.roll(at_s)
        self._renew()

    def took(self, risk: float, answer_ratio: float) -> None:
        """A call of this risk is started, that a person answers with this probability."""
        self._risked += risk * answer_ratio
        step = QUICK_GAIN * (self._scale / self.lost_per_risked - risk / self._aim)
        if step > 0.0:
            # Where the barrier keeps the risk low, that says nothing of where theta should be.
            step = 0.0 if self._held else min(step, self._may_rise)
            self._may_rise -= step
        self._log_multiple = min(max(self._log_multiple + step, log(LOWEST)), log(HIGHEST))

    def answered(self, at_s: float) -> None:
        """A person answered."""
        most = max(MOST_SAVED, MOST_SAVED_DEVIATIONS * sqrt(1.0 + self._earned))
        self._saved = min(self._saved + self._aim, most)
        self._left += self._ceiling
        self._heard += 1.0
        self._may_rise = min(self._may_rise + UP_PER_ANSWER, MOST_UP_KEPT)
        self._earned = _faded(self._earned, at_s - self._earned_at_s, EVEN_S) + self._aim
        self._earned_at_s = at_s
        self._half_hour.count(at_s, answered=1)
        self._renew()

    def abandoned(self, at_s: float) -> None:
        """One of them found nobody."""
        self._saved -= 1.0
        self._left -= 1.0
        keep = exp(-1.0 / LOST_MEMORY)
        self._lost, self._risked = self._lost * keep + 1.0, self._risked * keep
        self._half_hour.count(at_s, abandoned=1)
        self._renew()

    def _renew(self) -> None:
        """What theta depends on has changed."""
        deviation = sqrt(1.0 + self._earned)
        self._scale = exp(min(max(GAIN * (self._saved / deviation - RESERVE), -MOST_DOWN), MOST_UP))
        wanted = self._aim * self._scale * exp(self._log_multiple)
        ratio = self.lost_per_risked
        in_flight = FORESEEN_PART * ratio * self._foreseen
        lent = min(DEBT_AT_FIRST + DEBT_PER_ANSWER * self._heard, MOST_DEBT)
        debt = max(DEBT_DEVIATIONS * deviation, self._ceiling * lent)
        allowed = (1.0 - self._turned) * debt - self._turned * KEPT_WHEN_TURNED * deviation
        left = (self._left - in_flight + allowed) / deviation
        opening = log(REPAYING) + min(BARRIER_STEEPNESS * left, MOST_OPEN)
        barrier = self._ceiling / ratio * exp(min(opening, self._half_hour_from + self._left_of_half_hour(in_flight)))
        self._held = barrier < wanted
        self._theta = min(max(min(wanted, barrier), LOWEST_THETA), HIGHEST_THETA)

    def _left_of_half_hour(self, in_flight: float) -> float:
        """Deviations by which the last half hour is below what the ceiling allows it in the mean; negative: above."""
        usual = max(self._ceiling * self._half_hour.answered, LEAST_USUAL)
        return (usual - self._half_hour.abandoned - in_flight) / sqrt(usual)


class HalfHour:
    """Answered and abandoned within the last half hour, in steps of a minute."""

    def __init__(self) -> None:
        self.answered = self.abandoned = 0
        self._minutes: deque[list[int]] = deque()
        """Minute, answered, abandoned."""

    def count(self, at_s: float, answered: int = 0, abandoned: int = 0) -> None:
        """Book so many now."""
        self.roll(at_s)
        minute = int(at_s // 60.0)
        if not self._minutes or self._minutes[-1][0] != minute:
            self._minutes.append([minute, 0, 0])
        self._minutes[-1][1] += answered
        self._minutes[-1][2] += abandoned
        self.answered += answered
        self.abandoned += abandoned

    def roll(self, at_s: float) -> None:
        """Forget what is older."""
        oldest = int((at_s - EVEN_S) // 60.0)
        while self._minutes and self._minutes[0][0] <= oldest:
            _, answered, abandoned = self._minutes.popleft()
            self.answered -= answered
            self.abandoned -= abandoned


def _faded(value: float, gone_s: float, memory_s: float) -> float:
    return value * exp(-max(0.0, gone_s) / memory_s)
