"""Scripts and result forms by version: made, approved, used. Plain values."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dialer.core.ids import Instant


class ContentKind(StrEnum):
    SCRIPT = "script"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class ContentVersion:
    """One version, as its project has it; `body` is plain JSON values."""

    version: int
    body: Any
    note: str
    made_at: Instant
    made_by: str
    approved_at: Instant | None = None
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class InfoEntry:
    """Something that an agent may look up while he talks. `id` 0 until it is booked."""

    id: int
    title: str
    body: str
    position: int = 0
    """Entries without a search stand in this order."""
