"""What the Floor does with a line in talk: hold, consultation, conference, transfer, mute, digits.

A wish of the desk is looked at first and refused with a word (`Trouble`) before anything is sent; what Asterisk reports
of channels and legs is turned into steps of the line machine. The colleague is reserved here, as for a join: Asterisk's
Bridge() would take a busy one away from his talk.
"""

from collections.abc import Mapping

from dialer.core.agent import Agent
from dialer.core.call import Call
from dialer.core.effects import Mute, SendDigits
from dialer.core.events import (
    AgentHeld,
    AgentLegDown,
    Bridged,
    ConsultFailed,
    Consulting,
    ConsultOver,
    Event,
    InConference,
    LegEvent,
    LiveCall,
    LiveLeg,
    MuteSet,
)
from dialer.core.ids import AgentId
from dialer.core.joining import join
from dialer.core.line import (
    LINE,
    AgentBack,
    AgentDown,
    ColleagueBack,
    ColleagueDown,
    CustomerGone,
    HandedOver,
    LineTimedOut,
    PhoneBack,
    Trouble,
)
from dialer.core.line_acts import note_hold, release, step, tell, tell_owner
from dialer.core.room import Room
from dialer.core.states import AgentState, CallState, LineState
from dialer.core.wishes import (
    AgentPhoneBack,
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

ASKED = (
    HoldAsked,
    TakeAsked,
    ConsultAsked,
    TransferAsked,
    ConferenceAsked,
    ColleagueLeft,
    DigitsAsked,
    MuteAsked,
)
"""What a desk may ask about its line."""

# ---- what the desk asks


def ask(room: Room, event: DeskEvent) -> None:
    """A wish about the agent's line; one that cannot be granted is told with its reason and changes nothing."""
    agent = room.agents.get(event.agent)
    call = room.calls.get(agent.attempt) if agent is not None and agent.attempt is not None else None
    if agent is None or call is None or call.state is not CallState.TALKING:
        return
    trouble = _objection(room, agent, call, event)
    if trouble is not None:
        tell(room, call, agent, trouble)
    elif isinstance(event, MuteAsked):
        server = agent.session.phone.server
        room.out.append(Mute(agent=agent.id, server=server, leg=agent.leg, muted=event.muted))
    elif isinstance(event, DigitsAsked):
        room.out.append(SendDigits(attempt=call.attempt, server=call.server, digits=event.digits))
    else:
        step(room, call, event)


def _objection(room: Room, agent: Agent, call: Call, event: DeskEvent) -> Trouble | None:
    own, kind = agent.id == call.agent, type(event)
    if call.unseen or agent.unseen:
        return Trouble.SERVER_AWAY
    if not agent.nailed_up and kind is not DigitsAsked:
        return Trouble.PER_CALL_PHONE
    if not room.servers[call.server].knows_lines:
        return Trouble.OLD_DIALPLAN
    if kind in (MuteAsked, DigitsAsked):
        return None if own or kind is MuteAsked else Trouble.NOT_NOW
    if (not own and kind is not ColleagueLeft) or not LINE.look(call.line.state, kind).acts:
        return Trouble.NOT_NOW
    if isinstance(event, ConsultAsked | TransferAsked):
        return _not_for(room, agent, call, event.colleague)
    return None


def _not_for(room: Room, agent: Agent, call: Call, wanted: AgentId | None) -> Trouble | None:
    """Why this colleague cannot be asked, or get the customer; None where he can."""
    if call.line.colleague is not None:
        return None if wanted in (None, call.line.colleague) else Trouble.NOT_NOW
    colleague = room.agents.get(wanted) if wanted is not None else None
    if colleague is None or colleague is agent or colleague.session.phone.server != call.server:
        return Trouble.COLLEAGUE_UNKNOWN
    if not colleague.is_ready:
        return Trouble.COLLEAGUE_BUSY
    return None if colleague.reachable and colleague.nailed_up else Trouble.COLLEAGUE_NOT_THERE


# ---- what Asterisk says


def joined(room: Room, call: Call, event: Event) -> None:
    """Customer and agent hear each other for the first time: the desk's line begins."""
    join(room, call, event)
    call.line.since = room.at
    tell_owner(room, call)


def heard_of_call(room: Room, call: Call, event: Event) -> None:
    """A call in talk was joined, put on hold, or could not be joined."""
    if isinstance(event, Bridged) and event.agent != call.agent:
        step(room, call, HandedOver(at=event.at, attempt=call.attempt, agent=event.agent))
    else:
        step(room, call, event)


LEG_EVENTS = (Consulting, ConsultFailed, ConsultOver, InConference, MuteSet)
"""What concerns an agent's leg in talk and nothing else of him."""


OF_LEG = (LegEvent, AgentPhoneBack)
"""What may change a line in talk."""


def heard_of_leg(room: Room, agent: Agent, event: LegEvent | DeskEvent) -> None:
    """An agent's leg came to hold, went, or has to be made anew; or it was joined to a colleague's. Of his own line, or
    as a colleague."""
    _note_mute(agent, event)
    call = room.calls.get(agent.attempt) if agent.attempt is not None else None
    if call is None or call.state is not CallState.TALKING or call.unseen:
        return
    own = agent.id == call.agent
    match event:
        case AgentHeld():
            back = AgentBack if own else ColleagueBack
            step(room, call, back(at=event.at, attempt=call.attempt))
        case AgentLegDown() if own:
            step(room, call, AgentDown(at=event.at, attempt=call.attempt, cause=event.cause))
        case AgentLegDown():
            step(room, call, ColleagueDown(at=event.at, attempt=call.attempt))
        case AgentPhoneBack() if own:
            step(room, call, PhoneBack(at=event.at, attempt=call.attempt))
        case MuteSet():
            tell(room, call, agent)
        case LegEvent() if own != isinstance(event, InConference):
            step(room, call, event)


def _note_mute(agent: Agent, event: LegEvent | DeskEvent) -> None:
    """The dialplan opens every leg that comes to hold."""
    if isinstance(event, MuteSet):
        agent.muted = event.muted
    elif isinstance(event, AgentHeld | AgentLegDown):
        agent.muted = False


def timed_out(room: Room, call: Call) -> None:
    if call.state is CallState.TALKING:
        step(room, call, LineTimedOut(at=room.at, attempt=call.attempt))


def over(room: Room, call: Call) -> None:
    """The customer's channel is gone."""
    step(room, call, CustomerGone(at=room.at, attempt=call.attempt))


def adopt(room: Room, call: Call, live: LiveCall, legs: Mapping[AgentId, LiveLeg]) -> None:
    """What a resync found is what is: whatever was told while nobody listened."""
    if live.talking_to not in (None, call.agent):
        step(room, call, HandedOver(at=room.at, attempt=call.attempt, agent=live.talking_to))
    line, seen, colleague = call.line, LineState.TALK, None
    own = legs.get(call.agent) if call.agent is not None else None
    if live.held_by is not None:
        colleague = own.consults if own is not None else None
        seen = LineState.HELD if colleague is None else LineState.CONSULT
    elif guests := [leg.agent for leg in legs.values() if leg.confers is not None and leg.confers == call.agent]:
        seen, colleague = LineState.CONFERENCE, guests[0]
    if line.colleague != colleague:
        release(room, call, Event(at=room.at))
        _welcome(room, call, colleague)
    if line.state is not seen:
        line.state, line.since = seen, room.at
        tell_owner(room, call)
    note_hold(room, call, call.agent)
    if seen is LineState.HELD and own is None:
        step(room, call, AgentDown(at=room.at, attempt=call.attempt))


def _welcome(room: Room, call: Call, colleague: AgentId | None) -> None:
    """A colleague whom only the resync has shown on the line."""
    agent = room.agents.get(colleague) if colleague is not None else None
    if agent is None:
        return
    call.line.colleague, agent.attempt, agent.held = agent.id, call.attempt, False
    room.set_agent_state(agent, AgentState.TALKING)
