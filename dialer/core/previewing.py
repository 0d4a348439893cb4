"""Preview: an agent looks at a lead before it is called, and has the call started himself, or does not.

A lead is claimed for one agent, its attempt booked as `previewing`: nobody else can be given it, and it is surely not
dialled. When he asks for the call the books commit the attempt as `intended` and say once more what bears on it, the
one gate (`permit`) is asked, and only then is it dialled; it is his alone to the end. Whatever else happens to the two
of them gives the lead back as `not_sent`, which uses up no attempt: a skip with its reason, a lead that nobody touched
(the agent is paused: his chair may be empty), a pause, a lost phone, a cancelled order, a campaign that is stopped.

While a lead is being claimed for an agent, or is on his screen, he is not free for anybody else. Campaigns that dial by
themselves and use the same agents: their calls in flight come first (`_spare`), then it goes by weight (`sharing`); a
preview that is behind while they take every agent has one kept for it (`keep`).
"""

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum

from dialer.core import keeping, reach, sharing
from dialer.core.agent import Agent, Previewed, Reserved, WrappedUp
from dialer.core.call import Call, Dialled, GivenBack, PreviewTimedOut
from dialer.core.campaign import Campaign
from dialer.core.carriers import best_trunk, next_start, rates_of
from dialer.core.ceiling import in_flight
from dialer.core.dialling import answered, move_line, refusal_of, send, with_caller
from dialer.core.effects import (
    CancelTimer,
    ConfirmLead,
    HangUp,
    PickRefused,
    PreviewOver,
    PreviewShown,
    ReserveLeads,
    Settle,
)
from dialer.core.events import Event, LeadConfirmed, LeadsReserved, Reservation
from dialer.core.hours import Deny
from dialer.core.ids import CampaignId, LeadId, ServerName
from dialer.core.joining import serve
from dialer.core.modes import BY_HAND, MANUAL
from dialer.core.outcome import Outcome
from dialer.core.permit import LIST_PAUSED, Facts
from dialer.core.room import Room
from dialer.core.states import AgentState, CallState, CampaignState
from dialer.core.steps import not_sent
from dialer.core.timer import Timer, TimerKind
from dialer.core.trunks import TrunkLine
from dialer.core.wishes import AgentPaused, AgentSignedOut, DialAsked, SkipAsked

UNTOUCHED = "preview_untouched"
"""Why a lead was given back that nobody touched in time, and why its agent is paused."""
BOOKS_AWAY, NO_PHONE, NO_LINE, LEFT, WITHDRAWN = "books_away", "no_phone", "no_line", "preview_left", "withdrawn"
NOT_CLAIMED = "not_claimed"
"""Why a lead that he has picked is not shown: somebody was faster, or the books did not answer."""
PICKS_IN = frozenset({AgentState.READY, AgentState.PAUSED})
"""The states in which an agent may pick a lead."""
_OFFERED_IN = frozenset({AgentState.READY})


class SkipReason(StrEnum):
    """Why an agent does not call the lead that he was shown."""

    NOT_NOW = "not_now"
    """Better later: what the order says speaks against this hour."""
    ALREADY_SETTLED = "already_settled"
    """The notes say that it is done, or that somebody else has seen to it."""
    UNCLEAR = "unclear"
    """The order cannot be understood as it stands."""
    OTHER = "other"


SKIPPED = "skipped_"
"""Before the reason, in the books: `skipped_not_now`."""


# ---- a lead for a free agent


def wanting(room: Room, server: ServerName, campaign: Campaign) -> list[Agent]:
    """Free agents of this campaign whom no call in flight may yet want, longest idle first."""
    found: list[Agent] = []
    taken: dict[frozenset[CampaignId], int] = {}
    for agent in room.ready_agents(server, campaign):
        rivals = frozenset(c.id for c in _rivals(room, agent))
        if rivals and agent.kept_for is None and _spare(room, server, rivals) <= taken.get(rivals, 0):
            continue
        taken[rivals] = taken.get(rivals, 0) + 1
        found.append(agent)
    return found


