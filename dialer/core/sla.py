"""The clock of a fresh request: from receipt to first call, standing still only where the hours forbid it. Pure."""

from dataclasses import dataclass

from dialer.core.hours import Deny, open_at
from dialer.core.ids import Instant, LeadId
from dialer.core.permit import Callee, Terms, is_waived, open_spans


@dataclass(frozen=True, slots=True)
class FreshRequest:
    lead: LeadId
    external_id: str
    zone: str | None
    state: str
    reason: str
    came_at: Instant
    called_at: Instant | None
    """Of the first call; None: not called yet."""
    asked_at: Instant | None = None
    """When the customer asked for the call: for some minutes the night may not bind it."""


@dataclass(frozen=True, slots=True)
class FirstCall:
    """How long a request has waited for its first call."""

    request: FreshRequest
    waited_s: float
    """Within the permitted hours."""
    paused_s: float
    """While the hours forbade the call."""
    paused: str
    """Why the clock stands still now; empty where it runs, or the call was made."""
    is_late: bool


def first_call(terms: Terms, allowed_s: float, request: FreshRequest, now: Instant) -> FirstCall:
    until = now if request.called_at is None else request.called_at
    callee = Callee(request.zone, asked_at=request.asked_at)
    waited_s = sum(end - start for start, end in open_spans(terms, callee, request.came_at, until))
    paused = _paused(terms, callee, now) if request.called_at is None else ""
    return FirstCall(request, waited_s, until - request.came_at - waited_s, paused, waited_s > allowed_s)


def _paused(terms: Terms, callee: Callee, now: Instant) -> str:
    hours = open_at(terms.calendar, callee.zone, now)
    return hours.reason if isinstance(hours, Deny) and not is_waived(terms, callee, now) else ""
