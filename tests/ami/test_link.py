"""The life of a link to one server, against a scripted manager port: coming up, going down, coming back."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from dialer.ami.link import AmiLink
from dialer.clock import Clock
from dialer.core.events import (
    Answered,
    Bridged,
    HungUp,
    LiveCall,
    LiveLeg,
    MessageStarted,
    OriginateRefused,
    ServerDown,
    ServerUp,
    TrunkSeen,
)
from dialer.core.ids import TrunkName
from tests.ami.ear import Ear, running
from tests.ami.links import (
    AGENT,
    ANSWERED,
    CALL_AGENT,
    HANGUP,
    LEG,
    ORIGINATE,
    A,
    make_link,
    read_so_far,
    up,
)
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

pytestmark = pytest.mark.timeout(60)

NOTICES_SOON = replace(HASTY, ping_answer_s=0.3)


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
    async with up(asterisk, NOTICES_SOON) as (_, ear):
        asterisk.replies["Ping"] = silence
        assert "ping" in await down(ear)


async def test_a_peer_that_talks_but_does_not_listen_is_noticed(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk, NOTICES_SOON) as (_, ear):

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


async def test_an_answer_and_a_join_that_status_shows_before_their_events_are_told(asterisk: ScriptedAsterisk) -> None:
    """Asterisk queues events while it carries Status out, and sends them behind the list."""
    async with up(asterisk) as (link, ear):
        link.originate(ORIGINATE, "carrier")
        link.call_agent(CALL_AGENT)
        await asterisk.received("Originate", 2)
        customer = {"Uniqueid": f"dlr-{A}", "ChannelState": "6", "Context": "dlr-answered", "Exten": "s"}
        await resyncs(asterisk, link, ear, ANSWERED, customer)
        assert [type(event) for event in ear.heard] == [ServerUp, Answered]
        customer |= {"BridgeID": "b", "Context": "dlr-connect", "Exten": "1001"}
        leg = {"Uniqueid": LEG, "ChannelState": "6", "BridgeID": "b", "Context": "dlr-agent", "Exten": "login"}
        join = [block(Event="BridgeEnter", BridgeUniqueid="b", Uniqueid=channel) for channel in (f"dlr-{A}", LEG)]
        await resyncs(asterisk, link, ear, "".join(join), customer, leg)
        assert [type(event) for event in ear.heard] == [ServerUp, Bridged]


async def resyncs(
    asterisk: ScriptedAsterisk, link: AmiLink, ear: Ear, behind: str, *channels: Mapping[str, str]
) -> None:
    """A resync on the same connection that lists these channels, with these events behind the list."""
    ear.heard.clear()
    listed = status_list(*channels)
    asterisk.replies["Status"] = lambda action: listed(action) + behind
    link.resync()
    await ear.hears(ServerUp)
    await read_so_far(link)
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
