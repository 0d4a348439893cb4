"""Who may do what: roles, the rights that each role has, and the one who asks.

Rules: a right that is not listed is not had; a token never has more than its user's role; a client and an
integrator see their own projects only. Nothing here knows of cookies, tokens' secrets or HTTP.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dialer.core.ids import AgentId, ProjectId


class Role(StrEnum):
    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    CLIENT = "client"
    INTEGRATOR = "integrator"


class Right(StrEnum):
    """What may be asked for; the same words are the scopes of tokens."""

    LEADS_READ = "leads:read"
    LEADS_WRITE = "leads:write"
    DO_NOT_CALL = "do-not-call:write"
    NUMBERS = "numbers:check"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    DISPOSITIONS_READ = "dispositions:read"
    AGENTS_READ = "agents:read"
    AGENTS_STEER = "agents:steer"
    """Sign any agent in and out, pause him, hang up and dispose for him."""
    LISTEN = "calls:listen"
    """Be on an agent's line by phone: listen, whisper, barge in."""
    DESK = "desk"
    """The same for oneself, and one's own screen."""
    WALLBOARD = "wallboard:read"
    METRICS = "metrics:read"
    """Of every project at once: for none that is confined to its own."""
    WEBHOOKS = "webhooks:write"
    """Where a project's results are sent, and its secrets."""
    AUDIT = "audit:read"
    """Who changed what and who saw whose data."""
    PERSONS = "persons:write"
    """A person's demands: all that is held of him, and to be forgotten; for how long a project remembers."""
    USERS = "users:write"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.SUPERVISOR: frozenset(Right) - {Right.USERS},
    Role.AGENT: frozenset({Right.DESK, Right.DISPOSITIONS_READ}),
    Role.CLIENT: frozenset({Right.LEADS_READ, Right.CAMPAIGNS_READ, Right.DISPOSITIONS_READ}),
    Role.INTEGRATOR: frozenset(
        {
            Right.LEADS_READ,
            Right.LEADS_WRITE,
            Right.DO_NOT_CALL,
            Right.NUMBERS,
            Right.CAMPAIGNS_READ,
            Right.DISPOSITIONS_READ,
            Right.WEBHOOKS,
        }
    ),
}

CONFINED = frozenset({Role.CLIENT, Role.INTEGRATOR})
"""Roles that see only the projects they were given."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The one who asks, as the session or the token proved him."""

    user: int
    name: str
    role: Role
    rights: frozenset[Right]
    agent: AgentId | None = None
    """The agent whose desk is his own."""
    projects: frozenset[ProjectId] | None = None
    """None: every project."""
    by_token: bool = False
    has_password: bool = True
    """False for a user who has only ever come in by a one-time link."""

    def may(self, right: Right) -> bool:
        return right in self.rights

    def sees(self, project: ProjectId) -> bool:
        return self.projects is None or project in self.projects

    def may_act_for(self, agent: AgentId) -> bool:
        """An agent acts for himself; who steers agents, for all."""
        return self.may(Right.AGENTS_STEER) or (self.may(Right.DESK) and self.agent == agent)


def effective_rights(role: Role, scopes: frozenset[Right] | None = None) -> frozenset[Right]:
    """What a session (no scopes) or a token (with scopes) of this role may do."""
    return RIGHTS[role] if scopes is None else RIGHTS[role] & scopes
