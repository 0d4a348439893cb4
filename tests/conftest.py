"""Fixtures that many tests share: real servers, started once. What cannot be had fails, never skips."""

from collections.abc import AsyncIterator

import pytest_asyncio

from sim.stand.postgres import Postgres, running_postgres


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres() -> AsyncIterator[Postgres]:
    """An empty PostgreSQL (embedded) for the whole run; tests make their own databases in it."""
    async with running_postgres() as server:
        yield server
