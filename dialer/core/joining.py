"""Who gets whom: the answered customer to the first freed agent, the freed agent to the first who waits.

The reservation lives here, before anything is sent: Asterisk's Bridge() would take a busy agent away from his talk.
A join that fails gives the customer to the next agent inside the same answer deadline, which the dialplan keeps.
"""

from dialer.core.agent import Agent, Joined, Released, Reserved
from dialer.core.call import Call, Matched
from dialer.core.campaign import Campaign
from dialer.core.effects import BookProgress, CallEnded, CancelTimer, Connect, ScreenPop
from dialer.core.events import Bridged, BridgeFailed, Event, MessageEnded, MessageStarted
from dialer.core.ids import AgentId, ServerName
from dialer.core.room import Room
from dialer.core.skills import wasted
from dialer.core.states import AgentState, CallState
from dialer.core.timer import Timer, TimerKind
from strategies.base import How

ABANDONED_AFTER_S = 2.0
"""A customer not joined this long after the answer is abandoned, whatever comes later (US TSR, Ofcom: two seconds)."""
JOIN_LEASE_S = 8.0
"""Redirect and Bridge() take milliseconds; a join that long unheard of is lost."""
PER_CALL_JOIN_LEASE_S = 30.0
"""In per-call mode the agent's phone must ring and be picked up first."""


def offer(room: Room, call: Call, event: Event) -> None:
    """Give a waiting customer who promised the call, else the agent who fits best; of several, the longest free."""
    campaign = room.campaigns.get(call.campaign)
    if campaign is None or not call.waits or call.unseen:
        return
    if call.agent is not None:
        if call.previewer is None or room.agents[call.agent].reachable:  # not, where a resync finds them in talk
            room.step_call(call, Matched(at=room.at, attempt=call.attempt, agent=call.agent))
        return
    agent = _best_for(room, call, campaign)
    if agent is not None:
        _match(room, call, agent)


def _best_for(room: Room, call: Call, campaign: Campaign) -> Agent | None:
    """Whom the person asked for, else who is kept for the campaign, else who is wasted least; of equals the first.

    Only where there is nobody else: one who is kept for another campaign since this call was begun.
    """
    prefers, previewer, settings = call.reservation.prefers, call.previewer, campaign.settings
    best: tuple[tuple[bool, bool, int], Agent] | None = None
    nobody_better = prefers is None, not room.keeps, 0
    for agent in room.ready_agents(call.server, campaign):
        if previewer not in (None, agent.id):
            continue
        rank = agent.id != prefers, agent.kept_for is None, wasted(agent.session.skills, settings)
        if best is None or rank < best[0]:
            best = rank, agent
        if rank == nobody_better:
            break
    if best is not None:
        return best[1]
    kept = (agent for agent in room.kept_ready(call.server) if _may_have(room, agent, call, campaign))
    return next(kept, None)


def reserve_ahead(room: Room, call: Call, wanted: AgentId | None = None) -> bool:
    """Reserve an agent before the Originate: for a person who was abandoned lately, or the one (`wanted`) who promised
    the call. False where nobody, or not he, is free.

    US and UK rules alike: no call within 72 h of an abandoned one unless an agent is guaranteed.
    """
    for agent in room.ready_agents(call.server, room.campaigns[call.campaign]):
        if wanted is not None and agent.id != wanted:
            continue
        agent.attempt, call.agent = call.attempt, agent.id
        room.step_agent(agent, Reserved(at=room.at, agent=agent.id, attempt=call.attempt))
        return True
    return False


def serve(room: Room, agent: Agent) -> None:
    """Give a freed agent the customer who has waited longest."""
    if not agent.is_ready or not agent.reachable or agent.sought:
        return
    for attempt in room.waiting.get(agent.session.phone.server, ()):
        call = room.calls[attempt]
        campaign = room.campaigns.get(call.campaign)
        if campaign is not None and not call.unseen and _may_have(room, agent, call, campaign):
            _match(room, call, agent)
            return


def _may_have(room: Room, agent: Agent, call: Call, campaign: Campaign) -> bool:
    """Not a call that another agent has asked for himself, nor an agent on whom it could not count."""
    if agent.kept_for not in (None, campaign.id) and call.counts_from > agent.kept_from:
        return False
    return room.may_serve(agent, campaign) and call.previewer in (None, agent.id)


def serve_all(room: Room, server: ServerName) -> None:
    """After a resync: whoever waits gets whoever is free."""
    for attempt in list(room.waiting.get(server, ())):
        call = room.calls.get(attempt)
        if call is not None:
            offer(room, call, Event(at=room.at))


def _match(room: Room, call: Call, agent: Agent) -> None:
    agent.attempt = call.attempt
    call.agent = agent.id
    if agent.kept_for == call.campaign:
        agent.kept_for = None
    room.step_agent(agent, Reserved(at=room.at, agent=agent.id, attempt=call.attempt))
    room.step_call(call, Matched(at=room.at, attempt=call.attempt, agent=agent.id))


