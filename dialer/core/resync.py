"""After a broken link, a restarted Asterisk or a restarted daemon: compare what we hold with what lives, and go on.

What lives is adopted, what is gone is settled, what nobody knows is hung up. Nothing is ever dialled again here.

A resync is also asked for on a link that lives. It finds strays, and what has become of the calls and agents that it
was asked for. Of all others the events tell: what the list shows may be on its way as an event.
"""

from collections.abc import Sequence

from dialer.core import lines, previewing, spying
from dialer.core.agent import Agent, PhoneRecalled
from dialer.core.call import Call, Vanished
from dialer.core.campaign import Campaign
from dialer.core.effects import DropAgent, HangUp
from dialer.core.events import (
    AgentHeld,
    AgentLegDown,
    Answered,
    BooksOpened,
    Bridged,
    LiveCall,
    LiveLeg,
    OpenAttempt,
    ServerDown,
    ServerUp,
)
from dialer.core.ids import Instant, ServerName
from dialer.core.joining import serve, serve_all
from dialer.core.ledger import Counted, Ledger
from dialer.core.memory import Memory
from dialer.core.room import Room
from dialer.core.settings import AgentSession, CampaignSettings
from dialer.core.states import REST, AgentState, CallState, LineState
from dialer.core.timer import TimerKind
from dialer.core.wishes import AgentSignedOut

BOOKED_STATES = {
    "previewing": CallState.PREVIEWING,
    "intended": CallState.DIALLING,
    "dialled": CallState.DIALLING,
    "ringing": CallState.RINGING,
    "answered": CallState.ANSWERED,
    "connecting": CallState.ANSWERED,
    "message": CallState.MESSAGE,
    "talking": CallState.TALKING,
    "wrap_up": CallState.WRAP_UP,
}
"""The attempt row's last word, as a state to wait in until the resync."""


def server_down(room: Room, event: ServerDown) -> None:
    """Nothing is decided about what we cannot see; nothing new is started there."""
    link = room.servers.get(event.server)
    if link is None:
        return
    if link.up:
        room.alarm(
            "server_down", f"Asterisk {event.server} is away: {event.reason}", server=event.server, reason=event.reason
        )
    link.up, link.why_down = False, event.reason
    previewing.end_all(room, "server_away", server=event.server)
    for call in room.calls_on(event.server):
        call.unseen = call.state is not CallState.WRAP_UP and not call.previewed
    for agent in room.agents_on(event.server):
        agent.unseen = True
    room.dirty = True


def server_up(room: Room, event: ServerUp) -> None:
    """The link is back, or new, or was asked again: adopt, settle, hang up strays, and go on."""
    link = room.servers.get(event.server)
    if link is None:
        return
    was_up = link.up
    if link.booted_at and event.booted_at > link.booted_at + 1.0:
        room.alarm("server_restarted", f"Asterisk {event.server} was restarted", server=event.server)
    link.up, link.booted_at = True, event.booted_at
    live_calls = {live.attempt: live for live in event.calls}
    live_legs = {live.agent: live for live in event.legs}
    unseen = [call for call in room.calls_on(event.server) if call.unseen]
    for agent in previewing.bound(room, event.server):
        _compare_agent(room, agent, live_legs.get(agent.id))
    for call in unseen:
        _compare_call(room, call, live_calls.get(call.attempt))
    for agent in room.agents_on(event.server):
        if agent.unseen or _not_heard_of(agent):
            _compare_agent(room, agent, live_legs.get(agent.id))
    for call in unseen:
        if call.state is CallState.TALKING:
            lines.adopt(room, call, live_calls[call.attempt], live_legs)
    _end_strays(room, event)
    spying.compare(room, event, was_up=was_up)
    serve_all(room, event.server)
    room.dirty = True


def _not_heard_of(agent: Agent) -> bool:
    """Idle and nailed up, yet never reported in hold: the reason why a resync was asked for."""
    return agent.nailed_up and not agent.held and agent.state in (AgentState.READY, AgentState.PAUSED)


def _compare_call(room: Room, call: Call, live: LiveCall | None) -> None:
    call.unseen = False
    if live is None:
        room.step_call(call, Vanished(at=room.at, attempt=call.attempt))
        return
    if live.answered and call.unanswered:
        room.step_call(call, Answered(at=room.at, attempt=call.attempt))
    agent = live.talking_to or live.held_by
    if agent is not None and call.state is not CallState.TALKING:
        room.step_call(call, Bridged(at=room.at, attempt=call.attempt, agent=agent))


def _compare_agent(room: Room, agent: Agent, live: LiveLeg | None) -> None:
    agent.unseen = False
    if not agent.nailed_up:
        serve(room, agent)
        return
    if live is not None and live.leg == agent.leg:
        agent.leg_up, agent.held, agent.muted = True, live.held, live.muted
        if live.held:
            room.step_agent(agent, AgentHeld(at=room.at, agent=agent.id, leg=agent.leg))
        return
    if agent.state is AgentState.CALLING:
        room.step_agent(agent, PhoneRecalled(at=room.at, agent=agent.id))
        return
    room.step_agent(agent, AgentLegDown(at=room.at, agent=agent.id, leg=agent.leg, cause=0))
    if agent.state is AgentState.LOST and agent.wanted is not AgentState.OFFLINE:
        room.step_agent(agent, PhoneRecalled(at=room.at, agent=agent.id))


