"""A light world for measuring strategies: no Floor, no ids, only agents, calls and their clocks.

It stands for «a simulator of somebody else's» (docs/strategies.md) and is many times faster than a day through the
Floor, so whole grids can be measured. Its people, trunks and talks are those of `sim.world`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from random import Random
from typing import Any

from sim.world import Fate, People, Plant, Script, Team, draw
from strategies import guard
from strategies.base import Budget, BusyAgent, How, Observation, Phase, RingingCall, Snapshot, Strategy
from strategies.crowd import crowd_of_agents, crowd_of_calls

JOIN_WITHIN_S = 2.0


@dataclass(slots=True)
class Result:
    """What a shift came to."""

    dialled: int = 0
    answered: int = 0
    connected: int = 0
    abandoned: int = 0
    busy_s: float = 0.0
    signed_in_s: float = 0.0
    fates: dict[int, list[float]] = field(default_factory=dict)
    """By call: when it was answered, and 1 where it was abandoned."""

    @property
    def occupancy(self) -> float:
        return self.busy_s / self.signed_in_s

    @property
    def abandonment(self) -> float:
        return self.abandoned / max(1, self.answered)

    def worst_window(self, window_s: float = 1800.0, least_answers: int = 20) -> float:
        """The highest share of abandoned in any rolling window with enough answers."""
        answers = sorted((at, lost) for at, lost in self.fates.values())
        worst, first, gone = 0.0, 0, 0.0
        for last, (at, lost) in enumerate(answers):
            gone += lost
            while answers[first][0] < at - window_s:
                gone -= answers[first][1]
                first += 1
            if at >= window_s and last - first + 1 >= least_answers:
                worst = max(worst, gone / (last - first + 1))
        return worst


@dataclass(frozen=True)
class Shift:
    """One shift to be worked: `change(at_s, shift)` may give other people, team or plant at that time."""

    people: People = field(default_factory=People)
    team: Team = field(default_factory=Team)
    plant: Plant = field(default_factory=Plant)
    hours: float = 4.0
    tick_s: float = 0.5
    ceiling: float = 0.03
    hard: bool = False
    people_at: Callable[[float, Random], People] | None = None
    team_at: Callable[[float], Team] | None = None
    leave_at: dict[float, int] = field(default_factory=dict)
    machines_leak: float = 0.0
    in_grid: bool = False
    join_within_s: float = JOIN_WITHIN_S
    shortest_talk_s: float = 1.0


class Light:
    """One shift under one strategy; `run` gives the Result."""

    def __init__(self, shift: Shift, strategy: Strategy, seed: int) -> None:
        self.shift, self.strategy = shift, strategy
        self.random = Random(f"{seed}")
        self.now = 0.0
        self.heap: list[tuple[float, int, str, Any]] = []
        self.order = 0
        self.free: list[tuple[float, int]] = [(0.0, agent) for agent in range(shift.team.agents)]
        self.busy: dict[int, tuple[Phase, float, bool]] = {}
        self.talking = 0
        self.ringing: dict[int, float] = {}
        self.shown_busy, self.shown_ringing = crowd_of_agents(), crowd_of_calls()
        self.waiting: dict[int, Script] = {}
        self.to_leave = 0
        self.result = Result()
        self.calls = 0
        self.signed_in = shift.team.agents
        self.since_s = 0.0

    def run(self) -> Result:
        end = self.shift.hours * 3600.0
        self._at(0.0, "tick", None)
        for at, count in self.shift.leave_at.items():
            self._at(at, "leave", count)
        while self.heap and self.heap[0][0] < end:
            self.now, _, what, about = heappop(self.heap)
            changed = getattr(self, "_" + what)(about)
            if changed:
                while self.heap and self.heap[0][0] == self.now:
                    _, _, what, about = heappop(self.heap)
                    getattr(self, "_" + what)(about)
                self._decide()
        self._count_presence(end)
        self.result.busy_s += sum(end - since for _, since, _ in self.busy.values())
        return self.result

    # ---- events

    def _tick(self, _: None) -> bool:
        self._at(self.now + self.shift.tick_s, "tick", None)
        return True

    def _leave(self, count: int) -> bool:
        for _ in range(count):
            if self.free:
                self.free.pop(0)
                self._count_presence(self.now)
                self.signed_in -= 1
            else:
                self.to_leave += 1
        for agent, (phase, since, leaving) in list(self.busy.items()):
            if self.to_leave and not leaving:
                self._show_busy(agent, phase, since, leaving=True)
                self.to_leave -= 1
        return True

    def _end(self, about: tuple[int, Script]) -> bool:
        call, script = about
        started = self.ringing.pop(call)
        self.shown_ringing.drop(call)
        leaks = script.fate is Fate.MACHINE and self.random.random() < self.shift.machines_leak
        if script.fate is not Fate.HUMAN and not leaks:
            self._tell(How.ENDED_UNANSWERED, self.now - started)
            return True
        self._tell(How.ANSWERED, self.now - started)
        self.result.answered += 1
        self.result.fates[call] = [self.now, 0.0]
        if self.free:
            self._join(call, script)
        else:
            self.waiting[call] = script
            self._at(self.now + min(self.shift.join_within_s, script.patience_s), "lose", call)
        return True

    def _lose(self, call: int) -> bool:
        if self.waiting.pop(call, None) is None:
            return False
        self.result.abandoned += 1
        self.result.fates[call][1] = 1.0
        self._tell(How.ABANDONED, 0.0)
        return True

    def _talked(self, about: tuple[int, float, float]) -> bool:
        agent, talk, wrap = about
        self.talking -= 1
        self._tell(How.TALK_ENDED, talk)
        self.result.busy_s += self.now - self.busy[agent][1]
        if wrap <= 0.0:
            return self._back(agent)
        self._show_busy(agent, Phase.WRAP_UP, self.now, leaving=self.busy[agent][2])
        self._at(self.now + wrap, "wrapped", (agent, wrap))
        return True

    def _wrapped(self, about: tuple[int, float]) -> bool:
        agent, wrap = about
        self._tell(How.WRAP_UP_ENDED, wrap)
        self.result.busy_s += self.now - self.busy[agent][1]
        return self._back(agent)

    def _back(self, agent: int) -> bool:
        _, _, leaving = self.busy.pop(agent)
        self.shown_busy.drop(agent)
        if leaving:
            self._count_presence(self.now)
            self.signed_in -= 1
            return True
        self.free.append((self.now, agent))
        if self.waiting:
            call = next(iter(self.waiting))
            self._join(call, self.waiting.pop(call))
        return True

    # ---- doing

    def _join(self, call: int, script: Script) -> None:
        _, agent = self.free.pop(0)
        team = self.shift.team_at(self.now) if self.shift.team_at else self.shift.team
        self._show_busy(agent, Phase.TALK, self.now, leaving=False)
        self.talking += 1
        self.result.connected += 1
        self._tell(How.CONNECTED, 0.0)
        talk = max(self.shift.shortest_talk_s, team.talk_s * script.talk_unit)
        self._at(self.now + talk, "talked", (agent, talk, team.wrap_s * script.wrap_unit))

    def _show_busy(self, agent: int, phase: Phase, since: float, *, leaving: bool) -> None:
        self.busy[agent] = (phase, since, leaving)
        self.shown_busy.put(agent, BusyAgent(phase, leaving=leaving, since_s=since))

    def _decide(self) -> None:
        budget = Budget(self.result.answered, self.result.abandoned, self.shift.ceiling, self.shift.hard)
        snapshot = Snapshot(
            at_s=self.now,
            free_agents=len(self.free),
            busy_agents=self.shown_busy,
            ringing_calls=self.shown_ringing,
            waiting_calls=len(self.waiting),
            budget=budget,
            free_lines=self.shift.plant.lines - len(self.ringing) - len(self.waiting) - self.talking,
        )
        for _ in range(guard(self.strategy.decide(snapshot), snapshot).calls_to_start):
            self._dial()

    def _dial(self) -> None:
        script = self._script()
        self.calls += 1
        self.result.dialled += 1
        self.ringing[self.calls] = self.now
        self.shown_ringing.put(self.calls, RingingCall(since_s=self.now))
        self._at(self.now + script.ends_at_s, "end", (self.calls, script))

    def _script(self) -> Script:
        people = self.shift.people_at(self.now, self.random) if self.shift.people_at else self.shift.people
        return draw(self.random, people, self.shift.team, self.shift.plant)

    def _at(self, at: float, what: str, about: Any) -> None:
        self.order += 1
        heappush(self.heap, (at, self.order, what, about))

    def _tell(self, how: How, after_s: float) -> None:
        self.strategy.observe(Observation(self.now, how, after_s))

    def _count_presence(self, at: float) -> None:
        self.result.signed_in_s += self.signed_in * (at - self.since_s)
        self.since_s = at


def cell(agents: int, answer: float, talk_s: float, **more: Any) -> Shift:
    """A point of the grid: wrap-up is a sixth of the talk."""
    return replace(
        Shift(
            people=People(answer_ratio=answer),
            team=Team(agents=agents, talk_s=talk_s, wrap_s=talk_s / 6.0),
        ),
        **more,
    )
