"""When a lead's turn will come: its place and the pace say how soon, hours and rests not before when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.core.outcome import LeadState
from dialer.core.permit import Callee, opens_at
from dialer.core.turn import Queue, Turn, turn
from tests.core.test_dry_run import AT_4_MOSCOW, TERMS

MOSCOW = "Europe/Moscow"
HOUR = 3600.0
NINE, NOON = AT_4_MOSCOW + 5 * HOUR, AT_4_MOSCOW + 8 * HOUR
"""A hundred calls in a thousand seconds: 0.081 to 0.121 a second."""


def estimate(ahead: int, at: float = NOON, calls: int = 100, **facts: object) -> Turn | None:
    return turn(TERMS, Callee(MOSCOW, **facts), at, Queue(ahead, calls, 1000.0))  # type: ignore[arg-type]


def test_the_first_in_the_queue_is_next() -> None:
    found = estimate(0)
    assert found is not None
    assert found.latest is not None
    assert found.earliest == NOON
    assert found.latest == pytest.approx(NOON + 1 / 0.081)


def test_the_place_and_the_pace_give_a_range() -> None:
    found = estimate(242)
    assert found is not None
    assert found.latest is not None
    assert found.earliest == pytest.approx(NOON + 2000)
    assert found.latest == pytest.approx(NOON + 243 / 0.081)


def test_nothing_is_said_where_nobody_was_called() -> None:
    assert estimate(3, calls=0) is None


def test_one_call_tells_of_no_end() -> None:
    found = estimate(3, calls=1)
    assert found is not None
    assert found.latest is None


def test_before_the_hours_open_it_is_nobody_s_turn() -> None:
    found = estimate(10, at=AT_4_MOSCOW)
    assert found is not None
    assert found.latest is not None
    assert found.earliest == NINE
    assert found.latest == pytest.approx(NINE + 11 / 0.081)


def test_a_rest_is_waited_for_while_others_are_called() -> None:
    found = estimate(10, due_at=NOON + HOUR)
    assert found is not None
    assert (found.earliest, found.latest) == (NOON + HOUR, NOON + HOUR)


def test_a_queue_that_outlasts_the_day_goes_on_in_the_morning() -> None:
    found = estimate(int(0.081 * 12 * HOUR), at=NOON)
    assert found is not None
    assert found.latest is not None
    assert found.earliest > NOON
    assert opens_at(TERMS, Callee(MOSCOW), found.latest) == found.latest
    assert found.latest > NINE + 24 * HOUR


def test_a_lead_that_expires_before_its_turn_has_none() -> None:
    assert estimate(10_000, expires_at=NOON + 60) is None
    assert estimate(0, at=NOON, due_at=NOON + 60, expires_at=NOON + 60) is None


@given(st.integers(0, 100_000), st.integers(0, 5_000), st.floats(AT_4_MOSCOW, AT_4_MOSCOW + 86400), st.floats(0, 1e5))
def test_the_range_is_one_and_lies_in_the_hours(ahead: int, calls: int, at: float, rest_s: float) -> None:
    callee = Callee(MOSCOW, state=LeadState.WAITING, due_at=at + rest_s)
    found = turn(TERMS, callee, at, Queue(ahead, calls, 900.0))
    if found is None:
        assert calls == 0
        return
    assert found.earliest >= at + rest_s
    assert opens_at(TERMS, callee, found.earliest) == found.earliest
    if found.latest is not None:
        assert found.latest >= found.earliest
        assert opens_at(TERMS, callee, found.latest) == found.latest
