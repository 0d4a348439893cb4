"""Changes of an order that is known already, and answers that are given again. Plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from dialer.core.goods import OrderData
from dialer.core.ids import Instant
from dialer.core.lead import NewPhone


@dataclass(frozen=True, slots=True)
class WaitingLead:
    """A lead that nobody calls just now, as it is booked: what a change of it starts from."""

    region: str
    fields: Mapping[str, str]
    numbers: tuple[str, ...]
    """Of its phones, in their order."""


@dataclass(frozen=True, slots=True)
class LeadChange:
    """What is to be different; None leaves a thing as it is."""

    person: str | None = None
    region: str | None = None
    priority: int | None = None
    not_before: Instant | None = None
    sets_expiry: bool = False
    expires_at: Instant | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    """Fields to be taken away."""
    phones: tuple[NewPhone, ...] = ()
    """All phones anew; none: they stay."""
    zones: Mapping[str, str] = field(default_factory=dict)
    """By number, what binds phones that stay (as `NewPhone.zone`; empty: not known); none: as it was."""
    order: OrderData | None = None


ChangeOf: TypeAlias = Callable[[WaitingLead], LeadChange]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a request that may come again."""

    fingerprint: str
    status: int
    answer: Mapping[str, Any]
