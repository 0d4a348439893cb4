"""The ceiling's controller alone, against worlds that lose more than it was told: the share of the window holds."""

from itertools import pairwise
from math import sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies.appetite import Appetite, HalfHour
from strategies.base import Budget

ANSWER_RATIO, CALL_EVERY_S = 0.3, 2.0
AGENTS = 20


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
            self.appetite.look(self.at_s, ledger, AGENTS, 0.0)
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
    appetite.look(1.0, Budget(), AGENTS, 0.0)
    assert appetite.theta < 3.0 * before


def test_what_is_foreseen_for_the_calls_in_flight_counts_before_it_happens() -> None:
    appetite = Appetite(0.03)
    appetite.look(1.0, Budget(100, 2), AGENTS, 0.0)
    calm = appetite.theta
    appetite.look(2.0, Budget(100, 2), AGENTS, 8.0)
    assert appetite.theta < 0.2 * calm


def test_the_debt_that_an_even_day_may_have_is_not_allowed_once_the_list_has_turned() -> None:
    appetite = Appetite(0.03)
    a_call_over = Budget(100, 4)
    appetite.look(1.0, a_call_over, AGENTS, 0.0, turned=0.0)
    even = appetite.theta
    appetite.look(2.0, a_call_over, AGENTS, 0.0, turned=1.0)
    assert appetite.theta < 0.1 * even


def test_a_young_window_owes_less_than_one_of_hundreds_of_answers() -> None:
    young, grown = Appetite(0.03), Appetite(0.03)
    young.look(1.0, Budget(40, 3), AGENTS, 0.0)
    grown.look(1.0, Budget(600, 20), AGENTS, 0.0)
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
        appetite.look(1.0, ledger, AGENTS, 0.5, turned)
    assert tight.theta <= wide.theta + 1e-12


def after_losing(lost: int, agents: int, *, answers_every_s: float = 45.0) -> Appetite:
    """Long hours without a loss, and so many losses in the last minute."""
    appetite = Appetite(0.03)
    for answer in range(400):
        appetite.answered(answer * answers_every_s)
    now = 400 * answers_every_s
    appetite.look(now, Budget(400, 0, 0.03), agents, 0.0)
    for second in range(lost):
        appetite.abandoned(now + second)
    return appetite


def test_each_loss_of_a_half_hour_that_has_had_its_share_makes_the_next_one_dearer() -> None:
    """Forty people answered: one loss is usual, and the ledger could pay for twelve."""
    theta = [after_losing(lost, AGENTS).theta for lost in range(5)]
    assert theta[1] > 0.025, "one is usual"
    assert all(after < 0.6 * before for before, after in pairwise(theta[1:]))
    assert theta[3] < 0.006


def test_the_half_hour_is_forgotten_when_it_is_over() -> None:
    appetite = after_losing(3, AGENTS)
    appetite.look(400 * 45.0 + 2400.0, Budget(400, 3, 0.03), AGENTS, 0.0)
    assert appetite.theta > 0.03


def test_the_smaller_the_team_the_later_its_half_hour_is_felt() -> None:
    three, five, seven, ten, hundred = (after_losing(3, agents).theta for agents in (3, 5, 7, 10, 100))
    assert three == five > 1.4 * seven > 1.4 * 1.4 * ten
    assert ten == hundred


def test_a_small_team_that_lost_three_of_twenty_is_under_its_ceiling() -> None:
    assert after_losing(3, 3, answers_every_s=90.0).theta < 0.02


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
