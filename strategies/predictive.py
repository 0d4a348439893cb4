"""Predictive: start one more call while the risk that its answer finds nobody free is worth taking.

The risk of the next call is the chance, over the moments at which it may be answered, that by then the answers of
calls in flight and the agents still busy use up the team (`strategies.chances`, on `strategies.forecast`). How much
risk is worth taking, theta, is not set but learned (`Appetite`), so that the abandonment ledger meets its ceiling
whatever is wrong with the forecast.
"""

import numpy as np

from strategies.appetite import Appetite
from strategies.base import Decision, How, Learned, Observation, Phase, Snapshot
from strategies.forecast import AHEAD_S, Forecast, Rows
from strategies.surplus import surplus
from strategies.turns import Turns
from strategies.wanted import Tail, tail_of
from strategies.words import figure, percent

MOST_AT_ONCE = 400
MOST_PER_AGENT = 50
"""Calls in flight for each agent, at most: where hardly anybody answers no risk ends them, and 2 % need so many."""
AT_RISK = 0.05
"""Moments by which so large a part of the answers to a call started now has come are asked about."""
SOON_S = 11
"""The reason names the agents who will be free within it, seconds (the row of AHEAD_S just under it)."""

NO_ROOM = ", запаса на риск нет: как прогрессивный"
"""In the reason where no call is in flight beyond the free agents, and one more would be too great a risk."""
HELD = ", больше в наборе не держим"
"""In the reason where the risk would allow more: the list may turn back, or fifty ring for each agent already."""


