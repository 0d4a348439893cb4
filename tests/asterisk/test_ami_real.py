"""The dialer's link on a real Asterisk: what it tells of calls and agents, and what it finds again after a loss."""

import asyncio
import signal
from collections import Counter

import pytest
import pytest_asyncio

from asterisk_conf.settings import DIALPLAN_VERSION, Trunk
from dialer.ami.keeper import Patience
from dialer.ami.translate import EVENTS
from dialer.core.events import (
    AgentHeld,
    AgentLegDown,
    Bridged,
    BridgeFailed,
    HungUp,
    LiveCall,
    LiveLeg,
    MessageEnded,
    MessageStarted,
    OriginateFailed,
    Ringing,
    ServerDown,
    ServerUp,
    TrunkSeen,
)
from dialer.core.ids import AgentId
from sim.amiproxy import Way
from sim.sip.behaviour import answers, busy, no_answer
from sim.sip.carrier import Carrier
from sim.stand.asterisk import Asterisk, running_asterisk
from tests.ami.ear import Ear, running
from tests.asterisk.linked import Linked, Proxied, link_to, linked
from tests.conftest import Switch

NUMBER, OTHER = "9161234567", "9161234568"
AGENT = AgentId(1001)
QUICK = Patience(ping_every_s=0.5, ping_answer_s=8.0, retry_first_s=0.05, retry_most_s=0.2)
"""Quick but for an answer: a machine that pauses for seconds is no lost link."""
PROMISED_S = 5.0
"""A dead peer is noticed in this time."""
TALK = ["Ringing", "Answered", "Bridged", "HungUp"]

pytestmark = pytest.mark.timeout(240)


@pytest_asyncio.fixture
async def line(switch, carrier, phones):
    carrier.on(NUMBER, answers(ring_s=0.05))
    carrier.on(OTHER, answers(ring_s=0.05))
    async with linked(switch, patience=QUICK) as opened:
        yield opened


# ---- a day without faults


async def test_a_talk_from_dial_to_hang_up(line: Proxied):
    leg = await line.nailed_up("1001")
    attempt = await line.joined(NUMBER, "1001")
    line.ear.heard, before = [], line.story(attempt)
    line.hang_up(attempt)
    await line.hears_of(attempt, HungUp)
    await line.ear.hears(AgentHeld)
    assert before + line.story(attempt) == TALK
    assert line.ear.of(HungUp)[0].cause == 16
    assert [event.leg for event in line.ear.of(AgentHeld)] == [leg]


async def test_the_customer_hangs_up_and_the_agent_is_held_for_the_next(line: Proxied, carrier):
    carrier.on(NUMBER, answers(ring_s=0.05, talk_s=0.4))
    await line.nailed_up("1001")
    first = await line.joined(NUMBER, "1001")
    await line.hears_of(first, HungUp)
    await line.ear.hears(AgentHeld, 2)
    second = await line.joined(OTHER, "1001")
    assert line.story(second) == TALK[:3]
    assert [event.agent for event in line.ear.of(Bridged)] == [AGENT, AGENT]


async def test_an_agent_called_for_the_call_alone(line: Proxied, phones):
    attempt = await line.answered(NUMBER)
    line.connect(attempt, "777", per_call=True, endpoint="1004")
    await line.hears_of(attempt, Bridged)
    assert line.ear.of(Bridged)[0].agent == 777
    assert phones["1004"].on_line
    assert line.ear.of(AgentHeld) == []


async def test_a_failed_join_and_then_the_message(line: Proxied):
    attempt = await line.answered(NUMBER, wait_s=1.8)
    line.connect(attempt, "1009")
    await line.hears_of(attempt, MessageStarted)
    assert line.story(attempt) == ["Ringing", "Answered", "BridgeFailed", "MessageStarted"]
    assert line.ear.of(BridgeFailed)[0].result == "NONEXISTENT"


async def test_a_message_that_is_not_there_is_said_to_be_over_unheard(line: Proxied, switch: Switch):
    recording = switch.asterisk.settings.message.with_suffix(".wav")
    away = recording.rename(recording.with_suffix(".away"))
    try:
        attempt = await line.answered(NUMBER, wait_s=0.01)
        await line.hears_of(attempt, HungUp)
    finally:
        away.rename(recording)
    assert line.story(attempt) == ["Ringing", "Answered", "MessageStarted", "MessageEnded", "HungUp"]
    assert [event.heard for event in line.ear.of(MessageEnded)] == [False]


