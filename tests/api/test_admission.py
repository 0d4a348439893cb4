"""Served regions, repeats and numbers that nobody may call, by HTTP over the real books; in a list and in an order."""

from typing import Any

import httpx
import pytest

from dialer.core.access import Role
from dialer.core.admission import Admission
from dialer.core.events import LeadWithdrawn
from tests.api.conftest import House
from tests.api.test_lists import imported, imports, send

__all__ = ["imports"]  # the fixture that runs the imports of a house

Headers = dict[str, str]

LIST = """Заказ;Телефон;Регион;Город
A-1;8 (916) 123-45-67;Московская обл.;Мытищи
A-2;8 (916) 123-45-68;;Омск
A-3;8 (913) 620-12-34;;
A-4;8 (926) 123-45-69;;
A-5;56-76-12;;Калуга
A-6;8 (916) 123-45-67;;Москва
"""


async def admit(house: House, http: httpx.AsyncClient, headers: Headers, **wanted: Any) -> httpx.Response:
    return await http.put(f"/api/v1/projects/{house.project}/admission", headers=headers, json=wanted)


async def order(house: House, http: httpx.AsyncClient, headers: Headers, name: str, **rest: Any) -> httpx.Response:
    body = {"campaign": house.campaign, "external_id": name, "phones": ["8 916 123-45-67"], **rest}
    return await http.post("/api/v1/leads", headers=headers, json=body)


async def test_who_is_not_served_is_told_so_in_the_sums_and_was_known_beforehand(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    answer = await admit(house, http, supervisor, served_regions=["москва", "Московская область"], repeat_days=30)
    assert answer.json() == {"served_regions": ["Москва", "Московская область"], "repeat_days": 30}
    sums = {"rows": 6, "accepted": 2, "duplicate": 1, "needs_decision": 0, "rejected": 3}
    expected = {**sums, "reasons": {"not_served": 3}}
    assert (await send(house, http, supervisor, LIST, "/check")).json()["sums"] == expected
    assert (await imported(house, http, supervisor, LIST))["sums"] == expected


async def test_an_order_from_elsewhere_is_refused_for_that(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    await admit(house, http, supervisor, served_regions=["Москва"])
    refused = await order(house, http, supervisor, "A-1", town="Омск")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:dialer:problem:not-served")
    assert (await order(house, http, supervisor, "A-1", town="Москва")).status_code == 201
    batch = {"campaign": house.campaign, "leads": [{"external_id": "A-2", "phones": ["49-68-98"], "town": "Кострома"}]}
    (item,) = (await http.post("/api/v1/leads", headers=supervisor, json=batch)).json()["items"]
    assert (item["status"], item["reason"]) == ("rejected", "not_served")


async def test_a_number_of_these_days_is_answered_with_the_lead_that_came_first(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    await admit(house, http, supervisor, repeat_days=3)
    first = (await order(house, http, supervisor, "A-1")).json()
    again = await order(house, http, supervisor, "A-2")
    assert again.status_code == 200
    assert {key: again.json()[key] for key in ("status", "lead", "state")} == {
        "status": "duplicate",
        "lead": first["lead"],
        "state": "ready",
    }


@pytest.mark.parametrize(
    ("wanted", "status"),
    [({"served_regions": ["Атлантида"]}, 422), ({"served_regions": []}, 422), ({"repeat_days": -1}, 422)],
)
async def test_what_is_no_admission_changes_nothing(
    house: House, http: httpx.AsyncClient, supervisor: Headers, wanted: dict[str, Any], status: int
) -> None:
    assert (await admit(house, http, supervisor, **wanted)).status_code == status
    assert await house.ports.admissions.of(house.project) == Admission()


async def test_it_is_shown_and_a_project_that_is_not_there_is_not(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    shown = await http.get(f"/api/v1/projects/{house.project}/admission", headers=supervisor)
    assert shown.json() == {"served_regions": None, "repeat_days": 0}
    for method in ("GET", "PUT"):
        answer = await http.request(method, "/api/v1/projects/999/admission", headers=supervisor, json={})
        assert answer.status_code == 404, method


async def test_many_numbers_at_once_each_with_its_answer(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    lead = (await order(house, http, supervisor, "A-1")).json()["lead"]
    cells = ["8 (916) 123-45-67", "кто", "9261234567, 8 903 123-45-67"]
    answer = await http.post("/api/v1/do-not-call/batch", headers=supervisor, json={"phones": cells})
    assert answer.status_code == 201
    assert answer.json() == {"numbers": 3, "refused": [{"item": 1, "reason": "NO_DIGITS"}], "leads": [lead]}
    assert [event.lead for event in house.room.told(LeadWithdrawn)] == [lead]
    first = await http.get("/api/v1/do-not-call?limit=2", headers=supervisor)
    assert [one["number"] for one in first.json()["numbers"]] == ["9031234567", "9161234567"]
    rest = await http.get("/api/v1/do-not-call", headers=supervisor, params={"after": first.json()["next"]})
    assert [(one["number"], one["project"]) for one in rest.json()["numbers"]] == [("9261234567", None)]
    assert rest.json()["next"] is None


async def test_a_number_is_taken_out_of_the_list_in_which_it_stands(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    url, asked = "/api/v1/do-not-call", {"phone": "9161234567", "project": str(house.project)}
    await http.post(url, headers=supervisor, json={"phone": "9161234567", "project": house.project})
    assert (await http.delete(url, headers=supervisor, params={"phone": "9161234567"})).status_code == 404
    assert (await http.delete(url, headers=supervisor, params=asked)).status_code == 200
    assert (await http.get(url, headers=supervisor)).json()["numbers"] == []
    unknown = await http.post(url, headers=supervisor, json={"phone": "9161234567", "project": 999})
    assert unknown.status_code == 404


async def test_an_integrator_sees_the_numbers_of_his_projects_only(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    for project in (None, house.project):
        body = {"phone": "9161234567", "project": project}
        await http.post("/api/v1/do-not-call", headers=supervisor, json=body)
    theirs = await house.token(Role.INTEGRATOR, projects=(house.project,))
    found = (await http.get("/api/v1/do-not-call", headers=theirs)).json()["numbers"]
    assert [one["project"] for one in found] == [house.project]
    everywhere = {"phones": ["9161234567"]}
    assert (await http.post("/api/v1/do-not-call/batch", headers=theirs, json=everywhere)).status_code == 403
