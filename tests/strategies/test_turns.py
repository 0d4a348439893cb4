"""A list that turns is told from a day that is even, and from one that was only foreseen wrong."""

from math import sin

import pytest

from strategies.turns import MEMORY_S, Turns

USUAL = 0.3
"""So many of those dialled answer."""


def follow(turns: Turns, since_s: float, until_s: float, *multipliers: float) -> float:
    """These in turn, every five seconds; how far it has turned at the end."""
    for step in range(int((until_s - since_s) / 5.0)):
        turns.follow(since_s + 5.0 * step, multipliers[step % len(multipliers)], USUAL)
    return turns.turned(until_s)


def test_what_the_priors_were_wrong_by_is_no_turn() -> None:
    turns = Turns()
    assert follow(turns, 0.0, 300.0, 0.4) == 0.0
    assert follow(turns, 300.0, 7200.0, 2.0) == 0.0


def test_an_even_day_whose_estimate_wavers_is_even() -> None:
    turns = Turns()
    waver = [0.8 + 0.3 * sin(step / 7.0) for step in range(100)]
    assert follow(turns, 0.0, 14_400.0, *waver) == 0.0


def test_a_list_of_which_three_times_as_many_answer_has_turned_and_is_remembered() -> None:
    turns = Turns()
    follow(turns, 0.0, 1800.0, 0.5)
    assert follow(turns, 1800.0, 1900.0, 1.7) > 0.9
    follow(turns, 1900.0, 3600.0, 0.5)
    later = turns.turned(1900.0 + MEMORY_S)
    assert 0.3 < later < 0.4
    assert turns.turned(1900.0 + 5 * MEMORY_S) < 0.01


def test_a_list_of_which_fewer_answer_costs_nobody_and_is_no_turn() -> None:
    turns = Turns()
    follow(turns, 0.0, 1800.0, 1.5)
    assert follow(turns, 1800.0, 3600.0, 0.3) == 0.0


def test_a_slow_rise_is_no_turn() -> None:
    """Five times as many over seven hours."""
    turns = Turns()
    for minute in range(420):
        turns.follow(60.0 * minute, 0.4 * 5.0 ** (minute / 420.0), USUAL)
    assert turns.turned(420 * 60.0) == 0.0


def test_how_far_it_would_rise_again_is_known_once_it_has_turned() -> None:
    turns = Turns()
    follow(turns, 0.0, 1800.0, 0.25)
    assert turns.rise(1800.0) == 1.0, "nothing is known of a turn to come"
    follow(turns, 1800.0, 2400.0, 1.5)
    assert turns.rise(2400.0) == 1.0, "it stands where it stood"
    follow(turns, 2400.0, 3000.0, 0.25)
    assert 4.0 < turns.rise(3000.0) < 6.0
    follow(turns, 3000.0, 3000.0 + 5 * MEMORY_S, 0.25)
    assert turns.rise(3000.0 + 5 * MEMORY_S) < 1.1


def silent(turns: Turns, since_s: float, believed: float, answers: int = 0) -> float:
    """An hour in which so many are believed to answer and so many do; how far it would rise at its end."""
    for step in range(720):
        turns.follow(since_s + 5.0 * step, 1.0, believed)
        if step < answers:
            turns.heard()
    return turns.rise(since_s + 3600.0)


def test_where_next_to_nobody_answers_what_is_usual_may_come_back_at_any_moment() -> None:
    turns = Turns()
    for _ in range(200):
        turns.follow(0.0, 1.0, USUAL)
        turns.heard()
    assert silent(turns, 0.0, USUAL / 4.0) == 1.0, "a worse list is a list"
    for hour in (1, 2, 3):
        assert silent(turns, hour * 3600.0, USUAL / 20.0) == pytest.approx(20.0), "silence forgets nothing"


def test_a_list_of_which_few_answer_is_usual_once_they_have() -> None:
    turns = Turns()
    silent(turns, 0.0, USUAL, answers=20)
    few = USUAL / 20.0
    rises = [silent(turns, hour * 3600.0, few, answers=12) for hour in range(1, 8)]
    assert rises[0] > 2.0
    assert rises[-1] == 1.0
    assert rises == sorted(rises, reverse=True)
