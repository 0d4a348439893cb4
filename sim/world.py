"""The modelled world: who answers and when, how long people talk, what trunks do. One description, one seed.

Every call has its own stream of chance, drawn from the seed, the lead's number and how often it was called before, so
that what happens to a lead does not depend on when, or by which strategy, it is called: two strategies meet the same
people, and the same world drives virtual time (`sim.run`) and the real Asterisk (`sim.sip`).
"""

from collections.abc import Iterable
from dataclasses import field, replace
from enum import StrEnum
from math import exp, log, sqrt
from random import Random
from typing import Annotated, Any, TypeVar

from sim.bounds import MOST_S, Bounds, Seconds, Share, SomeSeconds, Spread
from strategies.values import value

T = TypeVar("T", "Team", "Plant")

SHORTEST_TALK_S = 1.0
NEVER_S = 1e6
"""Longer than any call is let ring."""


class Fate(StrEnum):
    """What one attempt comes to, in the world's own words."""

    HUMAN = "human"
    MACHINE = "machine"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    INVALID = "invalid"
    CONGESTION = "congestion"
    SILENT = "silent"
    """The trunk says not a word, not even 100."""


@value(frozen=True, slots=True)
class People:
    """How the people of one list segment take calls. Ratios are per dial; seconds are means."""

    answer_ratio: Share = 0.30
    """Human answers per dial."""
    ring_s: SomeSeconds = 14.0
    """Seconds of ringing to a human answer."""
    ring_cv: Annotated[float, Bounds(0.01, 100.0)] = 0.6
    patience_s: SomeSeconds = 8.0
    """An answered caller who hears nobody hangs up after it (exponential mean)."""
    machine_share: Share = 0.20
    """Of the dials that no person answers."""
    busy_share: Share = 0.08
    invalid_share: Share = 0.05
    congestion_share: Share = 0.02
    talk_factor: Annotated[float, Bounds(0.001, 1000.0)] = 1.0


@value(frozen=True, slots=True)
class Team:
    """How agents work; seconds are means of lognormal laws."""

    agents: Annotated[int, Bounds(1, 10_000, whole=True, changed_least=0)] = 10
    talk_s: SomeSeconds = 90.0
    talk_cv: Spread = 0.8
    wrap_s: Seconds = 15.0
    wrap_cv: Spread = 0.6
    skill_cv: Spread = 0.0
    """Agents differ: each one's talks are stretched by a factor of his own of this spread."""
    break_every_s: Seconds = 0.0
    """Mean time in work between breaks; 0: no breaks."""
    break_s: Seconds = 600.0
    form_at: Share = 0.0
    """The part of each talk after which the agent's page shows that the form is being filled; 0: it shows nothing."""


@value(frozen=True, slots=True)
class Plant:
    """The trunk: post-dial delay, lines, calls per second, and how long it lets ring at most."""

    setup_low_s: Seconds = 2.0
    setup_high_s: Seconds = 4.0
    lines: Annotated[int, Bounds(1, 1_000_000, whole=True)] = 1_000_000
    calls_per_second: Annotated[float, Bounds(0.001, 1_000_000.0)] = 1_000_000.0
    give_up_low_s: Annotated[float, Bounds(1.0, MOST_S)] = 25.0
    give_up_high_s: Annotated[float, Bounds(1.0, MOST_S)] = 35.0
    silent_share: Share = 0.0
    """Of the calls, those to which the trunk answers not a word; 1: it is dead."""


@value(frozen=True, slots=True)
class Segment:
    """A part of the list whose people differ from the others'."""

    name: str
    share: Share
    """Of the list, 0..1; what no segment has is the list's own people."""
    people: dict[str, float] = field(default_factory=dict)
    """Fields of People that are different here."""


class Told(StrEnum):
    """What the dialer is told of the segment to which a lead belongs."""

    SEGMENT = "segment"
    """That it is one: each is followed by itself."""
    REGION = "region"
    """As a region of its number, one fact among others: who answers must be learned from it (`dialer.core.reach`)."""
    CHANCE = "chance"
    """The chance that its people answer, as it is now: what no dialer can know. The most that learning could give."""
    NOTHING = "nothing"


