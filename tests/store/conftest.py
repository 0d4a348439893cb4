"""Every test of the books runs on two releases: the embedded PostgreSQL and Debian's 15, the oldest that we promise."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dialer.store.db import Database
from sim.stand.postgres import Postgres
from sim.stand.tools import postgres_15
from tests.conftest import copied, dropped, make_template, quick_postgres
from tests.store.scene import Scene, build_scene


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def debian_template() -> AsyncIterator[Postgres]:
    """A migrated database on Debian's PostgreSQL 15: the machine's own programs where it has them, else fetched."""
    async with quick_postgres(await postgres_15()) as server:
        await make_template(server)
        yield server


@pytest_asyncio.fixture(params=["embedded", "debian-15"])
async def database_dsn(
    request: pytest.FixtureRequest, template: Postgres, debian_template: Postgres
) -> AsyncIterator[str]:
    """A migrated database of the test's own, on each release."""
    server = template if request.param == "embedded" else debian_template
    dsn = await copied(server)
    yield dsn
    await dropped(server, dsn)


@pytest_asyncio.fixture
async def scene(database: Database) -> Scene:
    """A project with one campaign, its group and an empty list."""
    return await build_scene(database)
