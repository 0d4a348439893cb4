"""Rest between calls on the real thing: a call is dialled and joined when the agent has rested, not before."""

from itertools import pairwise
from random import Random

from sim.desks import Desks, Manners
from sim.sip.behaviour import answers
from sim.sip.carrier import Carrier
from tests.house.house import House

MANNERS = Manners(wrap_up_s=(0.1, 0.2), dispositions=(("agreed", 1.0),))
REST_S = 1.5


async def test_an_agent_rests_between_his_calls(house: House, carrier: Carrier) -> None:
    await house.prepare([1001], rest_s=REST_S)
    carrier.on_ending("", answers(ring_s=0.2, talk_s=0.5))
    await house.add("9160000001", "9160000002", "9160000003")
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1), MANNERS) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        booked = sorted(await house.until_settled(3), key=lambda row: row["bridged_at"])
    assert [row["outcome"] for row in booked] == ["answered"] * 3
    for one, following in pairwise(booked):
        assert (following["dialled_at"] - one["settled_at"]).total_seconds() >= REST_S - 0.05
    async with house.database.connection() as conn:
        log = await conn.fetch("select state, reason from dialer.agent_state_log where agent = 1001 order by since")
    assert [(row["state"], row["reason"]) for row in log].count(("ready", "rest")) >= 2
    assert (await house.imbalance()).total == 0
    assert await house.stop() == 0
