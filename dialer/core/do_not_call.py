"""Numbers that must not be called. Plain values."""

from dataclasses import dataclass

from dialer.core.ids import Instant, LeadId, ProjectId


@dataclass(frozen=True, slots=True)
class Forbidden:
    number: str
    """10 digits."""
    project: ProjectId | None
    """None: for every project."""
    reason: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Forbade:
    """What came of numbers put in."""

    added: int
    """Those that did not stand there already."""
    leads: tuple[LeadId, ...]
    """Leads that are called no more."""
