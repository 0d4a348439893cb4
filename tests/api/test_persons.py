"""A person's demands by HTTP over the real books: what is held, to be forgotten now; terms and proofs."""

from typing import Any

import httpx
import pytest

from dialer.core.access import Role
from dialer.core.audit import AuditAsked
from dialer.core.events import LeadWithdrawn
from dialer.core.pseudonym import NO_KEY
from dialer.core.user import AuditEntry
from dialer.store.audit import AuditBooks
from dialer.store.forgetting import ForgettingBooks
from tests.api.conftest import House

Headers = dict[str, str]

PHONE, NUMBER = "8 (916) 123-45-67", "9161234567"


async def order(house: House, http: httpx.AsyncClient, headers: Headers, name: str, **rest: Any) -> str:
    body = {"campaign": house.campaign, "external_id": name, "phones": [PHONE], "person": "Мария", **rest}
    answer = await http.post("/api/v1/leads", headers={**headers, "Idempotency-Key": name}, json=body)
    assert answer.status_code == 201, answer.text
    lead: str = answer.json()["lead"]
    return lead


async def export(http: httpx.AsyncClient, headers: Headers) -> dict[str, Any]:
    answer = await http.post("/api/v1/persons/export", headers=headers, json={"phone": PHONE})
    assert answer.status_code == 200, answer.text
    held: dict[str, Any] = answer.json()
    return held


