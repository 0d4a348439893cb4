"""Numbers that agents must not see never reach a desk: every frame of its sockets is searched for them."""

import asyncio
import json
import re
from collections.abc import Callable

import httpx
import pytest
from websockets.asyncio.client import ClientConnection

from dialer.core.access import Role
from dialer.core.card import Edit
from dialer.core.content import DeskRules
from dialer.core.effects import BookAgentState, CallEnded, CallTimes, ReserveLeads, ScreenPop, Settle
from dialer.core.ids import AttemptId, LeadId, ServerName, TrunkName
from dialer.core.lead import NewLead, NewPhone
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.core.states import AgentState
from dialer.store import attempts
from dialer.store.front import FrontLeads
from tests.api.conftest import AGENT, House
from tests.api.test_sockets import HEARD_S, Headers, agent, desk, place

__all__ = ["agent", "place"]  # fixtures
ZONE = "Asia/Yekaterinburg"
OWN, SECOND, NEIGHBOUR, SAID = "9123456789", "3432345678", "9876543210", "9031112233"
"""Her two phones, one in a comment, and one that an agent wrote down in an earlier talk."""
FIELDS = {
    "комментарий": "Звонить соседке, 8 (987) 654-32-10, домофон 118",
    "доп. телефон": "8-343-234-56-78",
    "телефон": "+7 912 345 67 89",
    "сумма": "24 990 ₽",
}


async def two_orders(house: House) -> None:
    for name, fields in (("A-17", FIELDS), (OWN, {"тел": "89123456789", "товар": "Мешки, 4 шт."})):
        phones = (NewPhone(OWN, ZONE), NewPhone(SECOND, ZONE))
        lead = NewLead(LeadId(house.ports.new_id()), phones, external_id=name, person=f"Мария {SECOND}", fields=fields)
        await FrontLeads(house.database).add(house.campaign, [lead], house.clock.now())


async def reserved(house: House) -> ScreenPop:
    wish = ReserveLeads(
        campaign=house.campaign, server=ServerName("a"), trunk=TrunkName("t"), count=1, open_zones=(ZONE,)
    )
    async with house.database.connection() as conn:
        [found] = (await attempts.reserve(conn, wish, house.clock.now())).reservations
    at = house.clock.now()
    return ScreenPop(agent=AGENT, attempt=found.attempt, lead=found.lead, campaign=house.campaign, answered_at=at)


async def talked_before(house: House) -> None:
    """An earlier talk with her, in which an agent wrote a number into the form; then she is due again."""
    pop, now = await reserved(house), house.clock.now()
    edit = Edit(pop.attempt, pop.lead, "wishes", f"набрать 8 {SAID[:3]} {SAID[3:]}", now, AGENT)
    await house.ports.talks.record([edit])
    step = LeadStep(LeadState.WAITING, "call_later", next_call_at=now - 1)
    times = CallTimes(reserved_at=now, dialled_at=now, answered_at=now, bridged_at=now, ended_at=now)
    told = Settle(
        attempt=pop.attempt,
        lead=pop.lead,
        campaign=house.campaign,
        outcome=Outcome.ANSWERED,
        step=step,
        times=times,
        agent=AGENT,
        disposition="call_later",
    )
    async with house.database.connection() as conn:
        await attempts.settle(conn, [told], now)


async def everything_told(house: House, place: str, agent: Headers) -> str:
    """All frames of a call, from its pop to its result, and those of a page that is loaded again in it."""
    frames: list[str] = []
    async with desk(place, agent) as socket:
        pop = await reserved(house)
        at = house.clock.now()
        house.hub.agent_state(BookAgentState(agent=AGENT, state=AgentState.TALKING, since=at, attempt=pop.attempt))
        await house.hub.screen_pop(pop)
        await until(socket, frames, "pop")
        house.hub.withdrawn(pop.lead)
        house.hub.call_ended(CallEnded(agent=AGENT, attempt=AttemptId(pop.attempt)))
        await until(socket, frames, "call_ended")
        async with desk(place, agent) as again:
            await until(again, frames, "hello")
    return "\n".join(frames)


async def until(socket: ClientConnection, frames: list[str], kind: str) -> None:
    async with asyncio.timeout(HEARD_S):
        while not frames or json.loads(frames[-1])["type"] != kind:
            frames.append(str(await socket.recv()))


def shown(number: str) -> Callable[[str], bool]:
    """Whether a text shows this number, however it is written."""
    written = re.compile(r"\D{0,4}".join(number))
    return lambda text: written.search(text) is not None


@pytest.mark.parametrize("is_masked", [False, True])
async def test_no_frame_holds_a_number_of_the_person(house: House, place: str, agent: Headers, is_masked: bool) -> None:
    await house.ports.contents.save_rules(house.project, DeskRules(masks_numbers=is_masked))
    await two_orders(house)
    await talked_before(house)
    told = await everything_told(house, place, agent)
    for number in (OWN, SECOND, NEIGHBOUR, SAID):
        assert shown(number)(told) is not is_masked, f"{number} is {'shown' if is_masked else 'not found'}"
    assert ("+7 9** ***-**-89" in told) is is_masked
    assert "24 990 ₽" in told
    assert "домофон 118" in told


async def test_an_agent_asks_nothing_else_for_numbers_and_a_supervisors_look_is_audited(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    await house.ports.contents.save_rules(house.project, DeskRules(masks_numbers=True))
    await two_orders(house)
    pop = await reserved(house)
    assert (await http.get(f"/api/v1/leads/{pop.lead}", headers=agent)).status_code == 403
    supervisor = await house.token(Role.SUPERVISOR)
    assert (await http.get(f"/api/v1/leads/{pop.lead}", headers=supervisor)).json()["numbers"] == [OWN, SECOND]
    async with house.database.connection() as conn:
        looks = await conn.fetchval(
            "select count(*) from dialer.audit where action = 'lead.look' and subject = $1 and by like 'supervisor%'",
            pop.lead,
        )
    assert looks == 1