async def test_a_phone_that_is_busy_and_one_that_nobody_knows(line: Proxied, phones):
    phones["1002"].does = busy()
    refused, unknown = line.call_agent("1002"), line.call_agent("7777")
    await line.ear.hears(AgentLegDown, 2)
    assert {(event.leg, event.cause) for event in line.ear.of(AgentLegDown)} == {(refused, 17), (unknown, 0)}


async def test_a_leg_that_is_dropped_is_down(line: Proxied):
    leg = await line.nailed_up("1001")
    line.drop("1001", leg)
    assert (await line.ear.hears(AgentLegDown)).leg == leg


async def test_a_dead_trunk_is_known_and_fails_at_once(line: Proxied):
    await line.ear.until(lambda: [event.reachable for event in line.ear.of(TrunkSeen) if event.trunk == "dead"])
    assert [event.reachable for event in line.ear.of(TrunkSeen) if event.trunk == "dead"] == [False]
    attempt = line.dial(NUMBER, trunk="dead")
    await line.hears_of(attempt, OriginateFailed)


async def test_a_call_withdrawn_as_it_is_placed_does_not_ring_on(line: Proxied, carrier):
    """The Hangup is read before there is a channel; ring time-out alone would end the call in 30 s."""
    carrier.on(NUMBER, no_answer())
    attempts = [line.dial(NUMBER, ring_s=30) for _ in range(10)]
    for attempt in attempts:
        line.hang_up(attempt)
    for attempt in attempts:
        await line.hears_of(attempt, HungUp)
    assert {event.cause for event in line.ear.of(HungUp)} <= {0, 16}


async def test_the_dialplan_is_of_our_version(line: Proxied, switch):
    assert await line.link.getvar("DLR_VERSION") == DIALPLAN_VERSION
    assert await line.link.getvar("NO_SUCH_GLOBAL") == ""


async def test_only_events_that_are_read_come_over_the_link(switch, carrier, phones):
    seen: Counter[str] = Counter()
    size = 0

    def spy(way: Way, message: bytes) -> None:
        nonlocal size
        if way is Way.TO_DIALER and message.startswith(b"Event: "):
            seen[message.split(b"\r\n")[0].decode().removeprefix("Event: ")] += 1
            size += len(message)

    carrier.on(NUMBER, answers(ring_s=0.05))
    async with linked(switch, spy=spy, patience=QUICK) as line:
        await line.nailed_up("1001")
        seen.clear()
        size = 0
        attempt = await line.joined(NUMBER, "1001")
        line.hang_up(attempt)
        await line.hears_of(attempt, HungUp)
        await line.ear.hears(AgentHeld, 2)
        print(f"a bridged call: {sum(seen.values())} events, {size} bytes: {dict(seen)}")
        assert set(seen) <= set(EVENTS)
        assert sum(seen.values()) <= 12


# ---- what a resync finds


async def resynced(line: Proxied) -> ServerUp:
    """Cut the link and wait for what lives."""
    seen = len(line.ear.of(ServerUp))
    line.proxy.cut()
    return await line.ear.hears(ServerUp, seen + 1)


async def test_after_a_cut_everything_that_lives_is_found_as_it_is(line: Proxied, carrier):
    third, fourth = "9161234569", "9161234570"
    carrier.on(third, no_answer())
    carrier.on(fourth, answers(ring_s=None))
    talking_leg, idle_leg = await line.nailed_up("1001"), await line.nailed_up("1002")
    ringing = line.dial(third, ring_s=60)
    await line.hears_of(ringing, Ringing)
    talk = await line.joined(NUMBER, "1001")
    per_call = await line.joined(OTHER, "1003", per_call=True)
    waiting = await line.answered(fourth, wait_s=60)
    message = await line.answered(fourth, wait_s=0.01)  # the last, for it is over in eight seconds
    await line.hears_of(message, MessageStarted)

    found = await resynced(line)

    assert set(found.calls) == {
        LiveCall(ringing, answered=False),
        LiveCall(talk, answered=True, talking_to=AGENT),
        LiveCall(per_call, answered=True, talking_to=AgentId(1003)),
        LiveCall(waiting, answered=True),
        LiveCall(message, answered=True),
    }
    assert set(found.legs) == {
        LiveLeg(AGENT, talking_leg, held=False),
        LiveLeg(AgentId(1002), idle_leg, held=True),
    }
    await line.ear.until(lambda: len(line.told(message, MessageStarted)) == 2)
    assert [event.booted_at for event in line.ear.of(ServerUp)] == [found.booted_at] * 2


