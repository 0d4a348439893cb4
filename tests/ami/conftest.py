"""A scripted manager port for the tests of this room."""

from collections.abc import AsyncIterator

import pytest

from tests.ami.scripted import ScriptedAsterisk


@pytest.fixture
async def asterisk() -> AsyncIterator[ScriptedAsterisk]:
    async with ScriptedAsterisk() as server:
        yield server
