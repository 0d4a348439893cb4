"""PostgreSQL restarted or frozen in mid-campaign: talks go on, nothing new is dialled, all is right again after."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from sim.desks import Desks, Manners
from sim.sip.behaviour import answers
from sim.sip.carrier import Carrier, ten_digits
from sim.sip.phones import Phones
from sim.sip.record import EndedBy
from sim.stand.postgres import Postgres, running_postgres
from tests.conftest import TEMPLATE, Switch, copied, make_template
from tests.house.books import balanced, until_over
from tests.house.house import House, house_of

TEAM = [1001, 1002]
MANNERS = Manners(wrap_up_s=(0.2, 0.4), dispositions=(("agreed", 1.0),))
RIGHT_AGAIN_S = 30.0
"""Five are promised and measured (`python -m tests.bench.recovery`); this is for machines that are busy with tests."""
NUMBERS = [f"91600002{n:02}" for n in range(10)]


@pytest_asyncio.fixture
async def own_postgres() -> AsyncIterator[Postgres]:
    """A server that this test may hurt."""
    async with running_postgres() as server:
        await make_template(server)
        yield server


@pytest_asyncio.fixture
async def house(
    switch: Switch, carrier: Carrier, phones: Phones, own_postgres: Postgres, tmp_path: Path
) -> AsyncIterator[House]:
    async with house_of(switch, await copied(own_postgres, TEMPLATE), tmp_path) as opened:
        yield opened
    await switch.asterisk.cli("channel request hangup all")


async def hurt(server: Postgres, how: str) -> None:
    if how == "restart":
        await server.restart()
        return
    server.freeze()
    await asyncio.sleep(6.0)
    server.thaw()


@pytest.mark.parametrize("how", ["restart", "freeze"])
async def test_a_database_that_goes_away_costs_no_talk(
    house: House, carrier: Carrier, own_postgres: Postgres, how: str
) -> None:
    await house.prepare(TEAM)
    for number in NUMBERS:
        carrier.on(number, answers(ring_s=0.3, talk_s=2.0))
    await house.add(*NUMBERS)
    await house.start()
    async with Desks(house.url, house.work.token, TEAM, Random(1), MANNERS) as team:
        for desk in team.desks.values():
            await desk.until_state("ready")
        await house.command("start")
        await house.until_settled(2)
        await hurt(own_postgres, how)
        dialled = len(carrier.records)
        at_that_time = [ten_digits(record.number) for record in carrier.records if not record.live]
        await house.until(lambda: _dials_again(carrier, dialled), "the next call is dialled", RIGHT_AGAIN_S)
        await house.until(lambda: _booked(house, at_that_time), "the books know how each call ended", RIGHT_AGAIN_S)
        await until_over(house, len(NUMBERS))
        assert sum(len(desk.disposed) for desk in team.desks.values()) >= len(NUMBERS) - 4
    await balanced(house, carrier)
    assert house.logged("bug") == []
    assert all(record.ended_by is EndedBy.CALLED for record in carrier.records)


async def test_nothing_is_dialled_while_the_books_cannot_be_written(
    house: House, carrier: Carrier, own_postgres: Postgres
) -> None:
    await house.prepare(TEAM)
    for number in NUMBERS:
        carrier.on(number, answers(ring_s=0.3, talk_s=1.0))
    await house.add(*NUMBERS)
    await house.start()
    async with Desks(house.url, house.work.token, TEAM, Random(1), MANNERS) as team:
        for desk in team.desks.values():
            await desk.until_state("ready")
        await house.command("start")
        await house.until_settled(1)
        own_postgres.freeze()
        await house.until(lambda: _said(house, "books_away"), "the daemon says that the books are away")
        dialled = len(carrier.records)
        await asyncio.sleep(3.0)
        assert len(carrier.records) == dialled
        own_postgres.thaw()
        await house.until(lambda: _said(house, "books_back"), "the daemon says that the books are back")
        await until_over(house, len(NUMBERS))
    await balanced(house, carrier)


async def test_a_drain_does_not_wait_for_a_database_that_is_away(
    house: House, carrier: Carrier, own_postgres: Postgres
) -> None:
    """What could not be written is said; the next start settles it from what it knows."""
    await house.prepare(TEAM[:1])
    carrier.on_ending("", answers(ring_s=0.3, talk_s=2.0))
    await house.add(NUMBERS[0])
    await house.start()
    async with Desks(house.url, house.work.token, TEAM[:1], Random(1), MANNERS) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        await team.desks[1001].until_state("talking")
        own_postgres.freeze()
        try:
            assert await house.stop() == 0
        finally:
            own_postgres.thaw()
        assert house.logged("draining")[-1]["left_behind"] == "the database did not come back within 10 s"
        assert house.logged("stopped")[0]["unwritten"] > 0
        assert house.logged("stopped")[0]["open_calls"] == 0
        await house.start()
        await house.until_settled(1)
    await balanced(house, carrier)


async def _dials_again(carrier: Carrier, before: int) -> bool:
    return len(carrier.records) > before


async def _booked(house: House, numbers: Sequence[str]) -> bool:
    ended = {row["number"] for row in await house.attempts() if row["ended_at"] is not None}
    return ended >= set(numbers)


async def _said(house: House, event: str) -> bool:
    return bool(house.logged(event))
