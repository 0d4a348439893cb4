"""Hold, a phone that is lost meanwhile, mute and keys: what the desk asks, what Asterisk says, what comes of it."""

import pytest

from dialer.core.effects import (
    BackToHold,
    BookHold,
    CallAgent,
    DropAgent,
    HangUp,
    Hold,
    LineTold,
    Mute,
    Resync,
    SendDigits,
    SetTimer,
    Settle,
    Take,
)
from dialer.core.events import AgentLegDown, BridgeFailed, CustomerHeld, DialplanSeen, LiveCall, MuteSet, ServerUp
from dialer.core.ids import AgentId
from dialer.core.line import LINE, LineAct, Trouble
from dialer.core.line_acts import LINE_ACTS
from dialer.core.outcome import LeadEffect
from dialer.core.settings import PhoneKind
from dialer.core.states import AgentState, CallState, LineState
from dialer.core.timer import TimerKind
from dialer.core.wishes import (
    AgentPhoneBack,
    ColleagueLeft,
    ConferenceAsked,
    DigitsAsked,
    Disposed,
    HoldAsked,
    MuteAsked,
    TakeAsked,
    TransferAsked,
)
from tests.core.playbook import SERVER, T0, Play, none, only
from tests.core.talk import AGENT, COLLEAGUE, S, Talk, told, trouble


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_every_act_of_a_line_is_in_the_table_and_has_its_doer() -> None:
    assert {act for rule in LINE.rules.values() for act in rule.acts} == set(LineAct) == set(LINE_ACTS)


# ---- hold


def test_hold_is_what_asterisk_says_not_what_was_asked(talk: Talk) -> None:
    effects = talk.ask(HoldAsked)
    assert only(Hold, effects).agent == AGENT
    assert talk.state is S.TALK
    assert told(effects) == []
    assert told(talk.say(CustomerHeld, agent=AGENT)) == [S.HELD]


def test_an_agent_back_in_hold_is_not_free_while_his_customer_is_on_hold(talk: Talk) -> None:
    talk.hold()
    assert talk.agent().state is AgentState.TALKING
    assert talk.agent().held
    assert talk.agent().attempt == talk.attempt
    assert talk.call.state is CallState.TALKING


def test_the_customer_is_taken_back_once_however_often_the_key_is_pressed(talk: Talk) -> None:
    talk.hold()
    assert only(Take, talk.ask(TakeAsked)).agent == AGENT
    again = talk.ask(TakeAsked)
    assert none(Take, again)
    assert trouble(again) == Trouble.NOT_NOW
    assert told(talk.play.bridge(talk.attempt, AGENT)) == [S.TALK]
    assert not talk.agent().held


def test_the_agent_disposes_and_is_free_after_a_talk_with_a_hold(talk: Talk) -> None:
    talk.taking()
    talk.play.bridge(talk.attempt, AGENT)
    talk.play.hang_up(talk.attempt)
    said = Disposed(at=talk.play.at, agent=AGENT, attempt=talk.attempt, disposition="agreed", effect=LeadEffect.DONE)
    assert only(Settle, talk.play.tell(said)).agent == AGENT
    talk.play.back(AGENT)
    assert talk.agent().state is AgentState.READY


def test_the_phone_drops_while_the_customer_is_on_hold_and_is_rung_again(talk: Talk) -> None:
    talk.hold()
    effects = talk.leg(AgentLegDown, AGENT, cause=44)
    assert only(CallAgent, effects).leg == talk.agent().leg
    assert talk.state is S.ALONE
    assert only(Take, talk.play.back(AGENT)).agent == AGENT
    talk.play.bridge(talk.attempt, AGENT)
    assert talk.state is S.TALK


@pytest.mark.parametrize("end", ["lease", "refused"])
def test_a_phone_that_does_not_come_back_ends_the_customer_s_wait(talk: Talk, end: str) -> None:
    talk.alone()
    effects = talk.lease_ends() if end == "lease" else talk.leg(AgentLegDown, AGENT, cause=17)
    assert only(HangUp, effects).attempt == talk.attempt


