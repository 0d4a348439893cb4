"""What an agent does with the line of his talk: hold, consultation, conference, transfer, mute, keys.

Each wish is put before the Floor and answered 202; what came of it is told by the desk's WebSocket (`line`), because
only Asterisk knows. 409 where there is no call on the agent's screen.
"""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from dialer.api.asking import Asker, Given
from dialer.api.forms import Form
from dialer.api.ports import Ports
from dialer.api.problems import Problem
from dialer.api.routes.agents import DESK, Number, agent_at_desk, note_another
from dialer.core.access import Principal
from dialer.core.ids import AgentId, ServerName
from dialer.core.states import REST, AgentState
from dialer.core.view import AgentView
from dialer.core.wishes import (
    ColleagueLeft,
    ConferenceAsked,
    ConsultAsked,
    DeskEvent,
    DigitsAsked,
    HoldAsked,
    MuteAsked,
    TakeAsked,
    TransferAsked,
)

router = APIRouter(prefix="/api/v1", tags=["agents"])


class ColleagueForm(Form):
    colleague: Annotated[int, Field(ge=1000, le=999_999)]


class TransferForm(Form):
    colleague: Annotated[int | None, Field(ge=1000, le=999_999)] = None
    """None: the one with whom the agent speaks."""


class Digits(Form):
    digits: Annotated[str, Field(pattern=r"^[0-9*#A-D]{1,32}$")]


class MuteForm(Form):
    muted: bool


@router.get("/agents/{agent}/colleagues", dependencies=DESK)
async def colleagues(agent: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """Who else is signed in: `free` is who can be asked, or given a customer, now.

    `why` not: `busy` (by his `state`), `elsewhere` (on another server), `per_call` (his phone is rung for each call).
    """
    record = await agent_at_desk(given, asker, agent)
    names = {one.id: one.name for one in await given.agents.all()}
    signed_in = given.room.agents()
    own = next((seen.server for seen in signed_in if seen.agent == record.id), None)
    return {
        "colleagues": [
            {
                "agent": seen.agent,
                "name": names.get(seen.agent, ""),
                "state": seen.state,
                "free": not (why := _not_to_be_asked(seen, own)),
                "why": why,
            }
            for seen in signed_in
            if seen.agent != record.id
        ]
    }


def _not_to_be_asked(colleague: AgentView, server: ServerName | None) -> str:
    if server is not None and colleague.server != server:
        return "elsewhere"
    if not colleague.nailed_up:
        return "per_call"
    return "" if colleague.state is AgentState.READY and colleague.reason != REST else "busy"


@router.post("/agents/{agent}/hold", status_code=202, dependencies=DESK)
async def hold(agent: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """Put the customer on hold; after ten minutes he is given back by itself."""
    return await _ask(given, asker, "hold", HoldAsked(at=given.clock.now(), agent=AgentId(agent)))


@router.post("/agents/{agent}/take", status_code=202, dependencies=DESK)
async def take(agent: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """Take the customer back out of hold, or out of a consultation, which is over then."""
    return await _ask(given, asker, "take", TakeAsked(at=given.clock.now(), agent=AgentId(agent)))


@router.post("/agents/{agent}/consult", status_code=202, dependencies=DESK)
async def consult(agent: Number, body: ColleagueForm, given: Given, asker: Asker) -> dict[str, Any]:
    """Speak with a colleague while the customer is on hold; the colleague must be ready."""
    event = ConsultAsked(at=given.clock.now(), agent=AgentId(agent), colleague=AgentId(body.colleague))
    return await _ask(given, asker, "consult", event)


@router.post("/agents/{agent}/transfer", status_code=202, dependencies=DESK)
async def transfer(agent: Number, given: Given, asker: Asker, body: TransferForm | None = None) -> dict[str, Any]:
    """Give the customer to a colleague, with card, form and attempt; this agent is free when the colleague has him."""
    wanted = body.colleague if body is not None else None
    colleague = AgentId(wanted) if wanted is not None else None
    event = TransferAsked(at=given.clock.now(), agent=AgentId(agent), colleague=colleague)
    return await _ask(given, asker, "transfer", event)


@router.post("/agents/{agent}/conference", status_code=202, dependencies=DESK)
async def conference(agent: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """Join the customer and the colleague with whom the agent speaks: all three hear one another."""
    return await _ask(given, asker, "conference", ConferenceAsked(at=given.clock.now(), agent=AgentId(agent)))


@router.post("/agents/{agent}/end-consult", status_code=202, dependencies=DESK)
async def end_consult(agent: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """End the consultation, or the colleague's part in the conference; the colleague himself may say so too."""
    return await _ask(given, asker, "end_consult", ColleagueLeft(at=given.clock.now(), agent=AgentId(agent)))


@router.post("/agents/{agent}/digits", status_code=202, dependencies=DESK)
async def digits(agent: Number, body: Digits, given: Given, asker: Asker) -> dict[str, Any]:
    """Press keys for the machine at the customer's end (DTMF)."""
    return await _ask(
        given, asker, "digits", DigitsAsked(at=given.clock.now(), agent=AgentId(agent), digits=body.digits)
    )


@router.post("/agents/{agent}/mute", status_code=202, dependencies=DESK)
async def mute(agent: Number, body: MuteForm, given: Given, asker: Asker) -> dict[str, Any]:
    """Have Asterisk let nobody hear the agent, or everybody again; it ends with the call."""
    return await _ask(given, asker, "mute", MuteAsked(at=given.clock.now(), agent=AgentId(agent), muted=body.muted))


async def _ask(given: Ports, asker: Principal, what: str, event: DeskEvent) -> dict[str, Any]:
    record = await agent_at_desk(given, asker, event.agent)
    if given.desk.attempt_of(record.id) is None:
        raise Problem(409, "no-call", f"Agent {record.id} has no call.", "Wait for a call.")
    given.room.feed(event)
    note_another(given, asker, f"agent.{what}", record.id)
    return {"agent": record.id}
