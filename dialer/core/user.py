"""Users as the rest of the program sees them, and one line of the audit log. No secret is ever in these values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialer.core.access import Role
from dialer.core.ids import AgentId, Instant, ProjectId

MINIMUM_PASSWORD = 10
"""Characters; length is what counts (NIST SP 800-63B), so nothing else is demanded."""


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    role: Role
    agent: AgentId | None = None
    projects: frozenset[ProjectId] = frozenset()
    has_password: bool = False
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it may be listed: never its secret."""

    id: int
    user: str
    label: str
    scopes: tuple[str, ...]
    created_at: Instant
    expires_at: Instant | None
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, when. Numbers and names of persons stay out: the ids tell."""

    at: Instant
    by: str
    """The user's sign-in name, or the command line's `cli:<os user>`."""
    action: str
    """`noun.verb`, such as `campaign.pause`."""
    subject: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