def is_wanted(room: Room, agent: Agent) -> bool:
    """Calls in flight of campaigns that dial by themselves may yet want this free agent."""
    rivals = frozenset(c.id for c in _rivals(room, agent))
    return bool(rivals) and _spare(room, agent.session.phone.server, rivals) <= 0


def seek(room: Room, campaign: Campaign, agent: Agent, wish: ReserveLeads, lead: LeadId | None = None) -> None:
    """Claim one lead for this agent: the one that he has picked; else his promised calls first, then as any goes."""
    agent.sought = True
    campaign.ask(wish.server, 1, room.at)
    sharing.started(room, wish.server, campaign, 1)
    room.out.append(replace(wish, count=1, agents=(agent.id,), previewer=agent.id, lead=lead))


def claimed(room: Room, event: LeadsReserved) -> None:
    """The books' answer: a lead for him; without one (none due, or his pick is gone) he is free for whoever waits."""
    campaign = answered(room, event)
    agent = room.agents.get(event.previewer) if event.previewer is not None else None
    if agent is not None:
        agent.sought, agent.kept_for = False, None
    refused = NOT_CLAIMED
    for claim in event.reservations:
        call = Call(
            replace(claim, previewer=event.previewer),
            event.server,
            event.trunk,
            reserved_at=room.at,
            asked_at=event.asked_at,
            state=CallState.PREVIEWING,
        )
        room.add_call(call)
        if campaign is not None:
            campaign.live_calls += 1
        refused = _show(room, call, campaign, agent, PICKS_IN if event.lead is not None else _OFFERED_IN)
    if agent is not None:
        if event.lead is not None and refused:
            room.out.append(PickRefused(agent=agent.id, lead=event.lead, reason=refused))
        serve(room, agent)


def _show(
    room: Room, call: Call, campaign: Campaign | None, agent: Agent | None, states: Collection[AgentState]
) -> str:
    """Put it on the agent's screen where he is still free and the call is allowed; else the lead goes back, and why."""
    refused = refusal_of(room, call.server, call.trunk, campaign, call.reservation)
    if campaign is None or refused is not None:
        why = refused or Deny("campaign_gone", None)
        _give_back(room, call, why.reason, why.next_at)
        return why.reason
    if agent is None or agent.state not in states or not agent.reachable:
        _give_back(room, call, LEFT)
        return LEFT
    call.agent, agent.attempt = agent.id, call.attempt
    room.step_agent(agent, Previewed(at=room.at, agent=agent.id))
    room.set_timer(TimerKind.PREVIEW, call.attempt, campaign.settings.preview_s)
    room.out.append(
        PreviewShown(
            agent=agent.id,
            attempt=call.attempt,
            lead=call.reservation.lead,
            campaign=call.campaign,
            until=room.at + campaign.settings.preview_s,
        )
    )
    return ""


def keep(room: Room, server: ServerName, campaign: Campaign) -> None:
    """No agent is free for it, and it is behind in its share: one who is at work is kept for it.

    The campaigns that dial by themselves see him leave after this call, as before a pause: so nobody they have called
    counts on him, and nobody is abandoned for it.
    """
    team = keeping.at_work(room, server, campaign)
    if any(agent.kept_for == campaign.id for agent in team):
        return
    for agent in team:
        rivals = _rivals(room, agent)
        clock = campaign.clock.get(server, 0.0)
        if not agent.leaving and rivals and all(clock <= other.clock.get(server, 0.0) for other in rivals):
            keeping.keep(room, agent, campaign)
            return


def _rivals(room: Room, agent: Agent) -> list[Campaign]:
    """The campaigns that dial by themselves, and for this agent too."""
    found = (c for c in room.campaigns.values() if c.state is CampaignState.RUNNING)
    return [c for c in found if c.settings.mode not in BY_HAND and room.may_serve(agent, c)]


def _spare(room: Room, server: ServerName, rivals: frozenset[CampaignId]) -> int:
    """Free agents of these campaigns beyond the calls that may want one."""
    free = {one.id for rival in rivals for one in room.ready_agents(server, room.campaigns[rival])}
    return len(free) - in_flight(room, server, rivals)


