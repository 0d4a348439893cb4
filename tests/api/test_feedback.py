"""Feedback of a courier: proven by its signature, heard once, and "call again" opens a new work cycle."""

import asyncio
import json
from typing import Any

import httpx
import pytest
import pytest_asyncio

from dialer.core.events import LeadsAdded
from dialer.core.ids import ProjectId
from dialer.core.signing import secret_of, signed
from dialer.core.staff import ProjectRecord
from dialer.core.webhooks import Webhook, WebhookId
from dialer.store.front import FrontCampaigns
from dialer.store.outbox import WebhookBooks
from tests.api.conftest import KEY, House
from tests.api.test_leads import leave, order, woken

Headers = dict[str, str]
SALT = "the salt"


@pytest_asyncio.fixture
async def webhook(house: House) -> Webhook:
    wanted = Webhook(WebhookId(0), house.project, "https://shop.example/", SALT)
    return await WebhookBooks(house.database).add(wanted, house.clock.now())


async def tell(
    house: House,
    http: httpx.AsyncClient,
    webhook: Webhook,
    told: dict[str, Any] | bytes,
    *,
    message: str = "m-1",
    late_s: float = 0.0,
    secret: str = "",
) -> httpx.Response:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    at = house.clock.now() - late_s
    headers = dict(signed([secret or secret_of(KEY, SALT)], message, at, body))
    return await http.post(f"/api/v1/feedback?webhook={webhook.id}", headers=headers, content=body)


async def done_lead(house: House, http: httpx.AsyncClient, admin: Headers, name: str = "A-1") -> str:
    """An order that was called three times and is over."""
    made = (await http.post("/api/v1/leads", headers=admin, json=order(house, name))).json()
    async with house.database.connection() as conn:
        await conn.execute(
            "update dialer.lead set state = 'done', reason = 'agreed', attempts = 3 where id = $1::text::uuid",
            made["lead"],
        )
    return str(made["lead"])


async def test_call_again_opens_a_new_cycle_and_keeps_the_old_one(
    house: House, http: httpx.AsyncClient, admin: Headers, webhook: Webhook
) -> None:
    lead = await done_lead(house, http, admin)
    house.room.events.clear()
    answer = await tell(house, http, webhook, {"kind": "call_again", "external_id": "A-1", "note": "не был дома"})
    assert (answer.status_code, answer.json()) == (200, {"outcome": "reopened", "lead": lead, "new": True})
    assert [event.campaign for event in house.room.told(LeadsAdded)] == [house.campaign]
    async with house.database.connection() as conn:
        row = await conn.fetchrow("select state, attempts, cycle from dialer.lead where id = $1::text::uuid", lead)
    assert tuple(row) == ("ready", 0, 2)
    (cycle,) = (await http.get(f"/api/v1/leads/{lead}/cycles", headers=admin)).json()["cycles"]
    assert (cycle["number"], cycle["state"], cycle["reason"], cycle["attempts"]) == (1, "done", "agreed", 3)


@pytest.mark.parametrize("is_done", [True, False])
async def test_call_again_is_dialled_where_the_campaign_was_done(
    house: House, http: httpx.AsyncClient, admin: Headers, webhook: Webhook, is_done: bool
) -> None:
    lead = await done_lead(house, http, admin)
    await leave(house, "done" if is_done else "running")
    assert (await tell(house, http, webhook, {"kind": "call_again", "lead": lead})).json()["outcome"] == "reopened"
    assert woken(house) == is_done


async def test_the_same_message_twice_is_one(
    house: House, http: httpx.AsyncClient, admin: Headers, webhook: Webhook
) -> None:
    lead = await done_lead(house, http, admin)
    told = {"kind": "call_again", "lead": lead}
    answers = await asyncio.gather(*(tell(house, http, webhook, told) for _ in range(5)))
    assert sorted(answer.json()["new"] for answer in answers) == [False] * 4 + [True]
    assert {answer.json()["outcome"] for answer in answers} == {"reopened"}
    again = await tell(house, http, webhook, told, message="m-2")
    assert again.json()["outcome"] == "in_work"
    assert len((await http.get(f"/api/v1/leads/{lead}/cycles", headers=admin)).json()["cycles"]) == 1


