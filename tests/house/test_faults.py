"""A broken manager link in the middle of the work: the books stay right, nobody is called twice, talks are not cut."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from sim.amiproxy import AmiProxy
from sim.desks import Desks, Manners
from sim.sip.behaviour import answers, busy
from sim.sip.carrier import Carrier, ten_digits
from sim.sip.phones import Phones
from sim.sip.record import EndedBy
from tests.conftest import Switch
from tests.house.books import balanced, until_over
from tests.house.house import House, house_of

TEAM = [1001, 1002, 1003, 1004]
MANNERS = Manners(wrap_up_s=(0.2, 0.4), dispositions=(("agreed", 1.0),))
LEADS = 24
HEALED_S = 90.0

Fault = Callable[[AmiProxy], Awaitable[None]]


async def cut_thrice(proxy: AmiProxy) -> None:
    for _ in range(3):
        proxy.cut()
        await asyncio.sleep(2.0)


async def frozen_to_the_dialer(proxy: AmiProxy) -> None:
    """Asterisk hears us and we hear nothing: the unanswered ping ends the link."""
    await _frozen(proxy, 6.0)


async def refused_for_a_while(proxy: AmiProxy) -> None:
    proxy.refusing = True
    proxy.cut()
    await asyncio.sleep(4.0)
    proxy.refusing = False


async def late(proxy: AmiProxy) -> None:
    proxy.delay(0.15)


async def in_single_bytes(proxy: AmiProxy) -> None:
    proxy.split()


async def doubled(proxy: AmiProxy) -> None:
    proxy.double_ratio = 0.5


async def reordered(proxy: AmiProxy) -> None:
    proxy.swap_ratio = 0.2


async def _frozen(proxy: AmiProxy, seconds: float) -> None:
    proxy.freeze()
    await asyncio.sleep(seconds)
    proxy.cut()
    proxy.thaw()


FAULTS: list[Fault] = [cut_thrice, frozen_to_the_dialer, refused_for_a_while, late, in_single_bytes, doubled, reordered]


@pytest_asyncio.fixture
async def proxy(switch: Switch) -> AsyncIterator[AmiProxy]:
    manager = switch.asterisk.settings.manager
    async with AmiProxy(manager.host, manager.port, Random(7)) as opened:
        yield opened


@pytest_asyncio.fixture
async def house(
    switch: Switch, carrier: Carrier, phones: Phones, database_dsn: str, tmp_path: Path, proxy: AmiProxy
) -> AsyncIterator[House]:
    async with house_of(switch, database_dsn, tmp_path, proxy.port) as opened:
        yield opened
    await switch.asterisk.cli("channel request hangup all")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_a_broken_link_breaks_nothing_else(house: House, carrier: Carrier, proxy: AmiProxy, fault: Fault) -> None:
    await house.prepare(TEAM)
    numbers = [f"91600001{n:02}" for n in range(LEADS)]
    for index, number in enumerate(numbers):
        carrier.on(number, busy(ring_s=0.2) if index % 6 == 5 else answers(ring_s=0.4, talk_s=1.5))
    await house.add(*numbers)
    await house.start()
    async with Desks(house.url, house.work.token, TEAM, Random(1), MANNERS) as team:
        for desk in team.desks.values():
            await desk.until_state("ready")
        await house.command("start")
        await house.until_settled(2)
        await fault(proxy)
        await until_over(house, LEADS, HEALED_S)
    await balanced(house, carrier)
    assert house.logged("bug") == []
    joined = {row["number"] for row in await house.attempts() if row["bridged_at"] is not None}
    assert all(r.ended_by is EndedBy.CALLED for r in carrier.records if ten_digits(r.number) in joined)


async def test_a_drain_does_not_wait_for_an_asterisk_that_is_away(
    house: House, carrier: Carrier, proxy: AmiProxy
) -> None:
    """The talk goes on there; the next start adopts it and books its end."""
    await house.prepare(TEAM[:1])
    carrier.on_ending("", answers(ring_s=0.2, talk_s=40.0))
    await house.add("9160000199")
    await house.start()
    async with Desks(house.url, house.work.token, TEAM[:1], Random(1), MANNERS) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        await team.desks[1001].until_state("talking")
        proxy.refusing = True
        proxy.cut()
        assert await house.stop() == 0
        assert [line["left_behind"] for line in house.logged("draining")[1:]] == [
            "Asterisk did not come back within 10 s"
        ]
        assert house.logged("stopped")[0]["open_calls"] == 1
        proxy.refusing = False
        await house.start()
        await house.until_settled(1)
    await balanced(house, carrier)
    assert [record.ended_by for record in carrier.records] == [EndedBy.CALLED]
