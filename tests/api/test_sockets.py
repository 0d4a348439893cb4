"""The desk's and the wallboard's WebSockets through the real server: pop, acknowledgement, reload, refusal."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dialer.api import ws
from dialer.api.server import PortBusy, bind
from dialer.core.access import Right, Role
from dialer.core.effects import Alarm, BookAgentState, CallEnded, CallTimes, ReserveLeads, ScreenPop, Settle
from dialer.core.events import Reservation
from dialer.core.ids import LeadId, ServerName, TrunkName
from dialer.core.lead import NewLead, NewPhone
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.core.states import AgentState
from dialer.core.wishes import AgentPaused, Disposed
from dialer.store import attempts
from dialer.store.front import FrontLeads
from tests.api.conftest import AGENT, PASSWORD, House
from tests.api.live import served

Headers = dict[str, str]
HEARD_S = 60
"""How long a test waits for a message: generous, the machine may be busy."""


@pytest_asyncio.fixture
async def place(house: House) -> AsyncIterator[str]:
    async with served(house.app) as found:
        yield found


@pytest_asyncio.fixture
async def agent(house: House) -> Headers:
    return await house.token(Role.AGENT)


@asynccontextmanager
async def desk(place: str, headers: Headers, path: str = "/ws/agent") -> AsyncIterator[ClientConnection]:
    async with connect(f"ws://{place}{path}", additional_headers=headers) as socket:
        yield socket


async def hear(socket: ClientConnection, kind: str) -> Any:
    """The next message of this type."""
    async with asyncio.timeout(HEARD_S):
        while (message := json.loads(await socket.recv()))["type"] != kind:
            pass
    return message


async def claimed(house: House) -> Reservation:
    """A lead in the books with an attempt on its way."""
    now = house.clock.now()
    lead = NewLead(
        id=LeadId(house.ports.new_id()),
        phones=(NewPhone("9123456789", "Asia/Yekaterinburg"),),
        external_id="A-17",
        person="Мария",
        fields={"сумма": "4 990 ₽"},
    )
    await FrontLeads(house.database).add(house.campaign, [lead], now)
    wish = ReserveLeads(
        campaign=house.campaign,
        server=ServerName("a"),
        trunk=TrunkName("t"),
        count=1,
        open_zones=("Asia/Yekaterinburg",),
    )
    async with house.database.connection() as conn:
        [reservation] = (await attempts.reserve(conn, wish, house.clock.now())).reservations
    return reservation


async def answered(house: House) -> ScreenPop:
    """The customer has answered and is joined to the agent: what the Floor then wants done."""
    return await joined(house, await claimed(house))


async def joined(house: House, reservation: Reservation) -> ScreenPop:
    now = house.clock.now()
    house.hub.agent_state(
        BookAgentState(agent=AGENT, state=AgentState.RESERVED, since=now, attempt=reservation.attempt)
    )
    pop = ScreenPop(
        agent=AGENT, attempt=reservation.attempt, lead=reservation.lead, campaign=house.campaign, answered_at=now
    )
    await house.hub.screen_pop(pop)
    house.hub.agent_state(BookAgentState(agent=AGENT, state=AgentState.TALKING, since=now, attempt=reservation.attempt))
    return pop


async def test_the_card_comes_at_the_answer_and_is_acknowledged(house: House, place: str, agent: Headers) -> None:
    async with desk(place, agent) as socket:
        assert (await hear(socket, "hello"))["call"] is None
        pop = await answered(house)
        message = await hear(socket, "pop")
        card = message["card"]
        assert message["answered_at"] == pop.answered_at
        assert message["at"] >= pop.answered_at
        assert (card["person"], card["number"], card["zone"]) == ("Мария", "9123456789", "Asia/Yekaterinburg")
        assert (card["fields"], card["external_id"]) == ({"сумма": "4 990 ₽"}, "A-17")
        assert card["greeting"] == "Здравствуйте, {person}!"
        assert card["dispositions"][0]["code"] == "agreed"

        await socket.send(json.dumps({"type": "seen", "attempt": pop.attempt}))
        async with asyncio.timeout(HEARD_S):
            assert await house.seen.get() >= 0
        await house.hub.tick()
        assert house.room.told(AgentPaused) == []


async def test_a_reloaded_page_is_in_the_same_call(house: House, place: str, agent: Headers) -> None:
    async with desk(place, agent) as socket:
        await hear(socket, "hello")
        pop = await answered(house)
        await hear(socket, "pop")
    house.hub.call_ended(CallEnded(agent=AGENT, attempt=pop.attempt))
    async with desk(place, agent) as socket:
        hello = await hear(socket, "hello")
        assert hello["call"]["attempt"] == pop.attempt
        assert hello["call"]["card"]["person"] == "Мария"
        assert hello["call"]["ended"] is True
        assert hello["state"]["state"] == "talking"


async def test_both_tabs_see_the_same(house: House, place: str, agent: Headers) -> None:
    async with desk(place, agent) as one, desk(place, agent) as other:
        await hear(one, "hello")
        await hear(other, "hello")
        pop = await answered(house)
        assert (await hear(one, "pop"))["attempt"] == (await hear(other, "pop"))["attempt"] == pop.attempt


async def test_a_result_goes_in_by_http_and_saved_is_said_when_it_is(
    house: House, place: str, agent: Headers, http: Any
) -> None:
    async with desk(place, agent) as socket:
        await hear(socket, "hello")
        pop = await answered(house)
        path = f"/api/v1/agents/{AGENT}/disposition"
        wrong = await http.post(path, headers=agent, json={"attempt": pop.attempt, "disposition": "nonsense"})
        assert wrong.status_code == 422
        other = await http.post(path, headers=agent, json={"attempt": pop.lead, "disposition": "agreed"})
        assert other.status_code == 409
        right = await http.post(path, headers=agent, json={"attempt": pop.attempt, "disposition": "wrong_number"})
        assert right.status_code == 202
        [told] = house.room.told(Disposed)
        assert (told.attempt, told.disposition, told.effect) == (pop.attempt, "wrong_number", "wrong_number")

        house.hub.settled(settlement(house, pop))
        assert (await hear(socket, "disposed"))["disposition"] == "wrong_number"


def settlement(house: House, pop: ScreenPop) -> Settle:
    return Settle(
        attempt=pop.attempt,
        lead=pop.lead,
        campaign=house.campaign,
        outcome=Outcome.ANSWERED,
        step=LeadStep(LeadState.REFUSED, "wrong_number", phone_is_bad=True),
        times=CallTimes(reserved_at=pop.answered_at),
        agent=AGENT,
        disposition="wrong_number",
    )


async def test_a_cancelled_order_is_told_to_the_agent_in_talk(
    house: House, place: str, agent: Headers, admin: Headers, http: Any
) -> None:
    async with desk(place, agent) as socket:
        await hear(socket, "hello")
        pop = await answered(house)
        await http.delete(f"/api/v1/leads/{pop.lead}", headers=admin)
        assert (await hear(socket, "withdrawn"))["attempt"] == pop.attempt


async def test_what_becomes_of_the_persons_other_order_meanwhile_is_on_the_card(
    house: House, place: str, agent: Headers, admin: Headers, http: Any
) -> None:
    lead = NewLead(LeadId(house.ports.new_id()), (NewPhone("9123456789", "Asia/Yekaterinburg"),), external_id="A-18")
    async with desk(place, agent) as socket:
        await hear(socket, "hello")
        reservation = await claimed(house)
        await FrontLeads(house.database).add(house.campaign, [lead], house.clock.now())
        pop = await joined(house, reservation)
        assert (await hear(socket, "pop"))["cancelled"] == []
        changed = await http.patch(f"/api/v1/leads/{lead.id}", headers=admin, json={"fields": {"сумма": "990 ₽"}})
        assert changed.status_code == 200
        assert (await hear(socket, "pop"))["card"]["orders"][1]["fields"] == {"сумма": "990 ₽"}
        await http.delete(f"/api/v1/leads/{lead.id}", headers=admin)
        again = await hear(socket, "pop")
        assert (again["attempt"], again["cancelled"], again["withdrawn"]) == (pop.attempt, [lead.id], False)


async def test_states_and_wishes_reach_the_screen(house: House, place: str, agent: Headers, http: Any) -> None:
    async with desk(place, agent) as socket:
        await hear(socket, "hello")
        await answered(house)
        await http.post(f"/api/v1/agents/{AGENT}/pause", headers=agent, json={"reason": "lunch"})
        assert (await hear(socket, "wish"))["wish"] == {"wanted": "paused", "reason": "lunch"}
        paused = BookAgentState(agent=AGENT, state=AgentState.PAUSED, since=house.clock.now(), reason="lunch")
        house.hub.agent_state(paused)
        assert (await hear(socket, "state"))["reason"] == "lunch"


async def test_an_agent_cannot_open_the_desk_of_another(place: str, agent: Headers) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with desk(place, agent, "/ws/agent?agent=1002"):
            pass
    assert refused.value.response.status_code == 403


async def test_a_supervisor_may_open_any_desk(house: House, place: str, supervisor: Headers) -> None:
    async with desk(place, supervisor, f"/ws/agent?agent={AGENT}") as socket:
        assert (await hear(socket, "hello"))["call"] is None


@pytest.mark.parametrize("path", ["/ws/agent", "/ws/wallboard", "/ws/nothing"])
async def test_a_stranger_gets_no_socket(place: str, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with desk(place, {}, path):
            pass
    assert refused.value.response.status_code == 401


async def test_a_cookie_from_a_foreign_page_gets_no_socket(house: House, place: str) -> None:
    user = await house.users.add("olga", Role.SUPERVISOR, house.clock.now())
    session = await house.users.open_session(user.id, house.clock.now(), house.clock.now() + 60)
    cookie = {"Cookie": f"dialer_session={session}"}
    with pytest.raises(InvalidStatus) as refused:
        async with desk(place, {**cookie, "Origin": "http://evil.test"}, "/ws/wallboard"):
            pass
    assert refused.value.response.status_code == 403
    async with desk(place, {**cookie, "Origin": f"http://{place}"}, "/ws/wallboard") as socket:
        assert (await hear(socket, "hello"))["agents"] == []


async def test_the_wallboard_starts_with_everything_and_goes_on_with_pictures(
    house: House, place: str, supervisor: Headers
) -> None:
    house.board.alarm(
        Alarm(name="trunk_dead", text="Trunk t does not answer: look at its provider.", trunk=TrunkName("t"))
    )
    async with desk(place, supervisor, "/ws/wallboard") as socket:
        hello = await hear(socket, "hello")
        assert [server["name"] for server in hello["servers"]] == ["a"]
        assert hello["alarms"][0]["where"] == "t"
        await house.board.tick()
        picture = await hear(socket, "picture")
        assert picture["point"]["talking"] == 0


async def test_a_token_without_the_scope_gets_no_wallboard(house: House, place: str) -> None:
    headers = await house.token(Role.ADMIN, Right.METRICS)
    with pytest.raises(InvalidStatus) as refused:
        async with desk(place, headers, "/ws/wallboard"):
            pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("word", ["nonsense", "[]", '{"type": "seen"}', '{"type": "seen", "attempt": 5}', "{" * 1000])
async def test_a_socket_that_talks_nonsense_is_closed(place: str, agent: Headers, word: str) -> None:
    async with desk(place, agent) as socket:
        await hear(socket, "hello")
        await socket.send(word)
        with pytest.raises(ConnectionClosed) as closed:
            await hear(socket, "anything")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4400


async def test_a_session_that_is_revoked_ends_its_socket(
    house: House, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ws, "RECHECK_S", 0.05)
    await house.users.add("boss", Role.SUPERVISOR, house.clock.now())
    token = await house.users.make_token("boss", {Right.WALLBOARD}, house.clock.now())
    async with desk(place, {"Authorization": f"Bearer {token}"}, "/ws/wallboard") as socket:
        await hear(socket, "hello")
        await house.users.disable("boss")
        with pytest.raises(ConnectionClosed) as closed:
            await hear(socket, "anything")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_a_quiet_line_carries_a_beat(
    house: House, place: str, agent: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ws, "BEAT_S", 0.05)
    async with desk(place, agent) as socket:
        await hear(socket, "hello")
        assert (await hear(socket, "beat"))["at"] > 0


async def test_a_closing_daemon_lets_its_sockets_go(house: House, place: str, agent: Headers) -> None:
    async with desk(place, agent) as socket:
        await hear(socket, "hello")
        house.hub.close()
        with pytest.raises(ConnectionClosed) as closed:
            await hear(socket, "anything")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4409


async def test_after_a_sign_in_by_cookie_the_pages_are_there(house: House, place: str) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    for name, page in (("olga", "/wallboard"), ("anna", "/agent")):
        async with httpx.AsyncClient(base_url=f"http://{place}") as client:
            await client.post("/api/v1/session", json={"name": name, "password": PASSWORD})
            answer = await client.get(page)
            assert answer.status_code == 200
            for asset in assets_of(answer.text):
                found = await client.get(asset)
                assert found.status_code == 200, asset
                again = await client.get(asset, headers={"If-None-Match": found.headers["etag"]})
                assert again.status_code == 304


def assets_of(page: str) -> list[str]:

    return re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)


def test_a_busy_port_is_an_error_that_names_it() -> None:
    first = bind("127.0.0.1", 0)
    port = first.getsockname()[1]
    with pytest.raises(PortBusy, match=f"127.0.0.1:{port}"):
        bind("127.0.0.1", port)
    first.close()


async def test_an_answer_in_two_writes_waits_for_no_acknowledgement() -> None:
    taken: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(take, sock=bind("127.0.0.1", 0)) as server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await asyncio.wait_for(taken, HEARD_S), "Nagle's algorithm is on"
        writer.close()
        await writer.wait_closed()
