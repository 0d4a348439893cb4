"""What a campaign would do with its lists if it started now: rows by reason, and when each zone opens. Pure.

Every row that was read stands in exactly one line: leads by their state and what keeps them, and beside them the rows
that never became leads (duplicates, refusals).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pytz

from dialer.core.hours import Calendar, next_open, own_zone
from dialer.core.ids import Instant

CALLABLE = "callable"
LATER = "later"
"""May be called, but not before its own time: a retry, or a wish."""


@dataclass(frozen=True, slots=True)
class Stock:
    """So many leads of one zone that stand for one reason; `callable` and `later` are the ones that may be called."""

    reason: str
    zone: str
    """IANA name, or several that bind together; empty where it is unknown."""
    leads: int


@dataclass(frozen=True, slots=True)
class ZoneLine:
    zone: str
    leads: int
    opens_at: Instant | None
    """When its next window opens, or now; None: never by this calendar."""
    is_open: bool
    local: str
    """`09:00` by its own clock; empty where it is open, or the zone is unknown."""


@dataclass(frozen=True, slots=True)
class DryRun:
    rows: int
    callable: int
    reasons: Mapping[str, int]
    """Every row once, by reason: with `callable` they add up to `rows`."""
    zones: tuple[ZoneLine, ...]
    """Of the callable ones, by the time at which they open."""

    @property
    def first(self) -> ZoneLine | None:
        """Where calls begin."""
        return next((line for line in self.zones if line.opens_at is not None), None)


def dry_run(stocks: Iterable[Stock], beside: Mapping[str, int], calendar: Calendar, at: Instant) -> DryRun:
    """`beside`: rows that are no leads, by reason."""
    by_zone: dict[str, int] = {}
    reasons: dict[str, int] = {}
    for stock in stocks:
        if stock.reason in (CALLABLE, LATER):
            by_zone[stock.zone] = by_zone.get(stock.zone, 0) + stock.leads
        else:
            reasons[stock.reason] = reasons.get(stock.reason, 0) + stock.leads
    for reason, rows in beside.items():
        if rows:
            reasons[reason] = reasons.get(reason, 0) + rows
    zones = [_line(zone, leads, calendar, at) for zone, leads in by_zone.items()]
    callable_ = sum(by_zone.values())
    return DryRun(
        rows=callable_ + sum(reasons.values()),
        callable=callable_,
        reasons=dict(sorted(reasons.items(), key=lambda pair: -pair[1])),
        zones=tuple(sorted(zones, key=_order)),
    )


def _line(zone: str, leads: int, calendar: Calendar, at: Instant) -> ZoneLine:
    opens_at = next_open(calendar, zone or None, at)
    is_open = opens_at == at
    local = "" if opens_at is None or is_open or not zone else _clock(zone, opens_at)
    return ZoneLine(zone, leads, opens_at, is_open, local)


def _order(line: ZoneLine) -> tuple[bool, Instant, int]:
    return line.opens_at is None, line.opens_at or 0.0, -line.leads


def _clock(zone: str, at: Instant) -> str:
    return datetime.fromtimestamp(at, pytz.timezone(own_zone(zone))).strftime("%H:%M")


def sentence(found: DryRun) -> str:
    """«of 10,000 rows 9,412 can be called, 203 ambiguous, …; first window opens 09:00 in Asia/Omsk»."""
    parts = [f"of {found.rows:,} rows {found.callable:,} can be called"]
    parts += [f"{rows:,} {reason}" for reason, rows in found.reasons.items()]
    return ", ".join(parts) + "; " + _beginning(found.first)


def _beginning(first: ZoneLine | None) -> str:
    if first is None:
        return "no window opens: nothing would be called"
    where = first.zone or "the unknown zone"
    if first.is_open:
        return f"{where} is open now"
    return f"first window opens {first.local or 'when all of Russia is open'} in {where}"
