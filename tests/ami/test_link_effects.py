"""Effects over a link, against a scripted manager port: what is sent and told, what is left to the resync."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from dialer.core.effects import Connect, DropAgent, HangUp
from dialer.core.events import (
    AgentHeld,
    AgentLegDown,
    Answered,
    HungUp,
    OriginateFailed,
    OriginateRefused,
    Ringing,
    ServerDown,
    ServerUp,
)
from dialer.core.ids import Leg
from tests.ami.ear import Ear, running
from tests.ami.links import (
    AGENT,
    ANSWERED,
    CALL_AGENT,
    HANGUP,
    LEG,
    ORIGINATE,
    A,
    S,
    make_link,
    read_so_far,
    up,
)
from tests.ami.scripted import (
    ScriptedAsterisk,
    Sent,
    block,
    refusal,
    silence,
    success,
)

pytestmark = pytest.mark.timeout(30)


async def test_an_originate_goes_out_at_once_and_is_answered_by_events(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, ear):
        link.originate(ORIGINATE, "carrier")
        await asterisk.received("Originate")
        asterisk.send(block(Event="Newstate", ChannelStateDesc="Ringing", Uniqueid=f"dlr-{A}"), ANSWERED, HANGUP)
        await ear.hears(HungUp)
        assert [type(event) for event in ear.heard] == [Ringing, Answered, HungUp]


async def test_an_attempt_is_never_sent_twice(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, ear):
        link.originate(ORIGINATE, "carrier")
        link.originate(ORIGINATE, "carrier")
        asterisk.send(ANSWERED, HANGUP)
        await ear.hears(HungUp)
        link.originate(ORIGINATE, "carrier")
        await read_so_far(link)
        assert len(asterisk.got("Originate")) == 1
        assert [type(event) for event in ear.heard] == [Answered, HungUp]


async def test_an_originate_that_asterisk_refuses(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Originate"] = refusal("Extension does not exist.")
    async with up(asterisk) as (link, ear):
        link.originate(ORIGINATE, "carrier")
        event = await ear.hears(OriginateRefused)
        assert isinstance(event, OriginateRefused)
        assert (event.attempt, event.reason) == (A, "Extension does not exist.")


async def test_an_originate_that_cannot_be_written_is_refused_and_never_sent_later(asterisk: ScriptedAsterisk) -> None:
    ear = Ear()
    link = make_link(asterisk.port, ear)
    link.originate(ORIGINATE, "carrier")
    assert [(type(event), event.reason) for event in ear.heard] == [  # type: ignore[attr-defined]
        (OriginateRefused, "one is away: not connected yet")
    ]
    async with running(link):
        await ear.hears(ServerUp)
        await read_so_far(link)
        assert asterisk.got("Originate") == []


async def test_an_unfit_number_is_refused_and_not_sent(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, ear):
        link.originate(replace(ORIGINATE, number="916\r\n\r\nAction: Command"), "carrier")
        await read_so_far(link)
        assert [type(event) for event in ear.heard] == [OriginateRefused]
        assert asterisk.got("Originate") == asterisk.got("Command") == []


async def test_an_originate_whose_link_breaks_is_left_to_the_resync(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Originate"] = silence
    async with up(asterisk) as (link, ear):
        link.originate(ORIGINATE, "carrier")
        await asterisk.received("Originate")
        asterisk.drop()
        await ear.hears(ServerUp)
        await read_so_far(link)
        assert [type(event) for event in ear.heard] == [ServerDown, ServerUp]
        assert len(asterisk.got("Originate")) == 1


async def test_a_customer_is_moved_to_his_agent(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, ear):
        link.connect(Connect(attempt=A, server=S, agent=AGENT, endpoint="1001", per_call=False))
        await asterisk.received("Redirect")
        assert asterisk.got("Redirect")[0]["Channel"] == f"dlr-{A}"
        assert ear.heard == []


async def test_a_redirect_of_a_customer_who_has_left_tells_nothing_more(asterisk: ScriptedAsterisk) -> None:
    """Told as a failed join it would take the agent's leg for dead."""
    asterisk.replies["Redirect"] = refusal("No such channel")
    async with up(asterisk) as (link, ear):
        link.connect(Connect(attempt=A, server=S, agent=AGENT, endpoint="1001", per_call=False))
        await read_so_far(link)
        assert ear.heard == []


async def test_effects_while_the_link_is_down_are_left_to_the_resync(asterisk: ScriptedAsterisk) -> None:
    ear = Ear()
    link = make_link(asterisk.port, ear)
    link.connect(Connect(attempt=A, server=S, agent=AGENT, endpoint="1001", per_call=False))
    link.hang_up(HangUp(attempt=A, server=S))
    link.drop_agent(DropAgent(agent=AGENT, server=S, leg=LEG))
    assert ear.heard == []


