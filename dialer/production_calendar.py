"""The production calendar of Russia: holidays, the government's transfers, working Saturdays, as dates of a Calendar.

Rules that tell workdays from days off (such as collection's 08–22 and 09–20) need it. It comes from `holidays`, which
knows the decrees of the years it was released for; later years have the statutory holidays only. What the operator of
the installation has corrected (`core.work_days`) goes over it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import holidays

from dialer.core.hours import Calendar

MONDAY, SATURDAY, SUNDAY = 0, 5, 6
NOTHING: Mapping[date, bool] = {}


def with_production_calendar(
    calendar: Calendar, years: Iterable[int], corrections: Mapping[date, bool] = NOTHING
) -> Calendar:
    """The same calendar, where a workday off has Sunday's windows and a working weekend Monday's, in these years.

    `corrections`: whether one works, by day. Dates which the calendar names itself stay as they are; those that it had
    from the production calendar before are found anew, so that it may be asked again whenever a correction comes.
    """
    own = {day: windows for day, windows in calendar.dates.items() if day not in calendar.followed}
    off, at_work = calendar.weekdays[SUNDAY], calendar.weekdays[MONDAY]
    wanted = tuple(years)
    found = {day.isoformat(): at_work if works else off for day, works in _exceptions(wanted, corrections)}
    followed = frozenset(found.keys() - own.keys())
    return replace(calendar, dates={**found, **own}, years=wanted, followed=followed)


def corrected(calendar: Calendar, corrections: Mapping[date, bool]) -> Calendar:
    """The calendar under these corrections; the very same where it follows no production calendar."""
    return with_production_calendar(calendar, calendar.years, corrections) if calendar.years else calendar


def _exceptions(years: Iterable[int], corrections: Mapping[date, bool]) -> Iterable[tuple[date, bool]]:
    """Days on which one works against the week's rule (True), or does not work against it (False)."""
    for year in years:
        russia = holidays.country_holidays("RU", years=year)
        for day in _days(year):
            works = corrections.get(day, bool(russia.is_working_day(day)))
            if works != (day.weekday() < SATURDAY):
                yield day, works


def _days(year: int) -> Iterable[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)
