"""Users, their sessions, tokens and one-time links, and the audit log.

Secrets go in and out in the clear and only once; the books keep digests. Whoever is disabled is nobody from that
moment on, whatever he holds.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import orjson
from asyncpg import Record
from asyncpg.exceptions import CheckViolationError, ForeignKeyViolationError, UniqueViolationError

from dialer.core.access import CONFINED, Principal, Right, Role, effective_rights
from dialer.core.ids import AgentId, Instant, ProjectId
from dialer.core.user import AuditEntry, Token, User
from dialer.store.db import Database
from dialer.store.errors import NameTaken, Refused, Unknown
from dialer.store.passwords import digest, hash_password, new_secret, verify_password
from dialer.store.sql import Conn, load

LINK_S = 24 * 3600.0
"""How long a one-time link waits to be used."""

_Q = load("users")


class Users:
    """Over one database; every method may raise DatabaseAway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- who there is

    async def add(
        self,
        name: str,
        role: Role,
        at: Instant,
        *,
        agent: AgentId | None = None,
        projects: Iterable[ProjectId] = (),
        password: str | None = None,
    ) -> User:
        """A new user. NameTaken; Unknown agent or project; Refused where an agent has no number."""
        hashed = None if password is None else await hash_password(password)
        async with _in_words(), self._database.transaction() as conn:
            user = await _Q["add_user"].value(conn, name=name, role=role.value, agent=agent, password=hashed, at=at)
            await _Q["set_projects"].run(conn, user=user, projects=sorted(projects))
        return await self.user(name)

    async def change(self, name: str, role: Role, agent: AgentId | None, projects: Iterable[ProjectId]) -> User:
        """Another role, desk or projects, from the next request on. Unknown; NameTaken; Refused."""
        async with _in_words(), self._database.transaction() as conn:
            user = await _Q["change_user"].value(conn, name=name, role=role.value, agent=agent)
            if user is None:
                raise Unknown(f"there is no user {name!r}")
            await _Q["set_projects"].run(conn, user=user, projects=sorted(projects))
        return await self.user(name)

    async def reset(self, name: str, at: Instant) -> str:
        """Take away password, sessions and unused links; the secret of a new link that signs in once. Unknown."""
        user = await self.user(name)
        async with self._database.connection() as conn:
            await _Q["reset"].run(conn, user=user.id)
        return await self.make_link(name, at)

    async def all(self) -> list[User]:
        async with self._database.connection() as conn:
            return [_user(row) for row in await _Q["users"].rows(conn, names=None)]

    async def user(self, name: str) -> User:
        """Raises Unknown."""
        async with self._database.connection() as conn:
            return await _by_name(conn, name)

    async def disable(self, name: str, is_disabled: bool = True) -> None:
        """Shut the user out at once, or let him in again. Raises Unknown."""
        async with self._database.connection() as conn:
            if await _Q["disable"].value(conn, name=name, is_disabled=is_disabled) is None:
                raise Unknown(f"there is no user {name!r}")

    # ---- passwords

    async def check_password(self, name: str, password: str) -> User | None:
        """The user of this name and password; None for a wrong one of either, in the same time."""
        async with self._database.connection() as conn:
            row = await _Q["password_of"].row(conn, name=name)
        if not await verify_password(password, None if row is None else row["password"]):
            return None
        return await self.user(name)

    async def set_password(self, name: str, password: str) -> None:
        """Also ends the user's sessions and unused links. Raises Unknown."""
        user = await self.user(name)
        hashed = await hash_password(password)
        async with self._database.connection() as conn:
            await _Q["set_password"].run(conn, user=user.id, password=hashed, but=None)

    async def change_password(self, user: int, old: str | None, new: str, session: str) -> bool:
        """False where `old` is wrong. Ends every session of the user but `session`."""
        async with self._database.connection() as conn:
            stored = await _Q["password_by_id"].value(conn, user=user)
        if stored is not None and not await verify_password(old or "", stored):
            return False
        hashed = await hash_password(new)
        async with self._database.connection() as conn:
            await _Q["set_password"].run(conn, user=user, password=hashed, but=digest(session))
        return True

    # ---- links, sessions, tokens

    async def make_link(self, name: str, at: Instant) -> str:
        """A secret that signs this user in once. Raises Unknown."""
        secret = new_secret("dll")
        async with self._database.connection() as conn:
            user = await _by_name(conn, name)
            await _Q["add_link"].run(conn, digest=digest(secret), user=user.id, at=at, expires_at=at + LINK_S)
        return secret

    async def use_link(self, link: str, at: Instant) -> User | None:
        """Spend a one-time link; None for one that is unknown, spent or expired."""
        async with self._database.connection() as conn:
            name = await _Q["use_link"].value(conn, digest=digest(link), at=at)
            return None if name is None else await _by_name(conn, name)

    async def open_session(self, user: int, at: Instant, expires_at: Instant) -> str:
        secret = new_secret("dls")
        async with self._database.connection() as conn:
            await _Q["open_session"].run(conn, digest=digest(secret), user=user, at=at, expires_at=expires_at)
        return secret

    async def close_session(self, secret: str) -> None:
        async with self._database.connection() as conn:
            await _Q["close_session"].run(conn, digest=digest(secret))

    async def by_session(self, secret: str, at: Instant) -> Principal | None:
        async with self._database.connection() as conn:
            row = await _Q["by_session"].row(conn, digest=digest(secret), at=at)
        return None if row is None else _principal(row, None)

    async def make_token(
        self, name: str, scopes: Iterable[Right], at: Instant, *, label: str = "", expires_at: Instant | None = None
    ) -> str:
        """A new token's secret, shown this once. Unknown; Refused where a scope is beyond the user's role."""
        wanted = frozenset(scopes)
        secret = new_secret("dlt")
        async with self._database.connection() as conn:
            user = await _by_name(conn, name)
            beyond = wanted - effective_rights(user.role)
            if beyond or not wanted:
                allowed = ", ".join(sorted(effective_rights(user.role)))
                raise Refused(f"{sorted(beyond) or 'no scope'} for role {user.role}; it may have: {allowed}")
            await _Q["add_token"].run(
                conn,
                user=user.id,
                label=label,
                digest=digest(secret),
                scopes=sorted(wanted),
                at=at,
                expires_at=expires_at,
            )
        return secret

    async def tokens(self, name: str | None = None) -> list[Token]:
        async with self._database.connection() as conn:
            rows = await _Q["tokens"].rows(conn, name=name)
        return [Token(**{**row, "scopes": tuple(row["scopes"])}) for row in rows]

    async def revoke_token(self, token: int, at: Instant) -> None:
        """Raises Unknown."""
        async with self._database.connection() as conn:
            if await _Q["revoke_token"].value(conn, id=token, at=at) is None:
                raise Unknown(f"there is no token {token} that is still good")

    async def by_token(self, token: str, at: Instant) -> Principal | None:
        async with self._database.connection() as conn:
            row = await _Q["by_token"].row(conn, digest=digest(token), at=at)
        if row is None:
            return None
        known = {right.value for right in Right}
        return _principal(row, frozenset(Right(scope) for scope in row["scopes"] if scope in known))

    # ---- audit

    async def audit(self, entry: AuditEntry) -> None:
        detail = orjson.dumps(dict(entry.detail)).decode()
        async with self._database.connection() as conn:
            await _Q["audit"].run(
                conn, at=entry.at, by=entry.by, action=entry.action, subject=entry.subject, detail=detail
            )

    async def audited(self, count: int = 100) -> list[AuditEntry]:
        """The newest entries first."""
        async with self._database.connection() as conn:
            rows = await _Q["audited"].rows(conn, count=count)
        return [AuditEntry(**{**row, "detail": orjson.loads(row["detail"])}) for row in rows]


