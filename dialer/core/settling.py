"""The life of a call outside the join: dialled, rang, answered, over, settled. Each attempt is settled exactly once."""

from dialer.core import lines, reach, resting
from dialer.core.agent import TalkOver, WrappedUp
from dialer.core.call import Call, ClearingTimedOut, RingTimedOut, Vanished
from dialer.core.classify import classify
from dialer.core.effects import BookProgress, CallEnded, CancelTimer, HangUp, Settle
from dialer.core.events import Event, HungUp, OriginateRefused
from dialer.core.ledger import NOT_A_PERSON
from dialer.core.outcome import Clearing, LeadEffect, LeadState, LeadStep, Outcome
from dialer.core.room import Room
from dialer.core.states import CallState
from dialer.core.steps import after_network, after_talk
from dialer.core.timer import Timer, TimerKind
from dialer.core.wishes import Disposed
from strategies.base import How

CLEARING_S = 2.0
"""Hangup follows a failed OriginateResponse within milliseconds, in either order, where a channel existed at all."""
NO_DISPOSITION = "no_disposition"
CAUSE_NO_ANSWER = 19
OWN_TIMEOUT_SLACK_S = 1.0
SIP_TIMEOUT = (18, 408)
SIP_TIMEOUT_S = 32.0


def rang(room: Room, call: Call, event: Event) -> None:
    call.ringing_at = room.at
    room.show_call(call)
    _spoke(room, call)
    room.out.append(BookProgress(attempt=call.attempt, state=CallState.RINGING, at=room.at))


def progressed(room: Room, call: Call, event: Event) -> None:
    call.progress = True
    _spoke(room, call)


def answer(room: Room, call: Call, event: Event) -> None:
    """A person is on the line; the dialplan's deadline runs."""
    call.answered_at = room.at
    _spoke(room, call)
    campaign = room.campaigns.get(call.campaign)
    if campaign is not None:
        campaign.ledger.count(room.at, answered=1)
    room.observe(call, How.ANSWERED, call.age_s(room.at))
    room.out.append(CancelTimer(timer=Timer(TimerKind.RING, call.attempt)))
    room.out.append(BookProgress(attempt=call.attempt, state=CallState.ANSWERED, at=room.at))


def await_clearing(room: Room, call: Call, event: Event) -> None:
    """Asterisk says that the originate failed; the Hangup that says why is due."""
    call.reason = "ring_lease" if isinstance(event, RingTimedOut) else "originate_failed"
    room.set_timer(TimerKind.CLEARING, call.attempt, CLEARING_S)


def hang_up(room: Room, call: Call, event: Event) -> None:
    room.out.append(HangUp(attempt=call.attempt, server=call.server))


def talk_ended(room: Room, call: Call, event: Event) -> None:
    """The line is free; the agent writes."""
    lines.over(room, call)
    _over(room, call, event)
    call.outcome = Outcome.ANSWERED
    room.observe(call, How.TALK_ENDED, room.at - (call.bridged_at or room.at))
    room.out.append(BookProgress(attempt=call.attempt, state=CallState.WRAP_UP, at=room.at, agent=call.agent))
    agent = room.agents.get(call.agent) if call.agent is not None else None
    if agent is not None and agent.attempt == call.attempt:
        room.step_agent(agent, TalkOver(at=room.at, agent=agent.id))
        room.out.append(CallEnded(agent=agent.id, attempt=call.attempt))
    if call.effect is not None and call.agent is not None and call.disposition is not None:
        said = Disposed(
            at=room.at,
            agent=call.agent,
            attempt=call.attempt,
            disposition=call.disposition,
            effect=call.effect,
            call_at=call.call_at,
        )
        room.step_call(call, said)
        return
    campaign = room.campaigns.get(call.campaign)
    room.set_timer(TimerKind.WRAP_UP, call.attempt, campaign.settings.wrap_up_s if campaign else 0.0)


def note_disposition(room: Room, call: Call, event: Event) -> None:
    assert isinstance(event, Disposed)
    call.disposition, call.effect, call.call_at = event.disposition, event.effect, event.call_at