def connect(room: Room, call: Call, event: Event) -> None:
    """Send the customer to the agent, and the card to the agent's screen at the same moment."""
    agent = room.agents[call.agent] if call.agent is not None else None
    if agent is None:
        return
    room.out.append(
        Connect(
            attempt=call.attempt,
            server=call.server,
            agent=agent.id,
            endpoint=agent.session.phone.endpoint,
            per_call=not agent.nailed_up,
        )
    )
    room.out.append(
        ScreenPop(
            agent=agent.id,
            attempt=call.attempt,
            lead=call.reservation.lead,
            campaign=call.campaign,
            answered_at=call.answered_at or room.at,
        )
    )
    lease_s = JOIN_LEASE_S if agent.nailed_up else PER_CALL_JOIN_LEASE_S
    room.set_timer(TimerKind.JOIN, call.attempt, lease_s)


def join(room: Room, call: Call, event: Event) -> None:
    """They hear each other."""
    assert isinstance(event, Bridged)
    call.bridged_at = room.at
    waited_s = room.at - (call.answered_at or room.at)
    if call.abandoned or waited_s > ABANDONED_AFTER_S:
        mark_abandoned(room, call)
        call.late_joined = True
    seat(room, call, event)
    campaign = room.campaigns.get(call.campaign)
    if campaign is not None:
        campaign.joined += 1
    room.out.append(CancelTimer(timer=Timer(TimerKind.JOIN, call.attempt)))
    room.out.append(
        BookProgress(
            attempt=call.attempt,
            state=CallState.TALKING,
            at=room.at,
            agent=call.agent,
            abandoned=call.abandoned,
        )
    )
    room.observe(call, How.CONNECTED, waited_s)


def seat(room: Room, call: Call, event: Bridged) -> None:
    """Put the agent who is on the line into the talk, also where we learn of it only now."""
    if call.agent is not None and call.agent != event.agent:
        _release(room, call)
    agent = room.agents.get(event.agent)
    call.agent = event.agent
    if agent is None:
        return
    adopted = agent.attempt != call.attempt
    agent.attempt, agent.held, agent.leg_up = call.attempt, False, True
    if agent.state is AgentState.READY:
        room.step_agent(agent, Reserved(at=room.at, agent=agent.id, attempt=call.attempt))
    if agent.state is AgentState.RESERVED:
        room.step_agent(agent, Joined(at=room.at, agent=agent.id, attempt=call.attempt))
    else:
        room.set_agent_state(agent, AgentState.TALKING)
    if adopted:
        lead = call.reservation.lead
        room.out.append(
            ScreenPop(
                agent=agent.id,
                attempt=call.attempt,
                lead=lead,
                campaign=call.campaign,
                answered_at=call.answered_at or room.at,
            )
        )


def unjoin(room: Room, call: Call, event: Event) -> None:
    """The join came to nothing: the agent is free for others, unless it was his own phone that was gone. What he said
    of a talk that never was is forgotten."""
    call.disposition = call.effect = call.call_at = None
    room.out.append(CancelTimer(timer=Timer(TimerKind.JOIN, call.attempt)))
    agent = room.agents.get(call.agent) if call.agent is not None else None
    if agent is not None and isinstance(event, BridgeFailed) and event.agent == agent.id:
        agent.held = agent.leg_up = False
    _release(room, call)


def _release(room: Room, call: Call) -> None:
    agent = room.agents.get(call.agent) if call.agent is not None else None
    call.agent = None
    if agent is None or agent.attempt != call.attempt:
        return
    agent.attempt = None
    room.out.append(CallEnded(agent=agent.id, attempt=call.attempt))
    room.step_agent(agent, Released(at=room.at, agent=agent.id))


def abandon(room: Room, call: Call, event: Event) -> None:
    """Nobody was there in time: the message plays, or the person left before it."""
    if not call.abandoned and not isinstance(event, MessageStarted):
        call.caller_left = room.at - (call.answered_at or room.at) <= ABANDONED_AFTER_S
        call.silent = not call.caller_left
    mark_abandoned(room, call)


def note_message(room: Room, call: Call, event: Event) -> None:
    """Who heard no message because it could not be played heard nothing; a person is told once until one is heard."""
    assert isinstance(event, MessageEnded)
    link = room.servers[call.server]
    if not event.heard:
        call.silent = call.abandoned
        if not link.message_lost:
            text = (
                f"Asterisk {call.server} cannot play the message for people whom nobody took in time: they hear "
                "silence. Is the file named in dlr-abandon there, and may Asterisk read it? Ask `dialer doctor`"
            )
            room.alarm("message_not_played", text, server=call.server)
    link.message_lost = not event.heard


def mark_abandoned(room: Room, call: Call) -> None:
    """Count the abandonment, once."""
    if call.abandoned:
        return
    call.abandoned = True
    campaign = room.campaigns.get(call.campaign)
    if campaign is not None:
        campaign.ledger.count(call.answered_at or room.at, abandoned=1)
    room.observe(call, How.ABANDONED, room.at - (call.answered_at or room.at))
    if call.state is not CallState.SETTLED:
        room.out.append(
            BookProgress(attempt=call.attempt, state=call.state, at=room.at, agent=call.agent, abandoned=True)
        )
