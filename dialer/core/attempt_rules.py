"""When a lead is tried again: the programme of attempts over day-parts and days. Pure.

Rules are data (`AttemptRules`); here they become a moment. A day-part is a stretch of the person's own day: whoever
did not answer in the morning is tried at noon and in the evening before he is tried in the morning again. The hours
are not looked at: a lead that falls due at night waits in the books until its zone opens.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from dialer.core.hours import Window, local_day, local_instant
from dialer.core.ids import Instant
from dialer.core.outcome import AttemptRules, DayPart, Outcome, Tried

DAY_PARTS = (
    DayPart("morning", Window(9 * 60, 12 * 60)),
    DayPart("day", Window(12 * 60, 17 * 60)),
    DayPart("evening", Window(17 * 60, 21 * 60)),
)
DEFAULT_PROGRAMME = AttemptRules(day_parts=DAY_PARTS, attempts_per_day=2)
"""What a new campaign begins with: six attempts over three days, each day-part tried."""

NOBODY_CAME = frozenset({Outcome.NO_ANSWER, Outcome.REJECTED, Outcome.UNAVAILABLE})
"""Another time of the day may find the person: after these the next attempt goes to the day-part tried least."""

DAYS_AHEAD = 8
"""A free day is found at the latest tomorrow; a part of it within a day more. The rest is slack."""


def used_up(rules: AttemptRules, tried: Sequence[Tried], outcome: Outcome) -> bool:
    """Whether this outcome has come as often as the rules allow; `tried` includes the latest attempt."""
    limit = dict(rules.outcome_limits).get(outcome)
    return limit is not None and sum(one.outcome == outcome for one in tried) >= limit


def next_attempt_at(
    rules: AttemptRules, tried: Sequence[Tried], zone: str, earliest: Instant, *, spread: bool
) -> Instant:
    """The first moment from `earliest` on that the programme allows; `tried` includes the latest attempt.

    `spread`: in the day-part that was tried least, where the rules name any.
    """
    if rules.attempts_per_day is None and not (spread and rules.day_parts):
        return earliest
    by_day = Counter(local_day(zone, one.at) for one in tried)
    first = local_day(zone, earliest)
    parts = _least_tried(rules.day_parts, tried, zone) if spread else ()
    for ahead in range(DAYS_AHEAD):
        day = first + timedelta(days=ahead)
        if rules.attempts_per_day is not None and by_day[day] >= rules.attempts_per_day:
            continue
        moment = _within(parts, zone, day, earliest) if parts else max(earliest, local_instant(zone, day, 0))
        if moment is not None:
            return moment
    return earliest


def _least_tried(parts: Sequence[DayPart], tried: Sequence[Tried], zone: str) -> Sequence[DayPart]:
    counts = {part: sum(_holds(part, zone, one.at) for one in tried) for part in parts}
    least = min(counts.values(), default=0)
    return [part for part in parts if counts[part] == least]


def _holds(part: DayPart, zone: str, at: Instant) -> bool:
    day = local_day(zone, at)
    opens, closes = (local_instant(zone, day, minute) for minute in (part.window.open_min, part.window.close_min))
    return opens <= at < closes


def _within(parts: Sequence[DayPart], zone: str, day: date, earliest: Instant) -> Instant | None:
    """The first moment of these parts on this day that is not before `earliest`."""
    moments = [
        max(earliest, local_instant(zone, day, part.window.open_min))
        for part in parts
        if local_instant(zone, day, part.window.close_min) > earliest
    ]
    return min(moments, default=None)
