"""Anything may be asked and told about a line, in any order, late or twice: nothing is illegal, nobody is lost."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.core.events import (
    AgentLegDown,
    BridgeFailed,
    ConsultFailed,
    Consulting,
    ConsultOver,
    CustomerHeld,
    InConference,
    MuteSet,
    ServerDown,
    TimerFired,
)
from dialer.core.line_acts import line_of
from dialer.core.outcome import LeadEffect
from dialer.core.states import AgentState, CallState, LineState
from dialer.core.timer import Timer, TimerKind
from dialer.core.wishes import (
    AgentHungUp,
    AgentPaused,
    AgentPhoneBack,
    AgentReady,
    AgentSignedOut,
    ColleagueLeft,
    ConferenceAsked,
    ConsultAsked,
    Disposed,
    HoldAsked,
    MuteAsked,
    TakeAsked,
    TransferAsked,
)
from tests.core.playbook import SERVER, T0
from tests.core.talk import AGENT, COLLEAGUE, Talk
from tests.core.test_lines_restarts import live

BOTH = (AGENT, COLLEAGUE)
ASKS = {
    f"{kind.__name__} by {who}": lambda talk, kind=kind, who=who, more=more: talk.ask(kind, agent=who, **more)
    for who in BOTH
    for kind, more in (
        (HoldAsked, {}),
        (TakeAsked, {}),
        (ConsultAsked, {"colleague": COLLEAGUE}),
        (ConsultAsked, {"colleague": AGENT}),
        (TransferAsked, {}),
        (TransferAsked, {"colleague": COLLEAGUE}),
        (ConferenceAsked, {}),
        (ColleagueLeft, {}),
        (MuteAsked, {"muted": True}),
        (AgentHungUp, {}),
        (AgentPhoneBack, {}),
        (AgentReady, {}),
        (AgentPaused, {"reason": "break"}),
        (AgentSignedOut, {}),
    )
}
LEGS = {
    f"{kind.__name__} of {who}": lambda talk, kind=kind, who=who, more=more: (
        talk.leg(kind, who, **more) if who in talk.play.floor.room.agents else None
    )
    for who in BOTH
    for kind, more in (
        (AgentLegDown, {"cause": 44}),
        (Consulting, {"colleague": COLLEAGUE}),
        (ConsultFailed, {}),
        (ConsultOver, {}),
        (InConference, {}),
        (MuteSet, {"muted": True}),
    )
}
CALLS = {
    f"{kind.__name__} with {who}": lambda talk, kind=kind, who=who, more=more: talk.say(kind, agent=who, **more)
    for who in BOTH
    for kind, more in ((CustomerHeld, {}), (BridgeFailed, {"result": "NONEXISTENT"}))
}


def _back(talk: Talk, who) -> None:
    if who in talk.play.floor.room.agents:
        talk.play.back(who)


def _lease(talk: Talk, kind: TimerKind, of: str) -> None:
    talk.play.tell(TimerFired(at=talk.play.at, timer=Timer(kind, of)))


OTHERS: dict[str, Callable[[Talk], object]] = {
    **{f"back {who}": lambda talk, who=who: _back(talk, who) for who in BOTH},
    **{f"joined to {who}": lambda talk, who=who: talk.play.bridge(talk.attempt, who) for who in BOTH},
    **{f"phone silent {who}": lambda talk, who=who: _lease(talk, TimerKind.LEG, str(who)) for who in BOTH},
    "lease": lambda talk: _lease(talk, TimerKind.LINE, talk.attempt),
    "link lost": lambda talk: talk.play.tell(ServerDown(at=talk.play.at, server=SERVER, reason="cut")),
    "nothing lives": lambda talk: talk.play.tell(live(None)),
    "customer gone": lambda talk: talk.play.hang_up(talk.attempt),
}
STEPS = {**ASKS, **LEGS, **CALLS, **OTHERS}


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=25))
def test_nothing_is_illegal_and_nobody_is_left_behind(steps: list[str]) -> None:
    talk = Talk()
    for name in steps:
        STEPS[name](talk)
        sound(talk)
    finish(talk)
    room = talk.play.floor.room
    assert talk.attempt not in room.calls
    assert all(agent.attempt is None for agent in room.agents.values())
    assert not any(agent.state in (AgentState.TALKING, AgentState.RESERVED) for agent in room.agents.values())


def sound(talk: Talk) -> None:
    """Whoever has the attempt is its agent or its colleague, and nobody else; only a line under way has a colleague."""
    room, call = talk.play.floor.room, talk.play.floor.room.calls.get(talk.attempt)
    having = {agent.id for agent in room.agents.values() if agent.attempt == talk.attempt}
    if call is None:
        assert not having
        return
    assert having <= {call.agent, call.line.colleague}
    colleague = room.agents.get(call.line.colleague) if call.line.colleague is not None else None
    if call.line.colleague is not None:
        assert call.line.state in (LineState.TAKING, *CONVERSATIONS)
        assert call.agent != call.line.colleague
    if colleague is not None:
        assert colleague.attempt == talk.attempt
        assert colleague.state in (AgentState.RESERVED, AgentState.TALKING)
    for agent in room.agents.values():
        assert (line_of(room, agent) is None) or call.state is CallState.TALKING


CONVERSATIONS = frozenset(LineState) - {LineState.TALK, LineState.HELD, LineState.ALONE, LineState.OVER}


def finish(talk: Talk) -> None:
    """The customer hangs up and the result is given."""
    call = talk.play.floor.room.calls.get(talk.attempt)
    if call is None:
        return
    talk.play.tell(live(None))
    talk.play.hang_up(talk.attempt)
    said = Disposed(
        at=T0 + 99, agent=call.agent or AGENT, attempt=talk.attempt, disposition="ok", effect=LeadEffect.DONE
    )
    talk.play.tell(said)