class Predictive:
    """One campaign's predictive pacing on one server, for the ceiling given as a ratio 0..1.

    `cancel_surplus`: calls that ring for long though nobody will be free for them may be hung up.
    """

    name = "predictive"

    def __init__(self, ceiling_ratio: float, *, cancel_surplus: bool = False) -> None:
        self._ceiling_ratio = ceiling_ratio
        self._appetite = Appetite(ceiling_ratio)
        self._forecast = Forecast()
        self._turns = Turns()
        self._cancel_surplus = cancel_surplus
        self._begun = False

    @property
    def theta(self) -> float:
        """The risk that is worth taking now."""
        return self._appetite.theta

    def worth_of_hint(self, phase: Phase, hint: str) -> float:
        """How much likelier this phase ends in the next second where the desk shows this word."""
        return self._forecast.hints.multiplier((phase, hint))

    def observe(self, observation: Observation) -> None:
        """Learn from what happened."""
        self._begun = True
        self._forecast.observe(observation)
        if observation.how is How.ANSWERED:
            self._appetite.answered(observation.at_s)
            self._turns.heard()
        elif observation.how is How.ABANDONED:
            self._appetite.abandoned(observation.at_s)

    def save(self) -> Learned:
        """What was learned of people, agents and risk; the ledger is kept elsewhere."""
        return {"appetite": self._appetite.save(), "forecast": self._forecast.save()}

    def load(self, learned: Learned) -> None:
        """Go on from there, before the first decision. KeyError, TypeError or ValueError where it cannot be read."""
        appetite, forecast = Appetite(self._ceiling_ratio), Forecast()
        appetite.load(learned["appetite"])
        forecast.load(learned["forecast"])
        self._appetite, self._forecast = appetite, forecast

    def decide(self, snapshot: Snapshot) -> Decision:
        """As many calls as the risk allows; the guard clips them."""
        if not self._begun:
            self._begun = True
            self._appetite.begin(snapshot.budget)
        self._forecast.renew(snapshot)
        busy_rows = self._forecast.busy_rows(snapshot)
        capacity = snapshot.free_agents + len(busy_rows) - snapshot.waiting_calls
        soon = len(busy_rows) - float(self._forecast.chances[:, SOON_S // 2].take(busy_rows).sum())
        if capacity <= 0:
            return self._decision(snapshot, 0, 1.0, soon, self._cancels(snapshot, busy_rows, capacity))
        ringing_rows = self._forecast.ringing_rows(snapshot)
        tail = tail_of(self._forecast, busy_rows, ringing_rows, capacity)
        answering = self._forecast.answering
        self._turns.follow(snapshot.at_s, answering.multiplier.value, self._forecast.answer_ratio)
        turned = self._turns.turned(snapshot.at_s)
        agents = snapshot.free_agents + len(snapshot.busy_agents)
        self._appetite.look(snapshot.at_s, snapshot.budget, agents, tail.excess(), turned)
        bearable = self._bearable(snapshot, np.concatenate([busy_rows, ringing_rows]), capacity)
        most = max(0, min(MOST_AT_ONCE, MOST_PER_AGENT * agents - len(snapshot.ringing_calls), bearable))
        startable = max(0, min(most, snapshot.free_lines, snapshot.startable_calls))
        wished, risk = self._fill(tail, startable)
        calls = min(wished, most)
        cancels = self._cancels(snapshot, busy_rows, capacity) if calls == 0 else 0
        return self._decision(snapshot, calls, risk, soon, cancels, held=wished > calls)

    def _cancels(self, snapshot: Snapshot, busy_rows: Rows, capacity: int) -> int:
        return surplus(self._forecast, snapshot, busy_rows, capacity) if self._cancel_surplus else 0

    def _bearable(self, snapshot: Snapshot, rows: Rows, capacity: int) -> int:
        """How many more calls may ring where the list has turned of late: if it turned back at this instant, who
        answers would be more than the agents by no more than is bearable. Never fewer than progressive."""
        rise = self._turns.rise(snapshot.at_s)
        if rise <= 1.0:
            return MOST_AT_ONCE
        wanted, _, _, answers = self._forecast.moments_of(rows).reshape(4, -1)
        spare = capacity + self._appetite.bearable - wanted - (rise - 1.0) * answers
        of_next = self._forecast.next_call
        asked = of_next > AT_RISK * of_next[-1]
        most = float((spare[asked] / (rise * of_next[asked])).min())
        progressive = snapshot.free_agents - len(snapshot.ringing_calls) - snapshot.waiting_calls
        return max(int(most), progressive)

    def _fill(self, tail: Tail, startable: int) -> tuple[int, float]:
        """How many calls may be added before the risk of the next exceeds theta; and that risk.

        One more than can be started is enough to wish for: the guard says then what was in the way. Only calls that
        can be started count as risk taken.
        """
        forecast, appetite = self._forecast, self._appetite
        calls = 0
        while True:
            risk = tail.risk(forecast.next_call_when)
            if risk.judged > appetite.theta or calls > startable:
                return calls, risk.judged
            if calls < startable:
                appetite.took(risk.whole, forecast.answer_ratio)
            tail.add(forecast.next_call)
            calls += 1

    def _decision(
        self, snapshot: Snapshot, calls: int, risk: float, soon: float, cancels: int, *, held: bool = False
    ) -> Decision:
        ringing, theta = len(snapshot.ringing_calls), self._appetite.theta
        progressive = risk > theta and ringing + snapshot.waiting_calls + calls <= snapshot.free_agents
        budget = snapshot.budget
        left = budget.ceiling_ratio * budget.answered - budget.abandoned
        answer = self._forecast.answer_ratio
        reason = (
            f"свободно {snapshot.free_agents}, освободятся {figure(soon)} за {SOON_S} с, звонят {ringing}, "
            f"ответ {percent(answer)}, бюджет {figure(left)}{NO_ROOM if progressive else ''}{HELD if held else ''}"
            f" → набрать {calls}"
        ) + (f", прекратить {cancels}" if cancels else "")
        return Decision(
            calls_to_start=calls,
            calls_to_cancel=cancels,
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
                ("theta", theta),
                *((("progressive", 1.0),) if progressive else ()),
                *((("held", 1.0),) if held else ()),
            ),
        )


assert AHEAD_S[SOON_S // 2] <= SOON_S
