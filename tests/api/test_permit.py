"""Why a lead is not called, and when it will be: the gate's own answer over the API."""

from datetime import UTC, datetime

import httpx

from dialer.store.db import Database
from tests.api.conftest import House
from tests.api.test_leads import order

Headers = dict[str, str]


async def may_dial(house: House, http: httpx.AsyncClient, headers: Headers, lead: str) -> dict[str, object]:
    answer = await http.get(f"/api/v1/leads/{lead}/may-dial", headers=headers)
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


async def test_the_gate_answers(house: House, http: httpx.AsyncClient, admin: Headers, database: Database) -> None:
    lead = (await http.post("/api/v1/leads", headers=admin, json=order(house))).json()["lead"]
    async with database.connection() as conn:
        await conn.execute("update dialer.lead set next_call_at = now() + interval '3 hours', held = true")
    told = await may_dial(house, http, admin, lead)
    assert (told["may_dial"], told["waived"], told["number_rests_until"]) == (False, False, None)
    assert told["reasons"][:2] == ["list_paused", "later"]  # type: ignore[index]
    assert told["opens_at"] is None  # a person paused the list: nothing opens by itself
    async with database.connection() as conn:
        await conn.execute("update dialer.lead set held = false")
    assert (await may_dial(house, http, admin, lead))["opens_at"] is not None


async def test_another_projects_lead_is_not_there(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    answer = await http.get("/api/v1/leads/01990000-0000-7000-8000-000000000001/may-dial", headers=admin)
    assert answer.status_code == 404


async def test_a_request_of_the_night_is_callable_for_its_minutes(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    never = {"hours": {"weekdays": [[]] * 7}, "rules": {"waive_hours_s": 1800}}
    changed = await http.patch(f"/api/v1/campaigns/{house.campaign}", headers=admin, json=never)
    assert (changed.status_code, changed.json()["rules"]["waive_hours_s"]) == (200, 1800)
    now = house.clock.now()
    asked = {"just": now - 600, "ahead": now + 600, "long ago": now - 1800, "never": None}
    for name, at in asked.items():
        told = {} if at is None else {"asked_at": datetime.fromtimestamp(at, UTC).isoformat()}
        assert (await http.post("/api/v1/leads", headers=admin, json=order(house, name, **told))).status_code == 201
    found = {}
    for name in asked:
        params = {"project": str(house.project), "external_id": name}
        lead = (await http.get("/api/v1/leads", headers=admin, params=params)).json()["lead"]
        answer = await may_dial(house, http, admin, lead)
        found[name] = (answer["may_dial"], answer["waived"])
    assert found == {"just": (True, True), "ahead": (True, True), "long ago": (False, False), "never": (False, False)}


async def test_where_the_law_binds_every_call_the_night_is_not_waived(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    limits = {"per_day": 1, "per_week": 2, "per_month": 8, "per_person": True}
    body = {
        "law": "ru_collection",
        "hours": {"weekdays": [["09:00-20:00"]] * 7},
        "rules": {"number_limits": limits, "waive_hours_s": 600},
    }
    path = f"/api/v1/campaigns/{house.campaign}"
    refused = await http.patch(path, headers=admin, json=body)
    assert (refused.status_code, "waive_hours_s" in refused.text) == (409, True)
    body["rules"] = {"number_limits": limits}
    assert (await http.patch(path, headers=admin, json=body)).status_code == 200