def test_taking_back_fails_because_the_phone_is_gone(talk: Talk) -> None:
    talk.taking()
    effects = talk.say(BridgeFailed, agent=AGENT, result="NONEXISTENT")
    assert only(CallAgent, effects).agent == AGENT
    assert talk.state is S.ALONE


@pytest.mark.parametrize("state", [S.TAKING, S.HANDING])
def test_a_join_that_is_never_reported_is_looked_for(talk: Talk, state: LineState) -> None:
    talk.in_state(state)
    assert only(Resync, talk.lease_ends())
    assert talk.call.unseen


@pytest.mark.parametrize("lives", [True, False])
def test_the_join_that_was_looked_for_is_found_and_its_late_event_changes_nothing(talk: Talk, lives: bool) -> None:
    talk.taking()
    talk.lease_ends()
    calls = (LiveCall(talk.attempt, answered=True, talking_to=AGENT),) if lives else ()
    talk.play.tell(ServerUp(at=talk.play.at, server=SERVER, booted_at=T0 - 100, calls=calls))
    found = (CallState.TALKING, S.TALK) if lives else (CallState.WRAP_UP, S.OVER)
    assert (talk.call.state, talk.state) == found
    if lives:
        talk.play.bridge(talk.attempt, AGENT)
    else:
        talk.play.hang_up(talk.attempt)
    assert (talk.call.state, talk.state) == found


@pytest.mark.parametrize("end", ["taken", "gone", "transfer"])
def test_each_hold_is_booked_when_it_is_over_under_who_held_him(talk: Talk, end: str) -> None:
    talk.play.after(10)
    began = talk.play.at
    talk.consult()
    talk.play.after(30)
    match end:
        case "taken":
            talk.ask(TakeAsked)
            effects = talk.play.bridge(talk.attempt, AGENT)
        case "gone":
            effects = talk.play.hang_up(talk.attempt)
        case "transfer":
            effects = talk.ask(TransferAsked)
            talk.play.bridge(talk.attempt, COLLEAGUE)
    hold = only(BookHold, effects)
    assert (hold.attempt, hold.agent, hold.since, hold.until) == (talk.attempt, AGENT, began, began + 30)


# ---- a phone that starts anew: a page that is loaded again


@pytest.mark.parametrize("first", ["the customer is held", "the leg is gone"])
def test_a_page_loaded_again_in_a_talk_has_its_customer_back(talk: Talk, first: str) -> None:
    """Its goodbye ends the leg, the dialplan holds the customer; which is told first is chance."""
    old = talk.agent().leg
    if first == "the leg is gone":
        talk.leg(AgentLegDown, AGENT, cause=16)
        effects = talk.say(CustomerHeld, agent=AGENT)
    else:
        talk.say(CustomerHeld, agent=AGENT)
        effects = talk.leg(AgentLegDown, AGENT, cause=16)
    assert talk.state is S.ALONE
    assert only(CallAgent, effects).leg != old
    absent = talk.leg(AgentLegDown, AGENT, cause=20)
    assert none(HangUp, absent), "a phone that is not there may be on its way back"
    rung = talk.ask(AgentPhoneBack)
    assert only(CallAgent, rung).leg == talk.agent().leg
    assert none(SetTimer, [e for e in rung if isinstance(e, SetTimer) and e.timer.kind is TimerKind.LINE])
    assert only(Take, talk.play.back(AGENT)).agent == AGENT
    talk.play.bridge(talk.attempt, AGENT)
    assert (talk.state, talk.call.agent) == (S.TALK, AGENT)


@pytest.mark.parametrize("state", [state for state in LineState if state not in (S.ALONE, S.OVER)])
def test_a_page_whose_goodbye_was_lost_gives_up_the_leg_that_it_does_not_know(talk: Talk, state: LineState) -> None:
    talk.in_state(state)
    leg = talk.agent().leg
    assert only(DropAgent, talk.ask(AgentPhoneBack)).leg == leg
    assert not talk.agent().leg_up
    assert talk.call.state is CallState.TALKING


