"""Another simulator, for measuring strategies in a world that they were not built in.

It shares no code with `sim` nor with the light world. Its world is the one in which the figures that we are held to
were taken, as far as words tell it: a call that is answered while an agent is free is joined at once (longest idle
first), else it waits, first come first served, and is abandoned after two seconds or when the person hangs up before
(patience exponential, 8 s in the mean). Post-dial delay and ringing by gamma laws, talk and wrap-up lognormal, a sixth
of a talk is written up, nobody answers in 25 to 35 s. Its scales are those with which one call for each free agent
comes to the published column (56.5 % for three agents at 30 % / 90 s, where talk and wrap-up are 90 s together).

Everything random about a call is drawn from its number: each rule meets the same people, in the same order.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from heapq import heappop, heappush
from math import exp, inf, log, sqrt
from random import Random
from typing import TypeAlias

from strategies import guard
from strategies.base import Budget, BusyAgent, How, Observation, Phase, RingingCall, Snapshot, Strategy

TICK_S, PATIENCE_S, JOIN_WITHIN_S = 0.5, 8.0, 2.0
DELAY_S, DELAY_SHAPE, RING_SHAPE = 3.0, 6.0, 3.0
NOT_PEOPLE = ((0.52, "nobody"), (0.77, "machine"), (0.89, "busy"), (0.96, "invalid"), (1.0, "congestion"))
"""What comes of calls that no person answers, as running sums."""
MACHINE_HEARD_S = 3.0
TALK_CV, WRAP_CV, WRAPPED_UP = 0.8, 0.6, 1.0 / 7.0
WINDOW_S, LEAST_ANSWERS = 1800.0, 20

Then: TypeAlias = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Place:
    """A team, its people and its day; `answers` and `talks` give the share and the length at a second of the shift."""

    agents: int
    answer_ratio: float = 0.3
    work_s: float = 90.0
    """Talk and wrap-up together, in the mean."""
    hours: float = 4.0
    ring_s: float = 11.5
    machines_leak: float = 0.0
    """The part of the machines that are taken for people and joined."""
    half_leaves_at_s: float = inf
    answers: Callable[[float], float] | None = None
    talks: Callable[[float], float] = lambda at_s: 1.0


@dataclass(slots=True)
class Day:
    """What came of it: moments of answers and of those among them that were lost; seconds of agents."""

    answered: list[float] = field(default_factory=list)
    lost: list[float] = field(default_factory=list)
    worked_s: float = 0.0
    present_s: float = 0.0

    @property
    def occupancy(self) -> float:
        return self.worked_s / self.present_s

    @property
    def abandonment(self) -> float:
        return len(self.lost) / max(1, len(self.answered))

    def worst_half_hour(self) -> float:
        """The highest share of any half hour that begins at a full minute and hears twenty people."""
        worst, begin = 0.0, 0.0
        while self.answered and begin + WINDOW_S <= self.answered[-1]:
            heard = sum(begin <= at < begin + WINDOW_S for at in self.answered)
            if heard >= LEAST_ANSWERS:
                worst = max(worst, sum(begin <= at < begin + WINDOW_S for at in self.lost) / heard)
            begin += 60.0
        return worst


class End(Enum):
    PERSON = auto()
    LEAKED = auto()
    """A machine that is taken for a person."""
    NOBODY = auto()


@dataclass(frozen=True, slots=True)
class Dialled:
    """All that will come of one call."""

    after_s: float
    end: End
    talk_s: float
    wrap_s: float
    patience_s: float


def dial(place: Place, seed: int, number: int, at_s: float) -> Dialled:
    """The call of this number, started at this second of the shift."""
    random = Random(f"{seed}/{number}")
    person, leaks, other = random.random(), random.random(), random.random()
    delay = random.gammavariate(DELAY_SHAPE, DELAY_S / DELAY_SHAPE)
    ring = random.gammavariate(RING_SHAPE, place.ring_s / RING_SHAPE)
    machine = random.gammavariate(4.0, place.ring_s / 4.0)
    ends = random.uniform(25.0, 35.0)
    talk = _lognormal(random, place.work_s * (1.0 - WRAPPED_UP), TALK_CV)
    wrap = _lognormal(random, place.work_s * WRAPPED_UP, WRAP_CV)
    patience = random.expovariate(1.0 / PATIENCE_S)
    talk *= place.talks(at_s)
    if person < (place.answers(at_s) if place.answers else place.answer_ratio):
        return Dialled(delay + min(ring, random.uniform(0.6, 1.0) * ends), End.PERSON, talk, wrap, patience)
    what = next(name for share, name in NOT_PEOPLE if other <= share)
    if what == "machine" and leaks < place.machines_leak:
        short, noted = _lognormal(random, 8.0, 0.4), _lognormal(random, 3.0, 0.4)
        return Dialled(delay + min(machine, ends), End.LEAKED, short, noted, inf)
    after = {
        "nobody": delay + ends,
        "machine": delay + min(machine, ends) + MACHINE_HEARD_S,
        "busy": delay + 0.8,
        "invalid": delay + 1.0,
        "congestion": 0.7 * delay,
    }[what]
    return Dialled(after, End.NOBODY, 0.0, 0.0, 0.0)


def _lognormal(random: Random, mean: float, cv: float) -> float:
    variance = log(1.0 + cv * cv)
    return random.lognormvariate(log(mean) - variance / 2.0, sqrt(variance)) if mean else exp(-inf)


class Elsewhere:
    """One shift at a place under one strategy."""

    def __init__(self, place: Place, strategy: Strategy, seed: int, ceiling: float = 0.03) -> None:
        self._place, self._strategy, self._seed, self._ceiling = place, strategy, seed, ceiling
        self._at_s = 0.0
        self._plans: list[tuple[float, int, Then]] = []
        self._planned = self._dialled = self._heard = self._gone = 0
        self._idle = dict.fromkeys(range(place.agents))
        """In the order in which they came free."""
        self._busy: dict[int, BusyAgent] = {}
        self._ringing: dict[int, RingingCall] = {}
        self._waiting: dict[int, Dialled] = {}
        self._to_leave: set[int] = set()
        self._day = Day()

    def work(self) -> Day:
        end_s = self._place.hours * 3600.0
        self._plan(0.0, self._tick)
        if self._place.half_leaves_at_s < end_s:
            self._plan(self._place.half_leaves_at_s, self._half_leaves)
        while self._plans and self._plans[0][0] < end_s:
            self._at_s, _, then = heappop(self._plans)
            then()
            if not self._plans or self._plans[0][0] > self._at_s:
                self._pace()
        day, here = self._day, [*self._idle, *self._busy]
        day.present_s += len(here) * end_s
        for agent in self._busy.values():
            day.worked_s += end_s - (agent.since_s or 0.0)
        return day

    def _plan(self, in_s: float, then: Then) -> None:
        self._planned += 1
        heappush(self._plans, (self._at_s + in_s, self._planned, then))

    def _tell(self, how: How, after_s: float) -> None:
        self._strategy.observe(Observation(self._at_s, how, after_s))

    def _tick(self) -> None:
        self._plan(TICK_S, self._tick)

    def _pace(self) -> None:
        snapshot = Snapshot(
            at_s=self._at_s,
            free_agents=len(self._idle),
            busy_agents=tuple(self._busy.values()),
            ringing_calls=tuple(self._ringing.values()),
            waiting_calls=len(self._waiting),
            budget=Budget(self._heard, self._gone, self._ceiling),
        )
        for _ in range(guard(self._strategy.decide(snapshot), snapshot).calls_to_start):
            self._dialled += 1
            call = dial(self._place, self._seed, self._dialled, self._at_s)
            self._ringing[self._dialled] = RingingCall(since_s=self._at_s)
            self._plan(call.after_s, partial(self._ended, self._dialled, call))

    def _ended(self, number: int, call: Dialled) -> None:
        began_s = self._ringing.pop(number).since_s or 0.0
        if call.end is End.NOBODY:
            self._tell(How.ENDED_UNANSWERED, self._at_s - began_s)
            return
        self._tell(How.ANSWERED, self._at_s - began_s)
        self._heard += 1
        if call.end is End.PERSON:
            self._day.answered.append(self._at_s)
        if self._idle:
            self._join(call)
        else:
            self._waiting[number] = call
            self._plan(min(JOIN_WITHIN_S, call.patience_s), partial(self._lose, number))

    def _lose(self, number: int) -> None:
        call = self._waiting.pop(number, None)
        if call is None:
            return
        self._gone += 1
        if call.end is End.PERSON:
            self._day.lost.append(self._at_s)
        self._tell(How.ABANDONED, JOIN_WITHIN_S)

    def _join(self, call: Dialled) -> None:
        agent = next(iter(self._idle))
        del self._idle[agent]
        self._tell(How.CONNECTED, 0.0)
        self._begin(agent, Phase.TALK)
        self._plan(call.talk_s, partial(self._talked, agent, call))

    def _begin(self, agent: int, phase: Phase) -> None:
        self._busy[agent] = BusyAgent(phase, leaving=agent in self._to_leave, since_s=self._at_s)

    def _finish(self, agent: int, how: How) -> None:
        after_s = self._at_s - (self._busy.pop(agent).since_s or 0.0)
        self._day.worked_s += after_s
        self._tell(how, after_s)

    def _talked(self, agent: int, call: Dialled) -> None:
        self._finish(agent, How.TALK_ENDED)
        self._begin(agent, Phase.WRAP_UP)
        self._plan(call.wrap_s, partial(self._wrapped, agent))

    def _wrapped(self, agent: int) -> None:
        self._finish(agent, How.WRAP_UP_ENDED)
        if agent in self._to_leave:
            self._leave(agent)
            return
        self._idle[agent] = None
        if self._waiting:
            self._join(self._waiting.pop(next(iter(self._waiting))))

    def _leave(self, agent: int) -> None:
        self._idle.pop(agent, None)
        self._day.present_s += self._at_s

    def _half_leaves(self) -> None:
        for agent in range(0, self._place.agents, 2):
            if agent in self._idle:
                self._leave(agent)
            else:
                was = self._busy[agent]
                self._to_leave.add(agent)
                self._busy[agent] = BusyAgent(was.phase, leaving=True, since_s=was.since_s)
