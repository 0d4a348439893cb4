"""When somebody may be promised a call: the open hours ahead of him, and whether a promise can be kept. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from dialer.core.hours import Allow, Calendar, may_dial, open_between
from dialer.core.ids import Instant

AHEAD_S = 14 * 86400.0
"""How far ahead an agent may promise a call."""
STEP_S = 900.0
"""Promises are made to the quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Calls are permitted over [start, end)."""

    start: Instant
    end: Instant


def openings(calendar: Calendar, zone: str | None, at: Instant) -> tuple[Opening, ...]:
    """The open hours of this zone from `at` on, to the quarter of an hour, for as far as one may promise."""
    return tuple(_openings(calendar, zone, at))


def keepable(calendar: Calendar, zone: str | None, now: Instant, call_at: Instant) -> bool:
    """Whether a call promised now for `call_at` may be made then."""
    return now <= call_at <= now + AHEAD_S and isinstance(may_dial(calendar, zone, call_at), Allow)


def _openings(calendar: Calendar, zone: str | None, at: Instant) -> Iterator[Opening]:
    for start, end in open_between(calendar, zone, at, at + AHEAD_S):
        quarter = ceil(start / STEP_S) * STEP_S
        if quarter < end:
            yield Opening(quarter, end)
