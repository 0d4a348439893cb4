"""Agents, their groups and sessions, and what they do all day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asyncpg import Record
from asyncpg.exceptions import CheckViolationError, ForeignKeyViolationError, UniqueViolationError

from dialer.core.effects import BookAgentState
from dialer.core.ids import AgentId, AttemptId, GroupId, Instant, Leg, ServerName
from dialer.core.settings import AgentSession, Phone, PhoneKind, Skills
from dialer.core.states import AgentState
from dialer.store.errors import AlreadySignedIn, NameTaken, PhoneTaken, Refused, Unknown
from dialer.store.skills import set_skills, skills_of
from dialer.store.sql import Conn, load

_Q = load("agents")


@dataclass(frozen=True, slots=True)
class Agent:
    id: AgentId
    name: str
    groups: frozenset[GroupId] = frozenset()
    is_active: bool = True
    skills: Skills = ()


async def create_group(conn: Conn, name: str) -> GroupId:
    """A new group of agents; NameTaken."""
    try:
        return GroupId(await _Q["create_group"].value(conn, name=name))
    except UniqueViolationError as error:
        raise NameTaken(f"there is a group {name!r} already") from error


async def groups(conn: Conn) -> dict[GroupId, str]:
    return {GroupId(row["id"]): row["name"] for row in await _Q["groups"].rows(conn)}


async def save_agent(conn: Conn, agent: Agent) -> None:
    """Make the agent, or change him; his open session is moved by `regroup`. Refused, Unknown."""
    try:
        async with conn.transaction():
            await _Q["save_agent"].run(conn, id=agent.id, name=agent.name, is_active=agent.is_active)
            await _Q["set_groups"].run(conn, agent=agent.id, groups=sorted(agent.groups))
            await set_skills(conn, agent.id, agent.skills)
    except CheckViolationError as error:
        raise Refused("an agent has a name and a number of four to six digits") from error
    except ForeignKeyViolationError as error:
        raise Unknown("there is no such group") from error


async def regroup(conn: Conn, agent: AgentId, groups: Iterable[GroupId]) -> bool:
    """Put the agent's open session into these groups; false where he has none, or it is in them already."""
    return bool(await _Q["regroup"].value(conn, agent=agent, groups=sorted(groups)))


async def agents(conn: Conn, ids: Iterable[AgentId] | None = None) -> list[Agent]:
    """All agents, or those of these numbers, by number."""
    rows = await _Q["agents"].rows(conn, ids=None if ids is None else list(ids))
    skills = await skills_of(conn, None if ids is None else [AgentId(row["id"]) for row in rows])
    return [
        Agent(
            AgentId(row["id"]),
            row["name"],
            frozenset(map(GroupId, row["groups"])),
            row["is_active"],
            skills[AgentId(row["id"])],
        )
        for row in rows
    ]


async def sign_in(
    conn: Conn,
    agent: AgentId,
    phone: Phone,
    leg: Leg,
    at: Instant,
    *,
    state: AgentState = AgentState.PAUSED,
    reason: str = "signed_in",
) -> AgentSession:
    """Open the agent's session at this phone, with the groups he has now.

    A sign-in whose answer was lost can be repeated at the same phone. Unknown for one who does not exist or is not
    active; AlreadySignedIn; PhoneTaken.
    """
    try:
        groups = await _Q["sign_in"].value(
            conn,
            agent=agent,
            server=phone.server,
            endpoint=phone.endpoint,
            kind=phone.kind.value,
            leg=leg,
            state=state.value,
            at=at,
            reason=reason,
        )
    except UniqueViolationError as error:
        raise PhoneTaken(f"another agent is signed in at {phone.endpoint} of {phone.server}") from error
    if groups is None and await _Q["is_signed_in"].value(conn, agent=agent):
        raise AlreadySignedIn(f"agent {agent} is signed in already: sign him out first")
    if groups is None:
        raise Unknown(f"there is no active agent {agent}")
    skills = (await skills_of(conn, [agent]))[agent]
    return AgentSession(agent, phone, frozenset(map(GroupId, groups)), leg, state, at, reason, skills=skills)


async def sessions(conn: Conn) -> list[AgentSession]:
    """The open sessions, oldest first."""
    skills = await skills_of(conn)
    return [_session(row, skills[AgentId(row["agent"])]) for row in await _Q["sessions"].rows(conn)]


async def book_states(conn: Conn, told: Sequence[BookAgentState]) -> None:
    """Append to the log of states and bring the open sessions up to date; offline closes a session."""
    await _Q["log_states"].run(
        conn,
        agents=[effect.agent for effect in told],
        since=[effect.since for effect in told],
        states=[effect.state.value for effect in told],
        reasons=[effect.reason for effect in told],
        attempts=[effect.attempt for effect in told],
    )
    newest = {effect.agent: effect for effect in told}.values()
    await _Q["move_sessions"].run(
        conn,
        agents=[effect.agent for effect in newest],
        since=[effect.since for effect in newest],
        states=[effect.state.value for effect in newest],
        reasons=[effect.reason for effect in newest],
        attempts=[effect.attempt for effect in newest],
        legs=[effect.leg for effect in newest],
    )


def _session(row: Record, skills: Skills) -> AgentSession:
    return AgentSession(
        agent=AgentId(row["agent"]),
        phone=Phone(ServerName(row["server"]), row["endpoint"], PhoneKind(row["kind"])),
        groups=frozenset(map(GroupId, row["groups"])),
        leg=Leg(row["leg"]),
        state=AgentState(row["state"]),
        since=row["since"],
        reason=row["reason"],
        attempt=None if row["attempt"] is None else AttemptId(row["attempt"]),
        skills=skills,
    )