@value(frozen=True, slots=True)
class Change:
    """From `at_s` on, these fields of people, team or plant are different: at once, or little by little."""

    at_s: Seconds
    over_s: Seconds = 0.0
    """So long the change takes, evenly (a drift); 0: at once (a step)."""
    segment: str = ""
    """The people of this list segment only; empty: the list's own, and a segment's where it says nothing of its own."""
    people: dict[str, float] = field(default_factory=dict)
    team: dict[str, float] = field(default_factory=dict)
    plant: dict[str, float] = field(default_factory=dict)


@value(frozen=True, slots=True)
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
    """The fate of one call to one of these people."""
    rings = random.uniform(plant.setup_low_s, plant.setup_high_s)
    if plant.silent_share > 0.0 and random.random() < plant.silent_share:
        return Script(Fate.SILENT, None, NEVER_S)
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

    def __init__(self, people: People, team: Team, plant: Plant, seed: int, segments: Iterable[Segment] = ()) -> None:
        self.people, self.team, self.plant = people, team, plant
        self._segments = {segment.name: segment for segment in segments}
        self._seed = seed
        self._chance = Random(seed)
        """Seeded anew for each call: half the price of a new one."""
        self._skills: dict[int, float] = {}

    def script(self, number: str, before: int = 0) -> Script:
        """What a call to this number, started now, would come to; it was called `before` times already."""
        call = f"{self._seed}/{number}/{before}" if before else f"{self._seed}/{number}"
        people = self.people_of(self.segment(number)) if self._segments else self.people
        self._chance.seed(call)
        return draw(self._chance, people, self.team, self.plant)

    def segment(self, number: str) -> str:
        """The list segment to which this number belongs; empty: to none."""
        if not self._segments:
            return ""
        chance = Random(f"{self._seed}/{number}/segment").random()
        for segment in self._segments.values():
            chance -= segment.share
            if chance < 0.0:
                return segment.name
        return ""

    def people_of(self, segment: str) -> People:
        """How the people of this segment are now."""
        return replace(self.people, **self._segments[segment].people) if segment else self.people

    def talk_s(self, agent: int, script: Script) -> float:
        """How long this agent talks with this person, as talks are now."""
        return max(SHORTEST_TALK_S, self.team.talk_s * script.talk_unit * self._skill(agent))

    def wrap_s(self, agent: int, script: Script) -> float:
        """How long this agent writes after that talk; 0: not at all."""
        return self.team.wrap_s * script.wrap_unit * self._skill(agent)

    def change(self, change: Change, share: float = 1.0) -> None:
        """The day takes a turn; `share` of what is left of the way, for a change that goes little by little."""
        if change.segment:
            segment = self._segments[change.segment]
            people = _moved(self.people_of(change.segment), change.people, share)
            self._segments[change.segment] = replace(segment, people=segment.people | people)
        else:
            self.people = replace(self.people, **_moved(self.people, change.people, share))
        self.plant = _changed(self.plant, _moved(self.plant, change.plant, share), whole={"lines"})
        self.team = _changed(self.team, _moved(self.team, change.team, share), whole={"agents"})

    def _skill(self, agent: int) -> float:
        if self.team.skill_cv <= 0.0:
            return 1.0
        if agent not in self._skills:
            self._skills[agent] = lognormal(Random(f"{self._seed}/agent/{agent}"), 1.0, self.team.skill_cv)
        return self._skills[agent]


def _moved(before: People | Team | Plant, change: dict[str, float], share: float) -> dict[str, float]:
    """These fields on their way from what they are to what they will be."""
    if share >= 1.0:
        return change
    return {key: getattr(before, key) + share * (value - getattr(before, key)) for key, value in change.items()}


def _changed(before: T, change: dict[str, float], whole: set[str]) -> T:
    """The same with these fields changed; fields that count things are whole numbers."""
    values: dict[str, Any] = {key: round(value) if key in whole else value for key, value in change.items()}
    return replace(before, **values)
