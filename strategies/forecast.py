"""The forecast: for each moment of the next half minute, who will have answered and who will still be busy.

All chances stand in one table, a row for each state that an agent or a call can be in (phase and time in it, or age
of the call); it is renewed every few seconds, so that a decision costs one look-up per agent and call. Nothing here
knows of ceilings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from strategies.answering import AGES, AnswerModel
from strategies.base import How, Learned, Observation, Phase, Snapshot
from strategies.crowd import AgentKind, CallKind, agents_as_arrays, calls_as_arrays
from strategies.hints import Hints, Key
from strategies.talking import ELAPSED_S, AgentModel, elapsed_rows
from strategies.vectors import Vector

Rows: TypeAlias = NDArray[np.intp]

AHEAD_S = np.arange(1, 32, 2)
"""Moments ahead at which the picture is drawn, seconds: each stands for the two seconds around it."""
STEP_ENDS_S = AHEAD_S + 1
CALLER_WAITS_S = 1
"""An answered caller can wait for an agent nearly two seconds; one is counted on."""
ANSWERS_REFRESH_S = (2.0, 5.0)
ANSWERS_CALL_SECONDS = 40.0
"""The day is looked at anew after so many seconds of calls' ringing, within these bounds: few calls teach little."""
SHAPES_REFRESH_S = (4.0, 20.0)
SHAPES_NEWS = 0.05
"""Durations are fitted anew when so large a part of what is known of them is new, within these bounds."""
FACTOR_STEP = 0.02
"""A smaller change of a multiplier is not worth a new table."""
ANY_CALL = CallKind()

Kind = TypeVar("Kind", AgentKind, CallKind)

_PHASE_ROW = {Phase.TALK: 0, Phase.WRAP_UP: len(ELAPSED_S)}
_LAST_SECOND = 0x3FFF
"""A talk of over four hours is no talk: masking the second is cheaper than comparing it."""
_ELAPSED_ROW = np.array(elapsed_rows(_LAST_SECOND + 1))
_NO_ROWS: Rows = np.empty(0, dtype=np.intp)


