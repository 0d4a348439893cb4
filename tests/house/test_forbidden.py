"""A number is forbidden, or its person forgotten, by a command while it rings: the daemon beside it hangs up."""

import asyncio
from random import Random

from dialer import cli
from sim.desks import Desks
from sim.sip.behaviour import no_answer
from sim.sip.carrier import Carrier
from tests.house.house import House

NUMBER = "9160000200"
LONG_RING_S = 100.0
"""Longer than anything here waits."""


async def test_a_call_that_rings_ends_when_its_number_is_forbidden(house: House, carrier: Carrier) -> None:
    await house.prepare([1001], ring_s=LONG_RING_S)
    carrier.on(NUMBER, no_answer())
    await house.add(NUMBER)
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1)) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        await house.until(lambda: ringing(carrier), "it rings")
        command = ["dnc", "add", NUMBER, "-c", str(house.folder / "dialer.toml")]
        assert await asyncio.to_thread(cli.execute, command) == 0
        (booked,) = await house.until_settled(1)
        (lead,) = await house.leads()
    assert (lead["state"], lead["withdrawn"], booked["outcome"]) == ("done", "do_not_call", "cancelled")
    assert await house.stop() == 0


async def test_a_call_that_rings_ends_when_its_person_is_to_be_forgotten(house: House, carrier: Carrier) -> None:
    (house.folder / "forgetting.key").write_text("k" * 40)
    with (house.folder / "dialer.toml").open("a") as settings:
        settings.write('[forgetting]\nkey_file = "forgetting.key"\n')
    await house.prepare([1001], ring_s=LONG_RING_S)
    carrier.on(NUMBER, no_answer())
    await house.add(NUMBER)
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1)) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        await house.until(lambda: ringing(carrier), "it rings")
        told = ["--reason", "letter 17", "--yes", "-c", str(house.folder / "dialer.toml")]
        assert await asyncio.to_thread(cli.execute, ["person", "erase", NUMBER, *told]) == 0
        (booked,) = await house.until_settled(1)
    assert booked["outcome"] == "cancelled"
    assert await house.stop() == 0


async def ringing(carrier: Carrier) -> bool:
    return bool(carrier.records)
