"""Preview on the real thing: an agent looks at the lead first, has it called himself, and nobody else gets it."""

from random import Random
from typing import Any

import httpx

from dialer.core.ids import LeadId
from dialer.core.lead import NewLead, NewPhone
from dialer.store import lists
from dialer.store.uuid7 import uuid7
from sim.desks import Desks, Manners
from sim.sip.behaviour import answers, busy, no_answer
from sim.sip.carrier import Carrier
from tests.house.house import House

ANSWERS, BUSY, NO_CONSENT = "9160000001", "9160000002", "9160000003"
ADS: dict[str, Any] = {"mode": "preview", "law": "ru_ads"}
PATIENT = Manners(previews_s=(600.0, 600.0))
"""Desks that call nobody by themselves: the test presses their keys."""


async def consenting(house: House, *numbers: str, consent: str = "форма 12") -> None:
    """Leads due now, with their record of consent."""
    at = 1_790_000_000.0
    leads = [
        NewLead(
            LeadId(uuid7(at + place / 1000)),
            (NewPhone(number, "Europe/Moscow", "mobile"),),
            external_id=f"order-{number}",
            person="Получатель",
            fields={"goods": "Чайник", "consent": consent} if consent else {"goods": "Чайник"},
        )
        for place, number in enumerate(numbers)
    ]
    await lists.ListWriter(house.database, house.work.list).write(leads, at)


async def pressed(house: House, attempt: str) -> bool:
    """The key that calls; False where the lead is not on the screen yet."""
    async with house.http() as http:
        answer = await http.post("/api/v1/agents/1001/dial", json={"attempt": attempt})
    return answer.status_code == httpx.codes.ACCEPTED


async def test_advertising_is_dialled_by_an_agent_s_hand_and_joined_to_him(house: House, carrier: Carrier) -> None:
    await house.prepare([1001, 1002], **ADS)
    carrier.on(ANSWERS, answers(ring_s=0.3, talk_s=1.0))
    carrier.on(BUSY, busy())
    await consenting(house, ANSWERS, BUSY)
    await consenting(house, NO_CONSENT, consent="")
    await house.start()
    async with Desks(house.url, house.work.token, [1001, 1002], Random(1)) as team:
        for desk in team.desks.values():
            await desk.until_state("ready")
        await house.command("start")
        booked = await house.until_settled(2)
        leads = {lead["number"]: lead for lead in await house.leads()}
        assert {row["number"]: row["outcome"] for row in booked} == {ANSWERS: "answered", BUSY: "busy"}
        assert (leads[NO_CONSENT]["state"], leads[NO_CONSENT]["reason"]) == ("refused", "no_consent")
        for row in booked:
            desk = team.desks[row["previewer"]]
            first = next(pop for pop in desk.popped if pop["attempt"] == str(row["id"]))
            assert first["preview_until"] is not None
            assert first["card"]["fields"]["goods"] == "Чайник"
            assert row["agent"] in (None, row["previewer"])
            assert not row["abandoned"]
    assert len({record.call_id for record in carrier.records}) == 2
    assert (await house.imbalance()).total == 0
    assert await house.stop() == 0


async def test_a_daemon_killed_in_a_preview_and_in_its_ringing_dials_nothing_twice(
    house: House, carrier: Carrier
) -> None:
    await house.prepare([1001], **ADS, ring_s=120.0)
    carrier.on(ANSWERS, no_answer())
    await consenting(house, ANSWERS)
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1), PATIENT) as team:
        desk = team.desks[1001]
        await desk.until_state("ready")
        await house.command("start")
        await desk.until_state("previewing")
        await house.kill()
        await house.start()
        [given_back, *_] = await house.until_settled(1)
        assert (given_back["outcome"], given_back["reason"]) == ("not_sent", "restarted")
        assert (given_back["dialled_at"], given_back["uses_attempt"]) == (None, False)

        async def has_it_called() -> bool:
            offered = [row["id"] for row in await house.attempts() if row["state"] == "previewing"]
            return bool(offered) and await pressed(house, str(offered[0]))

        async def is_bound() -> bool:
            return [agent["state"] for agent in (await house.wallboard())["agents"]] == ["reserved"]

        async def rings() -> bool:
            return any(row["state"] == "ringing" for row in await house.attempts())

        await house.until(has_it_called, "the lead is on the screen again, and is called")
        await house.until(rings, "the person's phone rings")
        await house.kill()
        await house.start()
        await house.until_servers_up()
        await house.until(is_bound, "the call that rings is still his")
        await team.ask(1001, "hang-up")
        booked = await house.until_settled(2)
        ours = [row for row in booked if row["dialled_at"] is not None]
        assert [(row["outcome"], row["uses_attempt"]) for row in ours] == [("cancelled", True)]
    assert len({record.call_id for record in carrier.records}) == 1
    assert (await house.imbalance()).total == 0
