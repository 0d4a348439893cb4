"""Time zones of numbers and addresses: which must be open, and the offset at a given moment. Pure.

Offsets come from pytz, which brings its own tables, so an old machine cannot shift the hours.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytz

from dialer.core.hours import RUSSIAN_ZONES as ZONES_OF_NUMBERS
from dialer.core.hours import TOGETHER
from dialer.core.ids import Instant

RUSSIAN_ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)
"""One zone for each offset in use in Russia, +2 to +12: a number of unknown zone waits until all are open."""

_YEARS = range(2021, 2038)
"""No call was made before; pytz knows no change behind."""
_FIRST_OFFSET_H = 2
_OFFSET = re.compile(
    r"(?:(?P<base>utc|gmt|мск|msk)\s*)?(?P<sign>[+-])?\s*(?P<hours>\d{1,2})(?::?00)?(?:\s*ч\w*)?", re.I
)
_MOSCOW_H = 3
_HOUR_S = 3600
_STEP_S = 900
"""Offsets change only at whole quarters of an hour, so answers are remembered by quarter."""


def utc_offset(zone: str, at: Instant) -> float:
    """Hours that `zone` is ahead of UTC at the moment `at`. Raises ValueError for a name that is no IANA zone."""
    return _offset(zone, int(at // _STEP_S))


@lru_cache(4096)
def _offset(zone: str, step: int) -> float:
    moment = datetime.fromtimestamp(step * _STEP_S, UTC)
    try:
        offset = moment.astimezone(pytz.timezone(zone)).utcoffset() or timedelta()
    except pytz.UnknownTimeZoneError:
        raise ValueError(f"{zone!r} is not a time zone; an IANA name such as Asia/Omsk is wanted") from None
    return offset.total_seconds() / _HOUR_S


@lru_cache(4096)
def binding_zone(zones: tuple[str, ...]) -> str:
    """Zones that must all be open as the books write them: the first, then those whose clock differs from it.

    Empty for none. Zones that keep the same time are one («Europe/Kirov» beside «Europe/Moscow»): fewer are asked for.
    """
    told = {_clock_of(zone): zone for zone in reversed(zones)}
    first = told.pop(_clock_of(zones[0])) if zones else ""
    return TOGETHER.join((first, *sorted(told.values())))


@lru_cache(128)
def _clock_of(zone: str) -> tuple[timedelta | None, ...]:
    """Its offsets month by month, as far as can be known: zones of which these agree keep the same time."""
    tz = pytz.timezone(zone)
    months = (datetime(year, month, 1, tzinfo=UTC) for year in _YEARS for month in range(1, 13))
    return tuple(month.astimezone(tz).utcoffset() for month in months)


@lru_cache(1024)
def read_zone(text: str) -> str:
    """A list's zone column («Asia/Omsk», «МСК+3», «UTC+6», «+6») as an IANA name; empty when none of Russia's."""
    bare = text.strip()
    if bare in ZONES_OF_NUMBERS:
        return bare
    if bare.lower() in ("мск", "msk", "москва"):
        return "Europe/Moscow"
    found = _OFFSET.fullmatch(bare)
    if not found or not (found["base"] or found["sign"]):
        return ""
    hours = int(found["hours"]) * (-1 if found["sign"] == "-" else 1)
    if (found["base"] or "").lower() in ("мск", "msk"):
        hours += _MOSCOW_H
    at = hours - _FIRST_OFFSET_H
    return RUSSIAN_ZONES[at] if 0 <= at < len(RUSSIAN_ZONES) else ""
