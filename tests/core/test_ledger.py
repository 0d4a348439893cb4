"""The ledger's windows: what is counted, and until when."""

from datetime import datetime

import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from dialer.core.ledger import DAY_S, WORST_LEAST_ANSWERS, Counted, Ledger, LedgerWindow, Worst, day_of, worst_window

MOSCOW = "Europe/Moscow"


def instant(zone: str, text: str) -> float:
    """The (first) instant at which the clocks of this zone show this."""
    read: datetime = pytz.timezone(zone).localize(datetime.fromisoformat(text), is_dst=True)
    return read.timestamp()


def counted(window: LedgerWindow, zone: str, answers: str, looked: str) -> tuple[int, int]:
    """One answered and one abandoned at `answers`, looked at later."""
    ledger = Ledger(window, zone)
    ledger.count(instant(zone, answers), answered=2, abandoned=1)
    ledger.roll(instant(zone, looked))
    return ledger.answered, ledger.abandoned


@pytest.mark.parametrize(
    ("window", "zone", "answers", "looked", "in_it"),
    [
        ("rolling_24h", MOSCOW, "2026-11-21 23:59:30", "2026-11-22 00:00:10", True),
        ("rolling_24h", MOSCOW, "2026-11-21 12:00:30", "2026-11-22 11:59:59", True),
        ("rolling_24h", MOSCOW, "2026-11-21 12:00:30", "2026-11-22 12:01:00", False),
        ("day", MOSCOW, "2026-11-21 00:00:00", "2026-11-21 23:59:59", True),
        ("day", MOSCOW, "2026-11-21 23:59:59", "2026-11-22 00:00:00", False),
        ("day", MOSCOW, "2026-11-30 23:59:59", "2026-12-01 00:00:00", False),
        ("day", MOSCOW, "2026-12-31 23:59:59", "2027-01-01 00:00:00", False),
        ("day", "Asia/Vladivostok", "2026-11-22 00:00:01", "2026-11-22 23:59:59", True),
        ("rolling_30d", MOSCOW, "2026-02-01 12:00:30", "2026-03-03 11:59:59", True),
        ("rolling_30d", MOSCOW, "2026-02-01 12:00:30", "2026-03-03 12:01:00", False),
        ("rolling_30d", MOSCOW, "2028-02-01 12:00:30", "2028-03-02 11:59:59", True),
        # Volgograd moved its clocks back for good in that night: a day of 25 hours.
        ("day", "Europe/Volgograd", "2020-12-27 00:00:00", "2020-12-27 23:59:59", True),
        ("day", "Europe/Volgograd", "2020-12-26 23:59:59", "2020-12-27 00:00:00", False),
        # A zone with summer time: days of 23 and of 25 hours.
        ("day", "Europe/Berlin", "2026-03-29 00:00:00", "2026-03-29 23:59:59", True),
        ("day", "Europe/Berlin", "2026-10-25 00:00:00", "2026-10-25 23:59:59", True),
        ("day", "Europe/Berlin", "2026-10-25 23:59:59", "2026-10-26 00:00:00", False),
    ],
)
def test_a_call_counts_until_its_window_has_left_it(
    window: str, zone: str, answers: str, looked: str, in_it: bool
) -> None:
    assert counted(LedgerWindow(window), zone, answers, looked) == ((2, 1) if in_it else (0, 0))


@pytest.mark.parametrize(
    ("zone", "noon", "hours"),
    [
        (MOSCOW, "2026-11-21 12:00", 24),
        ("Europe/Volgograd", "2020-12-27 12:00", 25),
        ("Europe/Berlin", "2026-03-29 12:00", 23),
        ("Europe/Berlin", "2026-10-25 12:00", 25),
        ("America/Sao_Paulo", "2018-11-04 12:00", 23),  # the clocks jump over midnight itself
        ("Asia/Beirut", "2021-10-31 12:00", 24),
        ("Asia/Beirut", "2021-10-30 12:00", 25),  # midnight comes twice
        ("no such zone", "2026-11-21 12:00", 24),
    ],
)
def test_days_are_as_long_as_the_zone_makes_them(zone: str, noon: str, hours: int) -> None:
    at = instant(zone if zone in pytz.all_timezones_set else MOSCOW, noon)
    begins, ends = day_of(zone, at)
    assert begins < at < ends
    assert (ends - begins) / 3600 == hours
    assert day_of(zone, begins) == (begins, ends)
    assert day_of(zone, ends)[0] == ends
    assert day_of(zone, begins - 1)[1] == begins


calls = st.lists(st.tuples(st.floats(0, 3 * DAY_S), st.booleans()), max_size=60)
windows = st.sampled_from(LedgerWindow)


