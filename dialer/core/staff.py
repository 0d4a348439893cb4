"""Agents and projects as the books know them, whether or not anything goes on with them. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialer.core.ids import AgentId, GroupId, ProjectId
from dialer.core.settings import Phone


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    id: ProjectId
    name: str
    zone: str = "Europe/Moscow"
    greeting: str = ""
    script: str = ""
    lines_share: float | None = None
    """The largest part of all lines that its calls may take; None: all of them."""


@dataclass(frozen=True, slots=True)
class AgentRecord:
    id: AgentId
    name: str
    groups: tuple[GroupId, ...] = ()
    phones: tuple[Phone, ...] = ()
    """The phones he may sign in at, his usual one first."""
    is_active: bool = True
    skills: Mapping[str, int] = field(default_factory=dict)
    """What he can do, with levels from 1 to 9."""
