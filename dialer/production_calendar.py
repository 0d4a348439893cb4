"""The production calendar of Russia: holidays, the government's transfers, working Saturdays, as dates of a Calendar.

Rules that tell workdays from days off (such as collection's 08–22 and 09–20) need it. It comes from `holidays`, which
knows the decrees of the years it was released for; later years have the statutory holidays only.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import holidays

from dialer.core.hours import Calendar

MONDAY, SATURDAY, SUNDAY = 0, 5, 6


def with_production_calendar(calendar: Calendar, years: Iterable[int]) -> Calendar:
    """The same calendar, where a workday off has Sunday's windows and a working weekend Monday's, in these years.

    Dates which the calendar already names stay as they are.
    """
    off, at_work = calendar.weekdays[SUNDAY], calendar.weekdays[MONDAY]
    dates = {day.isoformat(): at_work if works else off for day, works in _exceptions(years)}
    return replace(calendar, dates={**dates, **calendar.dates})


def _exceptions(years: Iterable[int]) -> Iterable[tuple[date, bool]]:
    """Days on which one works against the week's rule (True), or does not work against it (False)."""
    for year in years:
        russia = holidays.country_holidays("RU", years=year)
        for day in _days(year):
            works = bool(russia.is_working_day(day))
            if works != (day.weekday() < SATURDAY):
                yield day, works


def _days(year: int) -> Iterable[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)
