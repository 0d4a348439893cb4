"""The house, its carrier and its phones; every channel is gone at the end of a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sim.sip.carrier import Carrier
from sim.sip.phones import Phones
from tests.conftest import AGENTS, Switch
from tests.house.house import House, house_of

HERE = Path(__file__).parent
LIMIT_S = 400
"""A test here starts daemons, kills them and waits for real calls, on machines that may be busy."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(LIMIT_S))


@pytest_asyncio.fixture
async def carrier(switch: Switch) -> AsyncIterator[Carrier]:
    async with Carrier(bind=switch.carrier) as opened:
        yield opened


@pytest_asyncio.fixture
async def phones(switch: Switch) -> AsyncIterator[Phones]:
    async with Phones(AGENTS, bind=switch.phones) as opened:
        yield opened


@pytest_asyncio.fixture
async def house(
    switch: Switch, carrier: Carrier, phones: Phones, database_dsn: str, tmp_path: Path
) -> AsyncIterator[House]:
    async with house_of(switch, database_dsn, tmp_path) as opened:
        yield opened
    await switch.asterisk.cli("channel request hangup all")
