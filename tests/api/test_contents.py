"""Scripts, forms, dictionaries and project information through the API: made, approved, used, searched."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from dialer.core.access import Role
from tests.api.conftest import House
from tests.api.test_sockets import answered

Headers = dict[str, str]
ROOT = Path(__file__).parents[2]
SCRIPT = {
    "greeting": "Здравствуйте, {person}!",
    "steps": [
        {"id": "start", "text": "Удобно говорить?", "answers": [{"label": "Да", "next": "address"}, {"label": "Нет"}]},
        {"id": "address", "text": "Уточните адрес."},
    ],
    "note": "первая",
}


async def put(http: httpx.AsyncClient, headers: Headers, path: str, body: Any) -> httpx.Response:
    return await http.post(path, headers=headers, json=body)


async def test_a_script_is_used_once_it_is_approved_and_a_talk_keeps_its_own(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    path = f"/api/v1/projects/{house.project}/scripts"
    assert (await put(http, supervisor, path, SCRIPT)).json() == {"version": 1, "approved": False}
    pop = await answered(house)
    card = await house.cards.card(pop.attempt)
    assert card is not None
    assert (card.script_version, card.guide.greeting) == (None, "Здравствуйте, {person}!")
    assert [step.text for step in card.guide.steps] == ["Уточните адрес."]

    assert (await put(http, supervisor, f"{path}/1/approve", None)).status_code == 200
    again = await house.cards.card(pop.attempt)
    assert again is not None
    assert again.script_version is None, "a talk keeps what it began with"
    shown = (await http.get(path, headers=supervisor)).json()["scripts"]
    assert [(one["version"], one["approved"], one["note"]) for one in shown] == [(1, True, "первая")]
    assert (await put(http, supervisor, f"{path}/1/approve", None)).status_code == 409


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([{"id": "a", "text": "x", "answers": [{"label": "y", "next": "gone"}]}], "no step"),
        ([{"id": "a", "text": "x"}, {"id": "b", "text": "y"}], "never reached"),
    ],
)
async def test_a_script_to_get_lost_in_is_refused_in_words(
    house: House, http: httpx.AsyncClient, supervisor: Headers, steps: list[Any], words: str
) -> None:
    answer = await put(http, supervisor, f"/api/v1/projects/{house.project}/scripts", {"steps": steps})
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


async def test_the_newest_approved_form_is_shown(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    path = f"/api/v1/projects/{house.project}/forms"
    for label in ("Куда", "Куда везти"):
        fields = [{"name": "address", "label": label, "kind": "address", "required": True}]
        made = (await put(http, supervisor, path, {"fields": fields})).json()["version"]
        assert (await put(http, supervisor, f"{path}/{made}/approve", None)).status_code == 200
    fields = [{"name": "address", "label": "Черновик"}]
    await put(http, supervisor, path, {"fields": fields})
    card = await house.cards.card((await answered(house)).attempt)
    assert card is not None
    assert (card.form_version, card.form.fields[0].label) == (2, "Куда везти")
    wrong = {"fields": [{"name": "pay", "label": "Оплата", "kind": "choice"}]}
    assert (await put(http, supervisor, path, wrong)).status_code == 422


async def test_the_dictionary_is_replaced_whole(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    path = f"/api/v1/projects/{house.project}/dispositions"
    told = {"dispositions": [{"code": "bought", "label": "Купил", "effect": "done", "needs_form": True}]}
    assert (await http.put(path, headers=supervisor, json=told)).status_code == 200
    answer = await http.get("/api/v1/dispositions", headers=supervisor, params={"project": house.project})
    assert [(one["code"], one["needs_form"]) for one in answer.json()["dispositions"]] == [("bought", True)]
    twice = {"dispositions": told["dispositions"] * 2}
    assert (await http.put(path, headers=supervisor, json=twice)).status_code == 422
    own = {"dispositions": [{"code": "no_disposition", "label": "x", "effect": "done"}]}
    assert (await http.put(path, headers=supervisor, json=own)).status_code == 409


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("примерка", ["Примерка"]),
        ("прим", ["Примерка"]),
        ("ёлка", ["Елка в подарок"]),
        ("елк", ["Елка в подарок"]),
        ("возврат деньги", ["Возврат"]),
        ("' | !& :*", ["Возврат", "Елка в подарок", "Примерка"]),
        ("", ["Возврат", "Елка в подарок", "Примерка"]),
        ("слон", []),
    ],
)
async def test_information_is_found_by_the_beginnings_of_words(
    house: House, http: httpx.AsyncClient, supervisor: Headers, asked: str, titles: list[str]
) -> None:
    path = f"/api/v1/projects/{house.project}/info"
    entries = [
        {"title": "Возврат", "body": "В течение 14 дней, деньги на карту.", "position": 1},
        {"title": "Елка в подарок", "body": "К каждому заказу зелёная ёлка.", "position": 2},
        {"title": "Примерка", "body": "Курьер ждёт 15 минут.", "position": 3},
    ]
    assert (await http.put(path, headers=supervisor, json={"entries": entries})).status_code == 200
    agent = await house.token(Role.AGENT)
    answer = await http.get(path, headers=agent, params={"q": asked})
    assert [one["title"] for one in answer.json()["entries"]] == titles


async def test_an_agent_reads_and_does_not_write(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    agent = await house.token(Role.AGENT)
    path = f"/api/v1/projects/{house.project}/info"
    entry = {"entries": [{"title": "Оплата", "body": "Карта"}]}
    assert (await http.put(path, headers=agent, json=entry)).status_code == 403
    assert (await http.put(path, headers=supervisor, json=entry)).status_code == 200
    [found] = (await http.get(path, headers=agent)).json()["entries"]
    assert (await http.delete(f"{path}/{found['id']}", headers=supervisor)).status_code == 204
    assert (await http.delete(f"{path}/{found['id']}", headers=supervisor)).status_code == 404


async def test_a_campaign_refuses_what_nobody_has_approved(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    campaign, scripts = f"/api/v1/campaigns/{house.campaign}", f"/api/v1/projects/{house.project}/scripts"
    await put(http, supervisor, scripts, SCRIPT)
    refused = await put(http, supervisor, f"{campaign}/start", None)
    assert refused.status_code == 409
    assert "no version of it is approved" in refused.json()["detail"]
    kept = await http.patch(campaign, headers=supervisor, json={"script_version": 1})
    assert kept.status_code == 409

    await put(http, supervisor, f"{scripts}/1/approve", None)
    kept = await http.patch(campaign, headers=supervisor, json={"script_version": 1})
    assert kept.json()["script_version"] == 1
    await put(http, supervisor, scripts, {**SCRIPT, "greeting": "Добрый день!"})
    await put(http, supervisor, f"{scripts}/2/approve", None)
    card = await house.cards.card((await answered(house)).attempt)
    assert card is not None
    assert card.script_version == 1, "the campaign keeps to its version"
    assert (await put(http, supervisor, f"{campaign}/start", None)).status_code == 202
    freed = await http.patch(campaign, headers=supervisor, json={"script_version": None})
    assert freed.json()["script_version"] is None


async def test_the_example_is_a_whole_set_that_may_be_used(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    told = json.loads((ROOT / "examples" / "project.json").read_text("utf-8"))
    project = f"/api/v1/projects/{house.project}"
    for kind in ("script", "form"):
        assert (await put(http, supervisor, f"{project}/{kind}s", told[kind])).status_code == 201
        assert (await put(http, supervisor, f"{project}/{kind}s/1/approve", None)).status_code == 200
    assert (await http.put(f"{project}/info", headers=supervisor, json=told["info"])).status_code == 200
    codes = {choice.code for choice in await house.ports.contents.dictionary(house.project)}
    suggested = {one.get("disposition") for step in told["script"]["steps"] for one in step.get("answers", ())}
    assert suggested - {None} <= codes


async def test_an_entry_is_changed_by_its_id_and_keeps_a_title_of_its_own(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    path = f"/api/v1/projects/{house.project}/info"
    entries = [{"title": "Оплата", "body": "Картой."}, {"title": "Возврат", "body": "14 дней."}]
    await http.put(path, headers=supervisor, json={"entries": entries})
    found = {one["title"]: one["id"] for one in (await http.get(path, headers=supervisor)).json()["entries"]}
    changed = {"title": "Оплата и чек", "body": "Картой, чек на почту.", "position": 7}
    assert (await http.put(f"{path}/{found['Оплата']}", headers=supervisor, json=changed)).status_code == 200
    taken = await http.put(f"{path}/{found['Возврат']}", headers=supervisor, json={"title": "Оплата и чек"})
    assert taken.status_code == 409
    assert (await http.put(f"{path}/999999", headers=supervisor, json=changed)).status_code == 404
    there = (await http.get(path, headers=supervisor)).json()["entries"]
    assert [(one["title"], one["body"]) for one in there] == [
        ("Возврат", "14 дней."),
        ("Оплата и чек", "Картой, чек на почту."),
    ]


async def test_where_the_rule_says_so_a_second_person_approves(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    project = f"/api/v1/projects/{house.project}"
    rules = {"masks_numbers": False, "needs_second_person": True}
    assert (await http.put(f"{project}/desk", headers=supervisor, json=rules)).json() == rules
    await put(http, supervisor, f"{project}/scripts", SCRIPT)
    own = await put(http, supervisor, f"{project}/scripts/1/approve", None)
    assert own.status_code == 409
    assert "another person" in own.json()["detail"]
    other = await house.token(Role.SUPERVISOR)
    assert (await put(http, other, f"{project}/scripts/1/approve", None)).status_code == 200
    missing = await http.put("/api/v1/projects/999999/desk", headers=supervisor, json=rules)
    assert missing.status_code == 404


async def test_a_sample_is_an_order_of_the_project_and_a_look_at_it(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    path = f"/api/v1/projects/{house.project}/sample"
    assert (await http.get(path, headers=supervisor)).json() == {"sample": None}
    pop = await answered(house)
    found = (await http.get(path, headers=supervisor)).json()["sample"]
    assert found["lead"] == pop.lead
    assert found["person"]
    async with house.database.connection() as conn:
        looks = await conn.fetchval(
            "select count(*) from dialer.audit where action = 'lead.look' and subject = $1", pop.lead
        )
    assert looks == 1
