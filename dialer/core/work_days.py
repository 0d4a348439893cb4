"""Days that the operator of this installation has corrected in the production calendar. Plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dialer.core.ids import Instant


@dataclass(frozen=True, slots=True)
class WorkDay:
    day: date
    works: bool
    """One works on it; False: a day off."""
    reason: str
    by: str
    at: Instant


def corrections_of(days: Iterable[WorkDay]) -> Mapping[date, bool]:
    """Whether one works, by day: what goes over the calendar of the law."""
    return {one.day: one.works for one in days}
