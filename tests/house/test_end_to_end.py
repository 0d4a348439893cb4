"""The main job on the real thing: a list is dialled through Asterisk, answers reach agents, everything is booked."""

from random import Random

from sim.desks import Desks
from sim.sip.behaviour import answers, busy, invalid, no_answer
from sim.sip.carrier import Carrier
from tests.house.house import House


async def test_a_list_is_dialled_joined_booked_and_done(house: House, carrier: Carrier) -> None:
    await house.prepare([1001, 1002])
    talkers = [f"91600000{n:02}" for n in range(6)]
    for number in talkers:
        carrier.on(number, answers(ring_s=0.3, talk_s=1.0))
    carrier.on("9160000100", busy())
    carrier.on("9160000101", invalid())
    carrier.on("9160000102", no_answer())
    await house.add(*talkers, "9160000100", "9160000101", "9160000102")
    await house.start()
    async with Desks(house.url, house.work.token, [1001, 1002], Random(1)) as team:
        for desk in team.desks.values():
            await desk.until_state("ready")
        await house.command("start")
        booked = await house.until_settled(9)
        outcomes = sorted(row["outcome"] for row in booked)
        assert outcomes == sorted(["answered"] * 6 + ["busy", "invalid", "no_answer"])
        assert sum(len(desk.popped) for desk in team.desks.values()) == 6
        card = next(desk.popped[0]["card"] for desk in team.desks.values() if desk.popped)
        assert card["person"] == "Получатель"
    assert len({record.call_id for record in carrier.records}) == 9
    assert (await house.imbalance()).total == 0
    assert await house.stop() == 0