def lose(room: Room, call: Call, reason: str) -> None:
    """We erred: end the call and write it off."""
    room.out.append(HangUp(attempt=call.attempt, server=call.server))
    _over(room, call, None)
    call.outcome, call.reason, call.state = Outcome.LOST, reason, CallState.SETTLED
    room.reindex(call)
    _finish(room, call)


def settle(room: Room, call: Call, event: Event) -> None:
    """Write the end: outcome, the lead's next step, and free whatever was held."""
    talked = call.bridged_at is not None
    if not talked:
        _over(room, call, event)
    call.outcome = _outcome(room, call, event)
    rest_s = resting.begin(room, call)
    _learn(room, call, talked, rest_s)
    reach.learn(room, call)
    _finish(room, call)


def _finish(room: Room, call: Call) -> None:
    room.out.append(_settlement(room, call))
    for kind in (TimerKind.RING, TimerKind.CLEARING) if call.bridged_at is None else (TimerKind.WRAP_UP,):
        room.out.append(CancelTimer(timer=Timer(kind, call.attempt)))
    _free_agent(room, call)
    _count(room, call)
    room.forget_call(call)
    room.dirty = True


def _over(room: Room, call: Call, event: Event | None) -> None:
    """The channel is gone: the line is free, the way it ended is kept."""
    call.ended_at = room.at
    room.take_lines(call.trunk, call.campaign, -1)
    if isinstance(event, HungUp):
        call.clearing = Clearing(
            cause=event.cause,
            tech_cause=event.tech_cause,
            rang=call.ringing_at is not None,
            progress=call.progress,
            answered=call.answered_at is not None,
            cancelled_by_us=call.cancelled_by_us,
        )


def _outcome(room: Room, call: Call, event: Event) -> Outcome:
    if call.bridged_at is not None:
        return Outcome.ANSWERED
    if call.abandoned:
        return Outcome.ABANDONED
    if isinstance(event, OriginateRefused):
        call.reason = event.reason
        return Outcome.FAILED_HERE
    if isinstance(event, Vanished):
        call.reason = "channel_gone_unseen"
        return Outcome.UNKNOWN_NOT_REDIALLED
    if isinstance(event, ClearingTimedOut):
        return _never_existed(room, call)
    assert call.clearing is not None
    if _kept_silent(room, call, call.clearing):
        call.reason = "no_provisional_answer"
        return _unless_dead(room, call, Outcome.UNAVAILABLE)
    trunk = room.trunks.get(call.trunk)
    outcome = classify(call.clearing, trunk.settings.blocked_codes if trunk is not None else ())
    return _unless_dead(room, call, outcome) if outcome is Outcome.FAILED_HERE else outcome


def _never_existed(room: Room, call: Call) -> Outcome:
    return Outcome.LOST if call.reason == "ring_lease" else _unless_dead(room, call, Outcome.FAILED_HERE)


def _kept_silent(room: Room, call: Call, clearing: Clearing) -> bool:
    """Our own time-out ended it and the trunk never said a word: a dead trunk looks like this.

    The time-out is the ring time (19/480), or SIP's own of 32 s where that comes first (18/408, RFC 3261 timer B).
    """
    if clearing.rang or clearing.progress or clearing.cancelled_by_us:
        return False
    campaign = room.campaigns.get(call.campaign)
    ring_s = campaign.settings.ring_s if campaign else 0.0
    age_s = call.age_s(room.at) + OWN_TIMEOUT_SLACK_S
    if clearing.cause == CAUSE_NO_ANSWER:
        return age_s >= ring_s
    return (clearing.cause, clearing.tech_cause) == SIP_TIMEOUT and age_s >= SIP_TIMEOUT_S


def _unless_dead(room: Room, call: Call, outcome: Outcome) -> Outcome:
    """The outcome, or the trunk's death where too many such ends in a row say that it is not the number's fault."""
    _note_failure(room, call)
    trunk = room.trunks.get(call.trunk)
    return Outcome.TRUNK_DOWN if trunk is not None and not trunk.alive else outcome


