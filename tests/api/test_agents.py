"""Agents at work through the API: for oneself and for others, at phones that are one's own."""

import httpx
import pytest

from dialer.core.access import Role
from dialer.core.effects import BookAgentState
from dialer.core.states import AgentState
from dialer.core.wishes import AgentHungUp, AgentPaused, AgentReady, AgentRegrouped, AgentSignedIn, AgentSignedOut
from dialer.store import agents
from tests.api.conftest import AGENT, OTHER_AGENT, House

Headers = dict[str, str]


async def test_an_agent_signs_in_at_his_usual_phone_once(house: House, http: httpx.AsyncClient) -> None:
    headers = await house.token(Role.AGENT)
    answer = await http.post(f"/api/v1/agents/{AGENT}/sign-in", headers=headers)
    assert answer.status_code == 202, answer.text
    [told] = house.room.told(AgentSignedIn)
    assert (told.session.agent, told.session.phone.endpoint, told.session.state) == (AGENT, "phone1001", "paused")
    async with house.database.connection() as conn:
        at_work = BookAgentState(agent=AGENT, state=AgentState.CALLING, since=house.clock.now())
        await agents.book_states(conn, [at_work])
    again = await http.post(f"/api/v1/agents/{AGENT}/sign-in", headers=headers)
    assert again.status_code == 409
    assert "signed in already" in again.json()["detail"]
    assert len(house.room.told(AgentSignedIn)) == 1


async def test_only_at_a_phone_that_is_his(house: House, http: httpx.AsyncClient) -> None:
    headers = await house.token(Role.AGENT)
    path = f"/api/v1/agents/{AGENT}/sign-in"
    assert (await http.post(path, headers=headers, json={"endpoint": "phone1002"})).status_code == 409
    assert (await http.post(path, headers=headers, json={"endpoint": "x\r\nAction: Command"})).status_code == 422
    assert house.room.events == []


async def test_each_wish_is_put_before_the_floor(house: House, http: httpx.AsyncClient) -> None:
    headers = await house.token(Role.AGENT)
    for what, body in (("ready", None), ("pause", {"reason": "lunch"}), ("hang-up", None), ("sign-out", None)):
        answer = await http.post(f"/api/v1/agents/{AGENT}/{what}", headers=headers, json=body)
        assert answer.status_code == 202
    assert [type(event) for event in house.room.events] == [AgentReady, AgentPaused, AgentHungUp, AgentSignedOut]
    assert all(event.agent == AGENT for event in house.room.events)
    assert house.room.told(AgentPaused)[0].reason == "lunch"


