"""The join as the two people hear it: customer and agent in one bridge on the real Asterisk, through the real link."""

import asyncio

import pytest
import pytest_asyncio

from dialer.core.events import AgentHeld, AgentLegDown, Answered, Bridged, BridgeFailed, HungUp, MessageStarted
from sim.sip import sdp
from sim.sip.audio import pitch_of, tone
from sim.sip.behaviour import Listen, answers, busy, silent
from sim.sip.g711 import decode
from sim.sip.record import EndedBy
from tests.asterisk.line import Line

CUSTOMERS = {f"916000000{n}": 1500 + 200 * n for n in range(3)}
"""Number: the pitch of the person's voice, Hz; far from any phone's."""
SECOND = 8_000
PITCH_HZ = 4
SETTLED = SECOND // 2
"""The bridge's first packets are a mixture of before and after: pitch is measured in what follows."""


@pytest.fixture(autouse=True)
def people(carrier):
    for number, hertz in CUSTOMERS.items():
        carrier.on(number, answers(ring_s=None, says=tone(hertz), listen=Listen.KEEP))


@pytest_asyncio.fixture
async def line(switch, carrier, phones):
    """Phones that keep what they hear; every leg is gone at the end."""
    for phone in phones:
        phone.does = answers(ring_s=None, says=phone.says, listen=Listen.KEEP)
    async with Line(switch, wait_s=30.0) as line:
        yield line
        for phone in phones:
            phone.hang_up()
        await carrier.wait_until(lambda: not any(phone.on_line for phone in phones))
        line.link.resync()


async def hears_pitch(server, record, hertz):
    """Wait until what is heard last is this tone; a packet that came late makes a false one for a moment."""

    def heard() -> bool:
        if len(record.heard.audio) < SETTLED:
            return False
        return abs(pitch_of(decode(bytes(record.heard.audio[-SETTLED:]), sdp.PCMA)) - hertz) <= PITCH_HZ

    await server.wait_until(heard, 20)


async def heard_more(server, record, seconds=0.7):
    """So much more has been heard from now on."""
    wanted = len(record.heard.audio) + seconds * SECOND
    await server.wait_until(lambda: len(record.heard.audio) >= wanted, 20)


def phone_record(phones, user):
    return next(record for record in reversed(phones.records) if record.number == user)


async def test_customer_and_agent_hear_each_other(line, carrier, phones):
    await line.nail_up("1001")
    number = next(iter(CUSTOMERS))
    await line.joined(line.dial(number), "1001")
    customer, agent = carrier.calls_to(number)[0], phone_record(phones, "1001")
    await asyncio.gather(heard_more(carrier, customer), heard_more(phones, agent))
    await hears_pitch(carrier, customer, phones["1001"].tone_hz)
    await hears_pitch(phones, agent, CUSTOMERS[number])
    assert customer.answered_at < customer.first_sound_at


async def test_each_customer_hears_his_own_agent_and_nobody_else(line, carrier, phones):
    pairs = dict(zip(CUSTOMERS, ("1001", "1002", "1003"), strict=True))
    await asyncio.gather(*(line.nail_up(agent) for agent in pairs.values()))
    await asyncio.gather(*(line.joined(line.dial(number), agent) for number, agent in pairs.items()))
    records = {number: carrier.calls_to(number)[0] for number in pairs}
    await asyncio.gather(*(heard_more(carrier, record) for record in records.values()))
    for number, agent in pairs.items():
        await hears_pitch(carrier, records[number], phones[agent].tone_hz)


async def test_a_held_agent_hears_nothing_and_his_phone_is_called_once_for_many_customers(line, carrier, phones):
    leg = await line.nail_up("1001")
    for turn, number in enumerate(CUSTOMERS, start=1):
        attempt = line.dial(number)
        await line.joined(attempt, "1001")
        await heard_more(phones, phone_record(phones, "1001"), seconds=0.1)
        line.hang_up(attempt)
        await line.held(leg, times=turn + 1)
    assert [record.number for record in phones.records] == ["1001"]
    assert phones.records[0].first_sound_at > carrier.records[0].answered_at


