"""Consultation, conference and transfer: what the desk asks, what Asterisk says, what the Floor makes of it."""

import pytest

from dialer.core.effects import (
    BackToHold,
    BookAgentState,
    BookProgress,
    CallAgent,
    Confer,
    Consult,
    HangUp,
    Hold,
    LineTold,
    ScreenPop,
    Settle,
    Take,
)
from dialer.core.events import (
    AgentLegDown,
    BridgeFailed,
    ConsultFailed,
    Consulting,
    ConsultOver,
    CustomerHeld,
    InConference,
)
from dialer.core.ids import AgentId
from dialer.core.line import Trouble
from dialer.core.outcome import LeadEffect
from dialer.core.states import AgentState, LineState
from dialer.core.wishes import (
    AgentHungUp,
    AgentPaused,
    ColleagueLeft,
    ConferenceAsked,
    ConsultAsked,
    Disposed,
    TakeAsked,
    TransferAsked,
)
from tests.core.playbook import SERVER, none, only
from tests.core.talk import AGENT, COLLEAGUE, S, Talk, told, trouble


@pytest.fixture
def talk() -> Talk:
    return Talk()


# ---- consultation


def test_a_consultation_out_of_the_talk_holds_first_and_calls_when_he_is_held(talk: Talk) -> None:
    effects = talk.ask(ConsultAsked, colleague=COLLEAGUE)
    assert only(Hold, effects)
    assert only(ScreenPop, effects).agent == COLLEAGUE
    assert none(Consult, effects)
    effects = talk.say(CustomerHeld, agent=AGENT)
    assert only(Consult, effects).colleague == COLLEAGUE
    effects = talk.leg(Consulting, AGENT, colleague=COLLEAGUE)
    assert told(effects) == told(effects, COLLEAGUE) == [S.CONSULT]
    assert talk.agent(COLLEAGUE).state is AgentState.TALKING


@pytest.mark.parametrize(
    ("who", "word"),
    [
        (AgentId(9999), Trouble.COLLEAGUE_UNKNOWN),
        (AGENT, Trouble.COLLEAGUE_UNKNOWN),
        (COLLEAGUE, Trouble.COLLEAGUE_BUSY),
    ],
)
@pytest.mark.parametrize("kind", [ConsultAsked, TransferAsked])
def test_a_colleague_who_is_not_free_is_refused_and_nothing_is_sent(talk: Talk, kind, who, word) -> None:
    talk.ask(AgentPaused, agent=COLLEAGUE, reason="break")
    effects = talk.ask(kind, colleague=who)
    assert trouble(effects) == word
    assert talk.state is S.TALK
    assert all(isinstance(effect, LineTold) for effect in effects)


def test_a_colleague_whose_leg_is_not_in_hold_is_not_there(talk: Talk) -> None:
    talk.agent(COLLEAGUE).held = False
    assert trouble(talk.ask(ConsultAsked, colleague=COLLEAGUE)) == Trouble.COLLEAGUE_NOT_THERE


@pytest.mark.parametrize("how", ["failed", "silent", "down"])
def test_a_colleague_who_cannot_be_joined(talk: Talk, how: str) -> None:
    """Not answering, gone, or his phone dropped: the agent is told, the customer stays on hold."""
    talk.calling()
    match how:
        case "failed":
            effects = talk.leg(ConsultFailed, AGENT)
            assert only(CallAgent, effects).agent == COLLEAGUE
        case "silent":
            effects = talk.lease_ends()
            assert only(BackToHold, effects).leg == talk.agent().leg
        case "down":
            effects = talk.leg(AgentLegDown, COLLEAGUE, cause=44)
    assert trouble(effects) == Trouble.COLLEAGUE_NOT_THERE
    assert talk.state is S.HELD
    assert talk.call.line.colleague is None
    assert talk.agent(COLLEAGUE).attempt is None


@pytest.mark.parametrize("who", [AGENT, COLLEAGUE])
def test_either_ends_the_consultation(talk: Talk, who: AgentId) -> None:
    talk.consult()
    effects = talk.ask(ColleagueLeft, agent=who)
    assert only(BackToHold, effects).leg == talk.agent().leg
    assert talk.state is S.HELD
    assert told(effects, COLLEAGUE) == [S.OVER]
    assert talk.agent(COLLEAGUE).state is AgentState.READY


def test_the_colleague_s_hang_up_key_never_ends_the_customer_s_call(talk: Talk) -> None:
    talk.consult()
    effects = talk.ask(AgentHungUp, agent=COLLEAGUE)
    assert none(HangUp, effects)
    assert talk.state is S.HELD


@pytest.mark.parametrize("how", ["over", "back", "down"])
def test_the_colleague_hangs_up_in_a_consultation(talk: Talk, how: str) -> None:
    talk.consult()
    match how:
        case "over":
            talk.leg(ConsultOver, AGENT)
        case "back":
            talk.play.back(COLLEAGUE)
        case "down":
            talk.leg(AgentLegDown, COLLEAGUE, cause=16)
    assert talk.state is S.HELD
    assert talk.agent(COLLEAGUE).attempt is None


def test_a_colleague_in_a_consultation_gets_no_customer(talk: Talk) -> None:
    talk.consult()
    assert COLLEAGUE not in talk.play.floor.room.ready[SERVER]


def test_back_from_the_consultation_to_the_customer_in_one_step(talk: Talk) -> None:
    talk.consult()
    assert only(Take, talk.ask(TakeAsked)).agent == AGENT
    effects = talk.play.bridge(talk.attempt, AGENT)
    assert told(effects) == [S.TALK]
    assert told(effects, COLLEAGUE) == [S.OVER]
    talk.leg(ConsultOver, AGENT)
    assert talk.state is S.TALK


