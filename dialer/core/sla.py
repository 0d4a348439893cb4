"""The clock of a fresh request: from receipt to first call, standing still only where the hours forbid it. Pure."""

from dataclasses import dataclass

from dialer.core.hours import Calendar, Deny, open_at, open_between
from dialer.core.ids import Instant, LeadId


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


def first_call(calendar: Calendar, allowed_s: float, request: FreshRequest, now: Instant) -> FirstCall:
    until = now if request.called_at is None else request.called_at
    spans = open_between(calendar, request.zone, request.came_at, until)
    waited_s = sum(end - start for start, end in spans)
    verdict = open_at(calendar, request.zone, now)
    paused = verdict.reason if isinstance(verdict, Deny) and request.called_at is None else ""
    return FirstCall(request, waited_s, until - request.came_at - waited_s, paused, waited_s > allowed_s)
