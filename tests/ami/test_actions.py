"""Effects as actions, and what is refused before it reaches the wire."""

from dataclasses import replace

import pytest

from dialer.ami import actions
from dialer.ami.codec import UnsafeAction
from dialer.core.effects import CallAgent, Connect, DropAgent, HangUp, Originate
from dialer.core.ids import AgentId, AttemptId, Leg, ServerName, TrunkName

A, S = AttemptId("0198e2c4-77aa-7000-8000-000000000001"), ServerName("one")
ORIGINATE = Originate(
    attempt=A,
    server=S,
    trunk=TrunkName("t"),
    number="9161234567",
    caller="74951234567",
    ring_s=30.5,
    answer_limit_s=1.8,
)
LEG = Leg("dlr-a1001-x7")
HOSTILE = ["", "1\r\n", "1\n\nAction: Command", "1\0", "1,EVIL=1", "${SHELL(id)}", "1/n", "1@evil", "1&PJSIP/2", "1 2"]


def test_originate_carries_the_attempt_as_action_and_channel() -> None:
    assert actions.originate(ORIGINATE, "carrier") == {
        "Action": "Originate",
        "ActionID": f"dlr-{A}",
        "ChannelId": f"dlr-{A}",
        "Channel": "PJSIP/9161234567@carrier",
        "Context": "dlr-answered",
        "Exten": "s",
        "Priority": "1",
        "Async": "true",
        "Timeout": "30500",
        "CallerID": "74951234567",
        "Variable": "DLR_WAIT_MS=1800",
    }


def test_no_caller_number_leaves_it_to_the_trunk() -> None:
    assert actions.originate(replace(ORIGINATE, caller=None), "carrier")["CallerID"] == ""


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (place, value)
        for place in ("number", "endpoint", "attempt", "caller")
        for value in HOSTILE
        if (place, value) != ("caller", "")  # no caller number is left to the trunk
    ],
)
def test_originate_refuses_what_is_no_number_id_or_name(place: str, value: str) -> None:
    effect = ORIGINATE if place == "endpoint" else replace(ORIGINATE, **{place: value})
    with pytest.raises(UnsafeAction):
        actions.originate(effect, value if place == "endpoint" else "carrier")


def test_a_refusal_names_the_field_and_never_the_number() -> None:
    with pytest.raises(UnsafeAction) as refused:
        actions.originate(replace(ORIGINATE, number="9161234567;x"), "carrier")
    assert "number" in str(refused.value)
    assert "916" not in str(refused.value)


@pytest.mark.parametrize(("per_call", "context"), [(False, "dlr-connect"), (True, "dlr-dial")])
def test_connect_is_one_redirect(per_call: bool, context: str) -> None:
    effect = Connect(attempt=A, server=S, agent=AgentId(1001), endpoint="1001", per_call=per_call)
    redirect = actions.connect(effect)[-1]
    assert redirect == {
        "Action": "Redirect",
        "Channel": f"dlr-{A}",
        "Context": context,
        "Exten": "1001",
        "Priority": "1",
    }


def test_an_agent_called_per_call_has_his_phone_named_first() -> None:
    effect = Connect(attempt=A, server=S, agent=AgentId(1001), endpoint="phone-7", per_call=True)
    phone, redirect = actions.connect(effect)
    assert phone == {"Action": "Setvar", "Channel": f"dlr-{A}", "Variable": "DLR_ENDPOINT", "Value": "phone-7"}
    assert redirect["Action"] == "Redirect"
    assert len(actions.connect(replace(effect, per_call=False))) == 1


@pytest.mark.parametrize("value", HOSTILE)
def test_a_phone_called_per_call_is_checked(value: str) -> None:
    effect = Connect(attempt=A, server=S, agent=AgentId(1001), endpoint=value, per_call=True)
    with pytest.raises(UnsafeAction):
        actions.connect(effect)


def test_an_agent_is_called_by_his_leg() -> None:
    action = actions.call_agent(CallAgent(agent=AgentId(1001), server=S, endpoint="phone-7", leg=LEG))
    assert action["ActionID"] == action["ChannelId"] == LEG
    assert action["Channel"] == "PJSIP/phone-7"
    assert (action["Context"], action["Exten"], action["Variable"]) == ("dlr-agent", "login", "DLR_AGENT=1001")


@pytest.mark.parametrize("value", HOSTILE)
def test_an_agents_phone_and_leg_are_checked_too(value: str) -> None:
    good = CallAgent(agent=AgentId(1001), server=S, endpoint="1001", leg=LEG)
    for effect in (replace(good, endpoint=value), replace(good, leg=Leg(value))):
        with pytest.raises(UnsafeAction):
            actions.call_agent(effect)


def test_both_kinds_of_channel_are_ended_by_their_id() -> None:
    assert actions.end(HangUp(attempt=A, server=S))["Channel"] == f"dlr-{A}"
    assert actions.end(DropAgent(agent=AgentId(1001), server=S, leg=LEG))["Channel"] == LEG


def test_a_channel_that_is_not_ours_cannot_be_ended() -> None:
    with pytest.raises(UnsafeAction):
        actions.end_channel("PJSIP/boss-00000001")


@pytest.mark.parametrize("name", ["SHELL(id)", "a", "X\r\n", ""])
def test_only_plain_globals_are_asked_for(name: str) -> None:
    with pytest.raises(UnsafeAction):
        actions.getvar(name)


@pytest.mark.parametrize("name", ["t),x", "t,aors)", "t\n", "t(", ""])
def test_a_trunk_is_asked_for_by_a_plain_name(name: str) -> None:
    with pytest.raises(UnsafeAction):
        actions.trunk_question("PJSIP_ENDPOINT", name, "aors")