# ---- what the agent wants


def dial_asked(room: Room, event: DialAsked) -> None:
    """He asks for the call that is on his screen; about another one it comes too late."""
    call = room.calls.get(event.attempt)
    if call is not None and call.agent == event.agent:
        room.step_call(call, event)


def skip_asked(room: Room, event: SkipAsked) -> None:
    call = room.calls.get(event.attempt)
    if call is None or call.agent != event.agent or call.state is not CallState.PREVIEWING:
        return
    campaign = room.campaigns.get(call.campaign)
    # In manual mode nobody is offered it again: he or another one picks it when he likes.
    rest_s = 0.0 if campaign is None or campaign.settings.mode == MANUAL else campaign.settings.preview_skip_s
    _give_back(room, call, SKIPPED + event.reason, room.at + rest_s)


def confirm(room: Room, call: Call, event: Event) -> None:
    """The agent is bound to this call; the books are asked before anything is dialled."""
    agent = room.agents[call.agent] if call.agent is not None else None
    room.out.append(CancelTimer(timer=Timer(TimerKind.PREVIEW, call.attempt)))
    if agent is not None:
        room.step_agent(agent, Reserved(at=room.at, agent=agent.id, attempt=call.attempt))
    room.out.append(ConfirmLead(attempt=call.attempt))


def originate(room: Room, call: Call, event: Event) -> None:
    """The last look at everything that may forbid the call; where only the rates do, it waits for them."""
    if isinstance(event, LeadConfirmed):
        if event.facts is None or event.facts.held or event.facts.withdrawn:
            _give_back(room, call, _why_not(event.facts))
            return
        call.reservation, call.confirmed = _renewed(call.reservation, event.facts), True
    if not call.confirmed:
        return
    campaign = room.campaigns.get(call.campaign)
    trunk = best_trunk(room, call.server, campaign) if campaign is not None else None
    refused = _refused(room, call, campaign, trunk)
    if refused is not None or trunk is None or campaign is None:
        why = refused or Deny(NO_LINE, None)
        _give_back(room, call, why.reason, why.next_at)
        return
    later = next_start(room, call.server, campaign, trunk)
    if later is not None:
        room.set_timer(TimerKind.PREVIEW, call.attempt, later - room.at)
        return
    _dial(room, call, campaign, trunk)


def _refused(room: Room, call: Call, campaign: Campaign | None, trunk: TrunkLine | None) -> Deny | None:
    if call.withdrawn:
        return Deny(WITHDRAWN, None)
    agent = room.agents.get(call.agent) if call.agent is not None else None
    if agent is None or not agent.reachable:
        return Deny(NO_PHONE, None)
    name = trunk.settings.name if trunk is not None else call.trunk
    return refusal_of(room, call.server, name, campaign, call.reservation)


def _dial(room: Room, call: Call, campaign: Campaign, trunk: TrunkLine) -> None:
    room.take_lines(trunk.settings.name, campaign.id, 1)
    for rate in rates_of(room, call.server, campaign, trunk):
        rate.take(room.at, 1)
    claim = reach.foreseen(room, campaign, call.reservation)
    call.reservation, call.trunk = with_caller(room, call.server, trunk.settings.name, campaign, claim)
    move_line(room, trunk.settings.name, call.trunk)
    call.dialled_at = room.at
    room.step_call(call, Dialled(at=room.at, attempt=call.attempt))
    room.show_call(call)
    send(room, call, campaign)


def _why_not(facts: Facts | None) -> str:
    if facts is None:
        return BOOKS_AWAY
    return facts.withdrawn or LIST_PAUSED


def _renewed(claim: Reservation, facts: Facts) -> Reservation:
    return replace(
        claim,
        forbidden=facts.forbidden,
        has_consent=facts.has_consent,
        expires_at=facts.expires_at,
        rests_until=facts.rests_until,
    )


# ---- back into the list


