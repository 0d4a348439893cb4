"""When a person may be called: windows by weekday and holiday in the subscriber's own zone. Pure.

Windows are half-open [open, close) in local time and bind the Originate; ringing may pass the close.
A number whose zone is unknown may be called only when every zone of Russia is open. Where several zones bind a lead
(its number's and its address's differ) they are written as one, joined by `|`, and all of them must be open.

The Floor asks for every call, so the answer is kept with the span of time over which it cannot change:
a question is then two comparisons (0.5 µs), and zones are computed only when a window opens or closes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, reduce
from typing import TypeAlias

import pytz

from dialer.core.ids import Instant
from dialer.core.nearest import did_you_mean

RUSSIAN_ZONES = (
    "Europe/Kaliningrad",
    "Europe/Astrakhan",
    "Europe/Kirov",
    "Europe/Moscow",
    "Europe/Samara",
    "Europe/Saratov",
    "Europe/Simferopol",
    "Europe/Ulyanovsk",
    "Europe/Volgograd",
    "Asia/Anadyr",
    "Asia/Barnaul",
    "Asia/Chita",
    "Asia/Irkutsk",
    "Asia/Kamchatka",
    "Asia/Khandyga",
    "Asia/Krasnoyarsk",
    "Asia/Magadan",
    "Asia/Novokuznetsk",
    "Asia/Novosibirsk",
    "Asia/Omsk",
    "Asia/Qyzylorda",  # Baikonur: Russian numbers, Kazakhstan's time
    "Asia/Sakhalin",
    "Asia/Srednekolymsk",
    "Asia/Tomsk",
    "Asia/Ust-Nera",
    "Asia/Vladivostok",
    "Asia/Yakutsk",
    "Asia/Yekaterinburg",
)
"""Every IANA zone in which a number of the Russian plan may be."""

ANY_ZONE = ""
"""How a lead of unknown zone is written in `open_zones`."""

TOGETHER = "|"
"""Between zones which must all be open: «Asia/Omsk|Europe/Moscow». The first is the person's own."""

DAY_MIN = 24 * 60
WEEK_DAYS = 9
"""A week and a day on either side: every weekday's windows show in it, whatever the zone."""
KEPT_SPANS = 4096
"""Calendars × zones kept; far more than an installation has in use at once."""

MOSCOW = "Europe/Moscow"
"""The zone of who has none that is known."""

OUTSIDE_HOURS = "outside_hours"
ZONE_UNKNOWN = "zone_unknown"
NEVER_OPEN = "never_open"


@dataclass(frozen=True, slots=True)
class Window:
    """Open from `open_min` to `close_min`, minutes after local midnight, close exclusive."""

    open_min: int
    close_min: int

    def __post_init__(self) -> None:
        if not 0 <= self.open_min < self.close_min <= DAY_MIN:
            raise ValueError(
                f"window {self.open_min}..{self.close_min}: minutes of a day, 0 <= open < close <= {DAY_MIN}"
            )


