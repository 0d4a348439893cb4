"""The modelled world: who answers and when, how long people talk, what trunks do. One description, one seed.

Every lead has its own stream of chance, drawn from the seed and the lead's number, so that what happens to a lead
does not depend on when, or by which strategy, it is called: two strategies meet the same people, and the same world
drives virtual time (`sim.run`) and the real Asterisk (`sim.sip`).
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import exp, log, sqrt
from random import Random
from typing import Any, TypeVar

T = TypeVar("T", "Team", "Plant")


class Fate(StrEnum):
    """What one attempt comes to, in the world's own words."""

    HUMAN = "human"
    MACHINE = "machine"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    INVALID = "invalid"
    CONGESTION = "congestion"


@dataclass(frozen=True, slots=True)
class People:
    """How the people of one list segment take calls. Ratios are per dial; seconds are means."""

    answer_ratio: float = 0.30
    """Human answers per dial."""
    ring_s: float = 14.0
    """Seconds of ringing to a human answer."""
    ring_cv: float = 0.6
    patience_s: float = 8.0
    """An answered caller who hears nobody hangs up after it (exponential mean)."""
    machine_share: float = 0.20
    """Of the dials that no person answers."""
    busy_share: float = 0.08
    invalid_share: float = 0.05
    congestion_share: float = 0.02
    talk_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Team:
    """How agents work; seconds are means of lognormal laws."""

    agents: int = 10
    talk_s: float = 90.0
    talk_cv: float = 0.8
    wrap_s: float = 15.0
    wrap_cv: float = 0.6
    skill_cv: float = 0.0
    """Agents differ: each one's talks are stretched by a factor of his own of this spread."""
    break_every_s: float = 0.0
    """Mean time in work between breaks; 0: no breaks."""
    break_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Plant:
    """The trunk: post-dial delay, lines, calls per second, and how long it lets ring at most."""

    setup_low_s: float = 2.0
    setup_high_s: float = 4.0
    lines: int = 1_000_000
    calls_per_second: float = 1_000_000.0
    give_up_low_s: float = 25.0
    give_up_high_s: float = 35.0


@dataclass(frozen=True, slots=True)
class Change:
    """From `at_s` on, these fields of people, team or plant are different (a step of the day)."""

    at_s: float
    people: dict[str, float] = field(default_factory=dict)
    team: dict[str, float] = field(default_factory=dict)
    plant: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """What one attempt does if nobody interferes: seconds are since originate."""

    fate: Fate
    rings_at_s: float | None
    """180 seen; None: it never rings."""
    ends_at_s: float
    """Answered (human, machine), or gone."""
    patience_s: float = 0.0
    talk_unit: float = 1.0
    """The talk's length as a multiple of the team's mean at that time."""
    wrap_unit: float = 1.0


def lognormal(random: Random, mean: float, cv: float) -> float:
    """One draw with this mean and coefficient of variation."""
    if cv <= 0.0 or mean <= 0.0:
        return mean
    variance = log(1.0 + cv * cv)
    return mean * exp(random.gauss(-variance / 2.0, sqrt(variance)))


def draw(random: Random, people: People, team: Team, plant: Plant) -> Script:
    """The fate of one attempt with one of these people."""
    rings = random.uniform(plant.setup_low_s, plant.setup_high_s)
    chance = random.random()
    if chance < people.answer_ratio:
        return _human(random, people, team, plant, rings)
    return _nobody(random, people, plant, rings)


def _human(random: Random, people: People, team: Team, plant: Plant, rings: float) -> Script:
    shape = 1.0 / people.ring_cv**2
    ringing = random.gammavariate(shape, people.ring_s / shape)
    return Script(
        fate=Fate.HUMAN,
        rings_at_s=rings,
        ends_at_s=rings + min(ringing, plant.give_up_low_s - 1.0),
        patience_s=random.expovariate(1.0 / people.patience_s),
        talk_unit=people.talk_factor * lognormal(random, 1.0, team.talk_cv),
        wrap_unit=lognormal(random, 1.0, team.wrap_cv),
    )


def _nobody(random: Random, people: People, plant: Plant, rings: float) -> Script:
    chance = random.random()
    if chance < people.machine_share:
        return Script(Fate.MACHINE, rings, rings + random.uniform(16.0, 24.0))
    chance -= people.machine_share
    if chance < people.busy_share:
        return Script(Fate.BUSY, None, rings + random.uniform(0.2, 1.5))
    chance -= people.busy_share
    if chance < people.invalid_share:
        return Script(Fate.INVALID, None, rings)
    chance -= people.invalid_share
    if chance < people.congestion_share:
        return Script(Fate.CONGESTION, None, random.uniform(0.3, 1.5))
    return Script(Fate.NO_ANSWER, rings, rings + random.uniform(plant.give_up_low_s, plant.give_up_high_s))


class World:
    """People, team and plant as they are now; the same seed gives every lead the same fate."""

    def __init__(self, people: People, team: Team, plant: Plant, seed: int) -> None:
        self.people, self.team, self.plant = people, team, plant
        self._seed = seed
        self._skills: dict[int, float] = {}

    def script(self, lead: str) -> Script:
        """What a call to this lead, started now, would come to."""
        return draw(Random(f"{self._seed}/{lead}"), self.people, self.team, self.plant)

    def talk_s(self, agent: int, script: Script) -> float:
        """How long this agent talks with this person, as talks are now."""
        return max(1.0, self.team.talk_s * script.talk_unit * self._skill(agent))

    def wrap_s(self, agent: int, script: Script) -> float:
        """How long this agent writes after that talk; 0: not at all."""
        return self.team.wrap_s * script.wrap_unit * self._skill(agent)

    def change(self, change: Change) -> None:
        """The day takes a turn."""
        self.people = replace(self.people, **change.people)
        self.plant = _changed(self.plant, change.plant, whole={"lines"})
        self.team = _changed(self.team, change.team, whole={"agents"})

    def _skill(self, agent: int) -> float:
        if self.team.skill_cv <= 0.0:
            return 1.0
        if agent not in self._skills:
            self._skills[agent] = lognormal(Random(f"{self._seed}/agent/{agent}"), 1.0, self.team.skill_cv)
        return self._skills[agent]


def _changed(before: T, change: dict[str, float], whole: set[str]) -> T:
    """The same with these fields changed; fields that count things are whole numbers."""
    values: dict[str, Any] = {key: int(value) if key in whole else value for key, value in change.items()}
    return replace(before, **values)