@pytest.mark.parametrize("state", [S.JOINING, S.CONFERENCE, S.PARTING])
def test_a_conference_ends_with_the_agent_s_page_and_the_customer_waits_for_it(talk: Talk, state: LineState) -> None:
    talk.in_state(state)
    talk.leg(AgentLegDown, AGENT, cause=16)
    effects = talk.say(CustomerHeld, agent=AGENT)
    assert [e.leg for e in effects if isinstance(e, BackToHold)] == [talk.agent(COLLEAGUE).leg]
    assert (talk.state, talk.call.line.colleague) == (S.ALONE, None)
    assert talk.agent(COLLEAGUE).attempt is None
    assert only(CallAgent, effects).agent == AGENT


def test_a_colleague_s_page_that_starts_anew_changes_nothing_for_the_customer(talk: Talk) -> None:
    talk.conference()
    assert talk.ask(AgentPhoneBack, agent=COLLEAGUE) == []
    assert talk.state is S.CONFERENCE


# ---- whatever happens


@pytest.mark.parametrize("state", [state for state in LineState if state is not S.OVER])
def test_the_customer_hangs_up(talk: Talk, state: LineState) -> None:
    """The agent has the form, the colleague is free, and a consultation ends: nobody is left in it unseen."""
    talk.in_state(state)
    effects = talk.play.hang_up(talk.attempt)
    assert talk.state is S.OVER
    assert talk.call.state is CallState.WRAP_UP
    assert talk.agent().state is AgentState.WRAP_UP
    assert talk.agent(COLLEAGUE).state is AgentState.READY
    legs = [effect.leg for effect in effects if isinstance(effect, BackToHold)]
    assert legs == ([talk.agent().leg] if state in (S.CALLING, S.CONSULT) else [])


@pytest.mark.parametrize("state", [state for state in LineState if state is not S.OVER])
def test_the_dialplan_gives_the_customer_back_or_to_somebody(talk: Talk, state: LineState) -> None:
    """Ten minutes of hold are over, or a redirect of another daemon's life took effect: what is, is."""
    talk.in_state(state)
    talk.play.bridge(talk.attempt, COLLEAGUE)
    assert (talk.call.agent, talk.state) == (COLLEAGUE, S.TALK)
    assert talk.agent(COLLEAGUE).attempt == talk.attempt
    assert talk.agent().attempt is None


def test_an_agent_who_is_called_for_each_call_can_send_digits_and_nothing_else() -> None:
    play = Play()
    play.sign_in(AGENT, kind=PhoneKind.PER_CALL)
    play.start()
    (attempt,) = play.give_leads()
    play.answer(attempt)
    play.bridge(attempt, AGENT)
    for kind in (HoldAsked, TakeAsked, ConferenceAsked, ColleagueLeft):
        assert trouble(play.tell(kind(at=play.at, agent=AGENT))) == Trouble.PER_CALL_PHONE
    assert only(SendDigits, play.tell(DigitsAsked(at=play.at, agent=AGENT, digits="12#"))).digits == "12#"


def test_an_older_dialplan_is_sent_nowhere(talk: Talk) -> None:
    talk.play.tell(DialplanSeen(at=talk.play.at, server=SERVER, knows_lines=False))
    effects = talk.ask(HoldAsked)
    assert none(Hold, effects)
    assert trouble(effects) == Trouble.OLD_DIALPLAN
    talk.play.tell(DialplanSeen(at=talk.play.at, server=SERVER, knows_lines=True))
    assert only(Hold, talk.ask(HoldAsked))


def test_a_wish_without_a_talk_is_nothing(talk: Talk) -> None:
    talk.play.hang_up(talk.attempt)
    assert talk.ask(HoldAsked) == []
    assert talk.ask(HoldAsked, agent=AgentId(9999)) == []


def test_mute_is_what_asterisk_says_and_ends_when_the_leg_comes_to_hold(talk: Talk) -> None:
    effects = talk.ask(MuteAsked, muted=True)
    assert only(Mute, effects).muted
    assert not talk.agent().muted
    assert only(LineTold, talk.leg(MuteSet, AGENT, muted=True)).muted
    talk.play.back(AGENT)
    assert not talk.agent().muted
