"""The ceiling's controller alone, against worlds that lose more than it was told: the share of the window holds."""

from math import sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies.appetite import Appetite, HalfHour
from strategies.base import Budget

ANSWER_RATIO, CALL_EVERY_S = 0.3, 2.0


class Loser:
    """A world that abandons `truth` times as many as the forecast foresees, of risks that chance spreads widely."""

    def __init__(self, ceiling: float, truth: float, seed: int, *, keeps_ledger: bool = True) -> None:
        self.ceiling, self.truth, self.random, self.keeps_ledger = ceiling, truth, Random(seed), keeps_ledger
        self.appetite = Appetite(ceiling)
        self.answered = self.abandoned = 0
        self.at_s = 0.0

    def live(self, answers: int, truth: float | None = None) -> "Loser":
        truth = self.truth if truth is None else truth
        until = self.answered + answers
        while self.answered < until:
            self.at_s += CALL_EVERY_S
            ledger = Budget(self.answered, self.abandoned, self.ceiling) if self.keeps_ledger else Budget()
            self.appetite.look(self.at_s, ledger, 0.0)
            risk = min(self.random.expovariate(8.0), self.appetite.theta * self.random.random())
            self.appetite.took(risk, ANSWER_RATIO)
            if self.random.random() < ANSWER_RATIO:
                self.answered += 1
                self.appetite.answered(self.at_s)
                if self.random.random() < min(1.0, truth * risk):
                    self.abandoned += 1
                    self.appetite.abandoned(self.at_s)
        return self

    @property
    def share(self) -> float:
        return self.abandoned / self.answered


def debt_allowed(ceiling: float) -> float:
    """Calls at the end of a shift: the barrier stands at a debt of 0.7 deviations, or of what eighty answers earn in
    the end, and chance may add two."""
    half_hour_budget = ceiling * ANSWER_RATIO * 1800.0 / CALL_EVERY_S
    return max(0.7 * sqrt(1.0 + half_hour_budget), 80.0 * ceiling) + 2.0


@settings(max_examples=12, deadline=None)
@given(ceiling=st.sampled_from([0.005, 0.01, 0.03, 0.05]), truth=st.floats(0.2, 6.0), seed=st.integers(0, 10_000))
def test_the_share_is_held_however_wrong_the_forecast_is(ceiling: float, truth: float, seed: int) -> None:
    world = Loser(ceiling, truth, seed).live(2500)
    assert world.abandoned <= ceiling * world.answered + debt_allowed(ceiling)


@pytest.mark.parametrize("seed", range(2))
def test_what_may_be_lost_is_used_where_the_forecast_is_fair(seed: int) -> None:
    assert Loser(0.03, 1.2, seed).live(4000).share > 0.023


@pytest.mark.parametrize("seed", range(2))
def test_a_driver_without_a_ledger_is_held_as_well(seed: int) -> None:
    assert Loser(0.03, 3.0, seed, keeps_ledger=False).live(3000).share < 0.031


@pytest.mark.parametrize("seed", range(2))
def test_a_disaster_is_paid_back_within_the_window(seed: int) -> None:
    """For 200 answers everybody is lost who could be; then the world is fair again."""
    world = Loser(0.03, 1.2, seed).live(1500)
    world.live(200, truth=30.0)
    assert world.live(2500).share < 0.0305


def test_a_forecast_that_foresees_five_times_too_much_is_known_to() -> None:
    """As that of three hundred agents does on an even list."""
    appetite = Appetite(0.03)
    for lost in range(200):
        for _ in range(100):
            appetite.took(0.05, 1.0)
        appetite.abandoned(10.0 * lost)
    assert appetite.lost_per_risked < 0.3


def test_a_burst_without_risk_buys_no_recklessness() -> None:
    appetite = Appetite(0.03)
    before = appetite.theta
    for _ in range(1000):
        appetite.took(0.0, ANSWER_RATIO)
    appetite.look(1.0, Budget(), 0.0)
    assert appetite.theta < 3.0 * before


def test_what_is_foreseen_for_the_calls_in_flight_counts_before_it_happens() -> None:
    appetite = Appetite(0.03)
    appetite.look(1.0, Budget(100, 2), 0.0)
    calm = appetite.theta
    appetite.look(2.0, Budget(100, 2), 8.0)
    assert appetite.theta < 0.2 * calm


def test_the_debt_that_an_even_day_may_have_is_not_allowed_once_the_list_has_turned() -> None:
    appetite = Appetite(0.03)
    a_call_over = Budget(100, 4)
    appetite.look(1.0, a_call_over, 0.0, turned=0.0)
    even = appetite.theta
    appetite.look(2.0, a_call_over, 0.0, turned=1.0)
    assert appetite.theta < 0.1 * even


def test_a_young_window_owes_less_than_one_of_hundreds_of_answers() -> None:
    young, grown = Appetite(0.03), Appetite(0.03)
    young.look(1.0, Budget(40, 3), 0.0)
    grown.look(1.0, Budget(600, 20), 0.0)
    assert young.theta < grown.theta / 2.0, "though the grown one is further over"


@given(
    answered=st.integers(0, 2000),
    share=st.floats(0.0, 0.1),
    tighter=st.floats(0.05, 1.0),
    turned=st.floats(0.0, 1.0),
)
def test_a_tighter_ceiling_never_allows_more_risk(answered: int, share: float, tighter: float, turned: float) -> None:
    ledger = Budget(answered, int(share * answered))
    wide, tight = Appetite(0.05), Appetite(0.05 * tighter)
    for appetite in (wide, tight):
        appetite.begin(ledger)
        appetite.look(1.0, ledger, 0.5, turned)
    assert tight.theta <= wide.theta + 1e-12


def test_what_was_lost_in_the_last_half_hour_is_not_lost_again_at_once() -> None:
    """A team of three may lose one call in half an hour, and three by chance; then theta is under the ceiling."""
    appetite = Appetite(0.03)
    for answer in range(400):
        appetite.answered(answer * 45.0)
    now = 400 * 45.0
    before = appetite.theta
    for lost in range(3):
        appetite.abandoned(now + lost)
    assert before > 0.03
    assert appetite.theta < 0.02
    appetite.look(now + 2400.0, Budget(400, 3, 0.03), 0.0)
    assert appetite.theta > 0.03, "the half hour is over"


def test_a_team_with_few_answers_does_not_lose_every_tenth_of_a_half_hour() -> None:
    """Twenty people in half an hour: after the second loss a call must be all but safe."""
    appetite = Appetite(0.03)
    for answer in range(200):
        appetite.answered(answer * 90.0)
    now = 200 * 90.0
    appetite.abandoned(now)
    assert appetite.theta > 0.015, "one is usual"
    appetite.abandoned(now + 1.0)
    assert appetite.theta < 0.003


def test_the_half_hour_forgets_by_the_minute() -> None:
    half_hour = HalfHour()
    for second in range(3600):
        half_hour.count(float(second), answered=1)
    half_hour.count(3600.0, abandoned=2)
    half_hour.roll(3600.0)
    assert half_hour.answered == pytest.approx(1800, abs=60)
    assert half_hour.abandoned == 2
    half_hour.roll(3600.0 + 1861.0)
    assert half_hour.answered == 0
    assert half_hour.abandoned == 0
