"""Notices by HTTP: a campaign's steps, a project's gateway, what became of a lead's."""

from typing import Any

import httpx
import pytest

from tests.api.conftest import House

Headers = dict[str, str]

STEP = {
    "name": "sorry",
    "channel": "sms",
    "after": ["no_answer", "busy"],
    "times": 2,
    "text": "Не дозвонились, {person}",
}
MAIL = {"name": "mail", "channel": "email", "after": ["no_answer"], "times": 3, "text": "{person}", "subject": "Заказ"}
GATEWAY = {
    "send": {"method": "POST", "url": "https://sms.example/send", "body": '{"to": "{number}", "text": "{text}"}'},
    "sender": "LAVKA",
}


async def test_steps_are_set_and_shown(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    url = f"/api/v1/campaigns/{house.campaign}/notices"
    assert (await http.get(url, headers=supervisor)).json() == {"steps": [], "sums": []}
    answer = await http.put(url, headers=supervisor, json={"steps": [STEP, MAIL]})
    assert answer.status_code == 200, answer.text
    first, second = (await http.get(url, headers=supervisor)).json()["steps"]
    assert first == {**STEP, "after": ["busy", "no_answer"], "subject": "", "address": "email"}
    assert (second["name"], second["subject"]) == ("mail", "Заказ")
    assert (await http.put("/api/v1/campaigns/77/notices", headers=supervisor, json={"steps": []})).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {**STEP, "after": ["answered"]},
        {**STEP, "after": []},
        {**STEP, "times": 0},
        {**STEP, "name": "Извинение"},
        {**STEP, "text": ""},
        {**MAIL, "subject": ""},
        {**STEP, "more": 1},
    ],
)
async def test_what_is_no_step_is_refused(
    house: House, http: httpx.AsyncClient, supervisor: Headers, wrong: dict[str, Any]
) -> None:
    url = f"/api/v1/campaigns/{house.campaign}/notices"
    assert (await http.put(url, headers=supervisor, json={"steps": [wrong]})).status_code == 422
    assert (await http.put(url, headers=supervisor, json={"steps": [STEP, STEP]})).status_code == 422
    assert (await http.get(url, headers=supervisor)).json()["steps"] == []


async def test_a_gateway_is_set_shown_and_dropped(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    url = f"/api/v1/projects/{house.project}/message-gateway"
    assert (await http.get(url, headers=supervisor)).status_code == 404
    answer = await http.put(url, headers=supervisor, json=GATEWAY)
    assert answer.status_code == 200, answer.text
    shown = (await http.get(url, headers=supervisor)).json()
    assert (shown["send"]["url"], shown["sender"], shown["is_idempotent"]) == (
        "https://sms.example/send",
        "LAVKA",
        False,
    )
    assert (await http.delete(url, headers=supervisor)).json() == {"dropped": True}
    assert (await http.get(url, headers=supervisor)).status_code == 404


@pytest.mark.parametrize(
    ("send", "kind"),
    [
        ({**GATEWAY["send"], "body": '{"to": "{phone}"}'}, "template-wrong"),  # type: ignore[dict-item]
        ({**GATEWAY["send"], "body": "to={number}"}, "template-wrong"),  # type: ignore[dict-item]
        ({**GATEWAY["send"], "url": "http://127.0.0.1/send"}, "url-refused"),  # type: ignore[dict-item]
        ({**GATEWAY["send"], "url": "https://169.254.169.254/latest"}, "url-refused"),  # type: ignore[dict-item]
    ],
)
async def test_what_is_no_gateway_is_refused(
    house: House, http: httpx.AsyncClient, supervisor: Headers, send: dict[str, Any], kind: str
) -> None:
    url = f"/api/v1/projects/{house.project}/message-gateway"
    answer = await http.put(url, headers=supervisor, json={"send": send})
    assert (answer.status_code, answer.json()["type"]) == (422, f"urn:dialer:problem:{kind}")


async def test_what_was_sent_to_a_lead_is_shown(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    body = {"campaign": house.campaign, "external_id": "A-1", "phones": ["8 916 123-45-67"]}
    lead = (await http.post("/api/v1/leads", headers=supervisor, json=body)).json()["lead"]
    url = f"/api/v1/leads/{lead}/notices"
    assert (await http.get(url, headers=supervisor)).json() == {"notices": []}
    async with house.database.connection() as conn:
        await conn.execute(
            "insert into dialer.notice (lead, cycle, step, project, campaign, attempt, channel, next_try_at, made_at) "
            "select id, 1, 'sorry', project, campaign, id, 'sms', now(), now() from dialer.lead where id = $1",
            lead,
        )
    (one,) = (await http.get(url, headers=supervisor)).json()["notices"]
    assert (one["step"], one["state"], one["done_at"]) == ("sorry", "waiting", None)
