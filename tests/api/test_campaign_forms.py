"""Hours as they are written in a request become the core's calendar."""

from dialer.api.campaign_forms import Hours
from dialer.core.hours import Window

DAY, SHORT = ["09:00-21:00"], ["10:00-18:00"]
WEEK = [DAY, DAY, DAY, DAY, DAY, SHORT, SHORT]


def test_windows_are_minutes_of_the_day() -> None:
    assert Hours(weekdays=WEEK).calendar().weekdays[0] == (Window(540, 1260),)


def test_the_production_calendar_gives_a_holiday_sundays_windows() -> None:
    calendar = Hours(weekdays=WEEK, production_calendar_years=[2026]).calendar()
    assert calendar.dates["2026-01-01"] == (Window(600, 1080),)
    assert "2026-11-18" not in calendar.dates


def test_a_date_given_by_hand_wins() -> None:
    calendar = Hours(weekdays=WEEK, dates={"2026-01-01": []}, production_calendar_years=[2026]).calendar()
    assert calendar.dates["2026-01-01"] == ()
