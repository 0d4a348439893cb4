"""The ledger of abandonments: answered by a person, and abandoned among them, over the campaign's window.

Definition. *Start point*: the answer (200 OK). *Abandoned*: answered by a person and not joined to an agent within
2.0 s of it, the person's own hang-up in that time included; a later join changes nothing. *Denominator*: all calls
answered by a person; a bridged call that the agent disposed as a machine is none. *Window*: a call belongs to the
minute of its answer, its abandonment too, so a share can never pass one. The window is a rolling 24 hours (default),
the calendar day in the project's zone, or a rolling 30 days, and always ends now.

Kept in minute buckets: a day costs at most 1,440 of them whatever the traffic, 30 days 43,200.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import merge

import pytz

from dialer.core.hours import tz_of
from dialer.core.ids import Instant

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
MINUTE_S = 60.0
WORST_S = 1800.0
WORST_LEAST_ANSWERS = 20
"""A half hour with fewer says nothing: one lost call of one answer is no share of 100 %."""
WORST_KEPT_S = 10.0
"""The worst half hour is looked for again after this: it goes through every minute of the window."""

NOT_A_PERSON = frozenset({"machine", "assistant"})
"""Dispositions by which the agent says that no person had answered."""


class LedgerWindow(StrEnum):
    """Over what the abandonment is counted."""

    ROLLING_24H = "rolling_24h"
    DAY = "day"
    """The calendar day in the project's zone."""
    ROLLING_30D = "rolling_30d"


class CeilingMode(StrEnum):
    """What the ceiling promises."""

    TARGET = "target"
    """The share of the whole window meets it: a moment may be above."""
    HARD = "hard"
    """No call is started that could bring the window above it, whatever becomes of the calls in flight."""


SPAN_S = {LedgerWindow.ROLLING_24H: DAY_S, LedgerWindow.ROLLING_30D: 30 * DAY_S}


@dataclass(frozen=True, slots=True)
class Counted:
    """One minute as the books have it; `at` is its beginning."""

    at: Instant
    answered: int
    abandoned: int


@dataclass(frozen=True, slots=True)
class Worst:
    """The rolling half hour with the highest share of abandoned; `at` is its end."""

    at: Instant = 0.0
    answered: int = 0
    abandoned: int = 0

    @property
    def ratio(self) -> float:
        return self.abandoned / self.answered if self.answered else 0.0


@dataclass(slots=True)
class _Minute:
    number: int
    answered: int = 0
    abandoned: int = 0


