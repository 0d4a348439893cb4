"""The other simulator and the rule in it, with which our pacing is compared: neither flatters us."""

from dataclasses import replace

import pytest

from strategies import load
from tests.bench.elsewhere import Elsewhere, End, Place, dial
from tests.bench.reference import Bell, Exact, Reference, np

PLACE = Place(3)
SEED = 5


def test_a_call_is_the_same_whoever_dials_it():
    calls = [dial(PLACE, SEED, number, 0.0) for number in range(200)]
    assert calls == [dial(PLACE, SEED, number, 0.0) for number in range(200)]
    people = sum(dial(PLACE, SEED, number, 0.0).end is End.PERSON for number in range(4000))
    assert people / 4000 == pytest.approx(0.3, abs=0.03)


def test_one_call_for_each_free_agent_loses_nobody_and_comes_to_the_published_occupancy():
    """57.2 % for five agents at 30 % / 90 s, 40.6 % for ten at 30 % / 45 s."""
    for place, published in ((Place(5), 0.572), (Place(10, work_s=45.0), 0.406)):
        days = [Elsewhere(place, load("progressive"), seed).work() for seed in range(4)]
        assert not any(day.lost for day in days)
        assert sum(day.occupancy for day in days) / 4 == pytest.approx(published, abs=0.015)


def test_who_left_is_paid_until_then():
    day = Elsewhere(replace(PLACE, agents=4, hours=1.0, half_leaves_at_s=1800.0), load("progressive"), SEED).work()
    assert 2 * 3600.0 + 2 * 1800.0 <= day.present_s < 2 * 3600.0 + 2 * 2400.0
    assert 0.0 < day.worked_s < day.present_s


def test_the_rule_ends_near_its_aim_and_is_busier_than_progressive():
    days = [Elsewhere(PLACE, Reference(0.03), seed).work() for seed in range(3)]
    share = sum(len(day.lost) for day in days) / sum(len(day.answered) for day in days)
    assert 0.01 < share < 0.045
    assert sum(day.occupancy for day in days) / 3 > 0.63


def test_the_bell_stands_for_the_exact_sum():
    chances = np.random.default_rng(1).uniform(0.1, 0.6, (50, 16))
    for capacity in (15, 20, 25):
        exact, bell = Exact(chances, capacity), Bell(chances, capacity)
        for total in (exact, bell):
            total.add(chances[0])
        assert exact.none_free() == pytest.approx(bell.none_free(), abs=0.004)
    some = Exact(np.array([[0.5], [0.5]]).repeat(16, axis=1), 1)
    assert some.none_free() == pytest.approx(0.75)


def test_an_hour_in_which_nobody_answers_costs_few_when_they_answer_again():
    """Where fifty calls rang for each agent, seventy people answered to silence at once (7 % of the shift)."""

    def answers(at_s):
        return 0.0 if 3600.0 <= at_s < 7200.0 else 0.35

    day = Elsewhere(Place(10, hours=2.5, answers=answers), load("predictive", ceiling_ratio=0.03), 1).work()
    before, after = ([at for at in day.lost if (at > 7200.0) is late] for late in (False, True))
    assert len(day.answered) > 300
    assert len(after) <= 20
    assert len(before) <= 15
