"""A phone that has started anew: its earlier leg is given up before anybody is joined to it."""

import pytest

from dialer.core.effects import CallAgent, DropAgent, HangUp, ReserveLeads
from dialer.core.events import AgentHeld, AgentLegDown
from dialer.core.ids import AgentId
from dialer.core.outcome import LeadEffect
from dialer.core.states import AgentState
from dialer.core.wishes import AgentPaused, AgentPhoneBack, Disposed
from tests.core.playbook import Play, none, only, playing


def back(play: Play, agent: AgentId) -> AgentPhoneBack:
    return AgentPhoneBack(at=play.at, agent=agent)


def hold(play: Play, agent: AgentId) -> None:
    play.tell(AgentHeld(at=play.at, agent=agent, leg=play.floor.room.agents[agent].leg))


def state_of(play: Play, agent: AgentId) -> AgentState:
    return play.floor.room.agents[agent].state


def test_an_idle_agent_gets_no_call_until_the_new_phone_is_in_hold() -> None:
    play = Play()
    agent = play.sign_in()
    first = play.floor.room.agents[agent].leg
    effects = play.tell(back(play, agent))
    assert only(DropAgent, effects).leg == first
    assert only(CallAgent, effects).leg != first
    assert none(ReserveLeads, play.start())
    play.tell(AgentLegDown(at=play.at, agent=agent, leg=first, cause=16))
    assert state_of(play, agent) is AgentState.CALLING, "the end of the earlier leg is no news"
    hold(play, agent)
    assert state_of(play, agent) is AgentState.READY


@pytest.mark.parametrize("wanted", [AgentState.READY, AgentState.PAUSED])
def test_a_lost_phone_that_is_back_changes_no_wish(wanted: AgentState) -> None:
    play = Play()
    agent = play.sign_in(ready=wanted is AgentState.READY)
    play.tell(AgentLegDown(at=play.at, agent=agent, leg=play.floor.room.agents[agent].leg, cause=44))
    only(CallAgent, play.tell(back(play, agent)))
    hold(play, agent)
    assert state_of(play, agent) is wanted


def test_in_a_talk_the_leg_alone_is_given_up_and_the_customer_stays() -> None:
    """The dialplan holds him until the phone is back (tests/core/test_line_hold.py)."""
    play, agent, attempt = playing()
    play.answer(attempt)
    play.bridge(attempt, agent)
    effects = play.tell(back(play, agent))
    assert only(DropAgent, effects).agent == agent
    assert none(HangUp, effects)
    assert none(CallAgent, effects)
    assert state_of(play, agent) is AgentState.TALKING


def test_in_wrap_up_it_is_rung_when_the_hands_are_free() -> None:
    play, agent, attempt = playing()
    play.answer(attempt)
    play.bridge(attempt, agent)
    play.hang_up(attempt)
    assert none(CallAgent, play.tell(back(play, agent)))
    play.tell(AgentPaused(at=play.at, agent=agent, reason="lunch"))
    effects = play.tell(Disposed(at=play.at, agent=agent, attempt=attempt, disposition="x", effect=LeadEffect.DONE))
    only(CallAgent, effects)
    hold(play, agent)
    assert state_of(play, agent) is AgentState.PAUSED
