"""What a day came to: the worst half hour is looked for at every moment of it, and the ledger says the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.core.ledger import MINUTE_S, Ledger
from sim.run import START, Day
from sim.scenario import Scenario
from sim.tally import Tally
from sim.world import Change, Team

Answers = list[tuple[float, float, bool]]


def worst(answers: Answers, ended_at: float) -> float:
    """As the figures of the day have it."""
    tally = Tally(start=START, answers=answers)
    tally.close(ended_at)
    figure = tally.figures()["worst_30min_abandonment"]
    assert isinstance(figure, float)
    return figure


def answers_at(minute: float, count: int, lost: int) -> Answers:
    """So many answers at this minute of the day, the first of them lost."""
    return [(START + 60.0 * minute, 0.0, place < lost) for place in range(count)]


BEFORE_THE_BREAK = [*(one for minute in range(20) for one in answers_at(minute, 5, 0)), *answers_at(24, 40, 20)]


def test_losses_just_before_a_break_are_seen_when_the_good_answers_have_left() -> None:
    assert worst(BEFORE_THE_BREAK, START + 1500.0) == pytest.approx(20 / 140, abs=1e-6), "no whole half hour yet"
    assert worst(BEFORE_THE_BREAK, START + 3600.0) == 0.5
    later = [*BEFORE_THE_BREAK, *answers_at(65, 100, 0)]
    assert worst(later, START + 4000.0) == 0.5


def test_one_lost_call_of_one_answer_is_no_half_hour() -> None:
    few = [*answers_at(0, 100, 0), *answers_at(60, 1, 1), *answers_at(120, 100, 1)]
    assert worst(few, START + 10_800.0) == 0.01
    assert worst([*answers_at(0, 5, 0), *answers_at(60, 5, 5)], START + 7200.0) == 0.5, (
        "all of it where nothing else is"
    )
    assert worst([], START + 7200.0) == 0.0


@given(
    counts=st.lists(st.tuples(st.integers(0, 150), st.integers(1, 30), st.integers(0, 30)), max_size=12),
    later=st.integers(1, 90),
)
def test_the_day_and_the_ledger_say_the_same(counts: list[tuple[int, int, int]], later: int) -> None:
    """Answers at the ends of minutes, where a minute and its calls are one."""
    answers: Answers = []
    ledger = Ledger()
    for minute, count, lost in sorted(counts):
        answers += answers_at(minute + 1, count, lost)
        ledger.count(START + MINUTE_S * minute, answered=count, abandoned=min(lost, count))
    ended_at = START + MINUTE_S * (151 + later)
    assert worst(answers, ended_at) == pytest.approx(ledger.worst(ended_at).ratio, abs=1e-6)


def test_a_day_with_a_break_does_not_hide_what_was_lost_before_it() -> None:
    away, back = Change(at_s=1500.0, team={"agents": 0}), Change(at_s=3900.0, team={"agents": 10})
    day = Scenario(hours=1.5, strategy="power", power_ratio=3.0, team=Team(agents=10), changes=(away, back))
    tally = Day(day).run()
    counted = sorted((at, lost) for at, _, lost in tally.answers)
    last_before = max(at for at, _ in counted if at < START + 1600.0)
    lone = [lost for at, lost in counted if last_before - 1200.0 < at <= last_before]
    assert len(lone) >= 20
    assert tally.figures()["worst_30min_abandonment"] >= round(sum(lone) / len(lone), 6) > 0.0
