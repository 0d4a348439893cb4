"""The two WebSockets: an agent's desk (`/ws/agent`) and the wallboard (`/ws/wallboard`).

A socket carries the desk's messages out, acknowledgements and questions about project information in; what the agent
does goes by HTTP. A quiet line carries a `beat` so that the page notices a dead link. The session is looked at again
once a minute: a revoked one ends the socket with code 4401, which tells the page to go to the sign-in.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Literal

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import Field, TypeAdapter, ValidationError

from dialer.api.asking import Asker, Given, lacks, own_desk
from dialer.api.floor_ports import Box
from dialer.api.forms import Form, Id
from dialer.api.gate import identify
from dialer.api.lookup import Lookup, Question
from dialer.api.ports import Ports
from dialer.api.problems import Problem
from dialer.core.access import Principal, Right
from dialer.core.ids import AgentId, AttemptId
from dialer.core.user import AuditEntry

BEAT_S = 10.0
"""A page that hears nothing for 2.5 beats takes the link for dead."""
RECHECK_S = 60.0

LOOKUPS_AT_ONCE = 2
"""Of one desk: the answer to what is typed last does not wait for the one before it; a third question waits."""

SIGNED_OUT = 4401
COME_BACK = 4409
"""The mailbox overflowed, or the daemon stops: connect again and get a fresh picture."""
BAD_MESSAGE = 4400

router = APIRouter()


class Acknowledgement(Form):
    """The pop of this attempt is painted, or stands on a page that nobody sees."""

    type: Literal["seen", "hidden"]
    attempt: str


WORD: TypeAdapter[Acknowledgement | Question] = TypeAdapter(
    Annotated[Acknowledgement | Question, Field(discriminator="type")]
)
"""All that a desk says."""


@router.websocket("/ws/agent")
async def agent_desk(socket: WebSocket, given: Given, asker: Asker, agent: Id | None = None) -> None:
    """The desk of the asker, or of `agent` for those who steer agents."""
    number = AgentId(agent) if agent is not None else asker.agent
    if number is None:
        raise Problem(403, "no-desk", "You are no agent.", "Name one: /ws/agent?agent=1001.")
    own_desk(asker, number)
    await _note_look(given, asker, number)
    await socket.accept()
    box = await given.desk.join(number)
    lookup = Lookup(given, asker, socket.send_text)

    async def listen() -> None:
        while True:
            match WORD.validate_json(await socket.receive_text()):
                case Question() as question:
                    lookup.ask(question)
                case Acknowledgement(type="seen", attempt=attempt):
                    given.desk.seen(number, AttemptId(attempt))
                case Acknowledgement(attempt=attempt):
                    given.desk.hidden(number, AttemptId(attempt))

    try:
        await converse(socket, given, box, listen, *[lookup.run] * LOOKUPS_AT_ONCE)
    finally:
        given.desk.leave(number, box)


async def _note_look(given: Ports, asker: Principal, agent: AgentId) -> None:
    """Whoever opens another's desk sees whom he talks to; one's own desk is audited card by card."""
    if asker.agent != agent:
        await given.users.audit(AuditEntry(given.clock.now(), asker.name, "desk.look", str(agent)))


@router.websocket("/ws/wallboard")
async def wallboard(socket: WebSocket, given: Given, asker: Asker) -> None:
    """The live picture of the floor, several times a second, the newest only."""
    if not asker.may(Right.WALLBOARD):
        raise lacks(asker, Right.WALLBOARD)
    await socket.accept()
    box = given.board.join()

    async def listen() -> None:
        while True:
            await socket.receive_text()

    try:
        await converse(socket, given, box, listen)
    finally:
        given.board.leave(box)


async def converse(socket: WebSocket, given: Ports, box: Box, *others: Callable[[], Awaitable[None]]) -> None:
    """Speak, look at the session and do the others, until one of them ends; then close with the code that says why."""
    tasks = [
        asyncio.ensure_future(_speak(socket, given, box)),
        asyncio.ensure_future(_watch_session(socket, given)),
        *(asyncio.ensure_future(other()) for other in others),
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        code = _why(next(iter(done)).exception())
        if code is not None:
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(code)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class SessionOver(Exception):
    """The session or token is no longer valid."""


class MailboxClosed(Exception):
    """There is nothing more to say on this socket."""


def _why(ended_by: BaseException | None) -> int | None:
    """The close code; None where the other side has gone already. Anything unforeseen is raised."""
    match ended_by:
        case WebSocketDisconnect():
            return None
        case SessionOver():
            return SIGNED_OUT
        case MailboxClosed():
            return COME_BACK
        case ValidationError() | KeyError():
            return BAD_MESSAGE
        case None:
            raise AssertionError("a socket's task ended without saying why")
        case _:
            raise ended_by


async def _speak(socket: WebSocket, given: Ports, box: Box) -> None:
    while True:
        try:
            message = await asyncio.wait_for(box.get(), BEAT_S)
        except TimeoutError:
            message = b'{"type":"beat","at":%.3f}' % given.clock.now()
        if message is None:
            raise MailboxClosed
        await socket.send_text(message.decode())


async def _watch_session(socket: WebSocket, given: Ports) -> None:
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), RECHECK_S)
        if not await _still_welcome(socket, given):
            raise SessionOver


async def _still_welcome(socket: WebSocket, given: Ports) -> bool:
    before: Principal = socket.state.principal
    try:
        now = await identify(given.users, socket.state.credentials, given.clock.now())
    except OSError:
        return True  # the books are away: nobody is thrown out for that
    return now is not None and now.rights == before.rights and now.agent == before.agent
