"""The cells of the pacing bench: the grid of teams, people and talks; days that change; and how long each is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from random import Random
from typing import TypeAlias

from sim.world import People, Team
from tests.bench.light import Shift, cell

AGENTS, ANSWERS, TALKS_S = (3, 5, 10, 20, 50, 100, 300), (0.15, 0.3, 0.5, 0.7), (45.0, 90.0, 180.0)
OURS = "ours"
LEAST_HOURS, STRESS_HOURS = 1.0, 4.0
TYPICAL_OCCUPANCY = 0.75

PeopleAt: TypeAlias = Callable[[float, Random], People]


@dataclass(frozen=True, slots=True)
class Row:
    """One shift that was worked."""

    cell: str
    ceiling: float
    dialer: str
    setting: float
    seed: int
    hours: float
    occupancy: float
    answered: int
    abandoned: int
    worst: float


def grid() -> dict[str, Shift]:
    """Every cell by its name: agents / people who answer / talk."""
    return {
        f"{agents} / {answer * 100:.0f} % / {talk:.0f} s": cell(agents, answer, talk, in_grid=True)
        for agents in AGENTS
        for answer in ANSWERS
        for talk in TALKS_S
    }


def _answers(*steps: tuple[float, float]) -> PeopleAt:
    """People who answer at these ratios from these seconds on."""

    def people_at(at_s: float, _: Random) -> People:
        return People(answer_ratio=[ratio for since_s, ratio in steps if at_s >= since_s][-1])

    return people_at


def _in_turn(every_s: float, *ratios: float) -> PeopleAt:
    """People who answer at these ratios in turn."""

    def people_at(at_s: float, _: Random) -> People:
        return People(answer_ratio=ratios[int(at_s // every_s) % len(ratios)])

    return people_at


def stress() -> dict[str, Shift]:
    """Days that change, most of them under a team of twenty; the names say how."""
    base = cell(20, 0.3, 90.0)

    def long_talks(at_s: float) -> Team:
        return replace(base.team, talk_s=270.0 if 4800 <= at_s < 9600 else 90.0)

    def slow_ring(at_s: float, _: Random) -> People:
        return People(ring_s=20.0)

    days: dict[str, Shift] = {
        "20, answers 20 → 60 → 20 %": replace(base, people_at=_answers((0, 0.2), (4800, 0.6), (9600, 0.2))),
        "20, blocks of 15 / 60 %, 30 min": replace(base, people_at=_in_turn(1800, 0.15, 0.6)),
        "20, blocks of 20 / 50 %, 10 min": replace(base, people_at=_in_turn(600, 0.2, 0.5)),
        "5, blocks of 15 / 60 %, 30 min": replace(cell(5, 0.3, 90.0), people_at=_in_turn(1800, 0.15, 0.6)),
        "100, blocks of 15 / 60 %, 30 min": replace(cell(100, 0.3, 90.0), people_at=_in_turn(1800, 0.15, 0.6)),
        "20, talks × 3 for 80 min": replace(base, team_at=long_talks),
        "20, half signs out": replace(base, leave_at={7200.0: 10}),
        "20, ringing 20 s": replace(base, people_at=slow_ring),
        "20, machines leak 30 %": replace(base, machines_leak=0.3),
        "20, 30 lines": replace(base, plant=replace(base.plant, lines=30)),
    }
    return {name: replace(day, in_grid=False) for name, day in days.items()}


CELLS = grid() | stress()


def hours_of(name: str, seeds: int, answers: int) -> float:
    """Hours of one seed's shift, so that about so many people answer over all seeds; days that change keep theirs."""
    shift = CELLS[name]
    if not shift.in_grid:
        return STRESS_HOURS
    team = shift.team
    an_hour = TYPICAL_OCCUPANCY * team.agents * 3600.0 / (team.talk_s + team.wrap_s)
    return max(LEAST_HOURS, ceil(2.0 * answers / seeds / an_hour) / 2.0)
