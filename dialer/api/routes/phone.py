"""The phone in the agent's browser: where he is signed in, the pass to register with, and «ring me again».

The secret is for the page of the agent himself, in his session: a token is refused, and so is whoever steers agents.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import Form
from dialer.api.phone_ports import PhonePass, PhoneRefused
from dialer.api.ports import Ports
from dialer.api.problems import Problem
from dialer.api.routes.agents import DESK, ENDPOINT, Number, agent_at_desk, phone_of
from dialer.core.access import Principal, Right
from dialer.core.ids import AgentId
from dialer.core.settings import Phone
from dialer.core.user import AuditEntry
from dialer.core.wishes import AgentPhoneBack

router = APIRouter(prefix="/api/v1", tags=["agents"])


class PhoneChoice(Form):
    endpoint: Annotated[str, Field(pattern=ENDPOINT)]


@router.get("/agents/{agent}/phone", dependencies=DESK)
async def show_phone(agent: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """Where the agent is signed in: `endpoint` (null: nowhere), and whether that is a phone in a browser."""
    record = await agent_at_desk(given, asker, agent)
    at = given.phones.at(record.id)
    browser = at is not None and any(
        (one.server, one.endpoint, one.browser) == (at.server, at.endpoint, True) for one in record.phones
    )
    return {"endpoint": None if at is None else at.endpoint, "browser": browser}


@router.post("/agents/{agent}/phone", dependencies=[Depends(needs(Right.DESK))])
async def admit_phone(agent: Number, body: PhoneChoice, given: Given, asker: Asker) -> PhonePass:
    """A pass for this phone in the asker's own browser: an address, a secret that replaces any earlier one, and ICE.

    409 for a phone that is not in a browser; 503 while Asterisk cannot be told.
    """
    _himself(asker, AgentId(agent))
    record = await agent_at_desk(given, asker, agent)
    phone = phone_of(record, body.endpoint)
    if not phone.browser:
        raise Problem(409, "no-browser-phone", f"The phone {phone.endpoint} is not in a browser.", "Choose another.")
    _not_elsewhere(given, record.id, phone)
    try:
        admitted = await given.phones.admit(record.id, phone)
    except PhoneRefused as refused:
        raise Problem(503, "phone-not-admitted", str(refused), refused.cure) from refused
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "agent.phone", str(record.id)))
    return admitted


@router.post("/agents/{agent}/phone/ring", status_code=202, dependencies=DESK)
async def ring_phone(agent: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """The phone has started anew: ring it, and give up the line to what it was before. No wish is changed by this."""
    record = await agent_at_desk(given, asker, agent)
    given.room.feed(AgentPhoneBack(at=given.clock.now(), agent=record.id))
    return {"agent": record.id}


def _himself(asker: Principal, agent: AgentId) -> None:
    if asker.by_token or asker.agent != agent:
        raise Problem(
            403,
            "not-your-phone",
            f"The secret of this phone is for agent {agent} alone, in a session of his own.",
            "Sign in as that agent.",
        )


def _not_elsewhere(given: Ports, agent: AgentId, phone: Phone) -> None:
    """One agent at one phone: no pass for another one, nor for one at which somebody else is."""
    at = given.phones.at(agent)
    if at is not None and (at.server, at.endpoint) != (phone.server, phone.endpoint):
        raise Problem(409, "another-phone", f"You are signed in at {at.endpoint}.", "Go off line first.")
    if given.phones.holder(phone) not in (None, agent):
        raise Problem(409, "phone-taken", f"Another agent is signed in at {phone.endpoint}.", "Choose another phone.")