@dataclass(slots=True)
class Forecast:
    """Chances by row of AHEAD_S, learned from observations. Ask after `renew` with the same snapshot."""

    answering: AnswerModel = field(default_factory=AnswerModel)
    agents: AgentModel = field(default_factory=AgentModel)
    hints: Hints = field(default_factory=Hints)
    chances: Vector = field(init=False)
    """[row, moment]: still busy (agents, a caller's short wait included), answered (calls)."""
    moments: Vector = field(init=False)
    """[row, 4 x moment]: mean, variance and third central moment of each chance, side by side; and the mean of calls'
    chances alone."""
    next_call: Vector = field(init=False)
    """P(a call started now is answered by each moment)."""
    next_call_when: Vector = field(init=False)
    """Given that it is answered: the share of each moment's two seconds. Sums to 1."""
    answer_ratio: float = 0.0
    """P(a call started now is answered by a person), 0..1."""
    _agent_row: dict[Key, int] = field(default_factory=dict)
    _call_row: dict[CallKind, int] = field(default_factory=dict)
    _factors: dict[CallKind, float] = field(default_factory=dict)
    _agent_blocks: list[Vector] = field(default_factory=list)
    _agents_first: tuple[Sequence[AgentKind], Rows] = ((), _NO_ROWS)
    _calls_first: tuple[Sequence[CallKind], Rows] = ((), _NO_ROWS)
    """Kinds as they were last met, and the first row of each."""
    _answers_due_s: float = float("-inf")
    _shapes_at_s: float = float("-inf")

    def observe(self, observation: Observation) -> None:
        match observation.how:
            case How.ANSWERED | How.ENDED_UNANSWERED:
                self.answering.observe(observation)
            case How.TALK_ENDED:
                self._phase_ended(Phase.TALK, observation)
            case How.WRAP_UP_ENDED:
                self._phase_ended(Phase.WRAP_UP, observation)
            case How.CONNECTED | How.ABANDONED:
                pass

    def save(self) -> Learned:
        """What is worth keeping over a restart."""
        durations = {phase.value: self.agents.durations(phase).save() for phase in Phase}
        return {"answering": self.answering.save(), "durations": durations, "hints": self.hints.save()}

    def load(self, learned: Learned) -> None:
        """Go on from there. KeyError, TypeError or ValueError where it cannot be read."""
        self.answering.load(learned["answering"])
        for phase in Phase:
            self.agents.durations(phase).load(learned["durations"][phase.value])
        self.hints.load(learned.get("hints", ()))

    def renew(self, snapshot: Snapshot) -> None:
        """Refresh what is due."""
        at_s = snapshot.at_s
        if at_s < self._answers_due_s:
            return
        self._answers_due_s = at_s + _within(
            ANSWERS_REFRESH_S, ANSWERS_CALL_SECONDS / (1 + len(snapshot.ringing_calls))
        )
        since_s, codes, kinds = calls_as_arrays(snapshot.ringing_calls, at_s)
        shapes_due = self._shapes_due(at_s)
        if shapes_due:
            self._renew_agents(snapshot)
            self.answering.refresh_shape(at_s, since_s, codes, kinds)
        self.answering.follow(at_s, since_s, codes, kinds)
        factors = {kind: self.answering.factor(kind) for kind in (ANY_CALL, *_present(codes, kinds))}
        if shapes_due or _differ(factors, self._factors):
            self._factors = factors
            self._build()

    def _shapes_due(self, at_s: float) -> bool:
        gone_s = at_s - self._shapes_at_s
        if gone_s < SHAPES_REFRESH_S[0]:
            return False
        return gone_s >= SHAPES_REFRESH_S[1] or self.agents.news >= SHAPES_NEWS

    @property
    def doubt(self) -> float:
        """Relative deviation of the estimate of how many people answer now."""
        return self.answering.multiplier.doubt

    def busy_rows(self, snapshot: Snapshot) -> Rows:
        """The row of each agent who will come free."""
        since_s, codes, kinds = agents_as_arrays(snapshot.busy_agents, snapshot.at_s)
        if kinds is not self._agents_first[0]:
            self._agents_first = kinds, np.array([self._first_row_of(kind) for kind in kinds], dtype=np.intp)
        seconds = (snapshot.at_s + 0.5 - since_s).astype(np.intp) & _LAST_SECOND
        rows: Rows = _ELAPSED_ROW.take(seconds) + self._agents_first[1].take(codes)
        return rows[rows >= 0] if any(kind.leaving for kind in kinds) else rows

    def _first_row_of(self, kind: AgentKind) -> int:
        """Under all rows for one who leaves."""
        if kind.leaving:
            return -len(ELAPSED_S)
        return self._agent_row.get((kind.phase, kind.hint), _PHASE_ROW[kind.phase])

    def ringing_rows(self, snapshot: Snapshot) -> Rows:
        """The row of each call in flight."""
        since_s, codes, kinds = calls_as_arrays(snapshot.ringing_calls, snapshot.at_s)
        rows: Rows = np.minimum((snapshot.at_s + 0.5 - since_s).astype(np.intp), AGES - 1)
        if kinds is not self._calls_first[0]:
            any_row = self._call_row[ANY_CALL]
            self._calls_first = kinds, np.array([self._call_row.get(kind, any_row) for kind in kinds], dtype=np.intp)
        first = self._calls_first[1]
        return rows + (first[0] if len(first) == 1 else first.take(codes))

    def moments_of(self, rows: Rows) -> Vector:
        """Mean, variance and third moment of how many of these happen, and the mean of calls among them, side by side,
        by moment ahead."""
        moments: Vector = np.bincount(rows, minlength=len(self.moments)).dot(self.moments)
        return moments

    def _phase_ended(self, phase: Phase, observation: Observation) -> None:
        self.agents.durations(phase).observe(observation.after_s)
        if observation.hint or self.hints.used_in(phase):
            self.hints.ended((phase, observation.hint))

    def _renew_agents(self, snapshot: Snapshot) -> None:
        """Fit the durations anew; learn what hints mean; and draw their rows, one block for each hint that is shown."""
        since_s, codes, kinds = agents_as_arrays(snapshot.busy_agents, snapshot.at_s)
        spent_s = snapshot.at_s - since_s
        talking = np.array([kind.phase is Phase.TALK for kind in kinds] or [True])[codes]
        self.agents.refresh(spent_s[talking], spent_s[~talking])
        self._learn_hints(snapshot.at_s, spent_s, [kinds[code] for code in codes])
        keys = {(kind.phase, kind.hint) for kind in _present(codes, kinds)}
        hinted = sorted(key for key in keys if key[1] or self.hints.used_in(key[0]))
        tables = [self.agents.talk_rows, self.agents.wrap_up_rows]
        tables += [self.agents.rows(key[0], self.hints.multiplier(key)) for key in hinted]
        self._agent_row = {key: len(ELAPSED_S) * number for number, key in enumerate(hinted, start=2)}
        self._agents_first = (), _NO_ROWS
        self._agent_blocks = [1.0 - table[:, AHEAD_S + CALLER_WAITS_S] for table in tables]
        self._shapes_at_s = snapshot.at_s

    def _learn_hints(self, at_s: float, spent_s: Vector, kinds: Sequence[AgentKind]) -> None:
        since_last_s = min(at_s - self._shapes_at_s, SHAPES_REFRESH_S[1])
        for kind, spent in zip(kinds, spent_s.tolist(), strict=True):
            if kind.hint or self.hints.used_in(kind.phase):
                expected = self.agents.durations(kind.phase).expected
                self.hints.saw((kind.phase, kind.hint), spent - since_last_s, spent, expected)

    def _build(self) -> None:
        """Draw all rows anew."""
        blocks = list(self._agent_blocks)
        first_row = len(ELAPSED_S) * len(blocks)
        self._call_row, self._calls_first = {}, ((), _NO_ROWS)
        tables = {factor: self.answering.table(factor) for factor in set(self._factors.values())}
        for kind, factor in self._factors.items():
            self._call_row[kind] = first_row + AGES * len(self._call_row)
            blocks.append(tables[factor][:, AHEAD_S])
        by_step_end = tables[self._factors[ANY_CALL]][0, STEP_ENDS_S]
        self.next_call_when = np.diff(by_step_end, prepend=0.0) / max(float(by_step_end[-1]), 1e-9)
        self.answer_ratio = self.answering.ratio(self._factors[ANY_CALL])
        self.chances = np.concatenate(blocks)
        spread = self.chances * (1.0 - self.chances)
        of_calls = self.chances.copy()
        of_calls[:first_row] = 0.0
        moments = [self.chances, spread, spread * (1.0 - 2.0 * self.chances), of_calls]
        self.moments = np.concatenate(moments, axis=1)
        self.next_call = self.chances[first_row]


def _present(codes: Rows, kinds: Sequence[Kind]) -> list[Kind]:
    """The kinds that somebody is of, now."""
    return [kinds[code] for code in sorted(set(codes.tolist()))]


def _differ(now: dict[CallKind, float], before: dict[CallKind, float]) -> bool:
    return now.keys() != before.keys() or any(
        abs(now[kind] - before[kind]) > FACTOR_STEP * before[kind] for kind in now
    )


def _within(bounds: tuple[float, float], value: float) -> float:
    return min(max(value, bounds[0]), bounds[1])
