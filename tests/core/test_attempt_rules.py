"""When a lead is tried again: the programme over day-parts and days, and limits by outcome."""

from dataclasses import replace
from datetime import datetime

import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from dialer.core.attempt_rules import DAY_PARTS, DEFAULT_PROGRAMME
from dialer.core.outcome import AttemptRules, LeadEffect, LeadState, LeadStep, Outcome, Tried
from dialer.core.steps import after_network, after_talk

OMSK = "Asia/Omsk"
NO_ANSWER, BUSY = Outcome.NO_ANSWER, Outcome.BUSY


def omsk(text: str) -> float:
    return float(pytz.timezone(OMSK).localize(datetime.fromisoformat(text)).timestamp())


def local(at: float | None) -> str:
    assert at is not None
    return datetime.fromtimestamp(at, pytz.timezone(OMSK)).strftime("%m-%d %H:%M")


def test_six_attempts_over_three_days_and_each_part_of_the_day_is_tried() -> None:
    tried: tuple[Tried, ...] = ()
    at, moments = omsk("2026-09-01 09:30"), []
    for attempt_no in range(1, 7):
        moments.append(local(at))
        step = after_network(DEFAULT_PROGRAMME, NO_ANSWER, attempt_no, at, tried=tried, zone=OMSK)
        tried += (Tried(at, NO_ANSWER),)
        at = step.next_call_at or at
    assert step == LeadStep(LeadState.DONE, "attempts_used_up")
    assert moments == ["09-01 09:30", "09-01 12:00", "09-02 17:00", "09-02 19:00", "09-03 09:00", "09-03 12:00"]


@pytest.mark.parametrize(
    ("outcome", "earlier", "at", "expected"),
    [
        (BUSY, (), "2026-09-01 10:00", "09-01 10:30"),  # soon: he is there; the minimum gap binds
        (BUSY, ("2026-09-01 09:30",), "2026-09-01 10:00", "09-02 00:00"),  # two a day are enough
        (NO_ANSWER, (), "2026-09-01 20:30", "09-02 09:00"),  # the morning, tried least
        (NO_ANSWER, ("2026-09-01 09:30", "2026-09-01 18:00"), "2026-09-02 10:00", "09-02 12:00"),
        (Outcome.ABANDONED, (), "2026-09-01 10:00", "09-04 10:00"),
    ],
)
def test_the_next_moment(outcome: Outcome, earlier: tuple[str, ...], at: str, expected: str) -> None:
    tried = tuple(Tried(omsk(text), NO_ANSWER) for text in earlier)
    step = after_network(DEFAULT_PROGRAMME, outcome, len(tried) + 1, omsk(at), tried=tried, zone=OMSK)
    assert local(step.next_call_at) == expected


def test_an_outcome_that_came_too_often_ends_the_lead() -> None:
    rules = replace(DEFAULT_PROGRAMME, outcome_limits=((Outcome.REJECTED, 2),))
    at = omsk("2026-09-01 10:00")
    once = after_network(rules, Outcome.REJECTED, 2, at, tried=(Tried(at - 7200, NO_ANSWER),), zone=OMSK)
    twice = after_network(rules, Outcome.REJECTED, 2, at, tried=(Tried(at - 7200, Outcome.REJECTED),), zone=OMSK)
    assert (once.state, twice.state, twice.reason) == (LeadState.WAITING, LeadState.DONE, "outcome_limit")


def test_what_the_person_was_promised_is_not_moved() -> None:
    tried = (Tried(omsk("2026-09-01 09:30"), NO_ANSWER),)
    at, promised = omsk("2026-09-01 10:00"), omsk("2026-09-01 11:00")
    step = after_talk(DEFAULT_PROGRAMME, LeadEffect.CALL_BACK, "call_later", 2, at, promised, tried=tried, zone=OMSK)
    assert step.next_call_at == promised


@given(
    st.lists(st.floats(1.79e9, 1.79e9 + 5 * 86400), max_size=5).map(sorted),
    st.sampled_from([NO_ANSWER, BUSY, Outcome.LOST]),
)
def test_never_before_the_delay_nor_over_the_days_number(earlier: list[float], outcome: Outcome) -> None:
    at = max(earlier, default=1.79e9) + 1
    tried = tuple(Tried(moment, NO_ANSWER) for moment in earlier)
    rules = AttemptRules(max_attempts=100, day_parts=DAY_PARTS, attempts_per_day=2)
    due = after_network(rules, outcome, len(tried) + 1, at, tried=tried, zone=OMSK).next_call_at
    assert due is not None
    assert due >= at + rules.delay_s(outcome)
    assert sum(local(moment)[:5] == local(due)[:5] for moment in (*earlier, at)) < 2