def give_back(room: Room, call: Call, event: Event) -> None:
    """Settle the attempt as not sent, and free the agent: the next lead is his."""
    agent = room.agents.get(call.agent) if call.agent is not None else None
    reason, next_at = (event.reason, event.next_at) if isinstance(event, GivenBack) else (UNTOUCHED, None)
    if isinstance(event, PreviewTimedOut) and agent is not None:
        agent.wanted, agent.wanted_reason = AgentState.PAUSED, UNTOUCHED
    room.out.append(CancelTimer(timer=Timer(TimerKind.PREVIEW, call.attempt)))
    room.out.append(
        Settle(
            attempt=call.attempt,
            lead=call.reservation.lead,
            campaign=call.campaign,
            trunk=call.trunk,
            outcome=Outcome.NOT_SENT,
            step=not_sent(reason, room.at, next_at),
            times=call.times(),
            reason=reason,
            agent=call.agent,
        )
    )
    room.forget_call(call)
    if agent is not None and agent.attempt == call.attempt:
        room.out.append(PreviewOver(agent=agent.id, attempt=call.attempt, reason=reason))
        agent.attempt = None
        room.step_agent(agent, WrappedUp(at=room.at, agent=agent.id))
    room.dirty = True


def left(room: Room, agent: Agent, event: Event) -> None:
    """The agent, or his phone, is not there any more: the lead on his screen goes back."""
    call = room.calls.get(agent.attempt) if agent.attempt is not None else None
    if call is not None and call.previewed:
        reason = LEFT if isinstance(event, AgentPaused | AgentSignedOut) else NO_PHONE
        _give_back(room, call, reason)


def end_own_call(room: Room, agent: Agent, event: Event) -> None:
    """His phone is gone while the call that he asked for rings: nobody else may have it."""
    call = room.calls.get(agent.attempt) if agent.attempt is not None else None
    if call is not None and call.previewer == agent.id and call.unanswered:
        call.cancelled_by_us = True
        room.out.append(HangUp(attempt=call.attempt, server=call.server))


def withdraw(room: Room, call: Call, reason: str = WITHDRAWN) -> None:
    """The lead may not be called any more: its card goes away, or the call that was asked for is refused."""
    if call.state is CallState.PREVIEWING:
        _give_back(room, call, reason)
    elif call.state is CallState.CONFIRMING:
        call.withdrawn = True


def end_all(room: Room, reason: str, campaign: CampaignId | None = None, server: ServerName | None = None) -> None:
    """Nothing is called there just now (the campaign, the server, or all of us): leads on screens go back."""
    for call in list(room.calls.values()):
        here = campaign in (None, call.campaign) and server in (None, call.server)
        if here and call.state is CallState.PREVIEWING:
            _give_back(room, call, reason)


# ---- after a restart, or a broken link


def recall(room: Room) -> None:
    """A new daemon: what an agent only looked at was surely not dialled; what he asked for stays his."""
    for call in list(room.calls.values()):
        agent = room.agents.get(call.previewer) if call.previewer is not None else None
        if call.state is CallState.PREVIEWING:
            _give_back(room, call, "restarted")
        elif agent is not None and call.bridged_at is None and agent.attempt in (None, call.attempt):
            call.agent, agent.attempt, agent.state = agent.id, call.attempt, AgentState.RESERVED
            room.reindex_agent(agent)


def bound(room: Room, server: ServerName) -> list[Agent]:
    """Agents whose own call rang when the link was lost: whether their phones are there is asked before the call is."""
    found = [agent for agent in room.agents_on(server) if agent.unseen and agent.state is AgentState.RESERVED]
    calls = {agent.id: room.calls.get(agent.attempt) for agent in found if agent.attempt is not None}
    return [agent for agent in found if (call := calls.get(agent.id)) is not None and call.previewer == agent.id]


def _give_back(room: Room, call: Call, reason: str, next_at: float | None = None) -> None:
    room.step_call(call, GivenBack(at=room.at, attempt=call.attempt, reason=reason, next_at=next_at))
