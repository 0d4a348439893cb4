"""Why a lead is not being dialled: read-only, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dialer.core.hours import TOGETHER, Calendar, Deny, open_at
from dialer.core.ids import Instant
from dialer.report.campaign import Conn
from dialer.report.statements import statement

FINAL = {"done": "it is done", "refused": "it was refused", "expired": "it has expired"}
AT_WORK = frozenset({"claimed", "in_call"})


@dataclass(frozen=True, slots=True)
class PastAttempt:
    attempt_no: int
    reserved_at: datetime
    trunk: str
    outcome: str | None
    """None while it lives."""
    reason: str
    disposition: str | None
    agent: int | None
    abandoned: bool
    uses_attempt: bool | None


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """All that bears on whether a lead is dialled. No number and no name."""

    id: str
    external_id: str | None
    state: str
    reason: str
    held: bool
    withdrawn: str | None
    attempts: int
    zone: str
    """IANA name, "" where unknown."""
    next_call_at: Instant
    expires_at: Instant | None
    project: str
    project_zone: str
    campaign: str
    campaign_state: str
    calendar: str
    """As it stands in the books."""
    max_attempts: int
    do_not_call: str | None
    """The reason why its number may not be called."""
    number_is_busy: bool
    """Another lead of the same number is in a call."""


async def find_leads(conn: Conn, named: str) -> tuple[LeadFacts, ...]:
    """The lead of this id, or those of this external id: it is unique within a project only."""
    rows = await conn.fetch(statement("lead"), _uuid(named), named)
    return tuple(LeadFacts(**row) for row in rows)


async def past_attempts(conn: Conn, lead: str) -> tuple[PastAttempt, ...]:
    return tuple(PastAttempt(**row) for row in await conn.fetch(statement("attempts"), UUID(lead)))


def why_not_dialled(lead: LeadFacts, calendar: Calendar, now: Instant, show: Callable[[Instant], str]) -> list[str]:
    """Every reason that holds, the decisive one first; `show` writes an instant for the reader."""
    return list(_reasons(lead, calendar, now, show)) or ["it is due: it is dialled when pacing starts its next call"]


def _reasons(lead: LeadFacts, calendar: Calendar, now: Instant, show: Callable[[Instant], str]) -> Iterator[str]:
    if lead.state in FINAL:
        yield f"{FINAL[lead.state]}: {lead.reason or 'no reason was booked'}"
        return
    if lead.state == "needs_decision":
        yield f"it waits for a decision of a person: {lead.reason or 'which number is right'}"
        return
    if lead.state in AT_WORK:
        yield "it is being called now"
        return
    if lead.held:
        yield "its list is paused"
    if lead.campaign_state != "running":
        yield f"its campaign is {lead.campaign_state}"
    if lead.do_not_call is not None:
        yield f"its number may not be called: {lead.do_not_call or 'do not call'}"
    if lead.expires_at is not None and lead.expires_at <= now:
        yield f"it expired at {show(lead.expires_at)}"
    if lead.attempts >= lead.max_attempts:
        yield f"it has used all {lead.max_attempts} attempts"
    if lead.number_is_busy:
        yield "its number is being called for another lead"
    if lead.next_call_at > now:
        yield f"it rests until {show(lead.next_call_at)}" + (f" ({lead.reason})" if lead.reason else "")
    hours = open_at(calendar, lead.zone or None, now)
    if isinstance(hours, Deny):
        where = lead.zone.replace(TOGETHER, " or ") or "some zone of Russia, and its own is unknown"
        until = f"until {show(hours.next_at)}" if hours.next_at is not None else "for good, by this calendar"
        yield f"calling hours are closed in {where} {until}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
