"""Webhooks: where a project's results are sent, and what is on its way there. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType

from dialer.core.ids import Instant, LeadId, ProjectId

WebhookId = NewType("WebhookId", int)

ANY_STATUS = "*"
"""The key of a status map that stands for every word that the map does not have."""


class EventKind(StrEnum):
    """What an event tells; its `type` in the message."""

    ATTEMPT_SETTLED = "attempt_settled"
    ORDER_DISPOSED = "order_disposed"
    """Another order of the same person, settled in the same talk."""
    LEAD_CLOSED = "lead_closed"
    """Over without a call at that moment."""
    NOTICE_SETTLED = "notice_settled"
    """A text or an e-mail between attempts."""


class WebhookState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """What is to be sent waits, and is given up in its time."""
    REMOVED = "removed"


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up; may be replayed."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One endpoint of a client."""

    id: WebhookId
    project: ProjectId
    url: str
    salt: str = field(repr=False)
    state: WebhookState = WebhookState.ACTIVE
    kinds: tuple[str, ...] = ()
    """Which events it wants; none named: all."""
    status_map: Mapping[str, str] = field(default_factory=dict)
    """Our disposition or outcome to the client's own word; `*` for all others."""
    networks: tuple[str, ...] = ()
    """Private networks that its project may reach."""
    previous_salt: str | None = field(default=None, repr=False)
    previous_until: Instant | None = None
    """Until then messages are signed with the replaced secret too."""

    def status(self, payload: Mapping[str, Any]) -> str | None:
        """The client's word for this result: by the disposition, else the outcome, else `*`, else our own word.

        Where no call has ended it, its reason stands for both.
        """
        told = ("disposition", "outcome") if "outcome" in payload or "disposition" in payload else ("reason",)
        words = [str(payload[key]) for key in told if payload.get(key)]
        mapped = [self.status_map[word] for word in (*words, ANY_STATUS) if word in self.status_map]
        return next(iter([*mapped, *words]), None) if words else None

    def salts(self, at: Instant) -> tuple[str, ...]:
        """Those to sign with now, the newest first."""
        overlaps = self.previous_salt is not None and self.previous_until is not None and at < self.previous_until
        return (self.salt, self.previous_salt) if overlaps and self.previous_salt else (self.salt,)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one webhook."""

    id: int
    webhook: WebhookId
    event: int
    kind: str
    payload: Mapping[str, Any]
    created_at: Instant
    attempt: int
    """Which try this is, from 1."""
    lead: LeadId | None = None


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery as a person looks at it."""

    id: int
    event: int
    kind: str
    lead: LeadId | None
    state: DeliveryState
    tries: int
    created_at: Instant
    next_try_at: Instant | None
    done_at: Instant | None
    status: int | None
    """HTTP status of the last answer."""
    error: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """What has not arrived, over all webhooks."""

    pending: int
    dead: int
    oldest_at: Instant | None
    """When the oldest that still waits was made."""
