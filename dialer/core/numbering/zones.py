"""Time zones of numbers and addresses: which must be open, and the offset at a given moment. Pure.

Offsets come from pytz, which brings its own tables, so an old machine cannot shift the hours.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytz

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


@lru_cache(1024)
def read_zone(text: str) -> str:
    """A list's zone column («Asia/Omsk», «МСК+3», «UTC+6», «+6») as an IANA name; empty when none of Russia's."""
    bare = text.strip()
    if bare in pytz.all_timezones_set and "/" in bare:
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
