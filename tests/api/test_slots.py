"""Slots on the agent's form: what the simulated courier says, held before they are promised, never for nothing."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from dialer.core.access import Role
from dialer.core.effects import ScreenPop
from dialer.core.form import FieldKind, Form, FormField
from dialer.core.wishes import Disposed
from dialer.slots import LEASE_S, Slots
from dialer.store.outbox import WebhookBooks
from sim.courier.firm import Slot
from sim.courier.server import Courier
from tests.api.conftest import House
from tests.api.test_sockets import answered
from tests.api.test_talk import dispose, type_in

Headers = dict[str, str]
MORNING = "10:00-14:00"
EVENING = "18:00-22:00"
FORM = Form((FormField("date", "Дата", FieldKind.DATE), FormField("interval", "Интервал", FieldKind.INTERVAL)))


@pytest_asyncio.fixture
async def agent(house: House) -> Headers:
    return await house.token(Role.AGENT)


@pytest_asyncio.fixture
async def courier(house: House, http: httpx.AsyncClient, admin: Headers) -> AsyncIterator[Courier]:
    """A courier whom the project asks."""
    await WebhookBooks(house.database).allow(house.project, "127.0.0.0/8", "a test", house.clock.now())
    async with Courier() as opened:
        answer = await http.put(f"/api/v1/projects/{house.project}/slots", headers=admin, json=settings(opened))
        assert answer.status_code == 200, answer.text
        yield opened


def settings(courier: Courier) -> dict[str, Any]:
    place = '{"reservation": "{reservation}", "date": "{date}", "interval": "{interval}", "order": "{order}"}'
    return {
        "ask": {"url": f"{courier.url}/slots?date={{date}}"},
        "reserve": {"method": "POST", "url": f"{courier.url}/reservations", "body": place},
        "release": {"method": "DELETE", "url": f"{courier.url}/reservations/{{reservation}}"},
    }


def day(house: House) -> date:
    return datetime.fromtimestamp(house.clock.now(), UTC).date() + timedelta(days=3)


async def look(house: House, http: httpx.AsyncClient, agent: Headers, pop: ScreenPop, days: int = 1) -> dict[str, Any]:
    params = {"attempt": pop.attempt, "date": str(day(house)), "days": days}
    answer = await http.get("/api/v1/agent/slots", headers=agent, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def reserve(
    house: House, http: httpx.AsyncClient, agent: Headers, pop: ScreenPop, interval: str = MORNING
) -> dict[str, Any]:
    body = {"attempt": pop.attempt, "date": str(day(house)), "interval": interval}
    answer = await http.post("/api/v1/agent/slots", headers=agent, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def settled_as(house: House, pop: ScreenPop, disposition: str | None) -> None:
    """The books as the settlement leaves them."""
    async with house.database.connection() as conn:
        await conn.execute(
            "update dialer.attempt set state = 'settled', outcome = 'answered', disposition = $2 where id = $1::uuid",
            pop.attempt,
            disposition,
        )


def sweeper_of(house: House) -> Slots:
    found = house.ports.integration.slots
    assert isinstance(found, Slots)
    return found


async def test_free_full_and_unknown_are_shown_as_what_they_are(
    house: House, http: httpx.AsyncClient, agent: Headers, courier: Courier
) -> None:
    pop = await answered(house)
    courier.firm.limits[Slot(day(house), MORNING)] = 0
    (known,) = (await look(house, http, agent, pop))["days"]
    assert (known["state"], known["date"]) == ("known", str(day(house)))
    assert [one["state"] for one in known["intervals"]] == ["full", "free", "free"]
    courier.faults.is_down = True
    (one, two) = (await look(house, http, agent, pop, days=2))["days"]
    assert one["state"] == "known", "some seconds old"
    assert (two["state"], two["why"], two["intervals"]) == ("unknown", "http_503", [])


async def test_a_project_without_a_courier_says_so(house: House, http: httpx.AsyncClient, agent: Headers) -> None:
    pop = await answered(house)
    assert await look(house, http, agent, pop) == {"provider": False, "days": [], "held": None}
    assert (await reserve(house, http, agent, pop))["why"] == "no_provider"


async def test_a_place_is_held_renewed_and_changed(
    house: House, http: httpx.AsyncClient, agent: Headers, courier: Courier
) -> None:
    pop = await answered(house)
    first = await reserve(house, http, agent, pop)
    assert (first["state"], list(courier.firm.reserved)) == ("reserved", [first["reservation"]])
    assert (await reserve(house, http, agent, pop))["reservation"] == first["reservation"]
    assert (await look(house, http, agent, pop))["held"]["interval"] == MORNING
    second = await reserve(house, http, agent, pop, EVENING)
    await sweeper_of(house).sweeper.sweep()
    assert list(courier.firm.reserved) == [second["reservation"]]
    released = await http.post("/api/v1/agent/slots/release", headers=agent, json={"attempt": pop.attempt})
    assert released.json() == {"released": True}
    await sweeper_of(house).sweeper.sweep()
    assert not courier.firm.reserved


async def test_a_full_slot_is_not_promised(
    house: House, http: httpx.AsyncClient, agent: Headers, courier: Courier
) -> None:
    pop = await answered(house)
    courier.firm.limits[Slot(day(house), MORNING)] = 0
    assert (await reserve(house, http, agent, pop))["state"] == "full"
    now = house.clock.now()
    version = await house.ports.contents.add(house.project, FORM, "", "olga", now)
    await house.ports.contents.approve(house.project, "form", version, "olga", now)
    await type_in(house, http, agent, pop, date=str(day(house)), interval=MORNING)
    refused = await dispose(http, agent, pop, "agreed")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:dialer:problem:slot-full")
    assert not house.room.told(Disposed)
    await type_in(house, http, agent, pop, interval=EVENING)
    assert (await dispose(http, agent, pop, "agreed")).status_code == 202
    assert list(courier.firm.reserved.values()) == [Slot(day(house), EVENING)]


@pytest.mark.parametrize(("disposition", "stays"), [("agreed", 1), ("changed_mind", 0), (None, 0)])
async def test_only_a_saved_agreement_keeps_its_place(
    house: House, http: httpx.AsyncClient, agent: Headers, courier: Courier, disposition: str | None, stays: int
) -> None:
    pop = await answered(house)
    await reserve(house, http, agent, pop)
    slots = sweeper_of(house)
    await slots.sweeper.sweep()
    assert len(courier.firm.reserved) == 1, "the talk is still on"
    await settled_as(house, pop, disposition)
    await slots.sweeper.sweep()
    assert len(courier.firm.reserved) == stays


async def test_a_lease_that_runs_out_gives_the_place_back_once_the_courier_hears_it(
    house: House, http: httpx.AsyncClient, agent: Headers, courier: Courier
) -> None:
    pop = await answered(house)
    await reserve(house, http, agent, pop)
    slots, later = sweeper_of(house), house.clock.now() + LEASE_S + 1
    courier.faults.is_down = True
    slots.sweeper._now = lambda: later
    await slots.sweeper.sweep()
    assert len(courier.firm.reserved) == 1
    courier.faults.is_down = False
    later += 60
    await slots.sweeper.sweep()
    assert not courier.firm.reserved


async def test_an_answer_that_was_lost_leaves_no_place_taken(
    house: House, http: httpx.AsyncClient, agent: Headers, courier: Courier
) -> None:
    pop = await answered(house)
    courier.faults.loss_ratio = 1
    assert (await reserve(house, http, agent, pop))["state"] == "unknown"
    assert len(courier.firm.reserved) == 1
    courier.faults.loss_ratio = 0
    await sweeper_of(house).sweeper.sweep()
    assert not courier.firm.reserved


async def test_another_agents_call_has_no_slots_here(
    house: House, http: httpx.AsyncClient, agent: Headers, courier: Courier
) -> None:
    pop = await answered(house)
    for attempt in ("00000000-0000-7000-8000-000000000000", "x"):
        params = {"attempt": attempt, "date": "2026-12-01"}
        assert (await http.get("/api/v1/agent/slots", headers=agent, params=params)).status_code == 404
    params = {"attempt": pop.attempt, "date": "2026-12-01", "lead": "00000000-0000-7000-8000-000000000000"}
    assert (await http.get("/api/v1/agent/slots", headers=agent, params=params)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"ask": {"url": "https://10.0.0.1/slots"}},
        {"ask": {"url": "https://8.8.8.8/{phone}"}},
        {"ask": {"url": "https://8.8.8.8/", "headers": {"Host": "x"}}},
        {"interval": ""},
        {"release": None},
        {"reserve": {"method": "POST", "url": "https://8.8.8.8/", "body": "{date}"}},
    ],
)
async def test_settings_that_cannot_work_are_refused(
    house: House, http: httpx.AsyncClient, admin: Headers, courier: Courier, wrong: dict[str, Any]
) -> None:
    path = f"/api/v1/projects/{house.project}/slots"
    before = (await http.get(path, headers=admin)).json()
    assert (await http.put(path, headers=admin, json={**settings(courier), **wrong})).status_code == 422
    assert (await http.get(path, headers=admin)).json() == before
    assert (await http.delete(path, headers=admin)).json() == {"dropped": True}
    assert (await http.get(path, headers=admin)).status_code == 404