@dataclass(slots=True)
class Ledger:
    """Counts of the window that ends now. What is told may be some minutes old, `roll` never goes backwards."""

    window: LedgerWindow = LedgerWindow.ROLLING_24H
    zone: str = "Europe/Moscow"
    """IANA name; days are counted in it."""
    answered: int = 0
    abandoned: int = 0
    _minutes: deque[_Minute] = field(default_factory=deque)
    _day: tuple[Instant, Instant] = (0.0, 0.0)
    _worst: tuple[Instant, Worst] | None = None

    def count(self, at: Instant, *, answered: int = 0, abandoned: int = 0) -> None:
        """Book calls that were answered at this instant; what lies before the window is not counted.

        `answered=-1` takes one back: the agent said that it was no person.
        """
        minute = self._at(int(at // MINUTE_S))
        minute.answered += answered
        minute.abandoned += abandoned
        self.answered += answered
        self.abandoned += abandoned

    def under(self, window: LedgerWindow, zone: str) -> "Ledger":
        """The same calls in another window; what that reaches back to, the books must add (`remember`)."""
        return Ledger(window, zone, self.answered, self.abandoned, self._minutes.copy())

    def remember(self, past: Iterable[Counted]) -> None:
        """Take from the books the minutes that lie before all that is known here."""
        first = self._minutes[0].number if self._minutes else None
        older = [one for one in past if first is None or int(one.at // MINUTE_S) < first]
        for one in sorted(older, key=lambda one: one.at, reverse=True):
            self._minutes.appendleft(_Minute(int(one.at // MINUTE_S), one.answered, one.abandoned))
            self.answered += one.answered
            self.abandoned += one.abandoned

    def roll(self, at: Instant) -> None:
        """Forget what the window that ends now has left behind."""
        oldest = self._first_minute(at)
        while self._minutes and self._minutes[0].number < oldest:
            gone = self._minutes.popleft()
            self.answered -= gone.answered
            self.abandoned -= gone.abandoned

    def tightest(self, at: Instant, ahead_s: float, ceiling_ratio: float) -> tuple[int, int]:
        """(answered, abandoned) of that window, of all which end within `ahead_s`, in which fewest may yet be lost.

        Old answers that leave, or midnight, may take away the room that a call started now relies on.
        """
        self.roll(at)
        answered, abandoned = self.answered, self.abandoned
        least = (answered, abandoned)
        ends_before = self._first_minute(at + ahead_s)
        for minute in self._minutes:
            if minute.number >= ends_before:
                break
            answered -= minute.answered
            abandoned -= minute.abandoned
            least = min(least, (answered, abandoned), key=lambda pair: ceiling_ratio * pair[0] - pair[1])
        return least

    @property
    def ratio(self) -> float:
        """Abandoned / answered by a person; 0 while nobody has answered."""
        return self.abandoned / self.answered if self.answered else 0.0

    def left(self, ceiling_ratio: float) -> float:
        """Calls that may yet be abandoned before the share reaches this ceiling; negative: so many too many."""
        return ceiling_ratio * self.answered - self.abandoned

    def worst(self, at: Instant) -> Worst:
        """The worst half hour of the window (`worst_window`), at most some seconds old. A minute stands at its end."""
        if self._worst is None or not self._worst[0] <= at < self._worst[0] + WORST_KEPT_S:
            self.roll(at)
            minutes = [((one.number + 1) * MINUTE_S, one.answered, one.abandoned) for one in self._minutes]
            self._worst = (at, worst_window(minutes, max(at, minutes[-1][0]) if minutes else at))
        return self._worst[1]

    # ---- inside

    def _at(self, number: int) -> _Minute:
        """The bucket of this minute: nearly always the newest."""
        place = len(self._minutes)
        while place and self._minutes[place - 1].number > number:
            place -= 1
        if place and self._minutes[place - 1].number == number:
            return self._minutes[place - 1]
        made = _Minute(number)
        self._minutes.insert(place, made)
        return made

    def _first_minute(self, at: Instant) -> int:
        """The first minute of the window that ends at `at`."""
        span_s = SPAN_S.get(self.window)
        if span_s is not None:
            return int((at - span_s) // MINUTE_S) + 1
        if not self._day[0] <= at < self._day[1]:
            self._day = day_of(self.zone, at)
        return int(self._day[0] // MINUTE_S)


def worst_window(counts: Sequence[tuple[Instant, int, int]], until: Instant, span_s: float = WORST_S) -> Worst:
    """The rolling window of `span_s` with the highest share of abandoned, up to `until`; of equals the first.

    `counts` are (instant, answered, abandoned) in order of time. Every position is looked at where an answer comes in
    or leaves, for the worst window may well end in a lull. Only whole ones count, with WORST_LEAST_ANSWERS or more.
    Where there is none (the first half hour, or hardly anybody answers) it is all of the time.
    """
    everything = Worst(until, sum(count[1] for count in counts), sum(count[2] for count in counts))
    enough = (window for window in _windows(counts, until, span_s) if window[1] >= WORST_LEAST_ANSWERS)
    worst = max(enough, key=lambda window: window[2] / window[1], default=None)
    return everything if worst is None else Worst(*worst)


def _windows(
    counts: Sequence[tuple[Instant, int, int]], until: Instant, span_s: float
) -> Iterator[tuple[Instant, int, int]]:
    """(end, answered, abandoned) of every window (end - span_s, end] that holds something else than the one before."""
    first_whole = counts[0][0] + span_s if counts else until
    leaving = ((at + span_s, -answered, -abandoned) for at, answered, abandoned in counts)
    ends, answered, abandoned = until, 0, 0
    for at, more_answered, more_abandoned in merge(counts, leaving):
        if at > until:
            break
        if at > ends and at >= first_whole:
            yield ends, answered, abandoned
        ends, answered, abandoned = at, answered + more_answered, abandoned + more_abandoned
    if until >= first_whole:
        yield ends, answered, abandoned


def day_of(zone: str, at: Instant) -> tuple[Instant, Instant]:
    """The calendar day of this zone around `at`: its first instant and the next day's. 23 to 25 hours long."""
    tz = tz_of(zone)
    today = datetime.fromtimestamp(at, tz).replace(tzinfo=None)
    midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
    return _first_instant(tz, midnight), _first_instant(tz, midnight + timedelta(days=1))


def _first_instant(tz: pytz.BaseTzInfo, midnight: datetime) -> Instant:
    """When this date begins: its midnight, the first of two, or where the clocks jump over it the end of the jump."""
    told = [tz.localize(midnight, is_dst=is_dst) for is_dst in (True, False)]
    of_date = [moment for moment in told if moment.astimezone(tz).date() == midnight.date()]
    return min(moment.timestamp() for moment in of_date or told)
