"""A request of the night through a real switch: who has just asked is called at once under his project's number."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from dialer.clock import Clock
from dialer.core.callers import Caller
from dialer.core.hours import Calendar
from dialer.core.ids import ProjectId
from dialer.store.callers import FrontCallers
from sim.desks import Desks
from sim.sip.behaviour import busy
from sim.sip.carrier import Carrier
from tests.house.house import QUICK, House

NEVER = Calendar(((),) * 7)
ASKED, WAITS = "9161234567", "9161234568"
SHOWN = "74951000001"


async def test_who_has_just_asked_is_called_though_the_hours_are_closed(house: House, carrier: Carrier) -> None:
    await house.prepare([1001], calendar=NEVER, rules=replace(QUICK, waive_hours_s=1800.0))
    await FrontCallers(house.database).save(Caller(0, ProjectId(1), SHOWN, "moscow"))
    for number in (ASKED, WAITS):
        carrier.on(number, busy())
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1)) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        await order(house, WAITS)
        now = datetime.fromtimestamp(Clock().now(), UTC).isoformat()
        lead = await order(house, ASKED, asked_at=now)
        (booked,) = await house.until_settled(1)
        async with house.http() as http:
            why = (await http.get(f"/api/v1/leads/{lead}/may-dial")).json()
    assert (booked["number"], booked["hours_waived"], booked["caller"]) == (ASKED, True, SHOWN)
    assert [(record.number, record.caller) for record in carrier.records] == [(ASKED, SHOWN)]
    assert (why["may_dial"], why["reasons"]) == (False, ["attempts_used_up"])
    assert {row["number"]: row["state"] for row in await house.leads()} == {ASKED: "done", WAITS: "ready"}
    assert await house.stop() == 0


async def order(house: House, number: str, **more: str) -> str:
    """Its lead."""
    body = {"campaign": house.work.campaign, "external_id": number, "phones": [number], **more}
    async with house.http() as http:
        answer = await http.post("/api/v1/leads", json=body)
    assert answer.status_code == 201, answer.text
    lead: str = answer.json()["lead"]
    return lead
