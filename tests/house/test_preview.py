"""Preview on the real thing: an agent looks at the lead first, has it called himself, and nobody else gets it."""

from random import Random
from typing import Any

from dialer.core.ids import LeadId
from dialer.core.lead import NewLead, NewPhone
from dialer.store import lists
from dialer.store.uuid7 import uuid7
from sim.desks import Desks, Manners
from sim.sip.behaviour import answers, busy
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
