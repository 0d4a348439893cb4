"""What the Floor does for agents: rings their phones, grants what they want, notes what their legs do."""

from dataclasses import replace

from dialer.core.agent import Agent, PhoneRecalled
from dialer.core.effects import CallAgent, CancelTimer, DropAgent
from dialer.core.events import Event
from dialer.core.ids import Leg
from dialer.core.joining import serve
from dialer.core.room import Room
from dialer.core.states import AgentState
from dialer.core.timer import Timer, TimerKind
from dialer.core.wishes import AgentPaused, AgentReady, AgentRegrouped, AgentSignedOut

LEG_LEASE_S = 25.0
"""A phone that has not come to hold by then is not there."""


def call_phone(room: Room, agent: Agent, event: Event) -> None:
    """Ring the phone once and nail it up; a phone called per call needs nothing."""
    agent.held = agent.leg_up = False
    if not agent.nailed_up:
        if agent.state is AgentState.CALLING:  # not, where he goes on looking at a lead
            grant(room, agent, event)
        return
    server = room.servers.get(agent.session.phone.server)
    if server is None or not server.up:
        agent.unseen = True
        return
    if agent.calls_of_phone:
        room.out.append(DropAgent(agent=agent.id, server=server.settings.name, leg=agent.leg))
    agent.calls_of_phone += 1
    agent.leg = _next_leg(agent)
    room.out.append(
        CallAgent(agent=agent.id, server=server.settings.name, endpoint=agent.session.phone.endpoint, leg=agent.leg)
    )
    room.set_timer(TimerKind.LEG, str(agent.id), LEG_LEASE_S)


def _next_leg(agent: Agent) -> Leg:
    """A ChannelId is never used twice: the first leg has the session's own, later ones are numbered."""
    if agent.calls_of_phone == 1:
        return agent.session.leg
    return Leg(f"{agent.session.leg}x{agent.calls_of_phone}")


def drop_phone(room: Room, agent: Agent, event: Event) -> None:
    if agent.nailed_up:
        room.out.append(DropAgent(agent=agent.id, server=agent.session.phone.server, leg=agent.leg))
    agent.held = agent.leg_up = False


def note_wish(room: Room, agent: Agent, event: Event) -> None:
    match event:
        case AgentReady():
            agent.wanted, agent.wanted_reason = AgentState.READY, ""
        case AgentPaused(reason=reason):
            agent.wanted, agent.wanted_reason = AgentState.PAUSED, reason
        case AgentSignedOut():
            agent.wanted, agent.wanted_reason = AgentState.OFFLINE, ""
    room.reindex_agent(agent)
    room.dirty |= agent.wanted is AgentState.READY


def regroup(room: Room, event: AgentRegrouped) -> None:
    """Other campaigns from now on; a talk or wrap-up in progress goes on, whoever it is for."""
    agent = room.agents.get(event.agent)
    if agent is None:
        return
    room.pictures[agent.session.phone.server].drop_agent(agent)
    agent.session = replace(agent.session, groups=event.groups)
    room.reindex_agent(agent)
    room.dirty = True
    serve(room, agent)


def note_held(room: Room, agent: Agent, event: Event) -> None:
    agent.held = agent.leg_up = True
    room.dirty |= agent.state is AgentState.READY
    room.out.append(CancelTimer(timer=Timer(TimerKind.LEG, str(agent.id))))
    serve(room, agent)


def note_down(room: Room, agent: Agent, event: Event) -> None:
    agent.held = agent.leg_up = False
    room.out.append(CancelTimer(timer=Timer(TimerKind.LEG, str(agent.id))))


def alarm_lost(room: Room, agent: Agent, event: Event) -> None:
    room.alarm(
        "agent_phone_lost",
        f"agent {agent.id}: the phone does not answer or has gone silent; the agent gets no calls until it is back: "
        "check the phone, then press ready",
        server=agent.session.phone.server,
        agent=agent.id,
    )


def grant(room: Room, agent: Agent, event: Event) -> None:
    """Give the agent what he wants next, now that his hands are free."""
    if agent.wanted is AgentState.OFFLINE:
        drop_phone(room, agent, event)
        room.set_agent_state(agent, AgentState.OFFLINE)
        del room.agents[agent.id]
        return
    if agent.nailed_up and not agent.leg_up:
        room.step_agent(agent, PhoneRecalled(at=room.at, agent=agent.id))
        return
    room.set_agent_state(agent, agent.wanted, agent.wanted_reason)
    serve(room, agent)
