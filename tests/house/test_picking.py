"""Manual mode on the real thing: an agent finds an order, has it called from a pause, and nobody is called unasked."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import httpx

from sim.desks import Desk, Desks, Manners
from sim.sip.behaviour import answers, busy
from sim.sip.carrier import Carrier
from tests.house.house import House

FIRST, WANTED, THIRD = "9160000001", "9160000002", "9160000003"
PATIENT = Manners(previews_s=(600.0, 600.0))
"""Desks that call nobody by themselves: the test presses their keys."""


async def test_an_order_is_found_by_its_number_picked_from_a_pause_called_and_joined(
    house: House, carrier: Carrier
) -> None:
    await house.prepare([1001, 1002], mode="manual")
    carrier.on(WANTED, answers(ring_s=0.3, talk_s=1.0))
    carrier.on(FIRST, busy())
    await house.add(FIRST, WANTED, THIRD)
    await house.start()

    async def asked(path: str, **query: str) -> dict[str, Any]:
        async with house.http() as http:
            answer = await http.get(f"/api/v1/agents/1001/{path}", params=query)
        assert answer.status_code == httpx.codes.OK
        return dict(answer.json())

    async def told(agent: int, path: str, **body: str) -> int:
        async with house.http() as http:
            return (await http.post(f"/api/v1/agents/{agent}/{path}", json=body)).status_code

    def shown_to(desk: Desk) -> Callable[[], Awaitable[bool]]:
        async def is_shown() -> bool:
            return bool(desk.popped)

        return is_shown

    async with Desks(house.url, house.work.token, [1001, 1002], Random(1), PATIENT) as team:
        for desk in team.desks.values():
            await desk.until_state("ready")
        await house.command("start")
        anna, boris = team.desks[1001], team.desks[1002]

        async def runs() -> bool:
            return bool((await asked("picks", limit="0"))["campaigns"])

        await house.until(runs, "the campaign runs")
        assert len((await asked("picks"))["leads"]) == 3
        [found] = (await asked("picks", q="order-" + WANTED))["leads"]
        assert await told(1001, "pause", reason="other_work") == httpx.codes.ACCEPTED
        await anna.until_state("paused")
        assert await told(1001, "pick", lead=found["lead"]) == httpx.codes.ACCEPTED
        await house.until(shown_to(anna), "her card is shown")
        [again] = (await asked("picks", q=WANTED))["leads"]
        assert again["reason"] == "in_call"
        assert await told(1002, "pick", lead=found["lead"]) == httpx.codes.CONFLICT
        shown = anna.popped[-1]
        assert (shown["card"]["external_id"], shown["preview_until"] is not None) == ("order-" + WANTED, True)
        assert await told(1001, "dial", attempt=shown["attempt"]) == httpx.codes.ACCEPTED
        [row] = await house.until_settled(1)
        assert (row["number"], row["outcome"], row["agent"], row["previewer"]) == (WANTED, "answered", 1001, 1001)
        await anna.until_state("paused")

        [other] = (await asked("picks", q="order-" + FIRST))["leads"]
        assert await told(1002, "pick", lead=other["lead"]) == httpx.codes.ACCEPTED
        await house.until(shown_to(boris), "his card is shown")
        assert await told(1002, "dial", attempt=boris.popped[-1]["attempt"]) == httpx.codes.ACCEPTED
        booked = await house.until_settled(2)
        assert {row["number"]: row["outcome"] for row in booked} == {WANTED: "answered", FIRST: "busy"}
    states = {lead["number"]: lead["state"] for lead in await house.leads()}
    assert states[THIRD] == "ready", "nobody has picked it"
    assert len({record.call_id for record in carrier.records}) == 2
    assert (await house.imbalance()).total == 0
    assert await house.stop() == 0
