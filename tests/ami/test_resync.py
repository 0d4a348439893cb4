"""What lives, read from Status as Asterisk 22 gives it."""

from dialer.ami.codec import Headers
from dialer.ami.resync import live_calls, live_legs, living
from dialer.core.events import LiveCall, LiveLeg
from dialer.core.ids import AgentId, AttemptId, Leg

LEG = Leg("dlr-a1001-x")
A = AttemptId("0198e2c4-77aa-7000-8000-000000000001")


def status(channel: str, state: str = "6", bridge: str = "", **more: str) -> Headers:
    return {"Event": "Status", "Uniqueid": channel, "ChannelState": state, "BridgeID": bridge, **more}


def leg(bridge: str = "", state: str = "6", app: str = "BridgeWait") -> Headers:
    return status(LEG, state, bridge, Context="dlr-agent", Exten="login", Application=app)


def customer(context: str, bridge: str = "", exten: str = "s", state: str = "6") -> Headers:
    return status(f"dlr-{A}", state, bridge, Context=context, Exten=exten)


def seen(*statuses: Headers) -> tuple[tuple[LiveCall, ...], tuple[LiveLeg, ...]]:
    channels = living(statuses)
    return live_calls(channels), live_legs(channels)


def test_channels_that_are_not_ours_are_passed_over() -> None:
    assert seen(status("1795292593.12", bridge="b"), status("", bridge="b")) == ((), ())


def test_a_call_that_rings() -> None:
    assert seen(customer("from-trunk", state="5")) == ((LiveCall(A, answered=False),), ())


def test_a_customer_who_waits() -> None:
    assert seen(customer("dlr-answered")) == ((LiveCall(A, answered=True),), ())


def test_an_agent_in_hold() -> None:
    assert seen(leg("hold")) == ((), (LiveLeg(AgentId(1001), LEG, held=True),))


def test_an_agent_whose_phone_rings_or_who_is_between_two_holds_is_not_held() -> None:
    for channel in (leg(state="5", app="AppDial2"), leg(), leg(app="UserEvent")):
        assert seen(channel) == ((), (LiveLeg(AgentId(1001), LEG, held=False),))


def other_leg(context: str, exten: str, bridge: str = "", **more: str) -> Headers:
    """A colleague's leg, or that of who consults him, by its place in the dialplan."""
    return status("dlr-a1002-y", "6", bridge, Context=context, Exten=exten, Application="Bridge", **more)


def test_a_customer_on_hold_is_his_agent_s() -> None:
    calls, legs = seen(customer("dlr-held", exten="1001"), leg("hold"))
    assert calls == (LiveCall(A, answered=True, held_by=AgentId(1001)),)
    assert legs[0].held


def test_a_consultation_is_two_legs_in_one_bridge() -> None:
    _, legs = seen(customer("dlr-held", exten="1002"), leg("b"), other_leg("dlr-consult", "1001", "b"))
    assert [(one.agent, one.held, one.consults) for one in legs] == [(1001, False, None), (1002, False, 1001)]


def test_who_consulted_and_has_the_customer_again_consults_nobody() -> None:
    calls, legs = seen(customer("dlr-take", "b", "1002"), other_leg("dlr-consult", "1001", "b"))
    assert (calls[0].talking_to, legs[0].consults) == (1002, None)


def test_a_colleague_on_the_customer_s_line_says_whose_line_it_is() -> None:
    _, (guest,) = seen(other_leg("dlr-conference", "1001"))
    assert (guest.confers, guest.held) == (1001, False)


def test_a_muted_leg_says_so_by_its_variable() -> None:
    _, legs = seen({**leg("b"), "Variable": "DLR_MUTED=1"}, other_leg("dlr-agent", "login", Variable="DLR_MUTED="))
    assert [one.muted for one in legs] == [True, False]


def test_a_supervisor_s_channel_is_nobody_s_call() -> None:
    assert seen(status("dlr-s1001-abc", Context="dlr-spy", Exten="listen")) == ((), ())


def test_a_talk_is_told_by_the_bridge_they_share_although_the_agent_still_says_bridge_wait() -> None:
    calls, legs = seen(customer("dlr-connect", "b", "1001"), leg("b"))
    assert calls == (LiveCall(A, answered=True, talking_to=AgentId(1001)),)
    assert legs == (LiveLeg(AgentId(1001), LEG, held=False),)


def test_a_redirected_customer_who_is_not_yet_in_the_bridge_talks_to_nobody() -> None:
    calls, legs = seen(customer("dlr-connect", "", "1001"), leg("hold"))
    assert calls == (LiveCall(A, answered=True),)
    assert legs == (LiveLeg(AgentId(1001), LEG, held=True),)


def test_a_talk_with_an_agent_called_per_call_is_told_by_the_customers_place() -> None:
    calls, _ = seen(customer("dlr-dial", "b", "1002"), status("1795292593.12", bridge="b"))
    assert calls == (LiveCall(A, answered=True, talking_to=AgentId(1002)),)


def test_a_phone_that_still_rings_per_call_is_no_talk() -> None:
    assert seen(customer("dlr-dial", "", "1002")) == ((LiveCall(A, answered=True),), ())


def test_a_playing_message_is_noted() -> None:
    assert [channel.message_plays for channel in living([customer("dlr-abandon"), leg("h")])] == [True, False]
