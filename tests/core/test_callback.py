"""Promised calls: only for hours in which the person may be called, and owed even after the last attempt."""

from datetime import UTC, datetime

import pytest

from dialer.core.callback import AHEAD_S, STEP_S, keepable, openings
from dialer.core.hours import Calendar, Window
from dialer.core.outcome import AttemptRules, LeadEffect, LeadState
from dialer.core.steps import after_talk

OMSK = "Asia/Omsk"  # UTC+6
WORKDAYS = Calendar((*(((Window(540, 1260),),) * 5), (Window(600, 1080),), ()))


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


FRIDAY_NOON = at("2026-11-20T06:10")
"""12:10 in Omsk."""


def test_openings_are_the_windows_of_the_persons_own_zone() -> None:
    first, second, third, *_ = openings(WORKDAYS, OMSK, FRIDAY_NOON)
    assert (first.start, first.end) == (at("2026-11-20T06:15"), at("2026-11-20T15:00"))
    assert (second.start, second.end) == (at("2026-11-21T04:00"), at("2026-11-21T12:00"))
    assert third.start == at("2026-11-23T03:00")  # Sunday is closed


def test_an_unknown_zone_is_open_only_where_all_of_russia_is() -> None:
    found = openings(Calendar(), None, FRIDAY_NOON)
    assert (found[0].end - found[0].start) == 2 * 3600  # 09:00 in Kaliningrad to 21:00 in Kamchatka


def test_what_is_open_can_be_promised_and_nothing_else() -> None:
    for opening in openings(WORKDAYS, OMSK, FRIDAY_NOON):
        assert keepable(WORKDAYS, OMSK, FRIDAY_NOON, opening.start)
        assert keepable(WORKDAYS, OMSK, FRIDAY_NOON, opening.end - STEP_S)
    assert not keepable(WORKDAYS, OMSK, FRIDAY_NOON, at("2026-11-20T15:00"))
    assert not keepable(WORKDAYS, OMSK, FRIDAY_NOON, FRIDAY_NOON - 60)
    assert not keepable(WORKDAYS, OMSK, FRIDAY_NOON, FRIDAY_NOON + AHEAD_S + 60)


@pytest.mark.parametrize(
    ("effect", "call_at", "attempt_no", "due_s", "uses_attempt"),
    [
        (LeadEffect.CALL_BACK, 5000.0, 1, 5000.0, True),
        (LeadEffect.CALL_BACK, 5000.0, 6, 5000.0, False),
        (LeadEffect.CALL_BACK_NOW, None, 2, 0.0, True),
        (LeadEffect.CALL_BACK_NOW, None, 6, 0.0, False),
        (LeadEffect.CALL_BACK, None, 1, 3600.0, True),
    ],
)
def test_a_promised_call_is_owed_even_after_the_last_attempt(
    effect: LeadEffect, call_at: float | None, attempt_no: int, due_s: float, uses_attempt: bool
) -> None:
    promised = None if call_at is None else FRIDAY_NOON + call_at
    step = after_talk(AttemptRules(max_attempts=6), effect, "x", attempt_no, FRIDAY_NOON, promised)
    assert (step.state, step.next_call_at, step.uses_attempt) == (LeadState.WAITING, FRIDAY_NOON + due_s, uses_attempt)
