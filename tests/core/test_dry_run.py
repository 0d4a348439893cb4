"""A look ahead: every row in one line, zones in the order in which they open."""

from hypothesis import given
from hypothesis import strategies as st

from dialer.core.dry_run import CALLABLE, LATER, Stock, dry_run, sentence
from dialer.core.hours import RUSSIAN_ZONES, Calendar, Window, open_at

AT_4_MOSCOW = 1_795_222_800.0
"""2026-11-21 01:00 UTC: 04:00 in Moscow, 07:00 in Omsk, 11:00 in Vladivostok."""
CALENDAR = Calendar()


def test_zones_open_one_after_the_other() -> None:
    stocks = [
        Stock(CALLABLE, "Europe/Moscow", 5),
        Stock(CALLABLE, "Asia/Omsk", 3),
        Stock(LATER, "Asia/Omsk", 1),
        Stock("ambiguous", "", 2),
    ]
    found = dry_run(stocks, {"TOO_SHORT": 4, "duplicate": 0}, CALENDAR, AT_4_MOSCOW)
    assert [(line.zone, line.leads, line.local) for line in found.zones] == [
        ("Asia/Omsk", 4, "09:00"),
        ("Europe/Moscow", 5, "09:00"),
    ]
    assert (found.rows, found.callable, found.reasons) == (15, 9, {"TOO_SHORT": 4, "ambiguous": 2})
    assert sentence(found) == (
        "of 15 rows 9 can be called, 4 TOO_SHORT, 2 ambiguous; first window opens 09:00 in Asia/Omsk"
    )


def test_an_open_zone_comes_first_and_says_so() -> None:
    stocks = [Stock(CALLABLE, "Asia/Omsk", 9), Stock(CALLABLE, "Asia/Vladivostok", 1)]
    found = dry_run(stocks, {}, CALENDAR, AT_4_MOSCOW)
    assert (found.zones[0].zone, found.zones[0].is_open) == ("Asia/Vladivostok", True)
    assert sentence(found).endswith("Asia/Vladivostok is open now")


def test_a_calendar_without_windows_calls_nobody() -> None:
    closed = Calendar(weekdays=((),) * 7)
    found = dry_run([Stock(CALLABLE, "Asia/Omsk", 1)], {}, closed, AT_4_MOSCOW)
    assert found.zones[0].opens_at is None
    assert found.first is None
    assert "nothing would be called" in sentence(found)


REASONS = st.sampled_from([CALLABLE, LATER, "ambiguous", "do_not_call", "list_paused"])
STOCKS = st.builds(Stock, REASONS, st.sampled_from(["", *RUSSIAN_ZONES]), st.integers(0, 1000))


@given(
    stocks=st.lists(STOCKS),
    beside=st.dictionaries(st.sampled_from(["duplicate", "TOO_SHORT", "ambiguous"]), st.integers(0, 50)),
    opens=st.integers(0, 22),
)
def test_everything_adds_up(stocks: list[Stock], beside: dict[str, int], opens: int) -> None:
    calendar = Calendar(weekdays=((Window(opens * 60, opens * 60 + 60),),) * 7)
    found = dry_run(stocks, beside, calendar, AT_4_MOSCOW)
    assert found.rows == sum(stock.leads for stock in stocks) + sum(beside.values())
    assert found.callable + sum(found.reasons.values()) == found.rows
    assert sum(line.leads for line in found.zones) == found.callable
    for line in found.zones:
        assert line.opens_at is None or not hasattr(open_at(calendar, line.zone or None, line.opens_at), "reason")
