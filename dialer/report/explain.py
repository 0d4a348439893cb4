"""Why a lead is not being dialled: read-only, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dialer.core import permit
from dialer.core.hours import NEVER_OPEN, TOGETHER, Deny
from dialer.core.ids import Instant
from dialer.core.outcome import LeadState
from dialer.core.permit import IN_CALL, Callee, Terms, is_waived, may_dial, objections
from dialer.report.statements import Conn, statement

FINAL = {"done": "it is done", "refused": "it was refused", "expired": "it has expired"}
DUE = "it is due: it is dialled when pacing starts its next call"
WAIVED = f"its customer has just asked for the call, so the hours do not bind it: {DUE}"


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
    campaign_id: int
    campaign: str
    campaign_state: str
    has_consent: bool
    asked_at: Instant | None
    rests_until: Instant | None
    do_not_call: str | None
    """The reason why its number may not be called."""
    number_is_busy: bool
    """Another lead of the same number is in a call."""

    @property
    def callee(self) -> Callee:
        """For the gate."""
        return Callee(
            zone=self.zone or None,
            state=LeadState(self.state),
            reason=self.reason,
            held=self.held,
            attempts=self.attempts,
            due_at=self.next_call_at,
            expires_at=self.expires_at,
            forbidden=self.do_not_call is not None,
            has_consent=self.has_consent,
            rests_until=self.rests_until,
            asked_at=self.asked_at,
        )


async def find_leads(conn: Conn, named: str) -> tuple[LeadFacts, ...]:
    """The lead of this id, or those of this external id: it is unique within a project only."""
    rows = await conn.fetch(statement("lead"), _uuid(named), named)
    return tuple(LeadFacts(**row) for row in rows)


async def past_attempts(conn: Conn, lead: str) -> tuple[PastAttempt, ...]:
    return tuple(PastAttempt(**row) for row in await conn.fetch(statement("attempts"), UUID(lead)))


def why_not_dialled(lead: LeadFacts, terms: Terms, now: Instant, show: Callable[[Instant], str]) -> list[str]:
    """Every reason that holds, the decisive one first, and when it will be; `show` writes an instant for the reader."""
    told = list(_reasons(lead, terms, now, show))
    if not told:
        return [WAIVED if is_waived(terms, lead.callee, now) else DUE]
    opens_at = opens(lead, terms, now)
    return told if opens_at is None else [*told, f"it may be called from {show(opens_at)} on"]


def opens(lead: LeadFacts, terms: Terms, now: Instant) -> Instant | None:
    """When the gate opens by itself; None where a person must act first, or nothing helps."""
    answer = may_dial(terms, lead.callee, now)
    return answer.next_at if isinstance(answer, Deny) else None


def _reasons(lead: LeadFacts, terms: Terms, now: Instant, show: Callable[[Instant], str]) -> Iterator[str]:
    if lead.state in FINAL:
        yield f"{FINAL[lead.state]}: {lead.reason or 'no reason was booked'}"
        return
    if lead.state == "needs_decision":
        yield f"it waits for a decision of a person: {lead.reason or 'which number is right'}"
        return
    for deny in objections(terms, lead.callee, now):
        yield _in_words(deny, lead, terms, show)
        if deny.reason == IN_CALL:
            return
    if lead.campaign_state != "running":
        yield f"its campaign is {lead.campaign_state}"
    if lead.number_is_busy:
        yield "its number is being called for another lead"


def _in_words(deny: Deny, lead: LeadFacts, terms: Terms, show: Callable[[Instant], str]) -> str:
    match deny.reason:
        case permit.IN_CALL:
            return "it is being called now"
        case permit.LIST_PAUSED:
            return "its list is paused"
        case permit.REFUSED_BY_LAW:
            return f"the law profile {terms.law} does not allow the mode {terms.mode}"
        case permit.DO_NOT_CALL:
            return f"its number may not be called: {lead.do_not_call or 'do not call'}"
        case permit.EXPIRED:
            return f"it expired at {show(lead.expires_at or 0.0)}"
        case permit.ATTEMPTS_USED_UP:
            return f"it has used all {terms.rules.max_attempts} attempts"
        case permit.NO_CONSENT:
            return "there is no record of consent in its field `consent`"
        case permit.NUMBER_USED_UP:
            return "its number was called as often as it ever may be"
        case permit.NUMBER_RESTS:
            return f"its number rests until {show(lead.rests_until or 0.0)}: it was called for this or another lead"
        case permit.LATER:
            return f"it rests until {show(lead.next_call_at)}" + (f" ({lead.reason})" if lead.reason else "")
    return _hours(deny, lead)


def _hours(deny: Deny, lead: LeadFacts) -> str:
    where = lead.zone.replace(TOGETHER, " or ") or "some zone of Russia, and its own is unknown"
    return f"calling hours are closed in {where}" + (" for good, by this calendar" if deny.reason == NEVER_OPEN else "")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
