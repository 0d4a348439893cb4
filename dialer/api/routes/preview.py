"""Preview: an agent has looked at the lead on his screen, and has it called, or skips it.

Each wish is put before the Floor and answered 202; what came of it is told by the desk's WebSocket (`state`, `pop`,
`preview_over`), because the books and the gate are asked once more before anything is dialled.
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
from dialer.core.ids import AgentId, AttemptId
from dialer.core.previewing import SkipReason
from dialer.core.wishes import DialAsked, SkipAsked

router = APIRouter(prefix="/api/v1", tags=["agents"])


class Previewed(Form):
    attempt: Annotated[str, Field(max_length=64)]
    """As the desk was shown it: an answer about a lead that has gone meanwhile is refused, never about the next one."""


class Skipped(Previewed):
    reason: SkipReason


@router.post("/agents/{agent}/dial", status_code=202, dependencies=DESK)
async def dial(agent: Number, body: Previewed, given: Given, asker: Asker) -> dict[str, Any]:
    """Call the lead that the agent is looking at (preview mode); the call is his alone."""
    attempt = await _previewed(given, asker, agent, body)
    given.room.feed(DialAsked(at=given.clock.now(), agent=AgentId(agent), attempt=attempt))
    note_another(given, asker, "agent.dial", AgentId(agent), attempt=attempt)
    return {"agent": agent, "attempt": attempt}


@router.post("/agents/{agent}/skip", status_code=202, dependencies=DESK)
async def skip(agent: Number, body: Skipped, given: Given, asker: Asker) -> dict[str, Any]:
    """Do not call it now: it uses up no attempt and is offered again after the campaign's `preview_skip_s`."""
    attempt = await _previewed(given, asker, agent, body)
    event = SkipAsked(at=given.clock.now(), agent=AgentId(agent), attempt=attempt, reason=body.reason)
    given.room.feed(event)
    note_another(given, asker, "agent.skip", AgentId(agent), attempt=attempt, reason=body.reason)
    return {"agent": agent, "attempt": attempt, "reason": body.reason}


async def _previewed(given: Ports, asker: Principal, agent: int, body: Previewed) -> AttemptId:
    """The attempt on his screen that was not called yet. Raises 403, 404, 409."""
    record = await agent_at_desk(given, asker, agent)
    attempt = AttemptId(body.attempt)
    if given.desk.attempt_of(record.id) != attempt or not given.desk.previews(record.id):
        raise Problem(
            409,
            "no-preview",
            f"Agent {record.id} is not looking at attempt {body.attempt}.",
            "The screen shows what he is offered now.",
        )
    return attempt
