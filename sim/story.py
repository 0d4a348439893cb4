"""The story of a day in a few figures, told the same way of virtual time and of a real Asterisk, so that they compare.

Who answers, who is busy and who cannot be reached is drawn by the lead, so the outcomes must be equal to the last call.
When an agent is free, and hence who is abandoned, hangs on milliseconds: there the real day must lie among virtual ones
that differ in nothing but the order of the list.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dialer.core.outcome import Outcome
from sim.run import Day
from sim.scenario import Scenario

A_PERSON = "a person answered"
ANSWERED = frozenset({Outcome.ANSWERED, Outcome.ABANDONED})


@dataclass(frozen=True, slots=True)
class Told:
    """One attempt, from the books; instants of one clock, seconds."""

    outcome: str
    dialled_at: float
    abandoned: bool
    bridged_at: float | None = None
    settled_at: float | None = None
    """The end of the wrap-up."""


@dataclass(frozen=True, slots=True)
class Story:
    """`outcomes` counts persons who answered as one: whether an agent was there in time is another question."""

    outcomes: Mapping[str, int]
    abandoned: int
    occupancy: float
    """(talk + wrap-up) / time of the team, from the first call dialled to the last, 0..1."""

    @property
    def abandonment(self) -> float:
        return self.abandoned / max(1, self.outcomes.get(A_PERSON, 0))


@dataclass(frozen=True, slots=True)
class Band:
    """Where virtual days lie: the least and the most of each figure among the middle 99 % of them."""

    abandoned: tuple[float, float]
    occupancy: tuple[float, float]


def story_of(calls: Iterable[Told], agents: int) -> Story:
    """The story of these attempts of a team of so many."""
    calls = list(calls)
    outcomes = Counter(A_PERSON if call.outcome in ANSWERED else call.outcome for call in calls)
    first, last = min(call.dialled_at for call in calls), max(call.dialled_at for call in calls)
    busy_s = sum(
        max(0.0, min(call.settled_at, last) - max(call.bridged_at, first))
        for call in calls
        if call.bridged_at is not None and call.settled_at is not None
    )
    abandoned = sum(call.abandoned for call in calls)
    return Story(dict(sorted(outcomes.items())), abandoned, busy_s / (agents * max(last - first, 1e-9)))


def virtual_story(scenario: Scenario) -> Story:
    """The story of this day in virtual time; the list must end within it."""
    day = Day(scenario)
    day.run()
    day.wind_down()
    settled_at = day.books.settled_at
    told = (
        Told(s.outcome, s.times.dialled_at or s.times.reserved_at, s.abandoned, s.times.bridged_at, settled_at[attempt])
        for attempt, s in day.books.settled.items()
        if s.outcome is not Outcome.NOT_SENT
    )
    return story_of(told, scenario.team.agents)


def virtual_band(scenario: Scenario, days: int) -> Band:
    """The same people in so many other orders."""
    stories = [virtual_story(replace(scenario, order=order)) for order in range(1, days + 1)]
    return Band(
        _middle([story.abandoned for story in stories]),
        _middle([story.occupancy for story in stories]),
    )


def _middle(values: Sequence[float], share: float = 0.99) -> tuple[float, float]:
    ordered = sorted(values)
    cut = int(len(ordered) * (1.0 - share) / 2.0)
    return ordered[cut], ordered[len(ordered) - 1 - cut]