@asynccontextmanager
async def _in_words() -> AsyncIterator[None]:
    """What the books refuse of a user, said so that whoever typed it understands."""
    try:
        yield
    except UniqueViolationError as error:
        what = "agent number" if error.constraint_name == "app_user_agent_key" else "name"
        raise NameTaken(f"another user has this {what} already") from error
    except ForeignKeyViolationError as error:
        raise Unknown("there is no such agent or project") from error
    except CheckViolationError as error:
        raise Refused(
            "a name is up to 64 small letters, digits and . _ @ -; a user of role agent needs an agent's number"
        ) from error


async def _by_name(conn: Conn, name: str) -> User:
    rows = await _Q["users"].rows(conn, names=[name])
    if not rows:
        raise Unknown(f"there is no user {name!r}")
    return _user(rows[0])


def _user(row: Record) -> User:
    return User(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        agent=None if row["agent"] is None else AgentId(row["agent"]),
        projects=frozenset(map(ProjectId, row["projects"])),
        has_password=row["has_password"],
        is_disabled=row["is_disabled"],
    )


def _principal(row: Record, scopes: frozenset[Right] | None) -> Principal:
    role = Role(row["role"])
    return Principal(
        user=row["id"],
        name=row["name"],
        role=role,
        rights=effective_rights(role, scopes),
        agent=None if row["agent"] is None else AgentId(row["agent"]),
        projects=frozenset(map(ProjectId, row["projects"])) if role in CONFINED else None,
        by_token=scopes is not None,
        has_password=row["has_password"],
    )
