"""What Asterisk's messages mean in a talk: hold, consultation, transfer, conference, a supervisor's phone."""

from dialer.ami.translate import Translator
from dialer.core.events import (
    AgentHeld,
    Bridged,
    ConsultFailed,
    Consulting,
    ConsultOver,
    CustomerHeld,
    InConference,
    SpyGone,
    SpyOn,
)
from dialer.core.ids import AgentId, Leg, SpyId
from dialer.core.states import SpyMode
from tests.ami.test_translate import AGENT, AT, BRIDGED, CUSTOMER, LEG, A, enter, hangup, hold, told, user

OTHER, OTHER_LEG = AgentId(1002), Leg("dlr-a1002-y")
SPY = SpyId("dlr-s1001-n1")
CUSTOMER_HELD = CustomerHeld(at=AT, attempt=A, agent=AGENT)


def talking() -> Translator:
    """Customer and agent have been joined."""
    translator = Translator({})
    told(hold(), user("DlrAnswered"), enter(CUSTOMER), enter(LEG), translator=translator)
    return translator


def held() -> Translator:
    translator = talking()
    told(user("DlrHeld", Agent="1001"), hold("h2"), translator=translator)
    return translator


def consulting() -> Translator:
    translator = held()
    told(enter(OTHER_LEG, "c1"), enter(LEG, "c1", Context="dlr-consult"), translator=translator)
    return translator


def test_a_hold_is_told_and_so_is_each_time_that_he_is_taken_back() -> None:
    translator = talking()
    for turn in range(2):
        assert told(user("DlrHeld", Agent="1001"), translator=translator) == [CUSTOMER_HELD]
        assert told(hold(f"h{turn + 2}"), translator=translator) == [AgentHeld(at=AT, agent=AGENT, leg=LEG)]
        entering = (enter(CUSTOMER, f"b{turn + 2}", 1), enter(LEG, f"b{turn + 2}"))
        assert told(*entering, *entering, translator=translator) == [BRIDGED]


def test_a_consultation_is_two_legs_in_one_bridge_in_either_order() -> None:
    legs = (enter(OTHER_LEG, "c1"), enter(LEG, "c1", Context="dlr-consult"))
    for order in (legs, legs[::-1], (*legs, *legs)):
        expected = [Consulting(at=AT, agent=AGENT, leg=LEG, colleague=OTHER)]
        assert told(*order, translator=held()) == expected


def test_back_from_a_consultation_the_agent_is_joined_although_his_place_is_still_there() -> None:
    taken = (enter(CUSTOMER, "b2", 1), enter(LEG, "b2", Context="dlr-consult"))
    assert told(*taken, translator=consulting()) == [BRIDGED]


def test_a_transfer_is_a_join_with_somebody_else() -> None:
    taken = (enter(CUSTOMER, "b2", 1), enter(OTHER_LEG, "b2"))
    assert told(*taken, translator=consulting()) == [Bridged(at=AT, attempt=A, agent=OTHER)]


def test_a_consultation_ends_or_never_was() -> None:
    for result, kind in (("SUCCESS", ConsultOver), ("NONEXISTENT", ConsultFailed)):
        over = user("DlrConsultOver", LEG, Agent="1001", Result=result)
        assert told(over, translator=held()) == [kind(at=AT, agent=AGENT, leg=LEG)]


def test_a_colleague_is_on_the_customer_s_line() -> None:
    assert told(user("DlrConference", OTHER_LEG, Agent="1002")) == [InConference(at=AT, agent=OTHER, leg=OTHER_LEG)]


def test_a_supervisor_s_phone_is_on_in_its_mode_and_gone_once() -> None:
    translator = Translator({})
    for mode in SpyMode:
        assert told(user("DlrSpy", SPY, Mode=mode), translator=translator) == [SpyOn(at=AT, spy=SPY, mode=mode)]
    assert told(user("DlrSpy", SPY, Mode="else"), translator=translator) == []
    assert told(hangup(SPY), hangup(SPY), translator=translator) == [SpyGone(at=AT, spy=SPY)]


def test_what_comes_after_the_end_is_not_told() -> None:
    translator = talking()
    told(hangup(), hangup(LEG), translator=translator)
    late = (user("DlrHeld", Agent="1001"), user("DlrConsultOver", LEG, Result="SUCCESS"), user("DlrConference", LEG))
    assert told(*late, translator=translator) == []


def test_nothing_is_kept_of_bridges_that_are_over() -> None:
    translator = consulting()
    told(
        enter(CUSTOMER, "b2", 1),
        enter(LEG, "b2", Context="dlr-consult"),
        enter(OTHER_LEG, "h9", 1, "holding_bridge"),
        hangup(),
        hold("h3"),
        hangup(LEG),
        hangup(OTHER_LEG),
        translator=translator,
    )
    assert translator._rooms == {}
    assert translator._alive == {}
