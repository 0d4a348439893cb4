"""Every test of the books runs on two releases: the embedded PostgreSQL and Debian's 15, the oldest that we promise."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from dialer.store.db import Database
from sim.stand.debs import Archive
from sim.stand.postgres import Postgres, Release
from tests.conftest import copied, dropped, make_template, quick_postgres
from tests.store.scene import Scene, build_scene

DEBIAN_BIN = "usr/lib/postgresql/15/bin"
INSTALLED = Path("/", DEBIAN_BIN, "postgres").exists()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def debian_template() -> AsyncIterator[Postgres]:
    """A migrated database on Debian's PostgreSQL 15: the machine's own programs where it has them, else fetched."""
    async with quick_postgres(await _debian()) as server:
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


async def _debian() -> Release:
    if INSTALLED:
        return Release(Path("/"), DEBIAN_BIN)
    tree = await Archive("bookworm").fetch("postgresql-15")
    return Release(tree.path, DEBIAN_BIN, parts=("usr",), libraries="usr/lib/x86_64-linux-gnu")
