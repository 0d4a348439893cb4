"""The forecast: for each moment of the next half minute, who will have answered and who will still be busy.

It turns a snapshot into chances, row by row of `AHEAD_S`, from tables that are renewed every few seconds, so that a
decision costs a few look-ups. Nothing here knows of ceilings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from strategies.answering import AGES, AnswerModel, Vector
from strategies.base import BusyAgent, How, Observation, Phase, RingingCall, Snapshot
from strategies.talking import ELAPSED_S, AgentModel, elapsed_rows

AHEAD_S = np.arange(2, 33, 2)
"""Moments ahead at which the picture is drawn, seconds; an answer counts at the end of its step."""
CALLER_WAITS_S = 1
"""An answered caller can wait for an agent nearly two seconds; one is counted on."""
ANSWERS_REFRESH_S = 2.0
SHAPES_REFRESH_S = 10.0


@dataclass(slots=True)
class Forecast:
    """Chances by row of AHEAD_S, learned from observations. Ask after `renew` with the same snapshot."""

    answering: AnswerModel = field(default_factory=AnswerModel)
    agents: AgentModel = field(default_factory=AgentModel)
    multipliers: dict[str, float] = field(default_factory=lambda: {"": 1.0})
    _tables: dict[str, Vector] = field(default_factory=dict)
    _talk_busy: Vector = field(init=False)
    _wrap_busy: Vector = field(init=False)
    _answers_due_s: float = float("-inf")
    _shapes_due_s: float = float("-inf")

    def observe(self, observation: Observation) -> None:
        match observation.how:
            case How.ANSWERED | How.ENDED_UNANSWERED:
                self.answering.observe(observation)
            case How.TALK_ENDED:
                self.agents.talk.observe(observation.after_s)
            case How.WRAP_UP_ENDED:
                self.agents.wrap_up.observe(observation.after_s)
            case How.CONNECTED | How.ABANDONED:
                pass

    def renew(self, snapshot: Snapshot) -> None:
        """Refresh the tables that are due."""
        if snapshot.at_s >= self._shapes_due_s:
            self._shapes_due_s = snapshot.at_s + SHAPES_REFRESH_S
            self._renew_shapes(snapshot)
        if snapshot.at_s >= self._answers_due_s:
            self._answers_due_s = snapshot.at_s + ANSWERS_REFRESH_S
            self.multipliers = self.answering.multipliers(snapshot.at_s, snapshot.ringing_calls)
            self._tables = {
                segment: self.answering.table(multiplier)[:, AHEAD_S]
                for segment, multiplier in self.multipliers.items()
            }

    def next_call(self, segment: str = "") -> Vector:
        """P(a call started now is answered by each moment)."""
        return np.asarray(self._tables.get(segment, self._tables[""])[0])

    def answered(self, ringing: Sequence[RingingCall]) -> Vector:
        """[call, moment] -> P(answered by then)."""
        if not ringing:
            return np.zeros((0, len(AHEAD_S)))
        ages = np.array([call.age_s for call in ringing])
        rows = np.minimum(ages + 0.5, AGES - 1).astype(np.intp)
        if len(self._tables) == 1:
            return np.asarray(self._tables[""][rows])
        default = self._tables[""]
        return np.stack([self._tables.get(call.segment, default)[row] for call, row in zip(ringing, rows, strict=True)])

    def still_busy(self, busy: Sequence[BusyAgent]) -> Vector:
        """[agent, moment] -> P(not free by then, a caller's short wait included)."""
        if not busy:
            return np.zeros((0, len(AHEAD_S)))
        rows = elapsed_rows(np.array([agent.for_s for agent in busy]))
        talks = np.array([agent.phase is Phase.TALK for agent in busy])
        return np.where(talks[:, None], self._talk_busy[rows], self._wrap_busy[rows])

    def _renew_shapes(self, snapshot: Snapshot) -> None:
        talking = [agent.for_s for agent in snapshot.busy_agents if agent.phase is Phase.TALK]
        wrapping = [agent.for_s for agent in snapshot.busy_agents if agent.phase is not Phase.TALK]
        self.agents.refresh(np.array(talking), np.array(wrapping))
        self.answering.refresh_shape(snapshot.ringing_calls)
        self._talk_busy = 1.0 - self.agents.talk_rows[:, AHEAD_S + CALLER_WAITS_S]
        self._wrap_busy = 1.0 - self.agents.wrap_up_rows[:, AHEAD_S + CALLER_WAITS_S]
        assert self._talk_busy.shape == (len(ELAPSED_S), len(AHEAD_S))
