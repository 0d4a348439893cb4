"""Listening, whispering, barging in through the API: who may, at which phone, and that it is written down."""

from dataclasses import replace

import httpx
import pytest

from dialer.core.access import Role
from dialer.core.ids import ServerName, SpyId
from dialer.core.states import AgentState, SpyMode
from dialer.core.view import AgentView, Listener
from dialer.core.wishes import SpyAsked, SpyStopped, SpyTurned
from tests.api.conftest import AGENT, OTHER_AGENT, House

AT_WORK = AgentView(AGENT, AgentState.TALKING, 0.0, "", ServerName("a"), None, endpoint="1001")
LISTENER = Listener(SpyId("dlr-s1001-n1"), "olga", "1010", SpyMode.LISTEN, 0.0, on=True)
PATH = f"/api/v1/agents/{AGENT}/listen"


@pytest.mark.parametrize("mode", SpyMode)
async def test_a_phone_is_rung_and_it_is_written_down(house: House, http: httpx.AsyncClient, mode: SpyMode) -> None:
    headers = await house.token(Role.SUPERVISOR)
    house.room.signed_in.append(AT_WORK)
    answer = await http.post(PATH, headers=headers, json={"endpoint": "1010", "mode": mode})
    assert (answer.status_code, answer.json()) == (202, {"listening": "dlr-s1001-n1"})
    [asked] = house.room.told(SpyAsked)
    assert (asked.agent, asked.endpoint, asked.mode, asked.by) == (AGENT, "1010", mode, asked.by)
    async with house.database.connection() as conn:
        written = await conn.fetchrow("select * from dialer.audit where action = 'call.listen'")
    assert written["subject"] == "dlr-s1001-n1"
    assert asked.by == written["by"]
    assert mode in str(written["detail"])


@pytest.mark.parametrize("endpoint", ["1001", "carrier", "1010"])
async def test_a_phone_at_work_or_a_trunk_cannot_listen(house: House, http: httpx.AsyncClient, endpoint: str) -> None:
    house.room.signed_in.append(replace(AT_WORK, listeners=(LISTENER,)))
    answer = await http.post(PATH, headers=await house.token(Role.SUPERVISOR), json={"endpoint": endpoint})
    assert (answer.status_code, house.room.events) == (409, [])


@pytest.mark.parametrize("seen", [[], [replace(AT_WORK, nailed_up=False)]])
async def test_only_an_agent_whose_phone_stays_on_the_line(house: House, http: httpx.AsyncClient, seen) -> None:
    house.room.signed_in.extend(seen)
    answer = await http.post(PATH, headers=await house.token(Role.SUPERVISOR), json={"endpoint": "1010"})
    assert (answer.status_code, house.room.events) == (409, [])


async def test_the_mode_is_changed_and_it_is_ended(house: House, http: httpx.AsyncClient) -> None:
    headers, path = await house.token(Role.SUPERVISOR), f"/api/v1/listening/{LISTENER.spy}"
    assert (await http.put(path, headers=headers, json={"mode": "whisper"})).status_code == 404
    house.room.signed_in.append(replace(AT_WORK, listeners=(LISTENER,)))
    assert (await http.put(path, headers=headers, json={"mode": "whisper"})).status_code == 202
    assert (await http.delete(path, headers=headers)).status_code == 202
    assert house.room.told(SpyTurned)[0].mode is SpyMode.WHISPER
    assert house.room.told(SpyStopped)[0].spy == LISTENER.spy


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLIENT, Role.INTEGRATOR])
async def test_nobody_else_listens(house: House, http: httpx.AsyncClient, role: Role) -> None:
    house.room.signed_in.append(replace(AT_WORK, agent=OTHER_AGENT))
    answer = await http.post(PATH, headers=await house.token(role), json={"endpoint": "1010"})
    assert answer.status_code == 403
