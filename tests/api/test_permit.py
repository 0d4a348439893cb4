"""Why a lead is not called, and when it will be: the gate's own answer over the API."""

import httpx

from dialer.store.db import Database
from tests.api.conftest import House
from tests.api.test_leads import order

Headers = dict[str, str]


async def asked(house: House, http: httpx.AsyncClient, headers: Headers, lead: str) -> dict[str, object]:
    answer = await http.get(f"/api/v1/leads/{lead}/may-dial", headers=headers)
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


async def test_the_gate_answers(house: House, http: httpx.AsyncClient, admin: Headers, database: Database) -> None:
    lead = (await http.post("/api/v1/leads", headers=admin, json=order(house))).json()["lead"]
    async with database.connection() as conn:
        await conn.execute("update dialer.lead set next_call_at = now() + interval '3 hours', held = true")
    told = await asked(house, http, admin, lead)
    assert (told["may_dial"], told["waived"], told["number_rests_until"]) == (False, False, None)
    assert told["reasons"][:2] == ["list_paused", "later"]  # type: ignore[index]
    assert told["opens_at"] is None  # a person paused the list: nothing opens by itself
    async with database.connection() as conn:
        await conn.execute("update dialer.lead set held = false")
    assert (await asked(house, http, admin, lead))["opens_at"] is not None


async def test_another_projects_lead_is_not_there(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    answer = await http.get("/api/v1/leads/01990000-0000-7000-8000-000000000001/may-dial", headers=admin)
    assert answer.status_code == 404
