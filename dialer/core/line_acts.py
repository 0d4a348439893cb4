"""The acts of the line machine and its runner: each is one thing done to Asterisk, the colleague or the desk."""

from collections.abc import Callable
from typing import TypeAlias

from dialer.core.agent import Agent, Reserved, WrappedUp
from dialer.core.call import Call
from dialer.core.effects import (
    BackToHold,
    BookHold,
    BookProgress,
    CancelTimer,
    Confer,
    Consult,
    HangUp,
    Hold,
    LineTold,
    Resync,
    ScreenPop,
    Take,
)
from dialer.core.events import Bridged, BridgeFailed, ConsultFailed, Event
from dialer.core.ids import AgentId
from dialer.core.joining import seat
from dialer.core.line import LINE, ON_HOLD, AgentDown, HandedOver, LineAct, Trouble
from dialer.core.room import Room
from dialer.core.staffing import call_phone, drop_phone
from dialer.core.states import AgentState, CallState, LineState
from dialer.core.timer import Timer, TimerKind
from dialer.core.wishes import ConsultAsked, TransferAsked

LINE_LEASE_S = 8.0
"""Redirect and Bridge() take milliseconds; what has not been seen by then is lost."""
ALONE_LEASE_S = 25.0
"""How long a customer on hold waits for his agent's phone to come back."""

DECLINED = frozenset({17, 21})
"""Q.850: user busy, call rejected. Every other end of a ring may be a phone that is on its way back."""

LineHandler: TypeAlias = Callable[[Room, Call, Event], None]


# ---- the machine


def step(room: Room, call: Call, event: Event) -> None:
    """Run the line's machine, and tell the agent where it has moved."""
    before = call.line.state
    rule = LINE.look(before, type(event))
    if rule.state is not before:
        call.line.state, call.line.since = rule.state, room.at
    holder = call.agent
    for act in rule.acts:
        LINE_ACTS[act](room, call, event)
    note_hold(room, call, holder)
    if rule.state is not before:
        tell_owner(room, call)


def note_hold(room: Room, call: Call, holder: AgentId | None) -> None:
    """Book a hold when it is over, under the agent for whom he waited."""
    line = call.line
    if line.state in ON_HOLD:
        line.held_since = room.at if line.held_since is None else line.held_since
    elif line.held_since is not None:
        if holder is not None:
            room.out.append(BookHold(attempt=call.attempt, agent=holder, since=line.held_since, until=room.at))
        line.held_since = None


def tell_owner(room: Room, call: Call) -> None:
    agent = room.agents.get(call.agent) if call.agent is not None else None
    if agent is not None:
        tell(room, call, agent)


def tell(room: Room, call: Call, agent: Agent, trouble: str = "", state: LineState | None = None) -> None:
    room.out.append(_told(call, agent, trouble, state))


def line_of(room: Room, agent: Agent) -> LineTold | None:
    """The line as this agent was told of it last; None where he is in no talk."""
    call = room.calls.get(agent.attempt) if agent.attempt is not None else None
    return _told(call, agent) if call is not None and call.state is CallState.TALKING else None


def _told(call: Call, agent: Agent, trouble: str = "", state: LineState | None = None) -> LineTold:
    guest = agent.id != call.agent
    return LineTold(
        agent=agent.id,
        attempt=call.attempt,
        state=state or call.line.state,
        since=call.line.since or call.bridged_at or 0.0,
        colleague=call.agent if guest else call.line.colleague,
        guest=guest,
        muted=agent.muted,
        trouble=trouble,
    )


def _owner(room: Room, call: Call) -> Agent | None:
    return room.agents.get(call.agent) if call.agent is not None else None


def _colleague(room: Room, call: Call) -> Agent | None:
    return room.agents.get(call.line.colleague) if call.line.colleague is not None else None


def _lease(room: Room, call: Call, seconds: float = LINE_LEASE_S) -> None:
    room.set_timer(TimerKind.LINE, call.attempt, seconds)


def _lease_ends(room: Room, call: Call) -> None:
    room.out.append(CancelTimer(timer=Timer(TimerKind.LINE, call.attempt)))


# ---- hold


def _hold(room: Room, call: Call, event: Event) -> None:
    assert call.agent is not None
    room.out.append(Hold(attempt=call.attempt, server=call.server, agent=call.agent))


def _note_held(room: Room, call: Call, event: Event) -> None:
    """He is on hold; where the agent's phone has gone meanwhile nobody would ever take him back."""
    agent = _owner(room, call)
    if agent is None:
        return
    if isinstance(event, BridgeFailed) and event.agent == agent.id:
        agent.held = agent.leg_up = False
    if not agent.leg_up:
        step(room, call, AgentDown(at=room.at, attempt=call.attempt))


def _take(room: Room, call: Call, event: Event) -> None:
    assert call.agent is not None
    room.out.append(Take(attempt=call.attempt, server=call.server, agent=call.agent))
    _lease(room, call)


def _taken(room: Room, call: Call, event: Event) -> None:
    agent = _owner(room, call)
    if agent is not None:
        agent.held, agent.leg_up = False, True
    _lease_ends(room, call)


def _recall_phone(room: Room, call: Call, event: Event) -> None:
    _ring_phone(room, call, event)
    _lease(room, call, ALONE_LEASE_S)


def _ring_phone(room: Room, call: Call, event: Event) -> None:
    agent = _owner(room, call)
    if agent is not None:
        call_phone(room, agent, event)


def _drop_phone(room: Room, call: Call, event: Event) -> None:
    agent = _owner(room, call)
    if agent is not None:
        drop_phone(room, agent, event)


