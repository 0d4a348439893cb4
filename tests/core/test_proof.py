"""The proof of a day: each abandoned call with the budget before and after, and sums that are the ledger's."""

from datetime import UTC, datetime

import pytest

from dialer.core.hours import tz_of
from dialer.core.ids import AttemptId
from dialer.core.ledger import Counted, Ledger, LedgerWindow
from dialer.core.proof import AnsweredCall, Proof, Why, as_csv, proof

ZONE = "Europe/Moscow"
MORNING = datetime(2026, 11, 21, 6, tzinfo=UTC).timestamp()
"""09:00 in Moscow."""


def call(minute: int, why: Why | None = None) -> AnsweredCall:
    return AnsweredCall(AttemptId(f"a{minute}"), MORNING + 60 * minute, why)


CALLS = [*(call(minute) for minute in range(99)), call(99, Why.NO_AGENT), call(100), call(101, Why.CALLER_LEFT)]


def of(window: LedgerWindow, before: list[Counted]) -> Proof:
    return proof(Ledger(window, ZONE), before, CALLS, 0.03)


def test_each_line_says_what_it_left() -> None:
    found = of(LedgerWindow.DAY, [])
    assert (found.answered, found.abandoned) == (102, 2)
    first, second = found.lines
    assert (first.answered, first.abandoned, first.why) == (100, 1, Why.NO_AGENT)
    assert first.budget_before == pytest.approx(99 * 0.03)
    assert first.budget_after == pytest.approx(100 * 0.03 - 1)
    assert second.budget_before == pytest.approx(first.budget_after + 0.03)
    assert second.budget_after == pytest.approx(102 * 0.03 - 2)


def test_a_rolling_window_brings_yesterday_along_and_lets_it_go() -> None:
    before = [Counted(MORNING - 86_400 + 30 * 60, 1000, 0), Counted(MORNING - 86_400 + 100 * 60, 10, 5)]
    first, second = of(LedgerWindow.ROLLING_24H, before).lines
    assert (first.answered, first.abandoned) == (110, 6), "the thousand of yesterday morning have left"
    assert (second.answered, second.abandoned) == (102, 2), "and so have those of a minute later"


def test_the_file_opens_in_a_russian_excel() -> None:
    text = as_csv(of(LedgerWindow.DAY, []), tz_of(ZONE))
    assert text.startswith("\ufefftime;attempt;reason;")
    assert text.splitlines()[1] == "21.11.2026 10:39:00;a99;no_agent;100;1;1,00;2,97;2,00"
    assert text.endswith("\r\n")
