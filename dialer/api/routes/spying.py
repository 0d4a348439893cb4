"""Supervisors on agents' lines: listen, whisper, barge in, at a phone of their own.

The phone is rung at once; whether it was picked up, and in which mode it is, stands on the wallboard beside the agent
(`listeners`). Every word of it is in the audit log, with who and whom.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import Form
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.agents import ENDPOINT, Number
from dialer.core.access import Principal, Right
from dialer.core.ids import AgentId, SpyId, spy_channel
from dialer.core.states import SpyMode
from dialer.core.user import AuditEntry
from dialer.core.view import AgentView
from dialer.core.wishes import SpyAsked, SpyStopped, SpyTurned

router = APIRouter(prefix="/api/v1", tags=["agents"])
LISTEN = [Depends(needs(Right.LISTEN))]

Listening = Annotated[str, Path(pattern=r"^dlr-s[0-9]{4,6}-[0-9a-z]{1,32}$")]


class ListenForm(Form):
    endpoint: Annotated[str, Field(pattern=ENDPOINT)]
    """The supervisor's own phone, on the agent's server."""
    mode: SpyMode = SpyMode.LISTEN


class ModeForm(Form):
    mode: SpyMode


@router.post("/agents/{agent}/listen", status_code=202, dependencies=LISTEN)
async def listen(agent: Number, body: ListenForm, given: Given, asker: Asker) -> dict[str, Any]:
    """Ring the phone and put it on the agent's line, through all his talks, until it is hung up.

    409 where the agent is not on line at a phone that stays there, or the phone is in use.
    """
    seen = _agent(given, agent)
    if not seen.nailed_up:
        raise Problem(
            409, "per-call-phone", f"Agent {agent} is called for each call.", "Only phones that stay on the line."
        )
    _free(given, body.endpoint)
    spy = spy_channel(seen.agent, given.new_nonce())
    given.room.feed(
        SpyAsked(
            at=given.clock.now(),
            spy=spy,
            agent=seen.agent,
            endpoint=body.endpoint,
            mode=body.mode,
            by=asker.name,
        )
    )
    await _audit(given, asker, spy, agent=str(agent), endpoint=body.endpoint, mode=body.mode)
    return {"listening": spy}


@router.put("/listening/{listening}", status_code=202, dependencies=LISTEN)
async def turn(listening: Listening, body: ModeForm, given: Given, asker: Asker) -> dict[str, Any]:
    """Listen, whisper or barge in with the same phone."""
    agent = _listened(given, listening)
    given.room.feed(SpyTurned(at=given.clock.now(), spy=SpyId(listening), mode=body.mode))
    await _audit(given, asker, SpyId(listening), agent=str(agent.agent), mode=body.mode)
    return {"listening": listening}


@router.delete("/listening/{listening}", status_code=202, dependencies=LISTEN)
async def stop(listening: Listening, given: Given, asker: Asker) -> dict[str, Any]:
    """Hang up the supervisor's phone."""
    agent = _listened(given, listening)
    given.room.feed(SpyStopped(at=given.clock.now(), spy=SpyId(listening)))
    await _audit(given, asker, SpyId(listening), agent=str(agent.agent), mode="stop")
    return {"listening": listening}


def _agent(given: Ports, agent: int) -> AgentView:
    for seen in given.room.agents():
        if seen.agent == AgentId(agent):
            return seen
    raise Problem(409, "not-on-line", f"Agent {agent} is not on line.", "The wallboard shows who is.")


def _free(given: Ports, endpoint: str) -> None:
    """The phone is nobody's: no agent is signed in at it, nobody listens by it, and it is no trunk."""
    agents = given.room.agents()
    taken = {one.endpoint for one in agents} | {by.endpoint for one in agents for by in one.listeners}
    if endpoint in taken or endpoint in given.room.trunk_endpoints():
        raise Problem(409, "phone-in-use", f"The phone {endpoint} is in use.", "Take one at which nobody is signed in.")


def _listened(given: Ports, listening: str) -> AgentView:
    for seen in given.room.agents():
        if any(one.spy == listening for one in seen.listeners):
            return seen
    raise not_found("listening", listening)


async def _audit(given: Ports, asker: Principal, spy: SpyId, **detail: str) -> None:
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "call.listen", spy, detail))
