"""Where a team can be solved: starting calls by their own risk is as good as any rule under the ceiling."""

import numpy as np
import pytest

from tests.bench.optimum import Team, by_own_risk, optimum, progressive


def test_one_call_for_each_free_agent_as_by_hand():
    """Each agent by himself: calls ring for 17 s, three of ten are answered, then 105 s of work."""
    waiting_s = 17.0 / 0.3
    assert progressive(Team(3, 0.3)) == pytest.approx(105.0 / (105.0 + waiting_s))


@pytest.mark.parametrize(("agents", "answer_ratio"), [(1, 0.3), (3, 0.3), (3, 0.5), (5, 0.3)])
def test_own_risk_is_within_a_tenth_of_a_point_of_the_best(agents, answer_ratio):
    team = Team(agents, answer_ratio)
    best = optimum(team, 0.03)
    assert best - 0.001 <= by_own_risk(team, 0.03) <= best + 1e-6
    assert best >= progressive(team) - 1e-6


def test_the_best_keeps_its_ceiling_and_a_looser_one_is_worth_more():
    team = Team(3, 0.3)
    occupancies = [optimum(team, ceiling) for ceiling in (0.0001, 0.01, 0.03, 0.05)]
    assert occupancies == sorted(occupancies)
    rules = [team.course(team.best(price, 0.03)) for price in (1.0, 10.0, 100.0)]
    shares = [course.abandoned / course.answered for course in rules]
    assert np.all(np.diff(shares) <= 0.0)
