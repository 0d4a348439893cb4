"""The drain waits for people, a short while for who is away, and never for ever."""

import pytest

from dialer.draining import AWAY_PATIENCE_S, DRAIN_S, Drain, Left

NOTHING = Left(calls=0, calls_away=0, unwritten=0, books_away=False)
TALK = Left(calls=1, calls_away=0, unwritten=0, books_away=False)
TALK_WITHOUT_BOOKS = Left(calls=1, calls_away=0, unwritten=9, books_away=True)
WRITING = Left(calls=0, calls_away=0, unwritten=9, books_away=False)
NO_BOOKS = Left(calls=0, calls_away=0, unwritten=9, books_away=True)
NO_ASTERISK = Left(calls=0, calls_away=2, unwritten=0, books_away=False)
NEITHER = Left(calls=0, calls_away=2, unwritten=9, books_away=True)


@pytest.mark.parametrize("left", [NOTHING, Left(0, 0, 0, books_away=True)])
def test_nothing_left_is_over_at_once(left: Left) -> None:
    drain = Drain(100.0)
    assert drain.is_over(100.0, left)
    assert not drain.left_behind


@pytest.mark.parametrize("left", [TALK, TALK_WITHOUT_BOOKS, WRITING])
def test_talks_and_books_that_can_be_written_are_waited_for(left: Left) -> None:
    drain = Drain(100.0)
    assert not drain.is_over(100.0 + DRAIN_S - 1, left)
    assert drain.is_over(100.0 + DRAIN_S, left)
    assert "still going on" in drain.left_behind


@pytest.mark.parametrize(
    ("left", "who"), [(NO_BOOKS, "the database"), (NO_ASTERISK, "Asterisk"), (NEITHER, "Asterisk and the database")]
)
def test_who_is_away_is_waited_for_a_short_while(left: Left, who: str) -> None:
    drain = Drain(100.0)
    assert not drain.is_over(150.0, TALK)
    assert not drain.is_over(200.0, left)
    assert not drain.is_over(200.0 + AWAY_PATIENCE_S - 1, left)
    assert drain.is_over(200.0 + AWAY_PATIENCE_S, left)
    assert drain.left_behind.startswith(who + " did not come back")


def test_who_comes_back_in_time_is_waited_for_again() -> None:
    drain = Drain(100.0)
    for at in (100.0, 105.0):
        assert not drain.is_over(at, NO_BOOKS)
    assert not drain.is_over(108.0, WRITING)
    assert not drain.is_over(112.0, NO_BOOKS)
    assert drain.is_over(113.0, NOTHING)
