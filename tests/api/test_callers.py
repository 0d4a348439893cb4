"""The numbers that a project shows: kept, checked, told to the Floor; no start under a label that is not good."""

from typing import Any

import httpx
import pytest

from dialer.core.wishes import CampaignChanged
from dialer.store.db import Database
from tests.api.conftest import House
from tests.api.test_leads import order

Headers = dict[str, str]
ONE = {"number": "74951000001", "name": "moscow one"}
LABEL = {"label": "Магазин «Ромашка»", "contract": "№ 7 от 01.09.2026", "label_until": "2099-12-31"}


async def add(http: httpx.AsyncClient, headers: Headers, house: House, **body: Any) -> httpx.Response:
    return await http.post(f"/api/v1/projects/{house.project}/callers", headers=headers, json={**ONE, **body})


async def test_a_number_is_kept_changed_and_listed(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    made = await add(http, supervisor, house, regions=["Свердловская обл."], trunks=["carrier"])
    assert (made.status_code, made.json()["label_flaw"], made.json()["regions"]) == (
        201,
        "unlabelled",
        ["Свердловская область"],
    )
    changed = await http.patch(f"/api/v1/callers/{made.json()['id']}", headers=supervisor, json=LABEL)
    assert (changed.status_code, changed.json()["label_flaw"]) == (200, "")
    listed = await http.get(f"/api/v1/projects/{house.project}/callers", headers=supervisor)
    assert listed.json()["callers"] == [changed.json()]
    actions = {entry.action for entry in await house.users.audited(9)}
    assert {"caller.add", "caller.change"} <= actions


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"label": "x" * 33, "contract": "7"}, 422, "32"),
        ({"label": "Магазин"}, 409, "contract"),
        ({**LABEL, "label_from": "2099-12-31", "label_until": "2026-01-01"}, 409, "before it begins"),
        ({"number": "+7 495"}, 422, "number"),
        ({"regions": ["Атлантида"]}, 409, "Атлантида"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_reason(
    house: House, http: httpx.AsyncClient, supervisor: Headers, body: dict[str, Any], status: int, said: str
) -> None:
    answer = await add(http, supervisor, house, **body)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text
    assert (await http.get(f"/api/v1/projects/{house.project}/callers", headers=supervisor)).json() == {"callers": []}


async def test_a_number_stands_once_in_a_project(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    assert (await add(http, supervisor, house)).status_code == 201
    assert (await add(http, supervisor, house, name="another name")).status_code == 409
    assert (await add(http, supervisor, house, number="74951000002")).status_code == 409


async def test_a_campaign_does_not_start_with_a_number_whose_label_is_not_good(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    path = f"/api/v1/campaigns/{house.campaign}"
    assert (await http.patch(path, headers=supervisor, json={"needs_label": True})).status_code == 200

    async def start() -> httpx.Response:
        return await http.post(f"{path}/start", headers=supervisor)

    refused = await start()
    assert (refused.status_code, "trunk's own" in refused.text) == (409, True)
    number = (await add(http, supervisor, house)).json()["id"]
    assert "moscow one (unlabelled)" in (await start()).text
    expired = {**LABEL, "label_until": "2026-01-01"}
    await http.patch(f"/api/v1/callers/{number}", headers=supervisor, json=expired)
    assert "moscow one (expired)" in (await start()).text
    await http.patch(f"/api/v1/callers/{number}", headers=supervisor, json=LABEL)
    assert (await start()).status_code == 202


async def test_the_floor_dials_by_the_change_at_once(
    house: House, http: httpx.AsyncClient, supervisor: Headers, database: Database
) -> None:
    async with database.connection() as conn:
        await conn.execute("update dialer.campaign set state = 'running'")
    await add(http, supervisor, house)
    told = house.room.told(CampaignChanged)[-1].settings
    assert [one.name for one in told.callers] == ["moscow one"]


async def test_reach_by_number(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    await add(http, supervisor, house)
    answer = await http.get(f"/api/v1/projects/{house.project}/callers/reach", headers=supervisor)
    assert answer.json() == {"days": 7, "callers": []}


async def test_another_projects_numbers_are_not_there(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    assert (await http.patch("/api/v1/callers/999", headers=admin, json={"is_active": False})).status_code == 404


async def test_an_orders_region_is_named_as_numbers_name_it(
    house: House, http: httpx.AsyncClient, admin: Headers, database: Database
) -> None:
    for name, place in (("short", {"region": "Свердловская обл."}), ("town", {"town": "Екатеринбург"})):
        assert (await http.post("/api/v1/leads", headers=admin, json=order(house, name, **place))).status_code == 201
    async with database.connection() as conn:
        found = await conn.fetch("select distinct region from dialer.lead")
    assert [row["region"] for row in found] == ["Свердловская область"]
