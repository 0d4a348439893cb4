"""When a lead's turn to be dialled will come: an estimate with its range. Pure.

Known are the permitted hours, delays and rests (`permit`), how many stand before the lead, and how fast the campaign
dialled in the last minutes. Not known are who comes in meanwhile, which retries overtake, and who will be at work. So
the early end takes the pace as fast as chance allows and holds it without a break; the late end takes it as slow as
chance allows, and only while the lead's own hours are open.
"""

from dataclasses import dataclass
from math import sqrt

from dialer.core.ids import Instant
from dialer.core.permit import Callee, Terms, open_spans, opens_at

HORIZON_S = 14 * 86400.0
"""Nobody believes a forecast of later."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Where a lead stands, and how the queue moved of late."""

    ahead: int
    """Leads of the campaign that go before it."""
    calls: int
    """Started in the last `span_s`."""
    span_s: float

    @property
    def fast(self) -> float:
        """Calls a second, by chance hardly more: about two standard deviations of a Poisson count."""
        return (sqrt(self.calls) + 1) ** 2 / self.span_s

    @property
    def slow(self) -> float:
        """Calls a second, by chance hardly less; 0 where so few say nothing."""
        return max(0.0, sqrt(self.calls) - 1) ** 2 / self.span_s


@dataclass(frozen=True, slots=True)
class Turn:
    """`latest` None: nothing can be promised."""

    earliest: Instant
    latest: Instant | None


def turn(terms: Terms, callee: Callee, at: Instant, queue: Queue) -> Turn | None:
    """None where no time brings it about, or where nothing is known of the pace: no call was started."""
    opens = opens_at(terms, callee, at)
    if opens is None or not queue.calls:
        return None
    earliest = opens_at(terms, callee, max(opens, at + queue.ahead / queue.fast))
    if earliest is None:  # it expires before
        return None
    return Turn(earliest, _latest(terms, callee, at, queue))


def _latest(terms: Terms, callee: Callee, at: Instant, queue: Queue) -> Instant | None:
    """Once everyone before it and the lead itself were dialled, while its own hours were open."""
    if not queue.slow:
        return None
    work_s = (queue.ahead + 1) / queue.slow
    opens = opens_at(terms, callee, at)
    for start, end in open_spans(terms, callee, at, at + HORIZON_S):
        if end - start >= work_s:
            return opens_at(terms, callee, max(opens or start, start + work_s))
        work_s -= end - start
    return None