def test_the_agent_s_phone_drops_in_a_consultation(talk: Talk) -> None:
    talk.consult()
    effects = talk.leg(AgentLegDown, AGENT, cause=44)
    assert talk.state is S.ALONE
    assert told(effects, COLLEAGUE) == [S.OVER]
    assert only(CallAgent, effects).agent == AGENT


# ---- transfer


@pytest.mark.parametrize("state", [S.TALK, S.HELD, S.CONSULT])
def test_a_transfer_frees_the_agent_when_the_colleague_has_the_customer(talk: Talk, state: LineState) -> None:
    talk.in_state(state)
    effects = talk.ask(TransferAsked, colleague=COLLEAGUE)
    assert only(Take, effects).agent == COLLEAGUE
    assert talk.call.agent == AGENT
    assert talk.agent().state is AgentState.TALKING
    effects = talk.play.bridge(talk.attempt, COLLEAGUE)
    assert (talk.call.agent, talk.state) == (COLLEAGUE, S.TALK)
    assert talk.agent(COLLEAGUE).state is AgentState.TALKING
    assert talk.agent(COLLEAGUE).attempt == talk.attempt
    assert only(BookProgress, effects).agent == COLLEAGUE
    assert told(effects) == [S.OVER]
    assert talk.agent().attempt is None
    assert talk.agent().state is AgentState.READY
    assert talk.call.reservation.lead


def test_after_a_transfer_the_colleague_disposes_and_both_take_calls_again(talk: Talk) -> None:
    talk.handing()
    talk.play.bridge(talk.attempt, COLLEAGUE)
    talk.play.back(AGENT)
    talk.play.hang_up(talk.attempt)
    said = Disposed(at=talk.play.at, agent=COLLEAGUE, attempt=talk.attempt, disposition="ok", effect=LeadEffect.DONE)
    assert only(Settle, talk.play.tell(said)).agent == COLLEAGUE
    talk.play.back(COLLEAGUE)
    assert {talk.agent(one).state for one in (AGENT, COLLEAGUE)} == {AgentState.READY}


def test_a_transfer_that_fails_leaves_the_customer_on_hold_with_his_agent(talk: Talk) -> None:
    talk.handing()
    effects = talk.say(BridgeFailed, agent=COLLEAGUE, result="NONEXISTENT")
    assert trouble(effects) == Trouble.COLLEAGUE_NOT_THERE
    assert (talk.state, talk.call.agent) == (S.HELD, AGENT)
    assert only(CallAgent, effects).agent == COLLEAGUE
    talk.say(CustomerHeld, agent=AGENT)
    assert only(Take, talk.ask(TakeAsked)).agent == AGENT


def test_a_transfer_back_goes_the_same_way(talk: Talk) -> None:
    talk.handing()
    talk.play.bridge(talk.attempt, COLLEAGUE)
    talk.play.back(AGENT)
    assert only(Take, talk.ask(TransferAsked, agent=COLLEAGUE, colleague=AGENT)).agent == AGENT
    talk.play.bridge(talk.attempt, AGENT)
    assert talk.call.agent == AGENT


# ---- conference


def test_a_conference_is_made_of_the_talk_and_the_colleague(talk: Talk) -> None:
    talk.consult()
    assert only(Take, talk.ask(ConferenceAsked)).agent == AGENT
    talk.play.back(COLLEAGUE)
    effects = talk.play.bridge(talk.attempt, AGENT)
    assert only(Confer, effects).leg == talk.agent(COLLEAGUE).leg
    assert talk.state is S.JOINING
    assert told(talk.leg(InConference, COLLEAGUE)) == [S.CONFERENCE]


@pytest.mark.parametrize("who", [AGENT, COLLEAGUE])
def test_the_colleague_leaves_a_conference(talk: Talk, who: AgentId) -> None:
    talk.conference()
    effects = talk.ask(ColleagueLeft, agent=who)
    assert only(BackToHold, effects).leg == talk.agent(COLLEAGUE).leg
    assert talk.state is S.TALK
    assert talk.agent(COLLEAGUE).state is AgentState.READY


def test_the_agent_leaves_a_conference_and_the_colleague_has_the_customer(talk: Talk) -> None:
    talk.conference()
    assert only(BackToHold, talk.ask(TransferAsked)).leg == talk.agent(COLLEAGUE).leg
    assert only(Take, talk.play.back(COLLEAGUE)).agent == COLLEAGUE
    talk.play.bridge(talk.attempt, COLLEAGUE)
    assert talk.call.agent == COLLEAGUE
    assert talk.agent().state is AgentState.READY


@pytest.mark.parametrize("state", [S.JOINING, S.CONFERENCE, S.PARTING])
def test_the_colleague_s_phone_drops_out_of_a_conference(talk: Talk, state: LineState) -> None:
    talk.in_state(state)
    effects = talk.leg(AgentLegDown, COLLEAGUE, cause=44)
    assert talk.state is S.TALK
    assert trouble(effects) == Trouble.COLLEAGUE_NOT_THERE


def test_a_conference_that_is_never_made_gives_the_colleague_back(talk: Talk) -> None:
    talk.joining()
    talk.play.bridge(talk.attempt, AGENT)
    assert only(BackToHold, talk.lease_ends()).leg == talk.agent(COLLEAGUE).leg
    assert talk.state is S.TALK


# ---- what others hear of it


def test_books_and_desk_hear_of_a_colleague_s_states(talk: Talk) -> None:
    talk.consult()
    states = [e.state for e in talk.play.said if isinstance(e, BookAgentState) and e.agent == COLLEAGUE]
    assert states[-2:] == [AgentState.RESERVED, AgentState.TALKING]