EVERY_DAY_9_TO_21 = tuple((Window(9 * 60, 21 * 60),) for _ in range(7))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Permitted hours: windows by weekday, Monday first; dates (ISO, local) override weekdays."""

    weekdays: tuple[tuple[Window, ...], ...] = EVERY_DAY_9_TO_21
    dates: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)
    reason: str = "ru_service"
    years: tuple[int, ...] = ()
    """Of the production calendar which it follows."""
    followed: frozenset[str] = frozenset()
    """Those of `dates` that came of it."""

    def __post_init__(self) -> None:
        if len(self.weekdays) != 7:
            raise ValueError(f"a calendar has windows for 7 weekdays, Monday first, not {len(self.weekdays)}")
        for day in self.dates:
            if date.fromisoformat(day).isoformat() != day:
                raise ValueError(f"calendar date {day!r}: write it as YYYY-MM-DD")


@dataclass(frozen=True, slots=True)
class Allow:
    waived: bool = False
    """By `permit` only: the hours are closed, and do not bind this call."""


@dataclass(frozen=True, slots=True)
class Deny:
    reason: str
    """Of the hours: `outside_hours` (in one of its zones), `zone_unknown` (closed somewhere), `never_open`."""
    next_at: Instant | None
    """When it opens next; None where it never does."""


Answer: TypeAlias = Allow | Deny
ALLOW = Allow()
Spans: TypeAlias = list[tuple[Instant, Instant]]
"""Stretches of time [start, end), in order and without overlap."""


def open_at(calendar: Calendar, zone: str | None, at: Instant) -> Answer:
    """May a number of this IANA zone (or of several, `TOGETHER`) be dialled at `at`?

    None and unknown names mean any zone of Russia.
    """
    kept = _KEPT.get((id(calendar), zone or ANY_ZONE))
    if kept is not None and kept.calendar is calendar and kept.start <= at < kept.end:
        return kept.answer
    return _renewed(calendar, zone or ANY_ZONE, at).answer


def open_zones(calendar: Calendar, at: Instant) -> tuple[str, ...]:
    """The zones of Russia open at `at`, and the empty name when all are, for leads of unknown zone.

    A lead bound by several zones is due when all of them stand here.
    """
    kept = _OPENED.get(id(calendar))
    if kept is None or kept.calendar is not calendar or not kept.start <= at < kept.end:
        kept = _opened(calendar, at)
    return kept.zones


def own_zone(zone: str) -> str:
    """The person's own of several zones: the one whose clock is shown."""
    return zone.partition(TOGETHER)[0]


def next_open(calendar: Calendar, zone: str | None, at: Instant) -> Instant | None:
    """The first instant, not before `at`, at which dialling is allowed; None where there is none."""
    answer = open_at(calendar, zone, at)
    return at if isinstance(answer, Allow) else answer.next_at


def open_between(calendar: Calendar, zone: str | None, start: Instant, end: Instant) -> Spans:
    """When a number of this zone (as in `open_at`) may be dialled within [start, end): spans, in order."""
    first, last = (datetime.fromtimestamp(at, UTC).date() for at in (start, end))
    days = [first + timedelta(days=n) for n in range(-1, (last - first).days + 2)]
    spans = _open(calendar, _bound(zone or ANY_ZONE), days)
    return [(max(opens, start), min(closes, end)) for opens, closes in spans if closes > start and opens < end]


def local_day(zone: str, at: Instant) -> date:
    """The date there at this instant; `zone` is an IANA name, or several of which the person's own counts."""
    return datetime.fromtimestamp(at, tz_of(own_zone(zone))).date()


def local_instant(zone: str, day: date, minute: int) -> Instant:
    """That minute of that day there; where clocks change, the later of the two."""
    return max(_instants(own_zone(zone), day, minute))


# ---- zones by name


@lru_cache(256)
def tz_of(zone: str) -> pytz.BaseTzInfo:
    """Moscow's for a name that is none: a project's misspelt zone must not stop its calls, or anybody's."""
    return pytz.timezone(zone if zone in pytz.all_timezones_set else MOSCOW)


def checked_zone(name: str) -> str:
    """The name, where it is one. Raises ValueError with the nearest: for every zone that somebody types."""
    if name in pytz.all_timezones_set:
        return name
    cure = did_you_mean(name, pytz.all_timezones, most=3) or "an IANA name such as Asia/Omsk is wanted"
    raise ValueError(f"there is no time zone {name!r}; {cure}")


# ---- the spans of time over which an answer holds


@dataclass(frozen=True, slots=True)
class _Span:
    """The answer holds over [start, end). The calendar is held, so that its id cannot be given to another."""

    calendar: Calendar
    start: Instant
    end: Instant
    answer: Answer


