"""The line of a talk through the API: each wish reaches the Floor, each word of Asterisk the agent's screens."""

from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest

from dialer.core.access import Role
from dialer.core.effects import BookAgentState, LineTold
from dialer.core.ids import ServerName
from dialer.core.line import Trouble
from dialer.core.states import AgentState, LineState
from dialer.core.view import AgentView
from dialer.core.wishes import (
    ColleagueLeft,
    ConferenceAsked,
    ConsultAsked,
    DigitsAsked,
    HoldAsked,
    MuteAsked,
    TakeAsked,
    TransferAsked,
)
from tests.api.conftest import AGENT, OTHER_AGENT, House
from tests.api.desk_scene import called

WISHES = {
    "hold": (None, HoldAsked, {}),
    "take": (None, TakeAsked, {}),
    "consult": ({"colleague": OTHER_AGENT}, ConsultAsked, {"colleague": OTHER_AGENT}),
    "transfer": ({"colleague": OTHER_AGENT}, TransferAsked, {"colleague": OTHER_AGENT}),
    "conference": (None, ConferenceAsked, {}),
    "end-consult": (None, ColleagueLeft, {}),
    "digits": ({"digits": "15#"}, DigitsAsked, {"digits": "15#"}),
    "mute": ({"muted": True}, MuteAsked, {"muted": True}),
}


@pytest.mark.parametrize("what", WISHES)
async def test_each_wish_is_put_before_the_floor(house: House, http: httpx.AsyncClient, what: str) -> None:
    headers, (body, kind, holds) = await house.token(Role.AGENT), WISHES[what]
    path = f"/api/v1/agents/{AGENT}/{what}"
    idle = await http.post(path, headers=headers, json=body)
    assert (idle.status_code, house.room.events) == (409, [])
    await called(house)
    assert (await http.post(path, headers=headers, json=body)).status_code == 202
    [told] = house.room.told(kind)
    assert told.agent == AGENT
    assert {name: getattr(told, name) for name in holds} == holds
    other = await http.post(f"/api/v1/agents/{OTHER_AGENT}/{what}", headers=headers, json=body)
    assert other.status_code == 403


async def test_a_transfer_without_a_name_goes_to_whom_one_speaks_with(house: House, http: httpx.AsyncClient) -> None:
    await called(house)
    await http.post(f"/api/v1/agents/{AGENT}/transfer", headers=await house.token(Role.AGENT))
    assert house.room.told(TransferAsked)[0].colleague is None


@pytest.mark.parametrize("digits", ["", "1\r\nAction: Command", "1,2", "5" * 33])
async def test_only_keys_are_keys(house: House, http: httpx.AsyncClient, digits: str) -> None:
    await called(house)
    path = f"/api/v1/agents/{AGENT}/digits"
    assert (await http.post(path, headers=await house.token(Role.AGENT), json={"digits": digits})).status_code == 422
    assert house.room.events == []


async def test_colleagues_are_who_is_signed_in_beside_oneself(house: House, http: httpx.AsyncClient) -> None:
    for agent, state in ((AGENT, AgentState.TALKING), (OTHER_AGENT, AgentState.READY)):
        house.room.signed_in.append(AgentView(agent, state, 0.0, "", ServerName("a"), None))
    answer = await http.get(f"/api/v1/agents/{AGENT}/colleagues", headers=await house.token(Role.AGENT))
    [colleague] = answer.json()["colleagues"]
    assert (colleague["agent"], colleague["state"], colleague["free"]) == (OTHER_AGENT, "ready", True)
    assert colleague["name"]


@pytest.mark.parametrize(
    ("colleague", "why"),
    [
        ({}, ""),
        ({"state": AgentState.PAUSED}, "busy"),
        ({"server": ServerName("b")}, "elsewhere"),
        ({"nailed_up": False}, "per_call"),
    ],
)
async def test_a_colleague_who_cannot_be_asked_is_told_with_the_reason(
    house: House, http: httpx.AsyncClient, colleague: dict[str, Any], why: str
) -> None:
    ready = AgentView(OTHER_AGENT, AgentState.READY, 0.0, "", ServerName("a"), None)
    house.room.signed_in += [replace(ready, agent=AGENT, state=AgentState.TALKING), replace(ready, **colleague)]
    answer = await http.get(f"/api/v1/agents/{AGENT}/colleagues", headers=await house.token(Role.AGENT))
    [told] = answer.json()["colleagues"]
    assert (told["free"], told["why"]) == (why == "", why)


async def test_every_screen_is_told_of_the_line_and_a_new_one_begins_with_it(house: House) -> None:
    pop = await called(house)
    first = await house.hub.join(AGENT)
    await first.get()
    held = LineTold(agent=AGENT, attempt=pop.attempt, state=LineState.HELD, since=5.0, trouble=Trouble.NOT_NOW)
    house.hub.line_told(held)
    told = orjson.loads(await first.get() or b"")
    assert (told["type"], told["line"], told["trouble"], told["muted"]) == ("line", "held", "not_now", False)
    second = await house.hub.join(AGENT)
    hello = orjson.loads(await second.get() or b"")
    assert (hello["line"]["line"], hello["line"]["since"]) == ("held", 5.0)
    house.hub.agent_state(BookAgentState(agent=AGENT, state=AgentState.READY, since=9.0))
    third = await house.hub.join(AGENT)
    assert orjson.loads(await third.get() or b"")["line"] is None


async def test_a_colleague_who_was_asked_gives_no_result(house: House, http: httpx.AsyncClient) -> None:
    pop, headers = await called(house), await house.token(Role.AGENT)
    asked = LineTold(
        agent=AGENT, attempt=pop.attempt, state=LineState.CONSULT, since=1.0, colleague=OTHER_AGENT, guest=True
    )
    house.hub.line_told(asked)
    body = {"attempt": pop.attempt, "disposition": "no_answer"}
    answer = await http.post(f"/api/v1/agents/{AGENT}/disposition", headers=headers, json=body)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "not-this-call")
    assert house.room.events == []
