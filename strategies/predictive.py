"""Predictive: start one more call while the risk that its answer finds nobody free is worth taking.

The risk of the next call is the chance, over the moments at which it may be answered, that by then the answers of
calls in flight and the agents still busy use up the team (`strategies.chances`, on `strategies.forecast`). How much
risk is worth taking, theta, is not set but learned: it rises while the abandonment ledger is under its ceiling and
falls with every abandoned call, so whatever is wrong with the forecast, the share meets the ceiling in the long run.
"""

from math import exp, log

import numpy as np

from strategies.base import Decision, How, Observation, Snapshot
from strategies.chances import EXACT_TERMS, ExactTail, NormalTail
from strategies.forecast import AHEAD_S, Forecast
from strategies.words import figure, percent

AIM = 0.95
"""The share aimed at, as a part of the ceiling: what is left covers the loop's own wobble."""
GAIN = 0.1
"""How far one abandoned call moves log theta (0.03-0.3 make no difference, 1.0 costs 1-2 points of occupancy)."""
FIRST_THETA = 1.5
"""Theta at the start as a multiple of the aim; a bolder start is never repaid."""
LOWEST_THETA, HIGHEST_THETA = 1e-4, 0.7
MOST_AT_ONCE = 400
SOON_S = 11
"""The reason names the agents who will be free within it, seconds (the row of AHEAD_S just under it)."""


class Predictive:
    """One campaign's predictive pacing on one server, for the ceiling given as a ratio 0..1."""

    name = "predictive"

    def __init__(self, ceiling_ratio: float) -> None:
        self._aim = AIM * ceiling_ratio
        self._log_theta = log(min(max(FIRST_THETA * self._aim, LOWEST_THETA), HIGHEST_THETA))
        self._forecast = Forecast()

    @property
    def theta(self) -> float:
        """The risk that is worth taking now."""
        return exp(self._log_theta)

    def observe(self, observation: Observation) -> None:
        self._forecast.observe(observation)
        if observation.how is How.ANSWERED:
            self._move_theta(GAIN * self._aim)
        elif observation.how is How.ABANDONED:
            self._move_theta(-GAIN)

    def decide(self, snapshot: Snapshot) -> Decision:
        self._forecast.renew(snapshot)
        busy_rows = self._forecast.busy_rows(snapshot)
        capacity = snapshot.free_agents + len(busy_rows) - snapshot.waiting_calls
        soon = len(busy_rows) - float(self._forecast.chances[busy_rows, SOON_S // 2].sum())
        if capacity <= 0:
            return self._decision(snapshot, 0, 1.0, soon)
        tail = self._tail(busy_rows + self._forecast.ringing_rows(snapshot), capacity)
        most = max(0, min(MOST_AT_ONCE, snapshot.free_lines + 1, snapshot.startable_calls + 1))
        calls, risk = self._fill(tail, most)
        return self._decision(snapshot, calls, risk, soon)

    def _tail(self, rows: list[int], capacity: int) -> ExactTail | NormalTail:
        if max(len(rows), capacity) <= EXACT_TERMS:
            return ExactTail(self._forecast.chances[rows], capacity)
        return NormalTail(self._forecast.moments[rows].sum(axis=0), capacity)

    def _fill(self, tail: ExactTail | NormalTail, most: int) -> tuple[int, float]:
        """How many calls may be added before the risk of the next exceeds theta; and that risk."""
        when, theta = self._forecast.next_call_when, self.theta
        calls = 0
        while True:
            nobody_free = np.maximum.accumulate(tail.tail()[::-1])[::-1]
            risk = float(when @ nobody_free)
            if risk > theta or calls >= most:
                return calls, risk
            tail.add(self._forecast.next_call)
            calls += 1

    def _move_theta(self, step: float) -> None:
        self._log_theta = min(max(self._log_theta + step, log(LOWEST_THETA)), log(HIGHEST_THETA))

    def _decision(self, snapshot: Snapshot, calls: int, risk: float, soon: float) -> Decision:
        ringing = len(snapshot.ringing_calls)
        budget = snapshot.budget
        left = budget.ceiling_ratio * budget.answered - budget.abandoned
        answer = self._forecast.answer_ratio
        reason = (
            f"свободно {snapshot.free_agents}, освободятся {figure(soon)} за {SOON_S} с, звонят {ringing}, "
            f"ответ {percent(answer)}, бюджет {figure(left)} → набрать {calls}"
        )
        return Decision(
            calls_to_start=calls,
            wished=calls,
            reason=reason,
            strategy=self.name,
            inputs=(
                ("free_agents", snapshot.free_agents),
                ("free_soon", soon),
                ("ringing_calls", ringing),
                ("waiting_calls", snapshot.waiting_calls),
                ("answer_ratio", answer),
                ("budget_calls", left),
                ("risk", risk),
                ("theta", self.theta),
            ),
        )


assert AHEAD_S[SOON_S // 2] <= SOON_S