async def test_delivered_and_paid_is_noted(
    house: House, http: httpx.AsyncClient, admin: Headers, webhook: Webhook
) -> None:
    lead = await done_lead(house, http, admin)
    told = {"kind": "delivered", "lead": lead, "paid_kopecks": 499050, "at": "2026-11-20T12:00:00+03:00"}
    assert (await tell(house, http, webhook, told)).json()["outcome"] == "noted"
    async with house.database.connection() as conn:
        row = await conn.fetchrow("select kind, paid_kopecks, lead::text from dialer.feedback")
    assert tuple(row) == ("delivered", 499050, lead)


async def test_where_every_phone_is_bad_nobody_is_called(
    house: House, http: httpx.AsyncClient, admin: Headers, webhook: Webhook
) -> None:
    lead = await done_lead(house, http, admin)
    async with house.database.connection() as conn:
        await conn.execute("update dialer.phone set is_bad = true")
    assert (await tell(house, http, webhook, {"kind": "call_again", "lead": lead})).json()["outcome"] == "no_phone"
    assert (await http.get(f"/api/v1/leads/{lead}", headers=admin)).json()["state"] == "done"


@pytest.mark.parametrize(
    "wrong", [{"secret": secret_of(KEY, "another salt")}, {"late_s": 400.0}, {"late_s": -400.0}, {"message": "m" * 201}]
)
async def test_what_is_not_proven_is_not_heard(
    house: House, http: httpx.AsyncClient, admin: Headers, webhook: Webhook, wrong: dict[str, Any]
) -> None:
    lead = await done_lead(house, http, admin)
    answer = await tell(house, http, webhook, {"kind": "call_again", "lead": lead}, **wrong)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:dialer:problem:not-signed")
    assert (await http.get(f"/api/v1/leads/{lead}", headers=admin)).json()["state"] == "done"


async def test_a_webhook_speaks_for_its_own_project_only(
    house: House, http: httpx.AsyncClient, admin: Headers, webhook: Webhook
) -> None:
    lead = await done_lead(house, http, admin)
    other = await FrontCampaigns(house.database).save_project(ProjectRecord(ProjectId(0), "Лютик"))
    foreign = Webhook(WebhookId(0), other.id, "https://shop.example/", SALT)
    theirs = await WebhookBooks(house.database).add(foreign, house.clock.now())
    assert (await tell(house, http, theirs, {"kind": "call_again", "lead": lead})).status_code == 404
    assert (await tell(house, http, theirs, {"kind": "call_again", "external_id": "A-1"})).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"kind": "call_again"}',
        b'{"kind": "burnt", "lead": "x"}',
        b'{"kind": "delivered", "external_id": "A-1", "paid_kopecks": 1.5}',
        b'{"kind": "delivered", "external_id": "A\\u0000"}',
    ],
)
async def test_signed_nonsense_is_refused(house: House, http: httpx.AsyncClient, webhook: Webhook, body: bytes) -> None:
    assert (await tell(house, http, webhook, body)).status_code == 422


async def test_who_guesses_is_made_to_wait_and_what_is_large_is_not_read(
    house: House, http: httpx.AsyncClient, webhook: Webhook
) -> None:
    assert (await tell(house, http, webhook, b"x" * 70_000)).status_code == 413
    for _ in range(30):
        assert (await http.post("/api/v1/feedback?webhook=999", content=b"{}")).status_code == 401
    answer = await http.post("/api/v1/feedback?webhook=999", content=b"{}")
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)


async def test_of_a_person_who_is_forgotten_no_words_are_taken_in(
    house: House, http: httpx.AsyncClient, admin: Headers, webhook: Webhook
) -> None:
    lead = await done_lead(house, http, admin)
    async with house.database.connection() as conn:
        await conn.execute("update dialer.lead set forgotten_at = now() where id = $1::text::uuid", lead)
    told = {"kind": "not_delivered", "external_id": "A-1", "note": "Мария не открыла"}
    assert (await tell(house, http, webhook, told)).json()["outcome"] == "noted"
    async with house.database.connection() as conn:
        assert await conn.fetchval("select note from dialer.feedback") == ""
