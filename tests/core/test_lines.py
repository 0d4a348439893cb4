"""Hold, consultation, conference and transfer: what the desk asks, what Asterisk says, what the Floor makes of it."""

import pytest

from dialer.core.effects import (
    BackToHold,
    BookAgentState,
    BookHold,
    BookProgress,
    CallAgent,
    Confer,
    Consult,
    HangUp,
    Hold,
    LineTold,
    Mute,
    Resync,
    ScreenPop,
    SendDigits,
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
    DialplanSeen,
    InConference,
    MuteSet,
    Timer,
    TimerFired,
    TimerKind,
)
from dialer.core.ids import AgentId
from dialer.core.line import LINE, LineAct, Trouble
from dialer.core.line_acts import LINE_ACTS
from dialer.core.outcome import LeadEffect
from dialer.core.settings import PhoneKind
from dialer.core.states import AgentState, CallState, LineState
from dialer.core.wishes import (
    AgentHungUp,
    AgentPaused,
    ColleagueLeft,
    ConferenceAsked,
    ConsultAsked,
    DigitsAsked,
    Disposed,
    HoldAsked,
    MuteAsked,
    TakeAsked,
    TransferAsked,
)
from tests.core.playbook import SERVER, Play, none, only

S = LineState
AGENT, COLLEAGUE = AgentId(1001), AgentId(1002)


class Talk:
    """An agent in talk and a colleague who is ready; `say` and `ask` tell the Floor one thing each."""

    def __init__(self) -> None:
        self.play = Play()
        self.play.sign_in(AGENT)
        self.play.start()
        (self.attempt,) = self.play.give_leads()
        self.play.answer(self.attempt)
        self.play.bridge(self.attempt, AGENT)
        self.play.sign_in(COLLEAGUE)
        self.play.asked()  # nobody else is called meanwhile
        self.call = self.play.floor.room.calls[self.attempt]

    @property
    def state(self) -> LineState:
        return self.call.line.state

    def agent(self, number: AgentId = AGENT):
        return self.play.floor.room.agents[number]

    def ask(self, kind, agent: AgentId = AGENT, **more):
        return self.play.tell(kind(at=self.play.at, agent=agent, **more))

    def say(self, kind, **more):
        return self.play.tell(kind(at=self.play.at, attempt=self.attempt, **more))

    def leg(self, kind, agent: AgentId, **more):
        return self.play.tell(kind(at=self.play.at, agent=agent, leg=self.agent(agent).leg, **more))

    def lease_ends(self):
        return self.play.tell(TimerFired(at=self.play.at, timer=Timer(TimerKind.LINE, self.attempt)))

    # ---- on the way

    def hold(self) -> "Talk":
        self.ask(HoldAsked)
        self.say(CustomerHeld, agent=AGENT)
        self.play.back(AGENT)
        return self

    def calling(self) -> "Talk":
        self.hold()
        self.ask(ConsultAsked, colleague=COLLEAGUE)
        return self

    def consult(self) -> "Talk":
        self.calling()
        self.leg(Consulting, AGENT, colleague=COLLEAGUE)
        return self

    def joining(self) -> "Talk":
        self.consult()
        self.ask(ConferenceAsked)
        return self

    def conference(self) -> "Talk":
        self.joining()
        self.play.bridge(self.attempt, AGENT)
        self.leg(InConference, COLLEAGUE)
        return self

    def parting(self) -> "Talk":
        self.conference()
        self.ask(TransferAsked)
        return self

    def handing(self) -> "Talk":
        self.ask(TransferAsked, colleague=COLLEAGUE)
        return self

    def taking(self) -> "Talk":
        self.hold()
        self.ask(TakeAsked)
        return self

    def alone(self) -> "Talk":
        self.hold()
        self.leg(AgentLegDown, AGENT, cause=44)
        return self

    def in_state(self, state: LineState) -> "Talk":
        ways = {S.TALK: lambda: self, S.HELD: self.hold, S.TAKING: self.taking, S.ALONE: self.alone}
        ways |= {S.CALLING: self.calling, S.CONSULT: self.consult, S.JOINING: self.joining}
        ways |= {S.CONFERENCE: self.conference, S.PARTING: self.parting, S.HANDING: self.handing}
        ways[state]()
        assert self.state is state
        return self


@pytest.fixture
def talk() -> Talk:
    return Talk()


def told(effects, agent=AGENT) -> list[LineState]:
    return [e.state for e in effects if isinstance(e, LineTold) and e.agent == agent and not e.trouble]


def trouble(effects) -> str:
    return only(LineTold, [e for e in effects if isinstance(e, LineTold) and e.trouble]).trouble


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


def test_books_and_desk_hear_of_a_colleague_s_states(talk: Talk) -> None:
    talk.consult()
    states = [e.state for e in talk.play.said if isinstance(e, BookAgentState) and e.agent == COLLEAGUE]
    assert states[-2:] == [AgentState.RESERVED, AgentState.TALKING]