async def erase(http: httpx.AsyncClient, headers: Headers, **rest: Any) -> dict[str, Any]:
    body = {"phone": PHONE, "reason": "letter 17", **rest}
    answer = await http.post("/api/v1/persons/erase", headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


async def audited(house: House, action: str) -> list[AuditEntry]:
    return await AuditBooks(house.database).find(AuditAsked(action=action))


async def test_all_that_is_held_is_told_and_the_look_is_audited(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    lead = await order(house, http, supervisor, "A-1", order={"courier_note": "домофон 17"}, fields={"gift": "да"})
    await http.post("/api/v1/do-not-call", headers=supervisor, json={"phone": PHONE, "reason": "просила"})
    held = await export(http, supervisor)
    (one,) = held["leads"]
    assert (one["lead"]["id"], one["lead"]["person"], one["project"]) == (lead, "Мария", "Лавка")
    assert one["order"]["courier_note"] == "домофон 17"
    assert one["lead"]["fields"]["gift"] == "да"
    assert [phone["number"] for phone in one["phones"]] == [NUMBER]
    assert held["about_the_number"]["do_not_call"][0]["reason"] == "просила"
    assert held["answers_of_today"][0]["lead"] == lead
    (entry,) = await audited(house, "person.look")
    assert entry.detail == {"leads": "1"}
    assert NUMBER not in str(entry)


async def test_who_asks_is_forgotten_at_once_and_stays_protected(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    lead = await order(house, http, supervisor, "A-1")
    assert await erase(http, supervisor, do_not_call=True) == {"forgotten": 1, "waiting": 0}
    assert [event.lead for event in house.room.told(LeadWithdrawn)] == [lead]
    held = await export(http, supervisor)
    assert (held["leads"], held["answers_of_today"]) == ([], [])
    assert held["about_the_number"]["do_not_call"] == []
    assert len(held["about_the_number"]["do_not_call_under_digest"]) == 1
    shown = (await http.get(f"/api/v1/leads/{lead}", headers=supervisor)).json()
    assert (shown["state"], shown["reason"], shown["person"], shown["numbers"]) == ("refused", "erased", "", [])
    again = await order(house, http, supervisor, "A-2")
    listed = (await http.get("/api/v1/do-not-call", headers=supervisor)).json()["numbers"]
    assert [one["number"] for one in listed] == [NUMBER]
    (entry,) = await audited(house, "person.erase")
    assert entry.detail == {"reason": "letter 17", "forgotten": "1", "waiting": "0"}
    (proof,) = (await http.get(f"/api/v1/projects/{house.project}/forgotten", headers=supervisor)).json()["forgotten"]
    assert (proof["lead"], proof["rule"], proof["days"], proof["erased"]["phone"]) == (lead, "demand", None, 1)
    assert again != lead


async def test_a_lead_on_a_call_is_forgotten_when_it_is_over(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    books = ForgettingBooks(house.database)
    lead = await order(house, http, supervisor, "A-1")
    async with house.database.connection() as conn:
        await conn.execute("update dialer.lead set state = 'in_call' where id = $1", lead)
    assert await erase(http, supervisor) == {"forgotten": 0, "waiting": 1}
    assert [event.lead for event in house.room.told(LeadWithdrawn)] == [lead]
    assert await books.demanded() == []
    async with house.database.connection() as conn:
        await conn.execute("update dialer.lead set state = 'done' where id = $1", lead)
    (doomed,) = await books.demanded()
    await books.forget([doomed], "daemon", house.clock.now())
    (proof,) = (await http.get(f"/api/v1/projects/{house.project}/forgotten", headers=supervisor)).json()["forgotten"]
    assert proof["by"].startswith("supervisor"), "who carried the demand out, not the daemon that finished it"


async def test_without_a_key_nothing_is_done(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    lead = await order(house, http, supervisor, "A-1")
    house.database.pseudonyms = NO_KEY
    answer = await http.post("/api/v1/persons/erase", headers=supervisor, json={"phone": PHONE, "reason": "letter"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:dialer:problem:no-key")
    assert (await http.get(f"/api/v1/leads/{lead}", headers=supervisor)).json()["state"] == "ready"


async def test_terms_are_set_shown_and_audited(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    url = f"/api/v1/projects/{house.project}/forgetting"
    assert (await http.get(url, headers=supervisor)).json() == {"delivered_days": None, "closed_days": None}
    wanted = {"delivered_days": 30, "closed_days": 365}
    assert (await http.put(url, headers=supervisor, json=wanted)).json() == wanted
    assert (await http.get(url, headers=supervisor)).json() == wanted
    assert len(await audited(house, "project.forgetting")) == 1
    for wrong in ({"delivered_days": 0}, {"closed_days": 4000}, {"days": 3}):
        assert (await http.put(url, headers=supervisor, json=wrong)).status_code == 422
    assert (await http.get("/api/v1/projects/77/forgetting", headers=supervisor)).status_code == 404


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLIENT, Role.INTEGRATOR])
async def test_only_supervisors_and_administrators_may(house: House, http: httpx.AsyncClient, role: Role) -> None:
    headers = await house.token(role, projects=(house.project,))
    for path in ("export", "erase"):
        answer = await http.post(f"/api/v1/persons/{path}", headers=headers, json={"phone": PHONE, "reason": "x"})
        assert answer.status_code == 403


@pytest.mark.parametrize("newest", [False, True])
async def test_proofs_come_in_pages(house: House, http: httpx.AsyncClient, supervisor: Headers, newest: bool) -> None:
    leads = {await order(house, http, supervisor, f"A-{number}") for number in range(3)}
    await erase(http, supervisor)
    await order(house, http, supervisor, "A-9")
    await erase(http, supervisor)
    seen: list[str] = []
    told_at: list[str] = []
    after: str | None = ""
    pages = 0
    while after is not None:
        more = {"after": after} if after else {}
        url = f"/api/v1/projects/{house.project}/forgotten"
        page = (await http.get(url, headers=supervisor, params={"limit": 2, "newest": newest, **more})).json()
        seen += [proof["lead"] for proof in page["forgotten"]]
        told_at += [proof["at"] for proof in page["forgotten"]]
        after, pages = page["next"], pages + 1
    assert leads < set(seen)
    assert (len(set(seen)), len(seen), pages) == (4, 4, 3)
    assert told_at == sorted(told_at, reverse=newest)


@pytest.mark.parametrize("after", ["1:" + "-" * 36, "1:" + "a" * 36, "x", "1e5:01930000-1234-7123-9123-456789012345"])
async def test_a_place_that_is_none_is_refused(
    house: House, http: httpx.AsyncClient, supervisor: Headers, after: str
) -> None:
    url = f"/api/v1/projects/{house.project}/forgotten"
    assert (await http.get(url, headers=supervisor, params={"after": after})).status_code == 422


@pytest.mark.parametrize("phone", ["", "двадцать", "8 916 123-45-67, 8 916 123-45-68"])
async def test_what_is_no_number_is_refused(
    house: House, http: httpx.AsyncClient, supervisor: Headers, phone: str
) -> None:
    answer = await http.post("/api/v1/persons/export", headers=supervisor, json={"phone": phone})
    assert answer.status_code == 422
