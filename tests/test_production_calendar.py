"""The production calendar: known transfers and working Saturdays of 2025–2027, and what they do to permitted hours."""

from datetime import date

import pytest

from dialer.core.hours import Allow, Calendar, Window, open_at
from dialer.production_calendar import corrected, with_production_calendar
from tests.core.test_hours import instant

WORKDAY, DAY_OFF = (Window(8 * 60, 22 * 60),), (Window(9 * 60, 20 * 60),)
COLLECTION = with_production_calendar(Calendar((WORKDAY,) * 5 + (DAY_OFF,) * 2), range(2025, 2028))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-01-09", "transferred from 3 January"),
        ("2026-03-09", "Monday after a Sunday's 8 March"),
        ("2026-11-04", "Unity Day, a Wednesday"),
        ("2025-05-02", "transferred from 4 January"),
    ],
)
def test_a_workday_off_has_the_hours_of_a_day_off(day: str, why: str) -> None:
    assert COLLECTION.dates[day] == DAY_OFF, why
    assert not isinstance(open_at(COLLECTION, "Asia/Omsk", instant(f"{day}T08:30:00", "Asia/Omsk")), Allow)


@pytest.mark.parametrize("day", ["2025-11-01", "2027-02-20"])
def test_a_working_saturday_has_the_hours_of_a_workday(day: str) -> None:
    assert COLLECTION.dates[day] == WORKDAY
    assert isinstance(open_at(COLLECTION, "Asia/Omsk", instant(f"{day}T21:30:00", "Asia/Omsk")), Allow)


@pytest.mark.parametrize("day", ["2026-11-03", "2026-11-07", "2026-03-08"])
def test_a_day_as_the_week_has_it_is_not_named(day: str) -> None:
    assert day not in COLLECTION.dates


def test_dates_already_named_stay() -> None:
    closed = Calendar((WORKDAY,) * 7, {"2026-11-04": ()})
    assert with_production_calendar(closed, [2026]).dates["2026-11-04"] == ()


def test_the_operators_corrections_go_over_it() -> None:
    """A regional day off, and a holiday on which one works after all."""
    corrections = {date(2026, 9, 2): False, date(2026, 11, 4): True}
    found = with_production_calendar(COLLECTION, [2026], corrections)
    assert found.dates["2026-09-02"] == DAY_OFF
    assert "2026-11-04" not in found.dates
    assert corrected(found, {}) == with_production_calendar(COLLECTION, [2026])


def test_dates_of_the_calendars_own_outlive_every_correction() -> None:
    own = Calendar((WORKDAY,) * 5 + (DAY_OFF,) * 2, {"2026-09-02": WORKDAY})
    found = corrected(with_production_calendar(own, [2026]), {date(2026, 9, 2): False})
    assert found.dates["2026-09-02"] == WORKDAY
    assert "2026-09-02" not in found.followed
    assert corrected(own, {date(2026, 9, 2): False}) is own
