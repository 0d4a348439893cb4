"""Orders in, leads out, over the real books."""

import asyncio

import httpx
import pytest

from dialer.core.access import Right, Role
from dialer.core.events import LeadsAdded, LeadWithdrawn
from dialer.core.ids import ProjectId
from dialer.core.staff import ProjectRecord
from dialer.core.wishes import CampaignChanged
from dialer.store.front import FrontCampaigns
from tests.api.conftest import House

Headers = dict[str, str]


def order(house: House, name: str = "A-1", **changes: object) -> dict[str, object]:
    return {
        "campaign": house.campaign,
        "external_id": name,
        "phones": ["8 (912) 345-67-89"],
        "person": "Мария Иванова",
        "fields": {"сумма": "4 990 ₽"},
        **changes,
    }


async def leave(house: House, state: str) -> None:
    """The campaign is in this state, and the Floor has been told nothing yet."""
    async with house.database.connection() as conn:
        await conn.execute("update dialer.campaign set state = $1", state)
    house.room.events.clear()


def woken(house: House) -> bool:
    """The Floor was told of leads for which a campaign that was done goes on; whether its settings came before them."""
    (added,) = house.room.told(LeadsAdded)
    assert (added.campaign, added.fresh) == (house.campaign, True)
    changed = house.room.told(CampaignChanged)
    assert house.room.events == [*changed, added]
    assert [event.settings.id for event in changed] in ([], [house.campaign])
    return bool(changed)


@pytest.mark.parametrize("is_done", [True, False])
async def test_an_order_is_dialled_where_the_campaign_was_done(
    house: House, http: httpx.AsyncClient, admin: Headers, is_done: bool
) -> None:
    await leave(house, "done" if is_done else "running")
    assert (await http.post("/api/v1/leads", headers=admin, json=order(house))).status_code == 201
    assert woken(house) == is_done


async def test_an_order_becomes_a_lead_and_the_floor_is_told(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    answer = await http.post("/api/v1/leads", headers=admin, json=order(house))
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["status"], body["numbers"], body["state"]) == ("added", ["9123456789"], "ready")
    assert [event.campaign for event in house.room.told(LeadsAdded)] == [house.campaign]

    lead = (await http.get(f"/api/v1/leads/{body['lead']}", headers=admin)).json()
    assert (lead["person"], lead["fields"], lead["external_id"]) == ("Мария Иванова", {"сумма": "4 990 ₽"}, "A-1")
    found = await http.get("/api/v1/leads", headers=admin, params={"project": house.project, "external_id": "A-1"})
    assert found.json() == lead


