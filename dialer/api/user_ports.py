"""What the API needs of users: signing in and out, and users as an administrator keeps them. See `ports`."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from dialer.core.access import Principal, Right, Role
from dialer.core.ids import AgentId, Instant, ProjectId
from dialer.core.user import AuditEntry, Token, User


class Users(Protocol):
    """Users, sessions, tokens and one-time links. Secrets go in and out in the clear; only digests are kept."""

    async def check_password(self, name: str, password: str) -> User | None:
        """The user of this name and password; None for a wrong one of either, in the same time."""
        ...

    async def use_link(self, link: str, at: Instant) -> User | None:
        """Spend a one-time link; None for one that is unknown, spent or expired."""
        ...

    async def change_password(self, user: int, old: str | None, new: str, session: str) -> bool:
        """False where `old` is wrong. Ends every session of the user but `session`."""
        ...

    async def open_session(self, user: int, at: Instant, expires_at: Instant) -> str:
        """A new session's secret."""
        ...

    async def close_session(self, secret: str) -> None: ...

    async def by_session(self, secret: str, at: Instant) -> Principal | None: ...

    async def by_token(self, token: str, at: Instant) -> Principal | None: ...

    async def audit(self, entry: AuditEntry) -> None: ...


class UserBooks(Users, Protocol):
    """The same, and how they are made and changed. What cannot be is a ValueError that says why in words."""

    async def all(self) -> Sequence[User]: ...

    async def user(self, name: str) -> User: ...

    async def add(
        self,
        name: str,
        role: Role,
        at: Instant,
        *,
        agent: AgentId | None = None,
        projects: Iterable[ProjectId] = (),
    ) -> User: ...

    async def change(self, name: str, role: Role, agent: AgentId | None, projects: Iterable[ProjectId]) -> User:
        """Another role, desk or projects, from the next request on."""
        ...

    async def make_token(
        self, name: str, scopes: Iterable[Right], at: Instant, *, label: str = "", expires_at: Instant | None = None
    ) -> str:
        """A new token's secret, told this once."""
        ...

    async def tokens(self, name: str | None = None) -> Sequence[Token]: ...

    async def revoke_token(self, token: int, at: Instant) -> None:
        """It is nothing from the next request on."""
        ...

    async def disable(self, name: str, is_disabled: bool = True) -> None:
        """Shut the user out at once, or let him in again."""
        ...

    async def make_link(self, name: str, at: Instant) -> str:
        """A secret that signs this user in once."""
        ...

    async def reset(self, name: str, at: Instant) -> str:
        """Take away password, sessions and unused links; the secret of a new one."""
        ...
