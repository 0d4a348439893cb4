"""Changes of an order that is known already, and answers that are given again. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dialer.core.goods import OrderData
from dialer.core.ids import Instant
from dialer.core.lead import NewPhone


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
    order: OrderData | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a request that may come again."""

    fingerprint: str
    status: int
    answer: Mapping[str, Any]