@given(calls=calls, window=windows)
def test_what_is_counted_is_what_the_window_holds(calls: list[tuple[float, bool]], window: LedgerWindow) -> None:
    """Against the definition itself, whole minutes."""
    begin = instant(MOSCOW, "2026-11-29 07:13")
    ledger = Ledger(window, MOSCOW)
    told: list[tuple[float, bool]] = []
    for after_s, lost in sorted(calls):
        at = begin + after_s
        told.append((at, lost))
        ledger.count(at, answered=1, abandoned=lost)
        ledger.roll(at)
        span_s = {"rolling_24h": DAY_S, "rolling_30d": 30 * DAY_S}.get(window)
        opens = day_of(MOSCOW, at)[0] if span_s is None else ((at - span_s) // 60 + 1) * 60
        held = [gone for when, gone in told if when >= opens]
        assert (ledger.answered, ledger.abandoned) == (len(held), sum(held))


@given(calls=calls, window=windows, cut=st.floats(0, 3 * DAY_S))
def test_a_ledger_from_the_books_is_the_one_that_was_there(
    calls: list[tuple[float, bool]], window: LedgerWindow, cut: float
) -> None:
    begin = instant(MOSCOW, "2026-11-29 07:13")
    whole, minutes = Ledger(window, MOSCOW), dict[float, list[int]]()
    for after_s, lost in sorted(calls):
        whole.count(begin + after_s, answered=1, abandoned=lost)
        minute = minutes.setdefault((begin + after_s) // 60 * 60, [0, 0])
        minute[0] += 1
        minute[1] += lost
    again = Ledger(window, MOSCOW)
    for ledger in (again, whole):
        if ledger is again:
            ledger.remember(Counted(at, *sums) for at, sums in minutes.items())
        ledger.roll(begin + 3 * DAY_S)
    assert (again.answered, again.abandoned) == (whole.answered, whole.abandoned)
    assert again.worst(begin + 3 * DAY_S) == whole.worst(begin + 3 * DAY_S)


def test_the_books_add_only_what_lies_before() -> None:
    at = instant(MOSCOW, "2026-11-21 12:00")
    ledger = Ledger()
    ledger.count(at, answered=5, abandoned=1)
    ledger.remember([Counted(at, 4, 1), Counted(at - 60, 10, 2), Counted(at - 7200, 1, 0)])
    assert (ledger.answered, ledger.abandoned) == (16, 3)


def test_a_machine_is_taken_back_where_it_was_counted() -> None:
    at = instant(MOSCOW, "2026-11-21 23:59:30")
    ledger = Ledger(LedgerWindow.DAY, MOSCOW)
    ledger.count(at, answered=1)
    ledger.count(at + 60, answered=1)
    ledger.roll(at + 60)
    ledger.count(at, answered=-1)
    ledger.roll(at + 61)
    assert ledger.answered == 1


def test_the_tightest_window_sees_midnight_and_what_leaves() -> None:
    at = instant(MOSCOW, "2026-11-21 23:59:30")
    day = Ledger(LedgerWindow.DAY, MOSCOW)
    day.count(at - 3600, answered=1000, abandoned=3)
    assert day.tightest(at, 20.0, 0.03) == (1000, 3)
    assert day.tightest(at, 40.0, 0.03) == (0, 0)

    rolling = Ledger(LedgerWindow.ROLLING_24H, MOSCOW)
    rolling.count(at - DAY_S + 90, answered=500)
    rolling.count(at - 3600, answered=100, abandoned=3)
    assert rolling.tightest(at, 30.0, 0.03) == (600, 3)
    assert rolling.tightest(at, 120.0, 0.03) == (100, 3)


def test_the_worst_half_hour_is_a_whole_one() -> None:
    at = instant(MOSCOW, "2026-11-21 12:00")
    ledger = Ledger()
    ledger.count(at, answered=1, abandoned=1)
    assert ledger.worst(at + 20).ratio == 1.0, "shorter than half an hour: all of it"
    for minute in range(1, 60):
        ledger.count(at + 60 * minute, answered=10, abandoned=1 if 40 <= minute < 50 else 0)
    worst = ledger.worst(at + 3600)
    assert (worst.answered, worst.abandoned) == (300, 10)
    assert worst.at == at + 60 * 50


def test_the_worst_half_hour_may_end_in_a_lull() -> None:
    at = instant(MOSCOW, "2026-11-21 12:00")
    ledger = Ledger()
    for minute in range(20):
        ledger.count(at + 60 * minute, answered=5)
    ledger.count(at + 60 * 24, answered=40, abandoned=20)
    assert ledger.worst(at + 60 * 25).ratio == 20 / 140, "no whole half hour yet"
    assert ledger.worst(at + 60 * 50) == Worst(at + 60 * 50, 40, 20), "the good ones have left"
    ledger.count(at + 60 * 65, answered=100)
    assert ledger.worst(at + 60 * 66).ratio == 0.5


def test_a_half_hour_with_hardly_any_answers_says_nothing() -> None:
    at = instant(MOSCOW, "2026-11-21 12:00")
    ledger = Ledger()
    ledger.count(at, answered=WORST_LEAST_ANSWERS)
    ledger.count(at + 3600, answered=WORST_LEAST_ANSWERS - 1, abandoned=WORST_LEAST_ANSWERS - 1)
    assert ledger.worst(at + 7200).ratio == 0.0
    ledger.count(at + 3660, answered=1)
    assert ledger.worst(at + 7260).ratio == (WORST_LEAST_ANSWERS - 1) / WORST_LEAST_ANSWERS


@given(calls=calls, until_s=st.floats(0, 4 * DAY_S), span_s=st.sampled_from([1800.0, DAY_S]))
def test_the_worst_window_is_the_worst_of_all_that_can_be_laid(
    calls: list[tuple[float, bool]], until_s: float, span_s: float
) -> None:
    """Against the definition itself: windows laid so that they end at, or just before, whatever comes in or leaves."""
    counts = [(round(at / 60) * 60.0, 1, int(lost)) for at, lost in sorted(calls) if at <= until_s - 60]
    told = worst_window(counts, until_s, span_s)
    moments = {at + after for at, _, _ in counts for after in (0.0, span_s)}
    ends = [moment + off for moment in moments for off in (0.0, -1.0)]
    whole = [
        end
        for end in ends
        if end <= until_s and end >= counts[0][0] + span_s - 1.0 and until_s >= counts[0][0] + span_s
    ]
    laid = [[count for count in counts if end - span_s < count[0] <= end] for end in whole]
    ratios = [sum(one[2] for one in held) / len(held) for held in laid if len(held) >= WORST_LEAST_ANSWERS]
    everything = sum(count[2] for count in counts) / len(counts) if counts else 0.0
    assert told.ratio == max(ratios, default=everything)
