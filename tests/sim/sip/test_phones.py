"""The agents' phones: what a switch meets when it nails them up."""

import pytest

from sim.sip import sdp
from sim.sip.audio import pitch_of
from sim.sip.behaviour import Listen, busy, no_answer
from sim.sip.g711 import decode
from sim.sip.phones import Phones
from sim.sip.record import EndedBy
from tests.sim.sip.caller import Caller


@pytest.fixture
async def phones():
    async with Phones(["1001", "1002"]) as phones:
        yield phones


@pytest.fixture
async def switch():
    async with Caller() as switch:
        yield switch


async def talking(switch, phones, user="1001"):
    placed = switch.place(phones.address, user)
    placed.listen(Listen.KEEP)
    await switch.until(lambda: placed.code == 200)
    await phones.wait_until(lambda: phones[user].on_line)
    return placed


async def test_each_phone_answers_at_once_and_speaks_in_its_own_pitch(phones, switch):
    for user in ("1001", "1002"):
        placed = await talking(switch, phones, user)
        await switch.until(lambda placed=placed: len(placed.stream.heard.audio) >= 2400)
        heard = decode(bytes(placed.stream.heard.audio), sdp.PCMA)
        assert pitch_of(heard) == pytest.approx(phones[user].tone_hz, abs=8)
        assert placed.codes == [100, 200]
    assert phones["1001"].tone_hz != phones["1002"].tone_hz


async def silence_of(placed, switch, phones):
    """Packets that still came while another phone spoke twenty."""
    other = await talking(switch, phones, "1002")
    before = placed.stream.heard.packets
    await switch.until(lambda: other.stream.heard.packets >= 20)
    return placed.stream.heard.packets - before


async def test_a_dead_phone_says_nothing_and_comes_back(phones, switch):
    placed = await talking(switch, phones)
    phones["1001"].die()
    switch.ask(phones.address, "OPTIONS", user="1001", call_id="dead")
    again = switch.place(phones.address, "1001")
    switch.ask(phones.address, "OPTIONS", user="1002", call_id="alive")
    await switch.until(lambda: switch.others)
    assert (placed.byes, again.codes, len(switch.others)) == (0, [], 1)
    assert await silence_of(placed, switch, phones) <= 5  # what was under way
    assert phones.records[0].ended_by is EndedBy.VANISHED
    phones["1001"].restart()
    await talking(switch, phones)


async def test_the_handset_is_put_down(phones, switch):
    placed = await talking(switch, phones)
    phones["1001"].hang_up()
    await switch.until(lambda: placed.ended)
    assert placed.byes == 1
    assert not phones["1001"].on_line


async def test_a_phone_may_refuse_or_not_answer(phones, switch):
    phones["1001"].does = busy()
    phones["1002"].does = no_answer()
    refused, ringing = (switch.place(phones.address, user) for user in ("1001", "1002"))
    await switch.until(lambda: refused.ended and ringing.codes == [100, 180])
    assert refused.code == 486
    phones["1002"].hang_up()
    await switch.until(lambda: ringing.ended)
    assert ringing.code == 603


async def test_a_hushed_phone_stays_on_the_line_without_a_packet(phones, switch):
    placed = await talking(switch, phones)
    await switch.until(lambda: placed.stream.heard.packets)
    phones["1001"].hush()
    assert await silence_of(placed, switch, phones) <= 5  # what was under way
    assert phones["1001"].on_line


async def test_an_unknown_phone_is_not_found(phones, switch):
    placed = switch.place(phones.address, "9999")
    await switch.until(lambda: placed.ended)
    assert placed.code == 404


async def test_a_crowds_phones_may_speak_seldom(phones, switch):
    async with Phones(["1001"], every=5) as crowd:
        seldom = await talking(switch, crowd)
        often = await talking(switch, phones)
        await switch.until(lambda: often.stream.heard.packets >= 25)
        assert 4 <= seldom.stream.heard.packets <= often.stream.heard.packets // 2
