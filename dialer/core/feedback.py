"""What a client tells back of an order: brought, not brought, or to be called again. Plain values."""

from dataclasses import dataclass
from enum import StrEnum

from dialer.core.ids import CampaignId, Instant, LeadId, ProjectId
from dialer.core.webhooks import WebhookId


class FeedbackKind(StrEnum):
    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    CALL_AGAIN = "call_again"
    """A new work cycle of the same lead; the old one is kept."""


class FeedbackOutcome(StrEnum):
    NOTED = "noted"
    REOPENED = "reopened"
    IN_WORK = "in_work"
    """To be called again, and it is being called already."""
    NO_PHONE = "no_phone"
    """To be called again, and every phone of it is bad."""


@dataclass(frozen=True, slots=True)
class Feedback:
    webhook: WebhookId
    project: ProjectId
    message: str
    """The sender's own id of it."""
    kind: FeedbackKind
    told_at: Instant
    lead: LeadId | None = None
    external_id: str = ""
    """Where `lead` is not named."""
    paid_kopecks: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of it; `campaign` where a lead waits to be called now."""

    outcome: FeedbackOutcome
    lead: LeadId
    campaign: CampaignId | None = None
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class WorkCycle:
    """One that is over."""

    number: int
    opened_at: Instant
    closed_at: Instant
    state: str
    reason: str
    attempts: int
