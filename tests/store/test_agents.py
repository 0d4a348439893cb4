"""Agents, groups and sessions: one agent at one phone, from sign-in to sign-out."""

import asyncio
from dataclasses import replace

import pytest

from dialer.core.effects import BookAgentState
from dialer.core.ids import AgentId, AttemptId, GroupId, Leg, ServerName
from dialer.core.settings import AgentSession, Phone, PhoneKind
from dialer.core.states import AgentState
from dialer.store import agents
from dialer.store.agents import Agent
from dialer.store.errors import AlreadySignedIn, NameTaken, PhoneTaken, Refused, Unknown
from dialer.store.uuid7 import uuid7
from tests.store.scene import NOW, Scene

OLGA, IVAN = AgentId(1001), AgentId(1002)
DESK = Phone(ServerName("pbx1"), "1001")
LEG = Leg("dlr-a1001-x1")


@pytest.fixture
async def staffed(scene: Scene) -> Scene:
    async with scene.database.connection() as conn:
        await agents.save_agent(conn, Agent(OLGA, "Ольга", frozenset({scene.group})))
        await agents.save_agent(conn, Agent(IVAN, "Иван"))
    return scene


async def test_agents_and_their_groups(staffed: Scene) -> None:
    async with staffed.database.connection() as conn:
        second = await agents.create_group(conn, "вторая линия")
        await agents.save_agent(conn, Agent(IVAN, "Иван П.", frozenset({second}), is_active=False))
        assert await agents.agents(conn, [IVAN]) == [Agent(IVAN, "Иван П.", frozenset({second}), False)]
        assert [one.id for one in await agents.agents(conn)] == [OLGA, IVAN]
        assert (await agents.groups(conn))[second] == "вторая линия"
        with pytest.raises(NameTaken):
            await agents.create_group(conn, "вторая линия")
        with pytest.raises(Refused, match="four to six digits"):
            await agents.save_agent(conn, Agent(AgentId(7), "Семь"))
        with pytest.raises(Unknown):
            await agents.save_agent(conn, Agent(AgentId(1003), "Анна", frozenset({GroupId(999)})))
        assert len(await agents.agents(conn)) == 2


async def test_a_session_keeps_phone_leg_and_the_groups_of_the_moment(staffed: Scene) -> None:
    async with staffed.database.connection() as conn:
        session = await agents.sign_in(conn, OLGA, DESK, LEG, NOW)
        assert session == AgentSession(OLGA, DESK, frozenset({staffed.group}), LEG, AgentState.PAUSED, NOW, "signed_in")
        await agents.save_agent(conn, Agent(OLGA, "Ольга", frozenset()))
        assert await agents.sessions(conn) == [session]


async def test_what_an_agent_can_do_is_kept_and_known_in_his_session(staffed: Scene) -> None:
    async with staffed.database.connection() as conn:
        skilled = Agent(OLGA, "Ольга", frozenset({staffed.group}), skills=(("furniture", 3), ("german", 9)))
        await agents.save_agent(conn, skilled)
        session = await agents.sign_in(conn, OLGA, DESK, LEG, NOW)
        assert session.skills == skilled.skills
        assert await agents.sessions(conn) == [session]
        assert await agents.agents(conn, [OLGA, IVAN]) == [skilled, Agent(IVAN, "Иван")]
        better = replace(skilled, skills=(("furniture", 4),))
        await agents.save_agent(conn, better)
        assert await agents.agents(conn, [OLGA]) == [better]


async def test_one_session_per_agent_and_per_phone(staffed: Scene) -> None:
    other = Phone(ServerName("pbx1"), "1002", PhoneKind.PER_CALL)
    async with staffed.database.connection() as conn:
        await agents.sign_in(conn, OLGA, DESK, LEG, NOW)
        await _moved(staffed, AgentState.READY, NOW + 1)
        with pytest.raises(AlreadySignedIn, match="1001"):
            await agents.sign_in(conn, OLGA, other, Leg("dlr-a1001-x2"), NOW + 2)
        with pytest.raises(PhoneTaken, match="1001 of pbx1"):
            await agents.sign_in(conn, IVAN, DESK, Leg("dlr-a1002-x1"), NOW + 2)
        with pytest.raises(Unknown, match="no active agent 4242"):
            await agents.sign_in(conn, AgentId(4242), other, LEG, NOW)
        await _moved(staffed, AgentState.OFFLINE, NOW + 3)
        await agents.sign_in(conn, IVAN, DESK, Leg("dlr-a1002-x1"), NOW + 4)
        assert [one.agent for one in await agents.sessions(conn)] == [IVAN]


async def test_a_sign_in_whose_answer_was_lost_can_be_repeated(staffed: Scene) -> None:
    async with staffed.database.connection() as conn:
        await agents.sign_in(conn, OLGA, DESK, LEG, NOW)
        again = await agents.sign_in(conn, OLGA, DESK, Leg("dlr-a1001-x2"), NOW + 1)
        assert await agents.sessions(conn) == [again]


async def test_racing_sign_ins_at_one_phone_let_one_in(staffed: Scene) -> None:
    async def try_to(agent: AgentId) -> AgentSession:
        async with staffed.database.connection() as conn:
            return await agents.sign_in(conn, agent, DESK, Leg(f"dlr-a{agent}-x"), NOW)

    answers = await asyncio.gather(try_to(OLGA), try_to(IVAN), return_exceptions=True)
    assert sorted(type(answer) for answer in answers if isinstance(answer, Exception)) == [PhoneTaken]


async def test_a_session_comes_back_at_boot_as_it_was_left(staffed: Scene) -> None:
    attempt = AttemptId(uuid7(NOW))
    async with staffed.database.connection() as conn:
        await agents.sign_in(conn, OLGA, DESK, LEG, NOW)
        talking = BookAgentState(agent=OLGA, state=AgentState.TALKING, since=NOW + 5, attempt=attempt)
        await agents.book_states(conn, [talking, talking])
        (session,) = await agents.sessions(conn)
    assert (session.state, session.since, session.attempt, session.leg) == (
        AgentState.TALKING, NOW + 5, attempt, LEG,
    )  # fmt: skip


async def test_an_older_word_does_not_undo_a_newer_one(staffed: Scene) -> None:
    async with staffed.database.connection() as conn:
        await agents.sign_in(conn, OLGA, DESK, LEG, NOW)
    await _moved(staffed, AgentState.READY, NOW + 9)
    await _moved(staffed, AgentState.OFFLINE, NOW + 8)
    async with staffed.database.connection() as conn:
        (session,) = await agents.sessions(conn)
    assert session.state is AgentState.READY


async def _moved(scene: Scene, state: AgentState, since: float) -> None:
    async with scene.database.connection() as conn:
        await agents.book_states(conn, [BookAgentState(agent=OLGA, state=state, since=since)])
