"""Numbered SQL migrations, each applied once, in order, in its own transaction, with the checksum of its text.

Several daemons may start at once: one of them migrates, the others poll for its lock. They poll, because a session
that waits in `pg_advisory_lock` holds a snapshot which `create index concurrently` in the winner would wait for.
"""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from itertools import pairwise

from asyncpg import Record

from dialer.core.ids import Instant
from dialer.store.db import Database
from dialer.store.sql import Conn, load

LOCK_KEY = 0x6469616C6572  # "dialer"
POLL_S = 0.05
LOCK_TIMEOUT_S = 120.0
MIGRATION_TIMEOUT_S = 3600.0
PARTITION_MONTHS = 13

_Q = load("migrate")
_FILE = re.compile(r"(\d{3})_(\w+)\.sql")


class MigrationError(Exception):
    """The schema cannot be brought, or is not, where this program needs it; the message names the cure."""


class Status(StrEnum):
    APPLIED = "applied"
    PENDING = "pending"
    CHANGED = "changed"
    """Its file is not the one that was applied."""
    UNKNOWN = "unknown"
    """Applied by a newer program: this one has no such file."""


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of `dialer db status`."""

    version: int
    name: str
    status: Status


def shipped() -> tuple[Migration, ...]:
    """The migrations of this program, in order; MigrationError where two have the same number."""
    found = []
    for file in (files("dialer.store") / "schema").iterdir():
        if match := _FILE.fullmatch(file.name):
            found.append(Migration(int(match[1]), match[2], file.read_text("utf-8")))
    found.sort(key=lambda migration: migration.version)
    for one, other in pairwise(found):
        if one.version == other.version:
            raise MigrationError(f"two migrations have number {one.version:03}: {one.name} and {other.name}")
    return tuple(found)


async def status(database: Database, migrations: Sequence[Migration] | None = None) -> list[Entry]:
    """Every migration known here or there, in order."""
    async with database.connection() as conn:
        return await _status(conn, shipped() if migrations is None else migrations)


async def require_current(database: Database) -> None:
    """MigrationError unless the schema is exactly this program's."""
    entries = await status(database)
    _refuse_strange(entries)
    pending = [f"{entry.version:03}_{entry.name}" for entry in entries if entry.status is Status.PENDING]
    if pending:
        raise MigrationError(f"the database lacks {', '.join(pending)}: run `dialer db upgrade`")


async def upgrade(database: Database, now: Instant, migrations: Sequence[Migration] | None = None) -> list[Migration]:
    """Apply what is pending and make the partitions of the coming year; tells what was applied.

    Safe with several starters. MigrationError, with nothing applied, where a file has changed since it was applied or
    the database is ahead of this program.
    """
    wanted = shipped() if migrations is None else migrations
    async with _alone(database) as conn:
        await _Q["prepare"].run(conn)
        entries = await _status(conn, wanted)
        _refuse_strange(entries)
        pending = {entry.version for entry in entries if entry.status is Status.PENDING}
        applied = [migration for migration in wanted if migration.version in pending]
        for migration in applied:
            await _apply(conn, migration)
        await _partitions(conn, now)
    return applied


async def make_partitions(database: Database, now: Instant) -> int:
    """Make the monthly tables of the coming year where they are missing (boot, once a day); tells how many."""
    async with database.connection() as conn:
        return await _partitions(conn, now)


async def _partitions(conn: Conn, now: Instant) -> int:
    made: int = await conn.fetchval(
        _Q["make_partitions"].text,
        *_Q["make_partitions"].bind({"now": now, "months": PARTITION_MONTHS}),
        timeout=MIGRATION_TIMEOUT_S,
    )
    return made


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[Conn]:
    """A connection that holds the lock of migrations."""
    async with database.connection() as conn:
        try:
            async with asyncio.timeout(LOCK_TIMEOUT_S):
                while not await _Q["try_lock"].value(conn, key=LOCK_KEY):  # noqa: ASYNC110 - see the docstring
                    await asyncio.sleep(POLL_S)  # noqa: TID251 - this lock is polled, for the reason given above
        except TimeoutError as error:
            raise MigrationError(f"another program has been migrating for {LOCK_TIMEOUT_S:.0f} s") from error
        try:
            yield conn
        finally:
            await _Q["unlock"].run(conn, key=LOCK_KEY)


async def _status(conn: Conn, migrations: Sequence[Migration]) -> list[Entry]:
    there = {}
    if await _Q["is_prepared"].value(conn):
        there = {row["version"]: row for row in await _Q["applied"].rows(conn)}
    here = {migration.version: migration for migration in migrations}
    return [_entry(version, here.get(version), there.get(version)) for version in sorted(here.keys() | there.keys())]


def _entry(version: int, here: Migration | None, there: Record | None) -> Entry:
    if here is None:
        assert there is not None
        return Entry(version, there["name"], Status.UNKNOWN)
    if there is None:
        return Entry(version, here.name, Status.PENDING)
    same = there["checksum"] == here.checksum
    return Entry(version, here.name, Status.APPLIED if same else Status.CHANGED)


def _refuse_strange(entries: Sequence[Entry]) -> None:
    for entry in entries:
        name = f"{entry.version:03}_{entry.name}"
        if entry.status is Status.CHANGED:
            raise MigrationError(
                f"migration {name} was applied with another text: restore its file and add a new migration instead"
            )
        if entry.status is Status.UNKNOWN:
            raise MigrationError(f"the database has {name}, which this program does not know: install the newer dialer")


async def _apply(conn: Conn, migration: Migration) -> None:
    async with conn.transaction():
        await conn.execute(migration.text, timeout=MIGRATION_TIMEOUT_S)
        await _Q["record"].run(conn, version=migration.version, name=migration.name, checksum=migration.checksum)
