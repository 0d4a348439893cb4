"""Agents at work: who there is, sign-in at a phone, ready, pause, hang-up, sign-out. (Results: see `talk`.)

An agent acts for himself, who steers agents for anyone. Each wish is put before the Floor and answered 202: what came
of it is told by the desk's WebSocket (and by the wallboard), because a wish may have to wait for the end of a call.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from dialer.api.asking import Asker, Given, in_sight, needs, own_desk
from dialer.api.forms import Form, Id
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.campaigns import conflict
from dialer.core.access import Principal, Right
from dialer.core.changes import changes
from dialer.core.ids import AgentId, GroupId, ProjectId, ServerName, agent_leg
from dialer.core.settings import Phone, PhoneKind
from dialer.core.skills import HIGHEST_LEVEL, LEAST_LEVEL, SKILL
from dialer.core.staff import AgentRecord
from dialer.core.states import AgentState
from dialer.core.user import AuditEntry
from dialer.core.wishes import AgentHungUp, AgentPaused, AgentReady, AgentRegrouped, AgentSignedIn, AgentSignedOut

router = APIRouter(prefix="/api/v1", tags=["agents"])

Number = Annotated[int, Path(ge=1000, le=999_999)]
ENDPOINT = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$"
"""A PJSIP endpoint: nothing that could end an AMI header or split a dial string."""

DESK = [Depends(needs(Right.DESK, Right.AGENTS_STEER))]


class PhoneForm(Form):
    server: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
    endpoint: Annotated[str, Field(pattern=ENDPOINT)]
    kind: PhoneKind = PhoneKind.NAILED_UP
    browser: bool = False
    """The agent's page is the phone (docs/operating.md)."""

    def phone(self) -> Phone:
        return Phone(ServerName(self.server), self.endpoint, self.kind, self.browser)


Skill = Annotated[str, Field(pattern=SKILL)]
Level = Annotated[int, Field(ge=LEAST_LEVEL, le=HIGHEST_LEVEL)]


class GroupForm(Form):
    name: Annotated[str, Field(min_length=1, max_length=100)]


class AgentForm(Form):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    groups: list[Id] = Field(default_factory=list, max_length=100)
    phones: list[PhoneForm] = Field(default_factory=list, max_length=10)
    """Where he may sign in, his usual phone first."""
    skills: Annotated[dict[Skill, Level], Field(max_length=30)] | None = None
    """What he can do, a word and a level from 1 to 9 each; not given: as it was."""
    is_active: bool = True
    """False: he cannot sign in; one who is at work goes on until he leaves."""


class SignIn(Form):
    endpoint: Annotated[str | None, Field(pattern=ENDPOINT)] = None
    """One of his phones; None: his usual one."""


class Pause(Form):
    reason: Annotated[str, Field(min_length=1, max_length=64)] = "break"


@router.get("/groups", dependencies=[Depends(needs(Right.AGENTS_READ))])
async def list_groups(given: Given) -> dict[str, Any]:
    """Groups of agents: campaigns use groups, agents belong to them."""
    return {"groups": [{"id": group, "name": name} for group, name in (await given.agents.groups()).items()]}


@router.post("/groups", status_code=201, dependencies=[Depends(needs(Right.AGENTS_STEER))])
async def make_group(body: GroupForm, given: Given, asker: Asker) -> dict[str, Any]:
    try:
        made = await given.agents.add_group(body.name)
    except ValueError as error:
        raise conflict(error) from error
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "group.make", str(made)))
    return {"id": made, "name": body.name}


@router.get("/agents", dependencies=[Depends(needs(Right.AGENTS_READ))])
async def list_agents(given: Given) -> dict[str, Any]:
    """All agents with their groups and phones; who is signed in is on the wallboard."""
    return {"agents": await given.agents.all()}


@router.put("/agents/{agent}", dependencies=[Depends(needs(Right.AGENTS_STEER))])
async def save_agent(agent: Number, body: AgentForm, given: Given, asker: Asker) -> AgentRecord:
    """Add an agent, or change name, groups and phones. Groups hold at once, phones from the next sign-in.

    422 for a phone at a server that is not configured.
    """
    for phone in body.phones:
        _there(given, phone.server, 422)
    before = await given.agents.agent(AgentId(agent))
    record = AgentRecord(
        AgentId(agent),
        body.name,
        tuple(GroupId(group) for group in body.groups),
        tuple(phone.phone() for phone in body.phones),
        body.is_active,
        body.skills if body.skills is not None else before.skills if before is not None else {},
    )
    try:
        is_moved = await given.agents.save(record)
    except ValueError as error:
        raise conflict(error) from error
    now = given.clock.now()
    if is_moved:
        given.room.feed(AgentRegrouped(at=now, agent=record.id, groups=frozenset(record.groups)))
    told = changes({} if before is None else _told(before), _told(record))
    await given.users.audit(AuditEntry(now, asker.name, "agent.save", str(record.id), told))
    return record


@router.get("/agents/{agent}", dependencies=DESK)
async def show_agent(agent: Number, given: Given, asker: Asker) -> AgentRecord:
    """Also what the desk's choice of phones is made of."""
    return await agent_at_desk(given, asker, agent)


