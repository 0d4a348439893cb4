"""Fixtures that many tests share: real servers, started once. What cannot be had fails, never skips."""

import itertools
from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from dialer.store.db import Database
from dialer.store.migrate import upgrade
from sim.stand.postgres import Postgres, running_postgres

TEMPLATE = "migrated"
BUILT_AT = 1_790_000_000.0
"""Partitions of the template begin with this month, September 2026: tests of the books are set in it."""

_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres() -> AsyncIterator[Postgres]:
    """An empty PostgreSQL (embedded) for the whole run; tests make their own databases in it."""
    async with running_postgres() as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template(postgres: Postgres) -> Postgres:
    """The same server with a migrated database to copy."""
    await make_template(postgres)
    return postgres


@pytest_asyncio.fixture
async def database_dsn(template: Postgres) -> str:
    """A migrated database of the test's own."""
    return await copied(template)


@pytest_asyncio.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    """The same, connected to."""
    async with await Database.open(database_dsn) as opened:
        yield opened


async def make_template(server: Postgres) -> None:
    await _admin(server, f"create database {TEMPLATE}")
    async with await Database.open(server.dsn(TEMPLATE), command_timeout_s=60.0) as opened:
        await upgrade(opened, BUILT_AT)


async def copied(server: Postgres, source: str = TEMPLATE) -> str:
    """The DSN of a new database: a copy of `source`, to which nobody may be connected."""
    name = f"test_{next(_numbers)}"
    await _admin(server, f"create database {name} template {source}")
    return server.dsn(name)


async def _admin(server: Postgres, statement: str) -> None:
    conn = await asyncpg.connect(server.dsn())
    try:
        await conn.execute(statement)
    finally:
        await conn.close()
