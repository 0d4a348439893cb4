"""The forecast: for each moment of the next half minute, who will have answered and who will still be busy.

All chances stand in one table, a row for each state that an agent or a call can be in (phase and time in it, or age
of the call); it is renewed every few seconds, so that a decision costs one look-up per agent and call. Nothing here
knows of ceilings.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from strategies.answering import AGES, AnswerModel, Multiplier, Vector
from strategies.base import How, Observation, Phase, Snapshot
from strategies.crowd import AGENT_KINDS, LEAVING_CODE, agents_as_arrays, calls_as_arrays
from strategies.talking import ELAPSED_S, AgentModel, elapsed_rows

Rows: TypeAlias = NDArray[np.intp]

AHEAD_S = np.arange(1, 32, 2)
"""Moments ahead at which the picture is drawn, seconds: each stands for the two seconds around it."""
STEP_ENDS_S = AHEAD_S + 1
CALLER_WAITS_S = 1
"""An answered caller can wait for an agent nearly two seconds; one is counted on."""
ANSWERS_REFRESH_S = 2.0
SHAPES_REFRESH_S = 4.0
MULTIPLIER_STEP = 0.02
"""A smaller change of the answer multiplier is not worth a new table."""

_WRAP_ROW = len(ELAPSED_S)
_RING_ROW = 2 * len(ELAPSED_S)
_LAST_SECOND = 0x3FFF
"""A talk of over four hours is no talk: masking the second is cheaper than comparing it."""
_TALK_ROWS = np.array(elapsed_rows(_LAST_SECOND + 1))
_FIRST_ROW = np.array([_WRAP_ROW if phase is Phase.WRAP_UP else 0 for phase, _ in AGENT_KINDS])
"""By code of an agent's kind."""


@dataclass(slots=True)
class Forecast:
    """Chances by row of AHEAD_S, learned from observations. Ask after `renew` with the same snapshot."""

    answering: AnswerModel = field(default_factory=AnswerModel)
    agents: AgentModel = field(default_factory=AgentModel)
    multipliers: dict[str, Multiplier] = field(default_factory=dict)
    chances: Vector = field(init=False)
    """[row, moment]: still busy (agents, a caller's short wait included), answered (calls)."""
    moments: Vector = field(init=False)
    """[row, 3 x moment]: mean, variance and third central moment of each chance, side by side."""
    next_call: Vector = field(init=False)
    """P(a call started now is answered by each moment)."""
    next_call_when: Vector = field(init=False)
    """Given that it is answered: the share of each moment's two seconds. Sums to 1."""
    answer_ratio: float = 0.0
    """P(a call started now is answered by a person), 0..1."""
    _ring_rows: dict[str, int] = field(default_factory=dict)
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
        """Refresh what is due."""
        if snapshot.at_s < self._answers_due_s:
            return
        self._answers_due_s = snapshot.at_s + ANSWERS_REFRESH_S
        shapes_due = snapshot.at_s >= self._shapes_due_s
        if shapes_due:
            self._shapes_due_s = snapshot.at_s + SHAPES_REFRESH_S
            self._renew_shapes(snapshot)
        multipliers = self.answering.multipliers(snapshot.at_s, _by_segment(snapshot))
        if shapes_due or _differ(multipliers, self.multipliers):
            self.multipliers = multipliers
            self._build()

    @property
    def doubt(self) -> float:
        """Relative deviation of the estimate of how many people answer now."""
        return min(multiplier.doubt for multiplier in self.multipliers.values())

    def busy_rows(self, snapshot: Snapshot) -> Rows:
        """The row of each agent who will come free."""
        since_s, codes = agents_as_arrays(snapshot.busy_agents, snapshot.at_s)
        seconds = (snapshot.at_s + 0.5 - since_s).astype(np.intp) & _LAST_SECOND
        rows: Rows = _TALK_ROWS[seconds] + _FIRST_ROW[codes]
        stay = codes < LEAVING_CODE
        return rows if stay.all() else rows[stay]

    def ringing_rows(self, snapshot: Snapshot) -> Rows:
        """The row of each call in flight."""
        since_s, codes, segments = calls_as_arrays(snapshot.ringing_calls, snapshot.at_s)
        rows: Rows = np.minimum((snapshot.at_s + 0.5 - since_s).astype(np.intp), AGES - 1)
        if len(self._ring_rows) == 1:
            return rows + _RING_ROW
        first_row = [self._ring_rows.get(str(segment), _RING_ROW) for segment in segments]
        return rows + np.array(first_row, dtype=np.intp)[codes]

    def moments_of(self, rows: Rows) -> Vector:
        """Mean, variance and third moment of how many of these happen, side by side, by moment ahead."""
        moments: Vector = np.bincount(rows, minlength=len(self.moments)) @ self.moments
        return moments

    def _renew_shapes(self, snapshot: Snapshot) -> None:
        since_s, codes = agents_as_arrays(snapshot.busy_agents, snapshot.at_s)
        spent_s, talking = snapshot.at_s - since_s, _FIRST_ROW[codes] == 0
        self.agents.refresh(spent_s[talking], spent_s[~talking])
        self.answering.refresh_shape(snapshot.at_s - calls_as_arrays(snapshot.ringing_calls, snapshot.at_s)[0])

    def _build(self) -> None:
        later = AHEAD_S + CALLER_WAITS_S
        blocks = [1.0 - self.agents.talk_rows[:, later], 1.0 - self.agents.wrap_up_rows[:, later]]
        self._ring_rows = {}
        for segment in sorted(self.multipliers):
            self._ring_rows[segment] = _RING_ROW + AGES * len(self._ring_rows)
            table = self.answering.table(self.multipliers[segment].value)
            blocks.append(table[:, AHEAD_S])
            if not segment or len(self.multipliers) == 1:
                by_step_end = table[0, STEP_ENDS_S]
                total = max(float(by_step_end[-1]), 1e-9)
                self.next_call_when = np.diff(by_step_end, prepend=0.0) / total
                self.answer_ratio = self.answering.ratio(self.multipliers[segment].value)
        self.chances = np.concatenate(blocks)
        spread = self.chances * (1.0 - self.chances)
        self.moments = np.concatenate([self.chances, spread, spread * (1.0 - 2.0 * self.chances)], axis=1)
        self.next_call = self.chances[_RING_ROW]


def _by_segment(snapshot: Snapshot) -> dict[str, Vector]:
    since_s, codes, segments = calls_as_arrays(snapshot.ringing_calls, snapshot.at_s)
    ages = snapshot.at_s - since_s
    if len(segments) == 1:
        return {str(segments[0]): ages}
    return {str(segment): ages[codes == code] for code, segment in enumerate(segments)}


def _differ(now: dict[str, Multiplier], before: dict[str, Multiplier]) -> bool:
    return now.keys() != before.keys() or any(
        abs(now[segment].value - before[segment].value) > MULTIPLIER_STEP * before[segment].value for segment in now
    )