def _end_strays(room: Room, event: ServerUp) -> None:
    """Channels with our names that belong to no attempt and no session on this server: counted and ended."""
    for live in event.calls:
        call = room.calls.get(live.attempt)
        if call is None or call.server != event.server:
            room.orphans += 1
            room.out.append(HangUp(attempt=live.attempt, server=event.server))
    for leg in event.legs:
        agent = room.agents.get(leg.agent)
        if agent is None or (agent.session.phone.server, agent.leg) != (event.server, leg.leg):
            room.orphans += 1
            room.out.append(DropAgent(agent=leg.agent, server=event.server, leg=leg.leg))


# ---- boot


def books_opened(room: Room, event: BooksOpened) -> None:
    """What the books remember: everything waits for its server's resync, but forms go on at once."""
    for settings in event.campaigns:
        memories = [memory for memory in event.memories if memory.campaign == settings.id]
        room.campaigns[settings.id] = new_campaign(settings, event.past.get(settings.id, ()), memories)
    for attempt in event.attempts:
        _recall_call(room, attempt)
    for session in event.sessions:
        _recall_agent(room, session)
    previewing.recall(room)
    _leave_gone_servers(room)
    for name, link in room.servers.items():
        if link.up:
            _recheck(room, name)


def _leave_gone_servers(room: Room) -> None:
    """No link will ever tell of a server that is not configured any more: what the books have of it is over now.

    Its calls are gone, as after a resync that did not find them. Its agents leave, after their forms.
    """
    for agent in list(room.agents.values()):
        if agent.session.phone.server not in room.servers:
            room.step_agent(agent, AgentSignedOut(at=room.at, agent=agent.id))
    for call in list(room.calls.values()):
        if call.unseen and call.server not in room.servers:
            _compare_call(room, call, None)


def _recheck(room: Room, server: ServerName) -> None:
    """The server came up before the books did: its resync must be made again."""
    room.servers[server].up = False


def new_campaign(settings: CampaignSettings, past: Sequence[Counted] = (), memories: Sequence[Memory] = ()) -> Campaign:
    """The record of a campaign that the room did not know, with its ledger and what was learned, from the books."""
    ledger = Ledger(settings.ceiling_window, settings.zone)
    ledger.remember(past)
    return Campaign(settings, settings.state, ledger, memories={memory.server: memory for memory in memories})


def _past(booked: Instant | None, at: Instant) -> Instant | None:
    """When it was; a clock that was set back since then shows it as yet to come."""
    return None if booked is None else min(booked, at)


def _recall_call(room: Room, booked: OpenAttempt) -> None:
    state = BOOKED_STATES[booked.state]
    call = Call(
        booked.reservation,
        booked.server,
        booked.trunk,
        reserved_at=_past(booked.dialled_at, room.at) or room.at,
        state=state,
        dialled_at=_past(booked.dialled_at, room.at),
        ringing_at=_past(booked.ringing_at, room.at),
        answered_at=_past(booked.answered_at, room.at),
        bridged_at=_past(booked.bridged_at, room.at),
        ended_at=_past(booked.ended_at, room.at),
        unseen=state not in (CallState.WRAP_UP, CallState.PREVIEWING),
        agent=booked.agent if state in (CallState.TALKING, CallState.WRAP_UP) else None,
        abandoned=booked.abandoned,
    )
    if state is CallState.TALKING and call.bridged_at is None:
        call.bridged_at = room.at
    room.add_call(call)
    campaign = room.campaigns.get(call.campaign)
    if campaign is not None:
        campaign.live_calls += 1
        if call.answered_at is not None:
            campaign.ledger.count(call.answered_at, answered=1, abandoned=int(call.abandoned))
    if call.unseen:
        room.take_lines(call.trunk, call.campaign, 1)
    if state is CallState.WRAP_UP:
        room.set_timer(TimerKind.WRAP_UP, call.attempt, campaign.settings.wrap_up_s if campaign else 0.0)


def _recall_agent(room: Room, session: AgentSession) -> None:
    """An agent comes back to his state; one at work only where the attempt is still open."""
    agent = Agent(session, session.leg, since=session.since, reason=session.reason, unseen=True)
    agent.calls_of_phone = 1
    agent.wanted, agent.wanted_reason = AgentState.READY, ""
    agent.state = session.state
    call = room.calls.get(session.attempt) if session.attempt is not None else None
    if session.state is AgentState.PAUSED:
        agent.wanted, agent.wanted_reason = AgentState.PAUSED, session.reason
    elif session.state in (AgentState.RESERVED, AgentState.TALKING, AgentState.WRAP_UP):
        if call is not None and call.agent == agent.id:
            agent.attempt = call.attempt
            agent.state = AgentState.WRAP_UP if call.state is CallState.WRAP_UP else AgentState.TALKING
        elif call is not None and call.state is CallState.TALKING:  # a colleague; the resync tells whether still
            agent.attempt, agent.state = call.attempt, AgentState.TALKING
            call.line.colleague, call.line.state = agent.id, LineState.CONSULT
        else:
            agent.state = AgentState.READY
    elif session.state is AgentState.PREVIEWING:
        agent.state = AgentState.READY
    elif session.reason == REST:  # the restart was rest enough
        agent.rests = True
        room.set_timer(TimerKind.REST, str(agent.id), 0.0)
    room.agents[agent.id] = agent
    room.reindex_agent(agent)
