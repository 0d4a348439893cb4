"""What a campaign would do with its lists if it started now: rows by reason, and when each zone opens. Pure.

Every row that was read stands in exactly one line: leads by their state and what keeps them, and beside them the rows
that never became leads (duplicates, refusals).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytz

from dialer.core.hours import NEVER_OPEN, OUTSIDE_HOURS, ZONE_UNKNOWN, Deny, own_zone
from dialer.core.ids import Instant
from dialer.core.permit import LATER, NUMBER_RESTS, Callee, Terms, may_dial

HOURS = frozenset({OUTSIDE_HOURS, ZONE_UNKNOWN, NEVER_OPEN})
WILL_BE_CALLED = HOURS | {LATER, NUMBER_RESTS}
"""Refusals that time mends: such a lead counts as callable, from its opening on."""


@dataclass(frozen=True, slots=True)
class Stock:
    """So many leads for which the gate has one answer; of times still to come the earliest stands for all of them."""

    callee: Callee
    leads: int
    list_id: int = 0
    """Of which list they all are."""


@dataclass(frozen=True, slots=True)
class ZoneLine:
    zone: str
    leads: int
    opens_at: Instant | None
    """When the first of them may be called; None: never by this calendar."""
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


def dry_run(stocks: Iterable[Stock], beside: Mapping[str, int], terms: Terms, at: Instant) -> DryRun:
    """`beside`: rows that are no leads, by reason."""
    by_zone: dict[str, list[tuple[int, Instant | None]]] = {}
    reasons = Counter({reason: rows for reason, rows in beside.items() if rows})
    for stock in stocks:
        answer = may_dial(terms, stock.callee, at)
        if isinstance(answer, Deny) and answer.reason not in WILL_BE_CALLED:
            reasons[answer.reason] += stock.leads
        else:
            opens_at = answer.next_at if isinstance(answer, Deny) else at
            by_zone.setdefault(stock.callee.zone or "", []).append((stock.leads, opens_at))
    zones = [_line(zone, found, at) for zone, found in by_zone.items()]
    callable_ = sum(line.leads for line in zones)
    return DryRun(
        rows=callable_ + reasons.total(),
        callable=callable_,
        reasons=dict(reasons.most_common()),
        zones=tuple(sorted(zones, key=_order)),
    )


def _line(zone: str, found: Sequence[tuple[int, Instant | None]], at: Instant) -> ZoneLine:
    opens_at = min((opens for _, opens in found if opens is not None), default=None)
    is_open = opens_at == at
    local = "" if opens_at is None or is_open or not zone else _clock(zone, opens_at)
    return ZoneLine(zone, sum(leads for leads, _ in found), opens_at, is_open, local)


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
