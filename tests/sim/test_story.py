"""A day as a story: the same people in another order are the same story but for who found nobody."""

from dataclasses import replace

import pytest

from sim.scenario import Scenario
from sim.story import A_PERSON, Band, Told, story_of, virtual_band, virtual_story
from sim.world import People, Team

LIST = Scenario(
    strategy="power", power_ratio=3.0, ceiling=0.5, hours=0.2, leads=80, team=Team(agents=4, talk_s=20.0, wrap_s=3.0)
)


def test_a_story_counts_persons_and_the_time_of_the_team() -> None:
    calls = [
        Told("answered", dialled_at=0.0, abandoned=False, bridged_at=4.0, settled_at=10.0),
        Told("abandoned", dialled_at=1.0, abandoned=True),
        Told("busy", dialled_at=8.0, abandoned=False),
    ]
    story = story_of(calls, agents=2)
    assert story.outcomes == {A_PERSON: 2, "busy": 1}
    assert (story.abandoned, story.abandonment) == (1, 0.5)
    assert story.occupancy == pytest.approx(4.0 / 16.0)  # busy from 4 s to the last call at 8 s, of two agents


def test_another_order_of_the_list_changes_no_outcome() -> None:
    first, other = virtual_story(LIST), virtual_story(replace(LIST, order=7))
    assert first.outcomes == other.outcomes
    assert sum(first.outcomes.values()) == 80
    assert first != other


def test_other_people_are_another_story() -> None:
    assert virtual_story(LIST).outcomes != virtual_story(replace(LIST, people=People(answer_ratio=0.6))).outcomes


def test_the_band_holds_most_days() -> None:
    band = virtual_band(LIST, days=4)
    days = [virtual_story(replace(LIST, order=order)) for order in range(1, 5)]
    assert band == Band(
        (min(day.abandoned for day in days), max(day.abandoned for day in days)),
        (min(day.occupancy for day in days), max(day.occupancy for day in days)),
    )