async def test_a_lead_posted_twice_is_200_duplicate_and_changes_nothing(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    first = (await http.post("/api/v1/leads", headers=admin, json=order(house))).json()
    again = await http.post("/api/v1/leads", headers=admin, json=order(house, person="Кто-то другой"))
    assert again.status_code == 200
    assert again.json()["duplicate"]
    assert again.json()["lead"] == first["lead"]
    lead = (await http.get(f"/api/v1/leads/{first['lead']}", headers=admin)).json()
    assert lead["person"] == "Мария Иванова"
    assert len(house.room.told(LeadsAdded)) == 1


async def test_the_same_order_at_the_same_time_becomes_one_lead(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    posts = [http.post("/api/v1/leads", headers=admin, json=order(house)) for _ in range(6)]
    answers = [answer.json() for answer in await asyncio.gather(*posts)]
    assert len({answer["lead"] for answer in answers}) == 1
    assert sorted(answer["status"] for answer in answers) == ["added"] + ["duplicate"] * 5


async def test_a_batch_answers_for_each_item(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    items = [
        {"external_id": "B-1", "phones": ["+7 912 345-67-80"]},
        {"external_id": "B-2", "phones": ["нет телефона"]},
        {"external_id": "B-1", "phones": ["+7 912 345-67-80"]},
        {"external_id": "B-3"},
        "not an order",
        {"external_id": "B-4", "phones": ["9123456781"], "surprise": 1},
        {"external_id": "B-5", "phones": ["9123456782"], "priority": 12},
        {"external_id": "B-6", "phones": ["9123456783"], "expires_at": "9999-12-31T23:59:59-01:00"},
    ]
    answer = await http.post("/api/v1/leads", headers=admin, json={"campaign": house.campaign, "leads": items})
    assert answer.status_code == 201, answer.text
    found = answer.json()["items"]
    assert [item["status"] for item in found] == ["added", "rejected", "duplicate"] + ["rejected"] * 5
    assert found[1]["reason"] == "NO_DIGITS"
    assert "phones" in found[3]["reason"]
    assert "surprise" in found[5]["reason"]
    assert "priority" in found[6]["reason"]
    assert "expires_at" in found[7]["reason"]
    assert answer.json()["totals"] == {"added": 1, "duplicate": 1, "needs_decision": 0, "rejected": 6}


async def test_a_batch_of_a_thousand_is_taken_and_one_more_is_not(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    items = [{"external_id": f"M-{n}", "phones": [f"91234{n:05}"]} for n in range(1001)]
    too_many = await http.post("/api/v1/leads", headers=admin, json={"campaign": house.campaign, "leads": items})
    assert too_many.status_code == 422
    answer = await http.post("/api/v1/leads", headers=admin, json={"campaign": house.campaign, "leads": items[:1000]})
    assert answer.json()["totals"]["added"] == 1000


async def test_an_order_without_a_number_that_can_be_dialled_is_refused(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    answer = await http.post("/api/v1/leads", headers=admin, json=order(house, phones=["12-34"]))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "TOO_SHORT" in answer.json()["detail"] or "NO_PLACE" in answer.json()["detail"]
    assert house.room.events == []


async def test_an_unknown_campaign_is_404_and_names_the_cure(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    answer = await http.post("/api/v1/leads", headers=admin, json=order(house, campaign=999))
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no campaign 999."
    assert answer.json()["cure"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"phones": []}, "phones"),
        ({"external_id": ""}, "external_id"),
        ({"phnoes": ["9123456789"]}, "phnoes"),
        ({"person": "a\u0000b"}, "control character"),
        ({"fields": {"k\u0001": "v"}}, "control character"),
        ({"priority": "high"}, "priority"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": "2026-11-21T10:00:00"}, "expires_at"),
        ({"campaign": 2**40}, "campaign"),
    ],
)
async def test_bad_input_is_named(
    house: House, http: httpx.AsyncClient, admin: Headers, changes: dict[str, object], named: str
) -> None:
    answer = await http.post("/api/v1/leads", headers=admin, json=order(house, **changes))
    assert answer.status_code == 422, answer.text
    assert named in str(answer.json()["errors"])


@pytest.mark.parametrize("body", [b"", b"{", b"[1,2", b'"text"', b"null", b"\xff\xfe", b'{"leads": 5}'])
async def test_a_body_that_is_no_order_is_422(http: httpx.AsyncClient, admin: Headers, body: bytes) -> None:
    answer = await http.post("/api/v1/leads", headers={**admin, "Content-Type": "application/json"}, content=body)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_looks_like_sql_or_html_comes_back_as_it_was(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    nasty = "'); drop table dialer.lead; -- <script>alert(1)</script> \\u0000 $1 :name %s {person}"
    made = (await http.post("/api/v1/leads", headers=admin, json=order(house, nasty, person=nasty))).json()
    lead = (await http.get(f"/api/v1/leads/{made['lead']}", headers=admin)).json()
    assert (lead["person"], lead["external_id"]) == (nasty, nasty)
    for path in (f"/api/v1/leads/{nasty}", "/api/v1/leads/00000000-0000-7000-8000-000000000000"):
        assert (await http.get(path, headers=admin)).status_code == 404


async def test_a_cancelled_order_is_out_and_the_floor_is_told(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    made = (await http.post("/api/v1/leads", headers=admin, json=order(house))).json()
    answer = await http.request("DELETE", f"/api/v1/leads/{made['lead']}", headers=admin, json={"reason": "bought"})
    assert answer.status_code == 202
    assert (answer.json()["state"], answer.json()["reason"]) == ("refused", "bought")
    assert [event.lead for event in house.room.told(LeadWithdrawn)] == [made["lead"]]


async def test_do_not_call_takes_out_every_lead_of_the_number(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    made = (await http.post("/api/v1/leads", headers=admin, json=order(house))).json()
    other = (await http.post("/api/v1/leads", headers=admin, json=order(house, "A-2", phones=["9123456000"]))).json()
    answer = await http.post("/api/v1/do-not-call", headers=admin, json={"phone": "+7 (912) 345-67-89"})
    assert answer.status_code == 201
    assert answer.json() == {"number": "9123456789", "leads": [made["lead"]]}
    assert (await http.get(f"/api/v1/leads/{made['lead']}", headers=admin)).json()["reason"] == "do_not_call"
    assert (await http.get(f"/api/v1/leads/{other['lead']}", headers=admin)).json()["state"] == "ready"
    assert (await http.post("/api/v1/do-not-call", headers=admin, json={"phone": "кто"})).status_code == 422


async def test_an_integrator_sees_only_his_projects(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    foreign = await FrontCampaigns(house.database).save_project(ProjectRecord(ProjectId(0), "чужая"))
    mine = await house.token(Role.INTEGRATOR, projects=(house.project,))
    theirs = await house.token(Role.INTEGRATOR, projects=(foreign.id,))
    made = (await http.post("/api/v1/leads", headers=mine, json=order(house))).json()
    path = f"/api/v1/leads/{made['lead']}"
    assert (await http.get(path, headers=mine)).status_code == 200
    assert (await http.get(path, headers=theirs)).status_code == 404
    assert (await http.delete(path, headers=theirs)).status_code == 404
    assert (await http.post("/api/v1/leads", headers=theirs, json=order(house))).status_code == 404
    assert (await http.get("/api/v1/campaigns", headers=theirs)).json() == {"campaigns": []}
    everywhere = await http.post("/api/v1/do-not-call", headers=theirs, json={"phone": "9123456789"})
    assert everywhere.status_code == 403


async def test_every_look_at_a_person_is_audited(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    made = (await http.post("/api/v1/leads", headers=admin, json=order(house))).json()
    await http.get(f"/api/v1/leads/{made['lead']}", headers=admin)
    newest = (await house.users.audited(1))[0]
    assert (newest.action, newest.subject) == ("lead.look", made["lead"])
    assert newest.by.startswith("admin")


async def test_numbers_are_checked_without_booking(house: House, http: httpx.AsyncClient) -> None:
    headers = await house.token(Role.INTEGRATOR, Right.NUMBERS)
    answer = await http.post(
        "/api/v1/numbers/check", headers=headers, json={"phones": ["8(4822)33-44-55, 8-912-345-67-89", "xx"]}
    )
    found = answer.json()["numbers"]
    assert [number["status"] for number in found] == ["ok", "ok", "rejected"]
    assert [number["number"] for number in found] == ["4822334455", "9123456789", ""]
    assert (found[0]["zone"], found[0]["utc_offset"], found[2]["utc_offset"]) == ("Europe/Moscow", 3, None)


async def test_an_order_in_doubt_keeps_the_extension_for_the_one_who_decides(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    body = {**order(house), "phones": ["792-34-86 доб. 12"], "town": "Москва"}
    lead = (await http.post("/api/v1/leads", headers=admin, json=body)).json()["lead"]
    decided = await http.post(f"/api/v1/leads/{lead}/decision", headers=admin, json={"number": "4957923486"})
    assert decided.status_code == 200
    async with house.database.connection() as conn:
        row = await conn.fetchrow("select number, extension from dialer.phone where lead = $1", lead)
    assert tuple(row) == ("4957923486", "12")


async def test_while_the_books_are_away_the_answer_is_503_with_a_time(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    await house.database.close()
    answer = await http.post("/api/v1/leads", headers=admin, json=order(house))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["type"].endswith("books-away")