@pytest.mark.parametrize("what", ["sign-in", "ready", "pause", "hang-up", "sign-out"])
async def test_an_agent_acts_for_nobody_else(house: House, http: httpx.AsyncClient, what: str) -> None:
    headers = await house.token(Role.AGENT)
    answer = await http.post(f"/api/v1/agents/{OTHER_AGENT}/{what}", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("not-your-desk")
    assert house.room.events == []


async def test_a_supervisor_acts_for_anybody_who_is_there(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    assert (await http.post(f"/api/v1/agents/{OTHER_AGENT}/ready", headers=supervisor)).status_code == 202
    assert (await http.post("/api/v1/agents/9999/ready", headers=supervisor)).status_code == 404
    assert (await http.post("/api/v1/agents/12/ready", headers=supervisor)).status_code == 422


async def test_a_result_without_a_call_is_409(house: House, http: httpx.AsyncClient) -> None:
    headers = await house.token(Role.AGENT)
    body = {"attempt": "00000000-0000-7000-8000-000000000000", "disposition": "agreed"}
    answer = await http.post(f"/api/v1/agents/{AGENT}/disposition", headers=headers, json=body)
    assert answer.status_code == 409


async def test_an_agent_is_saved_with_groups_and_phones(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    phones = [{"server": "a", "endpoint": "vera", "kind": "per_call"}, {"server": "a", "endpoint": "spare"}]
    body = {"name": "Вера", "groups": [house.group], "phones": phones}
    assert (await http.put("/api/v1/agents/1003", headers=supervisor, json=body)).status_code == 200
    saved = (await http.get("/api/v1/agents/1003", headers=supervisor)).json()
    assert [phone["endpoint"] for phone in saved["phones"]] == ["vera", "spare"]
    assert [phone["kind"] for phone in saved["phones"]] == ["per_call", "nailed_up"]
    twice = {**body, "phones": [phones[0], phones[0]]}
    assert (await http.put("/api/v1/agents/1003", headers=supervisor, json=twice)).status_code == 409
    nobody = {**body, "groups": [999]}
    assert (await http.put("/api/v1/agents/1003", headers=supervisor, json=nobody)).status_code == 409
    assert (await http.get("/api/v1/agents/1003", headers=supervisor)).json() == saved


async def test_new_groups_hold_at_once_for_who_is_at_work_and_are_audited(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    path = f"/api/v1/agents/{AGENT}"
    second = (await http.post("/api/v1/groups", headers=supervisor, json={"name": "возвраты"})).json()["id"]
    record = (await http.get(path, headers=supervisor)).json()
    body = {"name": record["name"], "phones": record["phones"], "groups": [second]}
    assert (await http.put(path, headers=supervisor, json=body)).status_code == 200
    assert house.room.told(AgentRegrouped) == [], "nobody is at work"
    assert (await house.users.audited(1))[0].detail == {"groups": f"{house.group} → {second}"}

    await http.post(f"{path}/sign-in", headers=supervisor)
    both = {**body, "groups": [house.group, second]}
    for _ in range(2):
        assert (await http.put(path, headers=supervisor, json=both)).status_code == 200
    [told] = house.room.told(AgentRegrouped)
    assert (told.agent, told.groups) == (AGENT, {house.group, second})
    async with house.database.connection() as conn:
        [session] = await agents.sessions(conn)
    assert session.groups == {house.group, second}, "also after a restart of the daemon"


async def test_an_agent_who_is_not_active_cannot_sign_in(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    path = f"/api/v1/agents/{AGENT}"
    record = (await http.get(path, headers=supervisor)).json()
    body = {key: record[key] for key in ("name", "phones", "groups")} | {"is_active": False}
    assert (await http.put(path, headers=supervisor, json=body)).json()["is_active"] is False
    assert (await http.post(f"{path}/sign-in", headers=supervisor)).status_code == 409


async def test_skills_are_saved_and_stay_where_none_are_named(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    path, body = "/api/v1/agents/1003", {"name": "Вера", "groups": [house.group]}
    saved = await http.put(path, headers=supervisor, json={**body, "skills": {"furniture": 3, "german": 9}})
    assert saved.json()["skills"] == {"furniture": 3, "german": 9}
    assert (await http.put(path, headers=supervisor, json=body)).json()["skills"] == {"furniture": 3, "german": 9}
    for wrong in ({"furniture": 10}, {"Мебель": 1}, {"furniture": 0}):
        assert (await http.put(path, headers=supervisor, json={**body, "skills": wrong})).status_code == 422
    assert (await http.put(path, headers=supervisor, json={**body, "skills": {}})).json()["skills"] == {}


async def test_a_campaign_says_which_skill_its_calls_need(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    path = f"/api/v1/campaigns/{house.campaign}"
    changed = await http.patch(path, headers=supervisor, json={"skill": "furniture", "skill_level": 3})
    assert (changed.json()["skill"], changed.json()["skill_level"]) == ("furniture", 3)
    assert (await http.patch(path, headers=supervisor, json={"skill": None})).json()["skill"] is None
    assert (await http.patch(path, headers=supervisor, json={"skill": "no such word!"})).status_code == 422


async def test_a_phone_is_at_a_server_that_there_is(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    phones = [{"server": "a", "endpoint": "vera"}, {"server": "b", "endpoint": "vera"}]
    body = {"name": "Вера", "groups": [house.group], "phones": phones}
    answer = await http.put("/api/v1/agents/1003", headers=supervisor, json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:dialer:problem:unknown-server")
    assert answer.json()["detail"] == "There is no server b; known: a."
    assert (await http.get("/api/v1/agents/1003", headers=supervisor)).status_code == 404


async def test_nobody_signs_in_at_a_server_that_is_gone(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    async with house.database.connection() as conn:
        await conn.execute("update dialer.agent_phone set server = 'old'")
    answer = await http.post(f"/api/v1/agents/{AGENT}/sign-in", headers=supervisor)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:dialer:problem:unknown-server")
    async with house.database.connection() as conn:
        assert await agents.sessions(conn) == []
    assert house.room.events == []
