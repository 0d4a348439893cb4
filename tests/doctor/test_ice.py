"""The doctor on the ways of sound, against a real TURN server."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from dialer.clock import Clock
from dialer.config import Config
from dialer.doctor.finding import Finding, Health
from dialer.doctor.ice import examine_ice
from sim.stand.turn import Turn, running_turn

KEY = "north-of-the-wall"
HOUR_S = 3600.0
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def turn() -> AsyncIterator[Turn]:
    async with running_turn(KEY, print) as server:
        yield server


async def found(clock: Clock | None = None, **phone: Any) -> list[Finding]:
    server = {"name": "main", "secret": "x", "phone_url": "wss://dialer.test/phone"}
    return await examine_ice(
        Config(database={"dsn": "postgresql://x"}, asterisk=[server], phone=phone), clock or Clock()
    )


async def test_where_no_phone_is_in_a_browser_there_is_nothing_to_say() -> None:
    config = Config(database={"dsn": "postgresql://x"}, asterisk=[{"name": "main", "secret": "x"}])
    assert await examine_ice(config, Clock()) == []


async def test_without_any_server_sound_goes_straight() -> None:
    (finding,) = await found()
    assert (finding.health, finding.what.split(" between")[0]) == (Health.FINE, "sound goes straight")


async def test_what_works_is_tried_and_given_back(turn: Turn) -> None:
    over_tcp = turn.url.replace("udp", "tcp")
    findings = await found(stun=[turn.url.replace("turn:", "stun:")], turn=[turn.url, over_tcp], key=KEY)
    assert [finding.health for finding in findings] == [Health.FINE] * 3
    assert [finding.what.split(" 127.")[0] for finding in findings] == ["STUN, sees us as", *["TURN, lends"] * 2]


async def test_another_key_or_clock_is_told_with_its_cure(turn: Turn) -> None:
    late = Clock(wall=lambda: 1_000_000_000.0)
    for finding in (
        *await found(turn=[turn.url], key="another-key-than-its"),
        *await found(late, turn=[turn.url], key=KEY),
    ):
        assert finding.health is Health.BROKEN
        assert "takes no password of ours (401" in finding.what
        assert "static-auth-secret" in finding.cure


async def test_one_that_does_not_answer_is_told(turn: Turn) -> None:
    url = "turn:127.0.0.1:1?transport=tcp"
    (finding,) = await found(turn=[url], key=KEY)
    assert (finding.health, finding.about) == (Health.BROKEN, url)
    assert "does not answer" in finding.what
    (finding,) = await found(stun=["stun:127.0.0.1:1"])
    assert finding.health is Health.WARNING
