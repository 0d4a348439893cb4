"""Fixtures that many tests share: real servers, started once. What cannot be had fails, never skips."""

import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import hypothesis
import pytest_asyncio

from asterisk_conf.settings import Phone, Trunk
from dialer.store.db import Database
from dialer.store.migrate import upgrade
from sim.stand.asterisk import Asterisk, running_asterisk
from sim.stand.ports import LOOPBACK, free_udp_port
from sim.stand.postgres import Postgres, Release, running_postgres

TEMPLATE = "migrated"
BUILT_AT = 1_790_000_000.0
"""Partitions of the template begin with this month, September 2026: tests of the books are set in it."""

AGENTS = tuple(str(number) for number in range(1001, 1041))
"""Phones that the switch knows; a test's `Phones` may play any of them."""

MEMORY = Path("/dev/shm")
MEMORY_NEEDED_BYTES = 2 * 1024**3

PATIENCE_S = 60.0
"""For a statement of a test's own: a machine that stands still for seconds is no database that is away."""

_numbers = itertools.count(1)

SLOW = (hypothesis.HealthCheck.too_slow,)
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=SLOW)
hypothesis.settings.load_profile("steady")
"""How long an example takes belongs to the machine, and says nothing. The examples are the same in every run: what is
refused was broken by the change that is tried. `--hypothesis-profile=default` looks for others."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A real Asterisk and where it looks for its peers; what listens there is the test's."""

    asterisk: Asterisk
    carrier: tuple[str, int]
    """Behind trunk `carrier`, asked by OPTIONS each second."""
    phones: tuple[str, int]
    """Behind every endpoint named in AGENTS."""
    dead: tuple[str, int]
    """Behind trunk `dead`: nobody listens there."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres() -> AsyncIterator[Postgres]:
    """An empty PostgreSQL (embedded) for the whole run; tests make their own databases in it."""
    async with quick_postgres() as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def switch() -> AsyncIterator[Switch]:
    """A real Asterisk for the whole run, with our own dialplan."""
    carrier, phones, dead = ((LOOPBACK, free_udp_port()) for _ in range(3))
    trunks = [Trunk("carrier", *carrier, qualify_s=1), Trunk("dead", *dead, qualify_s=1)]
    async with running_asterisk(trunks, [Phone(agent, *phones) for agent in AGENTS]) as asterisk:
        yield Switch(asterisk, carrier, phones, dead)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template(postgres: Postgres) -> Postgres:
    """The same server with a migrated database to copy."""
    await make_template(postgres)
    return postgres


@pytest_asyncio.fixture
async def database_dsn(template: Postgres) -> AsyncIterator[str]:
    """A migrated database of the test's own."""
    dsn = await copied(template)
    yield dsn
    await dropped(template, dsn)


@pytest_asyncio.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    """The same, connected to."""
    async with await Database.open(database_dsn, command_timeout_s=PATIENCE_S) as opened:
        yield opened


async def make_template(server: Postgres) -> None:
    await _admin(server, f"create database {TEMPLATE}")
    async with await Database.open(server.dsn(TEMPLATE), command_timeout_s=PATIENCE_S) as opened:
        await upgrade(opened, BUILT_AT)


async def copied(server: Postgres, source: str = TEMPLATE) -> str:
    """The DSN of a new database: a copy of `source`, to which nobody may be connected."""
    name = f"test_{next(_numbers)}"
    await _admin(server, f"create database {name} template {source}")
    return server.dsn(name)


async def dropped(server: Postgres, dsn: str) -> None:
    """Rid of a test's database: the servers' folders stay small."""
    name = urlsplit(dsn).path.removeprefix("/")
    await _admin(server, f"drop database {name} with (force)")


def memory_has_room() -> bool:
    return MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED_BYTES


@asynccontextmanager
async def quick_postgres(release: Release | None = None) -> AsyncIterator[Postgres]:
    """A server whose data are in memory where there is room: a copy of the template is then ten times as fast."""
    async with AsyncExitStack() as stack:
        usual = tempfile.tempdir
        if memory_has_room():
            tempfile.tempdir = str(MEMORY)
        try:
            server = await stack.enter_async_context(running_postgres(release))
        finally:
            tempfile.tempdir = usual
        yield server


async def _admin(server: Postgres, statement: str) -> None:
    conn = await asyncpg.connect(server.dsn())
    try:
        await conn.execute(statement)
    finally:
        await conn.close()