async def test_a_talk_goes_on_through_a_cut_and_its_end_is_told(line: Proxied, carrier):
    leg = await line.nailed_up("1001")
    attempt = await line.joined(NUMBER, "1001")
    await resynced(line)
    line.ear.heard.clear()
    line.hang_up(attempt)
    await line.hears_of(attempt, HungUp)
    await line.ear.hears(AgentHeld)
    assert line.story(attempt) == ["HungUp"]
    assert line.ear.of(AgentHeld)[0].leg == leg


async def test_a_customer_who_waits_through_a_cut_can_still_be_joined(line: Proxied):
    await line.nailed_up("1001")
    attempt = await line.answered(NUMBER, wait_s=20)
    await resynced(line)
    line.connect(attempt, "1001")
    await line.hears_of(attempt, Bridged)


async def test_what_ends_while_the_link_is_away_is_not_listed(line: Proxied, carrier):
    carrier.on(NUMBER, answers(ring_s=None, talk_s=0.3))
    line.proxy.refusing = True
    attempt = await line.answered(NUMBER)
    line.proxy.cut()
    await line.ear.hears(ServerDown)
    await carrier.wait_for_call(NUMBER, lambda record: not record.live)
    line.proxy.refusing = False
    found = await line.ear.hears(ServerUp, 2)
    assert attempt not in [call.attempt for call in found.calls]


async def test_resyncs_of_a_live_link_swallow_nothing(line: Proxied, carrier):
    """One after another while eight agents talk: whatever is on its way as an event is told, and once."""
    carrier.others = lambda number, before: answers(ring_s=0.02)
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(resyncs(line))
        talking = [group.create_task(ten_talks(line, str(agent))) for agent in range(1001, 1009)]
        stories = [story for talks in talking for story in await talks]
        asking.cancel()
    assert stories == [TALK] * 80
    assert line.ear.of(ServerDown) == []


async def resyncs(line: Proxied) -> None:
    """Each as soon as the one before is done."""
    while True:
        done = len(line.ear.of(ServerUp))
        line.link.resync()
        await line.ear.hears(ServerUp, done + 1)


async def ten_talks(line: Proxied, agent: str) -> list[list[str]]:
    """One after another with one agent, each once he is back in hold; what was told of each."""
    leg, attempts = await line.nailed_up(agent), []
    for talk in range(1, 11):
        attempts.append(await line.joined(f"917{agent}{talk:03}", agent))
        line.hang_up(attempts[-1])
        await line.hears_of(attempts[-1], HungUp)
        await line.ear.until(lambda holds=talk + 1: sum(event.leg == leg for event in line.ear.of(AgentHeld)) == holds)
    return [line.story(attempt) for attempt in attempts]


# ---- a broken link, on the real switch


@pytest.mark.parametrize("fault", ["split", "doubled", "swapped", "all", "delayed"])
async def test_a_bad_link_tells_the_same_story(line: Proxied, fault: str):
    proxy = line.proxy
    proxy.split(fault in ("split", "all"))
    proxy.double_ratio = {"doubled": 1.0, "all": 0.5}.get(fault, 0.0)
    proxy.swap_ratio = {"swapped": 1.0, "all": 0.5}.get(fault, 0.0)
    proxy.delay(0.15 if fault in ("delayed", "all") else 0.0)
    await line.nailed_up("1001")
    for number in (NUMBER, OTHER, NUMBER):
        before = len(line.ear.of(AgentHeld))
        attempt = await line.joined(number, "1001")
        line.hang_up(attempt)
        await line.hears_of(attempt, HungUp)
        await line.ear.hears(AgentHeld, before + 1)
        story = line.story(attempt)
        assert sorted(story) == sorted(TALK) or (fault in ("swapped", "all") and story == TALK[1:])
        assert story.index("Answered") < story.index("Bridged") < story.index("HungUp")
    assert line.ear.of(ServerDown) == []


