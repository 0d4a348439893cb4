"""The link to one server, against a scripted manager port: what it sends, what it tells, how it comes back."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random

import pytest

from dialer.ami.keeper import Patience
from dialer.ami.link import AmiLink
from dialer.clock import Clock
from dialer.core.effects import CallAgent, Connect, DropAgent, HangUp, Originate
from dialer.core.events import (
    AgentHeld,
    AgentLegDown,
    Answered,
    HungUp,
    LiveCall,
    LiveLeg,
    MessageStarted,
    OriginateFailed,
    OriginateRefused,
    Ringing,
    ServerDown,
    ServerUp,
    TrunkSeen,
)
from dialer.core.ids import AgentId, AttemptId, Leg, ServerName, TrunkName, attempt_channel
from tests.ami.ear import Ear, running
from tests.ami.peers import HASTY
from tests.ami.scripted import (
    ScriptedAsterisk,
    Sent,
    block,
    fully_booted,
    refusal,
    silence,
    status_list,
    success,
)

pytestmark = pytest.mark.timeout(30)

S = ServerName("one")
A = AttemptId("0198e2c4-77aa-7000-8000-000000000001")
AGENT, LEG = AgentId(1001), Leg("dlr-a1001-x")
ORIGINATE = Originate(
    attempt=A, server=S, trunk=TrunkName("main"), number="9161234567", caller=None, ring_s=30, answer_limit_s=1.8
)
CALL_AGENT = CallAgent(agent=AGENT, server=S, endpoint="1001", leg=LEG)
ANSWERED = block(Event="UserEvent", UserEvent="DlrAnswered", Uniqueid=attempt_channel(A))
HANGUP = block(Event="Hangup", Uniqueid=attempt_channel(A), ChannelState="6", Cause="16")


@pytest.fixture
async def asterisk() -> AsyncIterator[ScriptedAsterisk]:
    async with ScriptedAsterisk() as server:
        yield server


def make_link(port: int, ear: Ear, patience: Patience = HASTY, trunks: dict[str, TrunkName] | None = None) -> AmiLink:
    return AmiLink(
        name=S,
        host="127.0.0.1",
        port=port,
        username="dialer",
        secret="s",
        clock=Clock(),
        sink=ear,
        chance=Random(1),
        trunks=trunks,
        patience=patience,
    )


@asynccontextmanager
async def up(asterisk: ScriptedAsterisk, patience: Patience = HASTY) -> AsyncIterator[tuple[AmiLink, Ear]]:
    ear = Ear()
    async with running(make_link(asterisk.port, ear, patience)) as link:
        await ear.hears(ServerUp)
        ear.heard.clear()
        yield link, ear


async def read_so_far(link: AmiLink) -> None:
    """A round trip: whatever Asterisk had sent before it has been read."""
    await link.getvar("DLR_VERSION")


# ---- coming up


async def test_a_login_is_followed_by_what_lives(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Status"] = status_list(
        {"Uniqueid": f"dlr-{A}", "ChannelState": "6", "BridgeID": "b", "Context": "dlr-connect"},
        {"Uniqueid": LEG, "ChannelState": "6", "BridgeID": "b", "Application": "BridgeWait"},
        {"Uniqueid": "1795292593.12", "ChannelState": "6", "BridgeID": ""},
    )
    ear, clock = Ear(), Clock()
    async with running(make_link(asterisk.port, ear)):
        event = await ear.hears(ServerUp)
    assert isinstance(event, ServerUp)
    assert event.calls == (LiveCall(A, answered=True, talking_to=AGENT),)
    assert event.legs == (LiveLeg(AGENT, LEG, held=False),)
    assert event.booted_at == pytest.approx(clock.now() - 100, abs=10)


async def test_what_happens_during_the_resync_follows_it(asterisk: ScriptedAsterisk) -> None:
    living = status_list({"Uniqueid": f"dlr-{A}", "ChannelState": "5", "Context": "x"})
    asterisk.replies["Status"] = lambda action: ANSWERED + living(action) + HANGUP
    ear = Ear()
    async with running(make_link(asterisk.port, ear)):
        await ear.hears(HungUp)
    assert [type(event) for event in ear.heard] == [ServerUp, Answered, HungUp]


async def test_a_message_that_plays_is_told_after_the_resync(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Status"] = status_list({"Uniqueid": f"dlr-{A}", "ChannelState": "6", "Context": "dlr-abandon"})
    ear = Ear()
    async with running(make_link(asterisk.port, ear)):
        await ear.hears(MessageStarted)
    assert [type(event) for event in ear.heard] == [ServerUp, MessageStarted]


async def test_an_asterisk_that_is_still_booting_is_waited_for(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Login"] = success
    ear = Ear()
    async with running(make_link(asterisk.port, ear)):
        await asterisk.received("Ping", 2)
        assert (asterisk.got("Status"), ear.heard) == ([], [])
        asterisk.send(fully_booted(0))
        await ear.hears(ServerUp)


async def test_a_trunk_is_asked_for_and_watched(asterisk: ScriptedAsterisk) -> None:
    known = {
        "PJSIP_ENDPOINT(carrier,aors)": "carrier,spare",
        "PJSIP_AOR(carrier,contact)": "carrier@@7b,carrier@@8c",
        "PJSIP_CONTACT(carrier@@7b,status)": "Unreachable",
    }
    asterisk.replies["Getvar"] = lambda action: success(action, Value=known.get(action["Variable"], ""))
    ear = Ear()
    trunks = {"carrier": TrunkName("main"), "bare": TrunkName("other")}
    async with running(make_link(asterisk.port, ear, trunks=trunks)):
        await ear.hears(TrunkSeen)
        asterisk.send(block(Event="ContactStatus", EndpointName="carrier", ContactStatus="Reachable"))
        await ear.hears(TrunkSeen, 2)
    seen = [(event.trunk, event.reachable) for event in ear.heard if isinstance(event, TrunkSeen)]
    assert seen == [("main", False), ("main", True)]


def test_a_trunk_endpoint_that_cannot_be_asked_for_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="endpoint"):
        make_link(1, Ear(), trunks={"carrier),x": TrunkName("main")})


# ---- going down


async def down(ear: Ear, count: int = 1) -> str:
    event = await ear.hears(ServerDown, count)
    assert isinstance(event, ServerDown)
    return event.reason


async def test_a_lost_connection_is_told_and_mended(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (_, ear):
        asterisk.drop()
        assert await down(ear) == "connection closed by Asterisk"
        await ear.hears(ServerUp)
        assert [type(event) for event in ear.heard] == [ServerDown, ServerUp]


@pytest.mark.parametrize(("uptime_s", "same"), [(100, True), (0, False)])
async def test_a_restart_of_asterisk_is_told_by_its_boot_time(
    asterisk: ScriptedAsterisk, uptime_s: int, same: bool
) -> None:
    ear = Ear()
    async with running(make_link(asterisk.port, ear)):
        first = await ear.hears(ServerUp)
        asterisk.replies["Login"] = lambda action: success(action) + fully_booted(uptime_s)
        asterisk.drop()
        second = await ear.hears(ServerUp, 2)
    assert isinstance(first, ServerUp)
    assert isinstance(second, ServerUp)
    assert (first.booted_at == second.booted_at) is same


async def test_a_shutdown_is_told_at_once(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (_, ear):
        asterisk.send(block(Event="Shutdown", Shutdown="Cleanly", Restart="False"))
        assert "shutting down" in await down(ear)


async def test_a_frozen_peer_is_noticed(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (_, ear):
        asterisk.replies["Ping"] = silence
        assert "ping" in await down(ear)


async def test_a_peer_that_talks_but_does_not_listen_is_noticed(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (_, ear):

        def deaf(action: Sent) -> str:
            return ANSWERED + HANGUP

        asterisk.replies["Ping"] = deaf
        assert "ping" in await down(ear)


async def test_a_refused_login_says_so_once_and_is_tried_again(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Login"] = refusal("Authentication failed")
    ear = Ear()
    async with running(make_link(asterisk.port, ear)) as link:
        assert "login as 'dialer' refused: Authentication failed" in await down(ear)
        await asterisk.received("Login", 3)
        assert len(ear.heard) == 1
        assert link.why_down == ear.heard[0].reason  # type: ignore[attr-defined]
        del asterisk.replies["Login"]
        asterisk.replies["Login"] = lambda action: success(action) + fully_booted()
        await ear.hears(ServerUp)
        assert link.why_down == ""


async def test_a_missing_right_is_named(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Status"] = refusal("Permission denied")
    ear = Ear()
    async with running(make_link(asterisk.port, ear)):
        assert "write=originate,call" in await down(ear)


async def test_a_port_where_nobody_listens_is_named(asterisk: ScriptedAsterisk) -> None:
    await asterisk.away()
    ear = Ear()
    async with running(make_link(asterisk.port, ear)):
        assert str(asterisk.port) in await down(ear)
        await asterisk.listen()
        await ear.hears(ServerUp)


async def test_garbage_drops_the_link_and_nothing_else(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (_, ear):
        asterisk.send("x" * ((1 << 20) + 1))
        assert "bytes" in await down(ear)
        await ear.hears(ServerUp)


async def test_a_full_queue_drops_the_link_and_the_resync_makes_good(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, ear):
        ear.full = True
        asterisk.send(ANSWERED, HANGUP)
        await asterisk.until(lambda: asterisk.connected == 0)
        assert not link.up
        assert ear.heard == []
        ear.full = False
        assert "queue is full" in await down(ear)
        await ear.hears(ServerUp)
        assert [type(event) for event in ear.heard] == [ServerDown, ServerUp]


async def test_a_cancelled_link_closes_its_connection(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk):
        pass
    await asterisk.until(lambda: asterisk.connected == 0)


async def test_one_bad_server_does_not_stop_another(asterisk: ScriptedAsterisk) -> None:
    async with ScriptedAsterisk() as gone:
        pass
    bad, good = Ear(), Ear()
    async with running(make_link(gone.port, bad)), running(make_link(asterisk.port, good)):
        await good.hears(ServerUp)
        await bad.hears(ServerDown)


async def test_a_resync_can_be_asked_for(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, ear):
        link.resync()
        await ear.hears(ServerUp)
        assert asterisk.connections == 1


async def test_effects_are_taken_while_a_live_link_resyncs(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, ear):
        asterisk.replies["Status"] = silence
        link.resync()
        await asterisk.received("Status", 2)
        link.originate(ORIGINATE, "carrier")
        await asterisk.received("Originate")
        assert ear.of(OriginateRefused) == []


async def test_a_manager_user_who_may_not_read_system_events_is_told_so(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Login"] = success
    ear = Ear()
    async with running(make_link(asterisk.port, ear, replace(HASTY, boot_limit_s=0.3))):
        assert "read=system" in await down(ear)


async def test_trunks_after_a_reload_are_watched(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, ear):
        link.watch_trunks({"carrier": TrunkName("main")})
        await ear.hears(ServerUp)
        asterisk.send(block(Event="ContactStatus", EndpointName="carrier", ContactStatus="Unreachable"))
        await ear.hears(TrunkSeen)


async def test_a_name_that_we_would_not_write_leaves_the_trunk_unasked(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Getvar"] = lambda action: success(action, Value="x),evil(")
    ear = Ear()
    async with running(make_link(asterisk.port, ear, trunks={"carrier": TrunkName("main")})) as link:
        await ear.hears(ServerUp)
        await read_so_far(link)
        assert link.up
        assert ear.of(TrunkSeen) == []


# ---- effects


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
