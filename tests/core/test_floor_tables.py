"""The machines' tables: every state × event pair, legal or not; what is not in them is refused and changes nothing."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import pytest

from dialer.core.agent import AGENT, AgentAct
from dialer.core.call import CALL, CallAct
from dialer.core.campaign import CAMPAIGN, CampaignAct
from dialer.core.effects import HangUp, Settle
from dialer.core.events import (
    AgentHeld,
    AgentLegDown,
    Answered,
    Bridged,
    BridgeFailed,
    Event,
    HungUp,
    MessageEnded,
    MessageStarted,
    OriginateFailed,
    OriginateRefused,
    Progress,
    Ringing,
)
from dialer.core.floor import AGENT_ACTS, CALL_ACTS
from dialer.core.ids import AgentId, AttemptId, GroupId, Leg
from dialer.core.outcome import LeadEffect
from dialer.core.settings import AgentSession, Phone
from dialer.core.states import AgentState, CallState, CampaignState
from dialer.core.table import IllegalTransition
from dialer.core.wishes import (
    AgentPaused,
    AgentPhoneBack,
    AgentReady,
    AgentSignedIn,
    AgentSignedOut,
    DialAsked,
    Disposed,
)
from tests.core import chart
from tests.core.playbook import SERVER, Play, none, only, playing, previewing

PAGE = Path(__file__).parents[2] / "docs" / "machines.md"

# ---- the tables as such


def test_the_page_is_that_of_the_tables() -> None:
    assert PAGE.read_text(encoding="utf-8") == chart.markdown(), "run: python -m tests.core.chart > docs/machines.md"


@pytest.mark.parametrize("table", [CALL, AGENT, CAMPAIGN], ids=lambda table: table.name)
def test_a_pair_that_no_table_has_is_refused(table) -> None:
    states = {state for state, _ in table.rules}
    events = chart.events_of(table)
    illegal = [(state, event) for state in states for event in events if (state, event) not in table.rules]
    assert illegal, "a table that allows everything says nothing"
    for state, event in illegal:
        with pytest.raises(IllegalTransition, match=event.__name__):
            table.look(state, event)


def test_every_act_is_in_a_table_and_has_its_doer() -> None:
    for table, acts, doers in (
        (CALL, CallAct, CALL_ACTS),
        (AGENT, AgentAct, AGENT_ACTS),
        (CAMPAIGN, CampaignAct, set(CampaignAct)),
    ):
        assert {act for rule in table.rules.values() for act in rule.acts} == set(acts) == set(doers)


def test_a_settled_call_stays_settled_and_every_other_call_can_be_settled() -> None:
    steps: dict[StrEnum, set[StrEnum]] = {}
    for (state, _), rule in CALL.rules.items():
        steps.setdefault(state, set()).add(rule.state)
    assert steps[CallState.SETTLED] == {CallState.SETTLED}
    reached = {CallState.SETTLED}
    while more := {state for state in steps if steps[state] & reached} - reached:
        reached |= more
    assert reached == set(CallState)


# ---- the Floor under every event in every state


def bring_call(state: CallState) -> tuple[Play, AgentId, AttemptId]:
    """A call in this state; its agent wants a pause, so that nobody is matched unasked."""
    if state in (CallState.PREVIEWING, CallState.CONFIRMING):
        return bring_preview(state)
    play, agent, attempt = playing()
    if state is CallState.RINGING:
        play.tell(Ringing(at=play.at, attempt=attempt))
    if state in (CallState.CONNECTING, CallState.TALKING, CallState.WRAP_UP):
        play.answer(attempt)
    if state in (CallState.TALKING, CallState.WRAP_UP):
        play.bridge(attempt, agent)
    if state in (CallState.WRAP_UP, CallState.SETTLED):
        play.hang_up(attempt)
    play.tell(AgentPaused(at=play.at, agent=agent, reason="break"))
    if state in (CallState.ANSWERED, CallState.MESSAGE):
        play.answer(attempt)
    if state is CallState.MESSAGE:
        play.tell(MessageStarted(at=play.at, attempt=attempt))
    return play, agent, attempt


def bring_preview(state: CallState) -> tuple[Play, AgentId, AttemptId]:
    play, agent, attempt = previewing()
    if state is CallState.CONFIRMING:
        play.tell(DialAsked(at=play.at, agent=agent, attempt=attempt))
    return play, agent, attempt


CALL_EVENTS: dict[type[Event], Callable[[float, AgentId, AttemptId], Event]] = {
    **{
        kind: lambda at, agent, attempt, kind=kind: kind(at=at, attempt=attempt)
        for kind in (Ringing, Progress, Answered, OriginateFailed, MessageStarted)
    },
    OriginateRefused: lambda at, agent, attempt: OriginateRefused(at=at, attempt=attempt, reason="refused"),
    Bridged: lambda at, agent, attempt: Bridged(at=at, attempt=attempt, agent=agent),
    MessageEnded: lambda at, agent, attempt: MessageEnded(at=at, attempt=attempt, heard=False),
    BridgeFailed: lambda at, agent, attempt: BridgeFailed(at=at, attempt=attempt, agent=agent, result="NONEXISTENT"),
    HungUp: lambda at, agent, attempt: HungUp(at=at, attempt=attempt, cause=16, tech_cause=0),
    Disposed: lambda at, agent, attempt: Disposed(
        at=at, agent=agent, attempt=attempt, disposition="agreed", effect=LeadEffect.DONE
    ),
}


@pytest.mark.parametrize("kind", CALL_EVENTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.SETTLED])
def test_a_call_in_every_state_under_every_event(state: CallState, kind: type[Event]) -> None:
    play, agent, attempt = bring_call(state)
    call = play.floor.room.calls[attempt]
    assert call.state is state
    event = CALL_EVENTS[kind](play.at, agent, attempt)
    before = repr(play.floor.room)
    rule = CALL.rules.get((state, kind))
    if rule is None:
        with pytest.raises(IllegalTransition):
            play.tell(event)
        assert repr(play.floor.room) == before
        return
    effects = play.tell(event)
    assert call.state is rule.state
    assert none(Settle, effects) == (rule.state is not CallState.SETTLED)
    assert (attempt in play.floor.room.calls) == (rule.state is not CallState.SETTLED)


@pytest.mark.parametrize("kind", CALL_EVENTS, ids=lambda kind: kind.__name__)
def test_a_settled_call_is_never_settled_again_and_a_channel_that_comes_to_life_is_ended(kind: type[Event]) -> None:
    play, agent, attempt = bring_call(CallState.SETTLED)
    effects = play.tell(CALL_EVENTS[kind](play.at, agent, attempt))
    assert none(Settle, effects)
    if kind in (Ringing, Answered):
        assert only(HangUp, effects).attempt == attempt
    else:
        assert none(HangUp, effects)


def bring_agent(state: AgentState) -> tuple[Play, AgentId]:
    """An agent in this state, who wants to be ready unless he is paused."""
    if state is AgentState.PREVIEWING:
        return previewing()[:2]
    play = Play()
    if state is AgentState.CALLING:
        play.tell(AgentSignedIn(at=play.at, session=session_of()))
        return play, AGENT_ID
    agent = play.sign_in(int(AGENT_ID), ready=state is not AgentState.PAUSED)
    if state is AgentState.LOST:
        play.tell(down(play, agent))
    if state in (AgentState.RESERVED, AgentState.TALKING, AgentState.WRAP_UP):
        play.start()
        (attempt,) = play.give_leads()
        play.answer(attempt)
        if state is not AgentState.RESERVED:
            play.bridge(attempt, agent)
        if state is AgentState.WRAP_UP:
            play.hang_up(attempt)
    return play, agent


AGENT_ID = AgentId(1001)


def session_of() -> AgentSession:
    return AgentSession(AGENT_ID, Phone(SERVER, "agent"), frozenset({GroupId(1)}), Leg("dlr-a1001-x"), AgentState.READY)


def leg_of(play: Play, agent: AgentId) -> Leg:
    return play.floor.room.agents[agent].leg


def down(play: Play, agent: AgentId) -> Event:
    return AgentLegDown(at=play.at, agent=agent, leg=leg_of(play, agent), cause=44)


AGENT_EVENTS: dict[type[Event], Callable[[Play, AgentId], Event]] = {
    AgentSignedIn: lambda play, agent: AgentSignedIn(at=play.at, session=session_of()),
    AgentHeld: lambda play, agent: AgentHeld(at=play.at, agent=agent, leg=leg_of(play, agent)),
    AgentLegDown: down,
    AgentReady: lambda play, agent: AgentReady(at=play.at, agent=agent),
    AgentPaused: lambda play, agent: AgentPaused(at=play.at, agent=agent, reason="break"),
    AgentSignedOut: lambda play, agent: AgentSignedOut(at=play.at, agent=agent),
    AgentPhoneBack: lambda play, agent: AgentPhoneBack(at=play.at, agent=agent),
}
WISHES = {AgentPaused: AgentState.PAUSED, AgentSignedOut: AgentState.OFFLINE}


@pytest.mark.parametrize("kind", AGENT_EVENTS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("state", [state for state in AgentState if state is not AgentState.OFFLINE])
def test_an_agent_in_every_state_under_every_event(state: AgentState, kind: type[Event]) -> None:
    play, agent_id = bring_agent(state)
    agent = play.floor.room.agents[agent_id]
    assert agent.state is state
    rule = AGENT.rules[state, kind]
    play.tell(AGENT_EVENTS[kind](play, agent_id))
    after = play.floor.room.agents.get(agent_id)
    granted = AgentAct.GRANT in rule.acts or (AgentAct.GIVE_BACK in rule.acts and rule.state is state)
    assert (after.state if after else AgentState.OFFLINE) is (
        WISHES.get(kind, AgentState.READY) if granted else rule.state
    )


@pytest.mark.parametrize("kind", [AgentReady, AgentPaused, AgentSignedOut], ids=lambda kind: kind.__name__)
def test_a_wish_of_somebody_who_is_not_signed_in_is_nothing(kind: type[Event]) -> None:
    play = Play()
    assert play.tell(AGENT_EVENTS[kind](play, AGENT_ID)) == []
    assert not play.floor.room.agents


@pytest.mark.parametrize("state", list(CampaignState))
def test_only_a_running_campaign_runs_dry_and_only_a_stopping_one_drains(state: CampaignState) -> None:
    names = {event.__name__ for (held, event), _ in CAMPAIGN.rules.items() if held is state}
    assert ("Emptied" in names) == (state is CampaignState.RUNNING)
    assert ("Drained" in names) == (state is CampaignState.STOPPING)
    assert {"Start", "Stop"} <= names, "whatever it does, it can be started and stopped"