def _leave(room: Room, call: Call, event: Event) -> None:
    if isinstance(event, AgentDown) and event.cause in DECLINED:
        _hang_up(room, call, event)


def _hang_up(room: Room, call: Call, event: Event) -> None:
    room.out.append(HangUp(attempt=call.attempt, server=call.server))


def _look(room: Room, call: Call, event: Event) -> None:
    call.unseen = True
    room.out.append(Resync(server=call.server))


# ---- the colleague


def _reserve(room: Room, call: Call, event: Event) -> None:
    """Reserve him before anything is sent, and show him the person's card at the same moment."""
    assert isinstance(event, ConsultAsked | TransferAsked)
    assert event.colleague is not None
    colleague = room.agents[event.colleague]
    call.line.colleague, colleague.attempt = colleague.id, call.attempt
    room.step_agent(colleague, Reserved(at=room.at, agent=colleague.id, attempt=call.attempt))
    room.out.append(
        ScreenPop(
            agent=colleague.id,
            attempt=call.attempt,
            lead=call.reservation.lead,
            campaign=call.campaign,
            answered_at=call.answered_at or room.at,
        )
    )
    tell(room, call, colleague)
    _lease(room, call)


def _call_colleague(room: Room, call: Call, event: Event) -> None:
    agent, colleague = _owner(room, call), call.line.colleague
    assert agent is not None
    assert colleague is not None
    room.out.append(Consult(server=call.server, leg=agent.leg, colleague=colleague))


def _colleague_joined(room: Room, call: Call, event: Event) -> None:
    for agent in (_owner(room, call), _colleague(room, call)):
        if agent is not None:
            agent.held = False
    colleague = _colleague(room, call)
    if colleague is not None:
        room.set_agent_state(colleague, AgentState.TALKING)
        tell(room, call, colleague)
    _lease_ends(room, call)


def _add_colleague(room: Room, call: Call, event: Event) -> None:
    colleague = _colleague(room, call)
    if colleague is not None and call.agent is not None:
        room.out.append(Confer(server=call.server, leg=colleague.leg, attempt=call.attempt, agent=call.agent))
    _lease(room, call)


def _hand_over(room: Room, call: Call, event: Event) -> None:
    assert call.line.colleague is not None
    room.out.append(Take(attempt=call.attempt, server=call.server, agent=call.line.colleague))
    _lease(room, call)


def _handed_over(room: Room, call: Call, event: Event) -> None:
    """The colleague has the customer: the attempt is his now, and who had it is free."""
    assert isinstance(event, HandedOver)
    former, line = _owner(room, call), call.line
    if line.colleague != event.agent:
        release(room, call, event)
    line.colleague, line.since, call.agent = None, room.at, None
    if former is not None and former.attempt == call.attempt:
        former.attempt = None
        tell(room, call, former, state=LineState.OVER)
        room.step_agent(former, WrappedUp(at=room.at, agent=former.id))
    seat(room, call, Bridged(at=room.at, attempt=call.attempt, agent=event.agent))
    state = CallState.TALKING
    room.out.append(BookProgress(attempt=call.attempt, state=state, at=room.at, agent=call.agent))
    _lease_ends(room, call)
    tell_owner(room, call)


def _not_there(room: Room, call: Call, event: Event) -> None:
    colleague, agent = _colleague(room, call), _owner(room, call)
    if colleague is not None and isinstance(event, BridgeFailed | ConsultFailed):
        colleague.held = colleague.leg_up = False
    if agent is not None:
        tell(room, call, agent, Trouble.COLLEAGUE_NOT_THERE)


def _end_consult(room: Room, call: Call, event: Event) -> None:
    """The agent's own leg goes back to hold; so does the colleague's, which is left alone."""
    agent = _owner(room, call)
    if agent is not None:
        room.out.append(BackToHold(server=call.server, leg=agent.leg))


def _part(room: Room, call: Call, event: Event) -> None:
    colleague = _colleague(room, call)
    if colleague is not None:
        room.out.append(BackToHold(server=call.server, leg=colleague.leg))
    _lease(room, call)


def release(room: Room, call: Call, event: Event) -> None:
    colleague = _colleague(room, call)
    call.line.colleague = None
    _lease_ends(room, call)
    if colleague is None or colleague.attempt != call.attempt:
        return
    colleague.attempt = None
    tell(room, call, colleague, state=LineState.OVER)
    room.step_agent(colleague, WrappedUp(at=room.at, agent=colleague.id))


LINE_ACTS: dict[LineAct, LineHandler] = {
    LineAct.HOLD: _hold,
    LineAct.NOTE_HELD: _note_held,
    LineAct.TAKE: _take,
    LineAct.TAKEN: _taken,
    LineAct.RECALL_PHONE: _recall_phone,
    LineAct.RING_PHONE: _ring_phone,
    LineAct.DROP_PHONE: _drop_phone,
    LineAct.LEAVE: _leave,
    LineAct.HANG_UP: _hang_up,
    LineAct.LOOK: _look,
    LineAct.RESERVE: _reserve,
    LineAct.CALL_COLLEAGUE: _call_colleague,
    LineAct.COLLEAGUE_JOINED: _colleague_joined,
    LineAct.ADD_COLLEAGUE: _add_colleague,
    LineAct.HAND_OVER: _hand_over,
    LineAct.HANDED_OVER: _handed_over,
    LineAct.NOT_THERE: _not_there,
    LineAct.END_CONSULT: _end_consult,
    LineAct.PART: _part,
    LineAct.RELEASE: release,
}