async def test_a_hangup_that_overtakes_its_originate_is_asked_again(asterisk: ScriptedAsterisk) -> None:
    """Seen on Asterisk 22: the first Hangup finds no channel yet, and without a second one the phone rings on."""
    answers = [refusal("No such channel"), success]
    asterisk.replies["Hangup"] = lambda action: answers.pop(0)(action)
    async with up(asterisk) as (link, ear):
        link.originate(ORIGINATE, "carrier")
        link.hang_up(HangUp(attempt=A, server=S))
        await asterisk.received("Hangup", 2)
        asterisk.send(HANGUP)
        await ear.hears(HungUp)


async def test_a_channel_that_asterisk_denies_to_the_last_is_gone(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Hangup"] = refusal("No such channel")
    async with up(asterisk) as (link, ear):
        link.originate(ORIGINATE, "carrier")
        link.hang_up(HangUp(attempt=A, server=S))
        event = await ear.hears(HungUp)
        assert isinstance(event, HungUp)
        assert (event.cause, event.tech_cause) == (0, 0)
        assert len(asterisk.got("Hangup")) == 4


async def test_a_channel_whose_end_was_told_is_not_ended_again(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Hangup"] = refusal("No such channel")
    async with up(asterisk) as (link, ear):
        link.originate(ORIGINATE, "carrier")
        asterisk.send(HANGUP)
        await ear.hears(HungUp)
        link.hang_up(HangUp(attempt=A, server=S))
        await read_so_far(link)
        assert [type(event) for event in ear.heard] == [Answered, HungUp]


async def test_an_agent_is_called_and_held(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, ear):
        link.call_agent(CALL_AGENT)
        await asterisk.received("Originate")
        asterisk.send(block(Event="BridgeEnter", BridgeUniqueid="h", BridgeTechnology="holding_bridge", Uniqueid=LEG))
        await ear.hears(AgentHeld)


@pytest.mark.parametrize(
    "reply",
    [
        refusal("Extension does not exist."),
        lambda action: success(action) + block(Event="OriginateResponse", ActionID=LEG, Response="Failure"),
    ],
)
async def test_a_phone_that_cannot_be_called_is_a_leg_that_is_down(
    asterisk: ScriptedAsterisk, reply: Callable[[Sent], str]
) -> None:
    asterisk.replies["Originate"] = reply
    async with up(asterisk) as (link, ear):
        link.call_agent(CALL_AGENT)
        event = await ear.hears(AgentLegDown)
        assert isinstance(event, AgentLegDown)
        assert (event.agent, event.leg, event.cause) == (AGENT, LEG, 0)


async def test_a_busy_phone_is_told_once_with_its_own_cause(asterisk: ScriptedAsterisk) -> None:
    failure = block(Event="OriginateResponse", ActionID=LEG, Response="Failure")
    busy = block(Event="Hangup", Uniqueid=LEG, ChannelState="0", Cause="17", TechCause="486")
    asterisk.replies["Originate"] = lambda action: success(action) + failure + busy
    async with up(asterisk) as (link, ear):
        link.call_agent(CALL_AGENT)
        link.call_agent(replace(CALL_AGENT, leg=Leg("dlr-a1001-y")))
        await ear.hears(AgentLegDown)
        assert [(type(event), event.cause) for event in ear.heard] == [(AgentLegDown, 17)]  # type: ignore[attr-defined]


async def test_an_agent_called_while_the_link_is_down_is_a_leg_that_is_down(asterisk: ScriptedAsterisk) -> None:
    ear = Ear()
    make_link(asterisk.port, ear).call_agent(CALL_AGENT)
    assert [type(event) for event in ear.heard] == [AgentLegDown]


async def test_a_leg_is_dropped(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, _):
        link.drop_agent(DropAgent(agent=AGENT, server=S, leg=LEG))
        await asterisk.received("Hangup")
        assert asterisk.got("Hangup")[0]["Channel"] == LEG


async def test_a_failed_originate_is_told_to_the_call(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, ear):
        link.originate(ORIGINATE, "carrier")
        asterisk.send(block(Event="OriginateResponse", ActionID=f"dlr-{A}", Response="Failure", Reason="0"))
        await ear.hears(OriginateFailed)


async def test_a_dialplan_variable_is_read(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Getvar"] = lambda action: success(action, Variable=action["Variable"], Value="7")
    async with up(asterisk) as (link, _):
        assert await link.getvar("DLR_VERSION") == "7"
        asterisk.replies["Getvar"] = refusal("No")
        assert await link.getvar("DLR_VERSION") == ""