@router.post("/agents/{agent}/sign-in", status_code=202, dependencies=DESK)
async def sign_in(agent: Number, given: Given, asker: Asker, body: SignIn | None = None) -> dict[str, Any]:
    """Sign in at a phone: it is rung once and stays on the line. 409 where agent or phone are signed in already."""
    record = await agent_at_desk(given, asker, agent)
    phone = phone_of(record, body.endpoint if body is not None else None)
    _there(given, phone.server, 409)
    now = given.clock.now()
    try:
        session = await given.agents.sign_in(record.id, phone, agent_leg(record.id, given.new_nonce()), now)
    except ValueError as error:
        raise conflict(error) from error
    given.room.feed(AgentSignedIn(at=now, session=session))
    await _audit(given, asker, "agent.sign_in", record.id)
    return {"agent": record.id, "phone": phone}


@router.post("/agents/{agent}/ready", status_code=202, dependencies=DESK)
async def ready(agent: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """Take calls from now on; in wrap-up: after it."""
    record = await agent_at_desk(given, asker, agent)
    given.room.feed(AgentReady(at=given.clock.now(), agent=record.id))
    given.desk.wish(record.id, AgentState.READY)
    note_another(given, asker, "agent.ready", record.id)
    return {"agent": record.id}


@router.post("/agents/{agent}/pause", status_code=202, dependencies=DESK)
async def pause(agent: Number, given: Given, asker: Asker, body: Pause | None = None) -> dict[str, Any]:
    """Pause with a reason: now where idle, else after this call."""
    record = await agent_at_desk(given, asker, agent)
    reason = body.reason if body is not None else "break"
    given.room.feed(AgentPaused(at=given.clock.now(), agent=record.id, reason=reason))
    given.desk.wish(record.id, AgentState.PAUSED, reason)
    note_another(given, asker, "agent.pause", record.id, reason=reason)
    return {"agent": record.id, "reason": reason}


@router.post("/agents/{agent}/sign-out", status_code=202, dependencies=DESK)
async def sign_out(agent: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """Leave: now where idle, else after this call and its wrap-up."""
    record = await agent_at_desk(given, asker, agent)
    given.room.feed(AgentSignedOut(at=given.clock.now(), agent=record.id))
    given.desk.wish(record.id, AgentState.OFFLINE)
    await _audit(given, asker, "agent.sign_out", record.id)
    return {"agent": record.id}


@router.post("/agents/{agent}/hang-up", status_code=202, dependencies=DESK)
async def hang_up(agent: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """End the talk."""
    record = await agent_at_desk(given, asker, agent)
    given.room.feed(AgentHungUp(at=given.clock.now(), agent=record.id))
    note_another(given, asker, "agent.hang_up", record.id)
    return {"agent": record.id}


@router.get("/dispositions", tags=["dispositions"], dependencies=[Depends(needs(Right.DISPOSITIONS_READ))])
async def dispositions(given: Given, asker: Asker, project: Id | None = None) -> dict[str, Any]:
    """The dictionary of a project, or the default one; the effect of each on the lead."""
    if project is not None:
        in_sight(asker, ProjectId(project), "project", project)
    found = await given.dictionary.dispositions(None if project is None else ProjectId(project))
    return {"dispositions": found}


async def agent_at_desk(given: Ports, asker: Principal, agent: int) -> AgentRecord:
    """The agent, for whoever may act for him. Raises 403, 404."""
    own_desk(asker, AgentId(agent))
    record = await given.agents.agent(AgentId(agent))
    if record is None:
        raise not_found("agent", agent)
    return record


def _told(record: AgentRecord) -> dict[str, Any]:
    """For the audit: his name stays out of it."""
    phones = [f"{phone.server}/{phone.endpoint}" for phone in record.phones]
    told = {"groups": sorted(record.groups), "phones": phones, "is_active": record.is_active}
    return {**told, "skills": dict(record.skills)}


def phone_of(record: AgentRecord, endpoint: str | None) -> Phone:
    """One of his phones; None: his usual one. Raises 409."""
    for phone in record.phones:
        if endpoint in (None, phone.endpoint):
            return phone
    which = "no phone" if endpoint is None else f"no phone {endpoint}"
    raise Problem(
        409,
        "no-phone",
        f"Agent {record.id} has {which}.",
        f"A supervisor gives him one: `dialer agent save {record.id} --phone SERVER/ENDPOINT`.",
    )


def _there(given: Ports, server: str, status: int) -> None:
    """Raises a problem of this status where the server is none of the configuration's."""
    known = given.room.servers()
    if server not in known:
        raise Problem(
            status,
            "unknown-server",
            f"There is no server {server}; known: {', '.join(sorted(known))}.",
            "Give the agent a phone at one of these, or name the server in [[asterisk]] and restart the daemon.",
        )


async def _audit(given: Ports, asker: Principal, action: str, agent: AgentId) -> None:
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, action, str(agent)))


def note_another(given: Ports, asker: Principal, action: str, agent: AgentId, **detail: str) -> None:
    """What an agent does himself stands in the log of his states; what is done to him has a name beside it."""
    if asker.agent != agent:
        given.audit.note(AuditEntry(given.clock.now(), asker.name, action, str(agent), detail))
