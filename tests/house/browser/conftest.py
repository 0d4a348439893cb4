"""One scene for all of this folder: Asterisk, daemon, carrier, TURN server and Chromium are started once."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sim.stand.postgres import Postgres
from tests.conftest import copied, dropped
from tests.house.browser.scene import Scene, scene_of


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def scene(template: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    dsn = await copied(template)
    async with scene_of(dsn, tmp_path_factory.mktemp("scene")) as opened:
        yield opened
    await dropped(template, dsn)