_KEPT: dict[tuple[int, str], _Span] = {}
"""The latest span by calendar (its id: a calendar has no hash) and zone. A memory, never a state."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """These zones are open over [start, end)."""

    calendar: Calendar
    start: Instant
    end: Instant
    zones: tuple[str, ...]


_OPENED: dict[int, _Opened] = {}
"""The latest answer of `open_zones` by calendar: it is asked for at every claim."""


def _renewed(calendar: Calendar, zone: str, at: Instant) -> _Span:
    if len(_KEPT) >= KEPT_SPANS:
        _KEPT.clear()
    span = _KEPT[id(calendar), zone] = _span(calendar, zone, at)
    return span


def _opened(calendar: Calendar, at: Instant) -> _Opened:
    if len(_OPENED) >= KEPT_SPANS:
        _OPENED.clear()
    spans = {zone: _renewed(calendar, zone, at) for zone in RUSSIAN_ZONES}
    zones = tuple(zone for zone, span in spans.items() if span.answer is ALLOW)
    if len(zones) == len(RUSSIAN_ZONES):
        zones += (ANY_ZONE,)
    start, end = max(span.start for span in spans.values()), min(span.end for span in spans.values())
    opened = _OPENED[id(calendar)] = _Opened(calendar, start, end, zones)
    return opened


def _span(calendar: Calendar, zone: str, at: Instant) -> _Span:
    zones = _bound(zone)
    today = datetime.fromtimestamp(at, UTC).date()
    for days in (_near(today), _far(calendar, today)):
        closed_since = at
        for start, end in _open(calendar, zones, days):
            if end <= at:
                closed_since = end
            elif start <= at:
                return _Span(calendar, start, end, ALLOW)
            else:
                reason = ZONE_UNKNOWN if zones is RUSSIAN_ZONES else OUTSIDE_HOURS
                return _Span(calendar, closed_since, start, Deny(reason, start))
    return _Span(calendar, at, at + DAY_MIN * 60.0, Deny(NEVER_OPEN, None))


def _bound(zone: str) -> tuple[str, ...]:
    """The zones that must all be open; those of all Russia where they are not known."""
    named = tuple(zone.split(TOGETHER))
    return named if pytz.all_timezones_set.issuperset(named) else RUSSIAN_ZONES


def _near(today: date) -> list[date]:
    """The days that bear on this moment in any zone, and tomorrow's opening: nearly always enough."""
    return [today + timedelta(days=n) for n in range(-2, 3)]


def _far(calendar: Calendar, today: date) -> list[date]:
    """Where the next opening surely is: within a week of now, or of a date that differs."""
    starts = [today, *(day for day in map(date.fromisoformat, calendar.dates) if day >= today)]
    return sorted({start + timedelta(days=n) for start in starts for n in range(-2, WEEK_DAYS)})


def _open(calendar: Calendar, zones: Iterable[str], days: list[date]) -> Spans:
    """When all these zones are open, on these days, in order."""
    first, *others = (merged(_zone_intervals(calendar, zone, days)) for zone in zones)
    return reduce(_intersection, others, first)


def _zone_intervals(calendar: Calendar, zone: str, days: Iterable[date]) -> Iterator[tuple[Instant, Instant]]:
    for day in days:
        windows = calendar.dates.get(day.isoformat())
        for window in calendar.weekdays[day.weekday()] if windows is None else windows:
            start = max(_instants(zone, day, window.open_min))
            end = min(_instants(zone, day, window.close_min))
            if start < end:
                yield start, end


@lru_cache(maxsize=KEPT_SPANS)
def _instants(zone: str, day: date, minute: int) -> tuple[Instant, Instant]:
    """That local time as instants: twice the same but where clocks change; the caller takes the stricter."""
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    tz = tz_of(zone)
    return tz.localize(local, is_dst=True).timestamp(), tz.localize(local, is_dst=False).timestamp()


def merged(intervals: Iterable[tuple[Instant, Instant]]) -> Spans:
    """Intervals that touch or overlap become one: 00:00–24:00 every day has no seam at midnight."""
    merged: Spans = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _intersection(left: Spans, right: Spans) -> Spans:
    """What lies in both; each list in order and without overlap, and so is the answer."""
    shared: Spans = []
    ours, theirs = iter(left), iter(right)
    a, b = next(ours, None), next(theirs, None)
    while a is not None and b is not None:
        if max(a[0], b[0]) < min(a[1], b[1]):
            shared.append((max(a[0], b[0]), min(a[1], b[1])))
        if a[1] < b[1]:
            a = next(ours, None)
        else:
            b = next(theirs, None)
    return shared
