"""A day under a hard ceiling: the share never passes it, at whatever call one looks; as a target it does."""

import pytest

from sim.run import Day
from sim.scenario import Scenario
from sim.world import Team

CEILING = 0.03


def highest_share(hard: bool, seed: int) -> float:
    """The highest share of abandoned among all answered so far, at any abandoned call of the day."""
    team = Team(agents=10, talk_s=30.0, wrap_s=5.0)
    day = Day(Scenario(hours=0.6, seed=seed, ceiling=CEILING, hard=hard, strategy="power", power_ratio=4.0, team=team))
    answers = sorted(day.run().answers)
    lost = [sum(gone for _, _, gone in answers[: place + 1]) for place in range(len(answers))]
    return max(count / (place + 1) for place, count in enumerate(lost))


@pytest.mark.parametrize("seed", [1, 2])
def test_no_moment_of_a_hard_day_is_over_the_ceiling(seed: int) -> None:
    assert highest_share(hard=True, seed=seed) <= CEILING


def test_a_day_with_a_target_has_such_moments() -> None:
    assert highest_share(hard=False, seed=1) > CEILING
