"""A talk as its result is judged: what was shown, for whom, and what may be promised. Plain values, pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from dialer.core.callback import keepable
from dialer.core.card import CALL_AT, REASON, DispositionChoice
from dialer.core.form import DEFAULT_FORM, Form, flaws
from dialer.core.hours import MOSCOW, Calendar, local_day
from dialer.core.ids import AgentId, AttemptId, Instant, LeadId, ProjectId
from dialer.core.outcome import AttemptRules, LeadStep
from dialer.core.script import Script


@dataclass(frozen=True, slots=True)
class Talk:
    attempt: AttemptId
    lead: LeadId
    project: ProjectId
    number: str
    zone: str | None
    """As `dialer.core.hours` takes it."""
    now: Instant
    """The books' own clock as they were asked."""
    calendar: Calendar = field(default_factory=Calendar)
    rules: AttemptRules = field(default_factory=AttemptRules)
    withdrawn: bool = False
    script: Script | None = None
    """None: the project has approved none."""
    script_version: int | None = None
    form: Form = DEFAULT_FORM
    form_version: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A call that was promised; `agent` where he promised to call himself."""

    lead: LeadId
    call_at: Instant
    agent: AgentId | None = None


@dataclass(frozen=True, slots=True)
class OrderResult:
    """What became, in the same talk, of another order of the person."""

    lead: LeadId
    disposition: str
    step: LeadStep


class Lacks(StrEnum):
    """What a result as a whole may lack; the pages have words for each. Fields have words of their own (`Wrong`)."""

    REASON = "missing"
    NOT_PERMITTED = "call_not_permitted"
    """The promised call lies outside the hours in which the person may be called, in the past, or too far ahead."""


def objections(
    talk: Talk,
    choice: DispositionChoice,
    values: Mapping[str, str],
    *,
    reason: str = "",
    call_at: Instant | None = None,
    now: Instant,
) -> list[tuple[str, str]]:
    """All that keeps this disposition from being the result of an order whose form holds `values`: (field, what).

    An order that was cancelled meanwhile owes no form.
    """
    found: list[tuple[str, str]] = []
    if choice.needs_form and not talk.withdrawn:
        found += [(flaw.field, flaw.wrong.value) for flaw in flaws(talk.form, values, local_date(talk.zone, now))]
    if choice.needs_reason and not reason.strip():
        found.append((REASON, Lacks.REASON))
    if call_at is not None and not keepable(talk.calendar, talk.zone, now, call_at):
        found.append((CALL_AT, Lacks.NOT_PERMITTED))
    return found


def local_date(zone: str | None, at: Instant) -> date:
    """The date on the person's own calendar; Moscow's where the zone is not known."""
    return local_day(zone or MOSCOW, at)
