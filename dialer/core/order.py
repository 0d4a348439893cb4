"""What became of an order that came in, and a lead as its owner may look at it. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

from dialer.core.ids import AttemptId, CampaignId, Instant, LeadId, ProjectId
from dialer.core.outcome import LeadState


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
    external_id: str | None
    state: LeadState
    reason: str
    person: str
    numbers: tuple[str, ...]
    fields: Mapping[str, str]
    created_at: Instant
    next_call_at: Instant | None = None
    expires_at: Instant | None = None
    attempts: tuple[LeadAttempt, ...] = ()
