"""Delivery slots: what a courier said of a day, and places that are held for a person on the line. Plain values.

Unknown is a word of its own: a courier that does not answer in time has said neither "free" nor "full".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType

from dialer.core.ids import AttemptId, Instant, LeadId, ProjectId

HoldId = NewType("HoldId", str)


class SlotState(StrEnum):
    FREE = "free"
    FULL = "full"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Interval:
    """One interval of a day; `left` where the courier counts."""

    interval: str
    """HH:MM-HH:MM."""
    state: SlotState
    left: int | None = None


@dataclass(frozen=True, slots=True)
class SlotDay:
    """A day as the courier has it, as of `asked_at`. `trouble` says why nothing is known."""

    day: date
    asked_at: Instant
    intervals: tuple[Interval, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A request with `{names}` in URL and body, each filled in as it must be written there."""

    method: str
    url: str
    body: str = ""
    """JSON text, or nothing."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """`{secret:NAME}` in a value stands for a secret of the project, out of the daemon's environment: not kept here."""


@dataclass(frozen=True, slots=True)
class Provider:
    """How a project's courier is asked for slots. Paths go through JSON by dots, as `data.slots`."""

    project: ProjectId
    ask: Template
    items: str = "slots"
    interval: str = "interval"
    """In an item: HH:MM-HH:MM; else empty, and `opens` and `closes` name two times."""
    opens: str = ""
    closes: str = ""
    free: str = "free"
    """In an item: how many places are left, or whether there is one."""
    reserve: Template | None = None
    release: Template | None = None
    full_statuses: tuple[int, ...] = (409,)
    """Answers to `reserve` that mean that the slot is taken."""
    networks: tuple[str, ...] = ()
    """Private networks that the project may reach."""


@dataclass(frozen=True, slots=True)
class Order:
    """For whom slots are asked: what a template may speak of."""

    attempt: AttemptId
    lead: LeadId
    project: ProjectId
    external_id: str = ""
    region: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


class HoldState(StrEnum):
    RESERVING = "reserving"
    """Asked for; whether the courier has it is not known yet."""
    HELD = "held"
    KEPT = "kept"
    """The result was saved."""
    RELEASING = "releasing"
    RELEASED = "released"
    LOST = "lost"
    """The courier could not be told for a day that it is free again."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A place for one order; `id` is the name under which the courier knows it."""

    id: HoldId
    order: Order
    day: date
    interval: str
    until: Instant
    tries: int = 0
    """To release it."""