def _note_failure(room: Room, call: Call) -> None:
    trunk = room.trunks.get(call.trunk)
    if trunk is not None and trunk.kept_silent(room.at):
        room.alarm(
            "trunk_dead",
            f"trunk {call.trunk} failed {trunk.silent_failures} times in a row (silent, or refusing us): nothing is "
            "dialled on it but one probe every 30 s; check its registration, address, caller's number and firewall",
            call,
            call.server,
            trunk=call.trunk,
            failures=trunk.silent_failures,
        )


def _spoke(room: Room, call: Call) -> None:
    trunk = room.trunks.get(call.trunk)
    if trunk is not None and trunk.spoke():
        text = f"trunk {call.trunk} answers again: dialling on it goes on"
        room.alarm("trunk_alive", text, call, call.server, trunk=call.trunk)


def _learn(room: Room, call: Call, talked: bool, rest_s: float) -> None:
    if talked:
        room.observe(call, How.WRAP_UP_ENDED, room.at - (call.ended_at or room.at) + rest_s)
    elif call.answered_at is None:
        room.observe(call, How.ENDED_UNANSWERED, call.age_s(room.at))
        if call.outcome in _FAR_END_SPOKE:
            _spoke(room, call)


_FAR_END_SPOKE = frozenset(
    {
        Outcome.BUSY,
        Outcome.REJECTED,
        Outcome.INVALID,
        Outcome.CONGESTION,
        Outcome.NO_ANSWER,
        Outcome.BLOCKED,
    }
)


def _settlement(room: Room, call: Call) -> Settle:
    assert call.outcome is not None
    if call.bridged_at is not None and call.disposition is None:
        call.disposition, call.effect = NO_DISPOSITION, LeadEffect.SUPERVISOR
    return Settle(
        attempt=call.attempt,
        lead=call.reservation.lead,
        campaign=call.campaign,
        trunk=call.trunk,
        caller=call.reservation.caller,
        outcome=call.outcome,
        step=_step(room, call),
        times=call.times(),
        reason=call.reason,
        clearing=call.clearing,
        agent=call.agent,
        disposition=call.disposition,
        abandoned=call.abandoned,
        silent=call.silent,
        late_joined=call.late_joined,
        caller_left=call.caller_left,
    )


def _step(room: Room, call: Call) -> LeadStep:
    campaign = room.campaigns.get(call.campaign)
    if campaign is None:
        return LeadStep(LeadState.NEEDS_DECISION, "campaign_gone")
    rules, attempt_no = campaign.settings.rules, call.reservation.attempt_no
    tried, zone = call.reservation.tried, call.reservation.zone or campaign.settings.zone
    if call.effect is not None and call.disposition is not None:
        said = call.effect, call.disposition, attempt_no, room.at, call.call_at
        return after_talk(rules, *said, tried=tried, zone=zone)
    if call.withdrawn:
        return LeadStep(LeadState.DONE, "withdrawn", uses_attempt=False)
    assert call.outcome is not None
    reached_network = call.outcome is Outcome.FAILED_HERE and call.clearing is not None
    rang_in_vain = call.previewer is not None and call.cancelled_by_us and call.ringing_at is not None
    uses_attempt = reached_network or rang_in_vain or None
    step = after_network(rules, call.outcome, attempt_no, room.at, uses_attempt, tried=tried, zone=zone)
    if step.next_call_at is not None:
        campaign.dry_until = min(campaign.dry_until, step.next_call_at)
    return step


def _free_agent(room: Room, call: Call) -> None:
    agent = room.agents.get(call.agent) if call.agent is not None else None
    if agent is not None and agent.attempt == call.attempt:
        agent.attempt = None
        room.step_agent(agent, WrappedUp(at=room.at, agent=agent.id))


def _count(room: Room, call: Call) -> None:
    campaign = room.campaigns.get(call.campaign)
    if campaign is None or call.outcome is None:
        return
    campaign.outcomes[call.outcome] = campaign.outcomes.get(call.outcome, 0) + 1
    if call.disposition in NOT_A_PERSON and call.answered_at is not None and not call.abandoned:
        campaign.ledger.count(call.answered_at, answered=-1)
