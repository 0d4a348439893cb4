"""Orders as they come in from a shop, what became of them, and a lead as its owner may look at it. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialer.core.ids import AttemptId, CampaignId, Instant, LeadId, ProjectId
from dialer.core.outcome import LeadState


@dataclass(frozen=True, slots=True)
class OrderPhone:
    """One number of an order, already understood: 10 digits, and what is known of where it lives."""

    number: str
    zone: str | None = None
    region: str = ""
    place: str = ""
    kind: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A person to reach for one reason; (project, external id) says which reason."""

    lead: LeadId
    """Made at the edge; kept only when the order is new."""
    external_id: str
    phones: tuple[OrderPhone, ...]
    person: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    priority: int = 5
    """0..9; 9 is dialled first."""
    expires_at: Instant | None = None
    reason: str = ""
    """Why it cannot be dialled yet (a number with several candidates); empty for one that can."""


@dataclass(frozen=True, slots=True)
class BookedOrder:
    """Where an order ended: its lead, and whether it was new or had been there already."""

    lead: LeadId
    state: LeadState
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class LeadAttempt:
    attempt: AttemptId
    at: Instant
    state: str
    outcome: str | None = None
    disposition: str | None = None
    agent: int | None = None


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """A lead as the API shows it."""

    lead: LeadId
    project: ProjectId
    campaign: CampaignId
    external_id: str
    state: LeadState
    reason: str
    person: str
    numbers: tuple[str, ...]
    fields: Mapping[str, str]
    created_at: Instant
    next_call_at: Instant | None = None
    expires_at: Instant | None = None
    attempts: tuple[LeadAttempt, ...] = ()
