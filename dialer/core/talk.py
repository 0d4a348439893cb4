"""A talk as its result is judged: what was shown, for whom, and what may be promised. Plain values."""

from dataclasses import dataclass, field

from dialer.core.form import DEFAULT_FORM, Form
from dialer.core.hours import Calendar
from dialer.core.ids import AgentId, AttemptId, Instant, LeadId, ProjectId
from dialer.core.outcome import LeadStep
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