async def test_the_customer_hangs_up_and_the_agent_is_held_again(line, carrier, phones):
    leg = await line.nail_up("1001")
    number = next(iter(CUSTOMERS))
    carrier.on(number, answers(ring_s=None, patience_s=10, talk_s=0.3))
    attempt = line.dial(number)
    await line.joined(attempt, "1001")
    await line.held(leg, times=2)
    await line.ended(attempt)
    assert carrier.records[0].ended_by is EndedBy.CALLED
    assert phones["1001"].on_line


async def test_the_agent_puts_the_handset_down_and_the_customer_is_let_go(line, carrier, phones):
    leg = await line.nail_up("1001")
    number = next(iter(CUSTOMERS))
    attempt = line.dial(number)
    await line.joined(attempt, "1001")
    phones["1001"].hang_up()
    await line.until(lambda: line.told_of(leg, AgentLegDown))
    await line.ended(attempt)
    assert carrier.records[0].ended_by is EndedBy.CALLER
    assert not attempt.saw(MessageStarted)


async def test_a_customer_who_left_is_not_joined(line, carrier, phones):
    leg = await line.nail_up("1001")
    number = next(iter(CUSTOMERS))
    carrier.on(number, answers(ring_s=None, talk_s=0.01))
    attempt = line.dial(number)
    await line.ended(attempt)
    line.connect(attempt, "1001")
    await line.joined(line.dial(list(CUSTOMERS)[1]), "1001")
    assert not attempt.saw(Bridged)
    assert line.told_of(leg, AgentHeld) == 1


async def test_a_phone_dies_in_talk_and_both_ends_are_told(line, carrier, phones):
    leg = await line.nail_up("1001")
    attempt = line.dial(next(iter(CUSTOMERS)))
    await line.joined(attempt, "1001")
    phones["1001"].die()
    await line.until(lambda: line.told_of(leg, AgentLegDown))
    down = next(event for event in line.events if isinstance(event, AgentLegDown) and event.leg == leg)
    assert down.cause == 44
    await line.ended(attempt)


async def test_a_phone_that_only_lost_its_audio_is_let_go_too(line, phones):
    leg = await line.nail_up("1001")
    phones["1001"].hush()
    await line.until(lambda: line.told_of(leg, AgentLegDown))
    await phones.wait_until(lambda: not phones["1001"].on_line)
    assert phone_record(phones, "1001").ended_by is EndedBy.CALLER


@pytest.mark.parametrize("does", [busy(), silent()], ids=lambda does: does.name)
async def test_an_agent_called_for_the_call_who_does_not_take_it(line, carrier, phones, does):
    """The customer waits on inside the same deadline and hears the message.

    The phone is no other test's: an INVITE that nobody answers is repeated into those that follow.
    """
    phones["1009"].does = does
    number = next(iter(CUSTOMERS))
    attempt = line.dial(number, wait_s=1.0)
    await line.until(lambda: attempt.saw(Answered))
    line.connect(attempt, "1009", per_call=True)
    await line.until(lambda: attempt.saw(BridgeFailed) and attempt.saw(MessageStarted))
    await carrier.wait_for_call(number, lambda record: record.first_sound_at)


async def test_an_agent_called_for_the_call_hears_the_customer(line, carrier, phones):
    number = next(iter(CUSTOMERS))
    attempt = line.dial(number)
    await line.until(lambda: attempt.saw(Answered))
    line.connect(attempt, "1001", per_call=True)
    await line.until(lambda: attempt.saw(Bridged))
    agent = phone_record(phones, "1001")
    await heard_more(phones, agent)
    await hears_pitch(phones, agent, CUSTOMERS[number])
    phones["1001"].hang_up()
    await line.until(lambda: attempt.saw(HungUp))


async def test_a_phone_that_refuses_is_told(line, phones):
    phones["1001"].does = busy()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(line.nail_up("1001"), 1)
    await line.until(lambda: 17 in [event.cause for event in line.events if isinstance(event, AgentLegDown)])