@pytest.mark.parametrize("ways", [(), (Way.TO_ASTERISK,), (Way.TO_DIALER,)], ids=["both", "there", "back"])
async def test_a_frozen_link_is_noticed_in_time_and_the_talk_goes_on(switch, carrier, phones, ways):
    carrier.on(NUMBER, answers(ring_s=None))
    async with linked(switch) as line:
        await line.nailed_up("1001")
        attempt = await line.joined(NUMBER, "1001")
        line.proxy.freeze(*ways)
        frozen_at = line.clock.now()
        down = await line.ear.hears(ServerDown)
        assert "ping" in down.reason
        assert down.at - frozen_at <= PROMISED_S + 10  # generous: the machine may be busy
        line.proxy.thaw()
        found = await line.ear.hears(ServerUp, 2)
        assert found.calls == (LiveCall(attempt, answered=True, talking_to=AGENT),)


async def test_an_originate_that_arrives_late_is_told_and_can_be_ended(line: Proxied, carrier):
    """Frozen on its way, given up, delivered after all: the Floor hears of a call that nobody waits for."""
    carrier.on(NUMBER, no_answer())
    line.proxy.freeze()
    attempt = line.dial(NUMBER)
    await line.ear.hears(ServerDown)
    line.proxy.thaw()
    await line.ear.until(lambda: line.told(attempt, Ringing) or line.found(attempt))
    line.hang_up(attempt)
    await carrier.wait_for_call(NUMBER, lambda record: not record.live)


async def test_a_wrong_secret_is_refused_and_said(switch):
    ear = Ear()
    async with running(link_to(switch.asterisk.settings.manager.port, "wrong", ear, QUICK)) as link:
        assert "refused" in (await ear.hears(ServerDown)).reason
        assert not link.up


@pytest_asyncio.fixture
async def asterisk_alone():
    """A server that a test may freeze and kill, with its carrier."""
    async with Carrier() as carrier, running_asterisk([Trunk("carrier", *carrier.address, qualify_s=1)]) as asterisk:
        yield asterisk, carrier


async def uptime_s(asterisk: Asterisk) -> int:
    """What its console says."""
    return int((await asterisk.cli("core show uptime seconds")).split("System uptime:")[1].split()[0])


async def test_a_restart_of_asterisk_is_told_by_its_boot_time(asterisk_alone):
    asterisk, _ = asterisk_alone
    account, ear = asterisk.settings.manager, Ear()
    async with running(link_to(account.port, account.secret, ear, QUICK)) as link:
        first = await ear.hears(ServerUp)
        while await uptime_s(asterisk) < 3:  # boot times are known to the second
            pass
        await asterisk.crash()
        await ear.hears(ServerDown)
        assert not link.up
        await asterisk.start()
        second = await ear.hears(ServerUp, 2)
        assert second.booted_at > first.booted_at
        await asterisk.stop()
        await ear.until(lambda: any("shutting down" in event.reason for event in ear.of(ServerDown)))


async def test_a_frozen_asterisk_is_noticed_and_what_it_may_do_late_is_told(asterisk_alone):
    """Stopped in mid-work: the Originate lies in its socket. Whether it is still read is the kernel's business."""
    asterisk, carrier = asterisk_alone
    carrier.on(NUMBER, no_answer())
    carrier.on(OTHER, no_answer())
    ear = Ear()
    async with running(link_to(asterisk.settings.manager.port, asterisk.settings.manager.secret, ear)) as link:
        line = Linked(link, ear)
        await ear.hears(ServerUp)
        asterisk.child.send(signal.SIGSTOP)
        late = line.dial(NUMBER)
        assert "no answer" in (await ear.hears(ServerDown)).reason
        asterisk.child.send(signal.SIGCONT)
        await ear.hears(ServerUp, 2)
        await line.hears_of(line.dial(OTHER), Ringing)
        calls = carrier.calls_to(NUMBER)
        assert len(calls) <= 1
        assert bool(calls) == bool(line.told(late, Ringing) or line.found(late))
