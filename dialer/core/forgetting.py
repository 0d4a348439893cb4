"""When the data of a person are forgotten, by which rule, and the proof of it. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dialer.core.ids import Instant, LeadId, ProjectId

DAY_S = 24 * 3600.0
LEAST_DAYS = 1
"""Receipts of repeated requests live so long: by then nothing of an order is kept outside its own rows."""
LONGEST_DAYS = 3650
ON_DEMAND = "erased"
"""Why a lead was taken out whose person asked to be forgotten."""


class Rule(StrEnum):
    """Why a lead was forgotten."""

    DELIVERED = "delivered"
    """The client confirmed the delivery, and the project's term after it is over."""
    CLOSED = "closed"
    """The lead was over, and the project's longer term after that is."""
    DEMAND = "demand"
    """The person asked for it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A project's terms in days; None: by this rule nothing is forgotten."""

    delivered_days: int | None = None
    closed_days: int | None = None

    def __post_init__(self) -> None:
        for days in (self.delivered_days, self.closed_days):
            if days is not None and not LEAST_DAYS <= days <= LONGEST_DAYS:
                raise ValueError(f"a term is {LEAST_DAYS} to {LONGEST_DAYS} days, not {days}")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The proof: what was erased of a lead, when and by which rule. Nothing in it tells of the person."""

    lead: LeadId
    project: ProjectId
    at: Instant
    rule: Rule
    days: int | None
    """The term that was over; None on demand."""
    by: str
    """The daemon, or who carried the demand out."""
    erased: Mapping[str, int]
    """Rows erased or emptied, by table."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of a person's demand."""

    forgotten: int
    """Leads that are forgotten now."""
    waiting: int
    """Leads on a call at this moment: forgotten when it is over."""
    withdrawn: tuple[LeadId, ...] = ()
    """Leads that were taken out of dialling for it."""
