"""The reference rule that our pacing is held against, with estimates of its own: only types are `strategies`'.

One more call is started while the risk that its answer finds nobody free is at most theta: the sum over the moments of
its answer of the chance that by then the people who answered and the agents still busy are as many as the team, each
moment taken at the worst that follows it. Theta is one number, log theta += 0.1 x (aim x answers - abandoned), from one
and a half times the ceiling, with an aim of 0.95 of it (adaptive conformal inference, Gibbs and Candes, 2021).

What it learns: hazards of an answer and of any other end by the age of the call, over the seconds at risk of calls that
ended and calls that ring (memory 1,500 answers, prior 15 dials), under one multiplier for today (answers / those
expected, memory 50 answers or four minutes, one deviation more to be on the safe side); talk and wrap-up by a survival
table over bins of their logarithm (prior lognormal, worth eight), those that go on among them.
"""

from collections.abc import Sequence
from math import erfc, exp, log, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from strategies.base import BusyAgent, Decision, How, Observation, Phase, RingingCall, Snapshot

Array: TypeAlias = NDArray[np.float64]

AIM, START, GAIN = 0.95, 1.5, 0.1
LEAST_THETA, MOST_THETA = 1e-4, 0.7
MOST_AT_ONCE = 400
MOMENTS_S = np.arange(1.0, 32.0, 2.0)
EXACT_TERMS, POINTS = 60, 128
"""So many independent things are summed exactly, by their generating function at so many points; more by a bell."""
ROOTS = np.exp(-2j * np.pi * np.arange(POINTS // 2 + 1) / POINTS)
"""Half of them: the other half is their mirror."""

BIN_S, BINS = 0.5, 120
PRIOR_DIALS, PRIOR_ANSWER, PRIOR_OTHER, PRIOR_LATE, LATE_S = 15.0, 0.025, 0.02, 0.15, 28.0
SLOW_ANSWERS, FAST_ANSWERS, FAST_S, SILENT_S = 1500.0, 50.0, 240.0, 4.0
PRIOR_ANSWERS = 4.0
RENEWED_S, PHASES_RENEWED_S = 2.0, 10.0

EDGES_S = np.concatenate([[0.0], np.exp(np.linspace(0.0, log(3600.0), 48))])
PRIOR_MEANS_S, PRIOR_PHASES = {Phase.TALK: 60.0, Phase.WRAP_UP: 15.0}, 8.0
PHASE_MEMORY = 300.0
AGES_S = np.concatenate([np.arange(20.0), np.exp(np.linspace(log(20.0), log(3000.0), 60))])


class Reference:
    """The rule for a ceiling given as a ratio."""

    name = "reference"

    def __init__(self, ceiling: float) -> None:
        self._aim = AIM * ceiling
        self._log_theta = log(START * ceiling)
        self._calls, self._phases = Calls(), Phases()

    def observe(self, observation: Observation) -> None:
        match observation.how:
            case How.ANSWERED | How.ENDED_UNANSWERED:
                self._calls.ended(observation.at_s, observation.after_s, answered=observation.how is How.ANSWERED)
            case How.CONNECTED:
                self._move(self._aim)
            case How.ABANDONED:
                self._move(self._aim - 1.0)
            case How.TALK_ENDED:
                self._phases.ended(Phase.TALK, observation.after_s)
            case How.WRAP_UP_ENDED:
                self._phases.ended(Phase.WRAP_UP, observation.after_s)

    def _move(self, by: float) -> None:
        self._log_theta = min(max(self._log_theta + GAIN * by, log(LEAST_THETA)), log(MOST_THETA))

    def decide(self, snapshot: Snapshot) -> Decision:
        staying = [agent for agent in snapshot.busy_agents if not agent.leaving]
        capacity = snapshot.free_agents + len(staying) - snapshot.waiting_calls
        self._calls.renew(snapshot.at_s, snapshot.ringing_calls)
        self._phases.renew(snapshot.at_s, snapshot.busy_agents)
        calls = 0
        if capacity > 0:
            rows = [
                self._calls.answered_by(snapshot.at_s, snapshot.ringing_calls),
                self._phases.busy_by(snapshot.at_s, staying),
            ]
            calls = self._fill(np.concatenate(rows), capacity, min(MOST_AT_ONCE, snapshot.free_lines))
        return Decision(calls_to_start=calls, reason="", strategy=self.name)

    def _fill(self, things: Array, capacity: int, most: int) -> int:
        exact = len(things) <= EXACT_TERMS
        total = Exact(things, capacity) if exact else Bell(things, capacity)
        theta, calls = exp(self._log_theta), 0
        while calls < (min(most, POINTS - EXACT_TERMS - 1) if exact else most):
            worst = np.maximum.accumulate(total.none_free()[::-1])[::-1]
            if float(worst @ self._calls.next_when) > theta:
                break
            total.add(self._calls.next_by)
            calls += 1
        return calls


class Exact:
    """The chance that `capacity` or more of some independent things come true, by each moment; exactly."""

    def __init__(self, things: Array, capacity: int) -> None:
        self._capacity = capacity
        self._points = np.prod(1.0 + things[:, :, None] * (ROOTS - 1.0), axis=0)

    def add(self, thing: Array) -> None:
        self._points = self._points * (1.0 + thing[:, None] * (ROOTS - 1.0))

    def none_free(self) -> Array:
        of_each = np.fft.irfft(self._points, n=POINTS, axis=1)
        return np.asarray(np.clip(1.0 - of_each[:, : self._capacity].sum(axis=1), 0.0, 1.0))


class Bell:
    """The same by the normal law with a skewness term."""

    def __init__(self, things: Array, capacity: int) -> None:
        self._capacity = capacity
        self._mean = np.zeros(len(MOMENTS_S))
        self._variance, self._third = self._mean.copy(), self._mean.copy()
        spread = things * (1.0 - things)
        self._mean += things.sum(axis=0)
        self._variance += spread.sum(axis=0)
        self._third += (spread * (1.0 - 2.0 * things)).sum(axis=0)

    def add(self, thing: Array) -> None:
        spread = thing * (1.0 - thing)
        self._mean += thing
        self._variance += spread
        self._third += spread * (1.0 - 2.0 * thing)

    def none_free(self) -> Array:
        deviation = np.sqrt(self._variance + 1e-12)
        x = (self._capacity - 0.5 - self._mean) / deviation
        skew = self._third / (deviation**3 + 1e-12) / 6.0 * (x * x - 1.0) * np.exp(-x * x / 2.0) / sqrt(2.0 * np.pi)
        normal = np.array([0.5 * erfc(value / sqrt(2.0)) for value in x.tolist()])
        return np.asarray(np.clip(normal + skew, 0.0, 1.0))


class Calls:
    """When a ringing call is answered; tables are renewed each two seconds."""

    def __init__(self) -> None:
        ages = (np.arange(BINS) + 0.5) * BIN_S
        hazards = np.vstack([np.where(ages < 4.0, 0.0, PRIOR_ANSWER), np.where(ages < LATE_S, PRIOR_OTHER, PRIOR_LATE)])
        alive = np.exp(-BIN_S * np.cumsum(hazards.sum(axis=0)))
        self._prior_risk = PRIOR_DIALS * BIN_S * alive
        self._prior = hazards * self._prior_risk
        self._risk, self._ends = np.zeros(BINS), np.zeros((2, BINS))
        self._answers = self._expected = 0.0
        self._heard_at_s = self._lived_at_s = 0.0
        self._due_s = -1.0
        self._tabulate()

    def renew(self, at_s: float, ringing: Sequence[RingingCall]) -> None:
        if at_s < self._due_s:
            return
        self._due_s = at_s + RENEWED_S
        for call in ringing:
            age = at_s - (call.since_s or 0.0)
            self._live(age, min(age, at_s - self._lived_at_s))
        self._lived_at_s = at_s
        self._tabulate()

    def ended(self, at_s: float, age_s: float, *, answered: bool) -> None:
        self._live(age_s, min(age_s, at_s - self._lived_at_s))
        self._ends[0 if answered else 1, min(int(age_s / BIN_S), BINS - 1)] += 1.0
        if answered:
            self._ends *= 1.0 - 1.0 / SLOW_ANSWERS
            self._risk *= 1.0 - 1.0 / SLOW_ANSWERS
            keep = max(exp(-1.0 / FAST_ANSWERS), exp(-(at_s - self._heard_at_s) / FAST_S))
            self._answers = self._answers * keep + (1.0 if age_s > SILENT_S else 0.0)
            self._expected *= keep
            self._heard_at_s = at_s

    def answered_by(self, at_s: float, ringing: Sequence[RingingCall]) -> Array:
        """The chance of each call that a person answers it by each moment: calls by moments."""
        ages = np.array([at_s - (call.since_s or 0.0) for call in ringing])
        return np.asarray(self._answered_by[np.minimum((ages / BIN_S).astype(int), BINS - 1)])

    def _live(self, age_s: float, last_s: float) -> None:
        """The last seconds of a call of this age were at risk."""
        from_s = age_s - last_s
        while from_s < age_s:
            index = int(from_s / BIN_S)
            until_s = min(age_s, (index + 1) * BIN_S)
            if index >= BINS:
                return
            self._risk[index] += until_s - from_s
            if from_s >= SILENT_S:
                self._expected += self._hazard[index] * (until_s - from_s)
            from_s = max(until_s, from_s + 1e-9)

    def _tabulate(self) -> None:
        answers, others = (_smooth(one) for one in self._ends + self._prior)
        risk = _smooth(self._risk + self._prior_risk)
        self._hazard = (answers / risk).tolist()
        expected = self._expected + PRIOR_ANSWERS
        today = (self._answers + PRIOR_ANSWERS + sqrt(self._answers + PRIOR_ANSWERS)) / expected
        answer, either = today * answers / risk, (today * answers + others) / risk
        alive = np.concatenate([[1.0], np.exp(-BIN_S * np.cumsum(either))])
        answered = np.concatenate([[0.0], np.cumsum((alive[:-1] - alive[1:]) * answer / np.maximum(either, 1e-12))])
        edges = np.arange(BINS + 1) * BIN_S
        by = np.interp(edges[:-1, None] + MOMENTS_S, edges, answered)
        self._answered_by: Array = np.clip((by - answered[:-1, None]) / np.maximum(alive[:-1, None], 1e-9), 0.0, 1.0)
        self.next_by: Array = self._answered_by[0]
        between = np.interp(np.append(0.0, MOMENTS_S + 1.0), edges, answered)
        when = np.diff(between)
        when[-1] += answered[-1] - between[-1]
        self.next_when: Array = when / max(float(when.sum()), 1e-9)


class Phases:
    """When a busy agent is free; tables are renewed each ten seconds."""

    def __init__(self) -> None:
        self._ends = {phase: np.zeros(len(EDGES_S)) for phase in Phase}
        self._prior = {
            phase: PRIOR_PHASES * -np.diff(np.append(_lognormal_tail(EDGES_S, mean, 1.0), 0.0))
            for phase, mean in PRIOR_MEANS_S.items()
        }
        self._due_s = -1.0
        self._busy_by: dict[Phase, Array] = {}

    def ended(self, phase: Phase, after_s: float) -> None:
        self._ends[phase] *= 1.0 - 1.0 / PHASE_MEMORY
        self._ends[phase][_bin(EDGES_S, after_s)] += 1.0

    def renew(self, at_s: float, busy: Sequence[BusyAgent]) -> None:
        if at_s < self._due_s:
            return
        self._due_s = at_s + PHASES_RENEWED_S
        talk, wrap = (
            self._tail(phase, [at_s - (agent.since_s or 0.0) for agent in busy if agent.phase is phase])
            for phase in (Phase.TALK, Phase.WRAP_UP)
        )
        left = MOMENTS_S + 1.0
        wrapping = AGES_S[:, None] + np.append(0.0, left)
        tails = _at(wrap, wrapping)
        self._busy_by[Phase.WRAP_UP] = tails[:, 1:] / np.maximum(tails[:, :1], 1e-12)
        seconds = np.arange(33.0)
        alive = _at(talk, AGES_S[:, None] + seconds)
        ends = (alive[:, :-1] - alive[:, 1:]) / np.maximum(alive[:, :1], 1e-12)
        after = left - (seconds[:-1, None] + 0.5)
        wrapped = np.where(after > 0.0, 1.0 - _at(wrap, np.maximum(after, 0.0)), 0.0)
        self._busy_by[Phase.TALK] = np.clip(1.0 - ends @ wrapped, 0.0, 1.0)

    def busy_by(self, at_s: float, busy: Sequence[BusyAgent]) -> Array:
        """The chance of each agent that he is still busy a second after each moment: agents by moments."""
        rows = [self._busy_by[agent.phase][_bin(AGES_S, at_s - (agent.since_s or 0.0))] for agent in busy]
        return np.array(rows).reshape(len(busy), len(MOMENTS_S))

    def _tail(self, phase: Phase, going_on_s: Sequence[float]) -> Array:
        ends = self._ends[phase] + self._prior[phase]
        at_risk = np.cumsum(ends[::-1])[::-1].copy()
        for age in going_on_s:
            index = _bin(EDGES_S, age)
            at_risk[:index] += 1.0
            at_risk[index] += 0.5
        hazard = np.minimum(ends / np.maximum(at_risk, 1e-9), 1.0 - 1e-6)
        return np.concatenate([[1.0], np.cumprod(1.0 - hazard)])


def _at(tail: Array, seconds: Array) -> Array:
    edges = np.log(np.append(EDGES_S, 7200.0) + 0.5)
    return np.asarray(np.exp(np.interp(np.log(seconds + 0.5), edges, np.log(np.maximum(tail, 1e-12)))))


def _bin(edges: Array, value: float) -> int:
    return int(np.searchsorted(edges, max(value, 0.0), side="right")) - 1


def _smooth(values: Array) -> Array:
    return np.convolve(np.pad(values, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")


def _lognormal_tail(seconds: Array, mean: float, cv: float) -> Array:
    variance = log(1.0 + cv * cv)
    return np.array(
        [
            0.5 * erfc((log(value) - log(mean) + variance / 2.0) / sqrt(2.0 * variance)) if value > 0.0 else 1.0
            for value in seconds.tolist()
        ]
    )
