"""The carrier against a caller of our own: one call, one record, whatever the network does to the datagrams."""

from random import Random

import pytest

from sim.sip import sdp
from sim.sip.audio import TALK, pitch_of, tone
from sim.sip.behaviour import (
    Listen,
    answers,
    busy,
    congestion,
    declines,
    invalid,
    no_answer,
    refuses,
    silent,
    stalls,
    unavailable,
    vanishes,
)
from sim.sip.carrier import Carrier
from sim.sip.g711 import decode
from sim.sip.message import one
from sim.sip.record import EndedBy
from tests.sim.sip.caller import Caller

NUMBER = "9161234567"


@pytest.fixture
async def carrier():
    async with Carrier() as carrier:
        yield carrier


@pytest.fixture
async def caller():
    async with Caller() as caller:
        yield caller


async def test_a_person_answers_and_the_caller_ends_it(carrier, caller):
    carrier.on(NUMBER, answers(ring_s=0.01))
    placed = caller.place(carrier.address, "8" + NUMBER)
    record = await carrier.wait_for_call(NUMBER, lambda record: record.talking)
    assert placed.codes == [100, 180, 200]
    assert (record.number, record.caller, record.behaviour) == ("89161234567", "4951234567", "answers")
    assert record.invite_at <= record.ringing_at < record.answered_at <= record.confirmed_at
    placed.hang_up()
    await caller.until(lambda: placed.ended)
    assert (record.ended_by, record.code, record.live) == (EndedBy.CALLER, 200, False)


async def test_a_person_talks_for_a_while_and_hangs_up(carrier, caller):
    carrier.on(NUMBER, answers(ring_s=None, talk_s=0.05))
    placed = caller.place(carrier.address, NUMBER)
    await caller.until(lambda: placed.ended)
    record = carrier.records[0]
    assert (placed.codes, placed.byes) == ([100, 200], 1)
    assert record.ended_by is EndedBy.CALLED


async def test_a_person_who_hears_nothing_loses_patience(carrier, caller):
    carrier.on(NUMBER, answers(ring_s=None, patience_s=0.05, talk_s=60))
    placed = caller.place(carrier.address, NUMBER)
    await caller.until(lambda: placed.ended)
    assert carrier.records[0].first_sound_at is None


async def test_the_talk_counts_from_the_first_sound_heard(carrier, caller):
    carrier.on(NUMBER, answers(ring_s=None, patience_s=60, talk_s=0.05))
    placed = caller.place(carrier.address, NUMBER)
    await caller.until(lambda: placed.code == 200)
    placed.say(TALK)
    await caller.until(lambda: placed.ended)
    record = carrier.records[0]
    assert record.answered_at < record.first_sound_at < record.ended_at


@pytest.mark.parametrize(
    ("behaviour", "codes"),
    [
        (busy(), [100, 486]),
        (invalid(), [100, 404]),
        (unavailable(early_s=0.01), [100, 183, 480]),
        (congestion(), [100, 503]),
        (declines(ring_s=0.01), [100, 180, 603]),
        (refuses(500, ring_s=0.01, early_s=0.01), [100, 183, 180, 500]),
    ],
)
async def test_refusals(carrier, caller, behaviour, codes):
    carrier.on(NUMBER, behaviour)
    placed = caller.place(carrier.address, NUMBER)
    await caller.until(lambda: placed.ended)
    assert placed.codes == codes
    record = carrier.records[0]
    assert (record.ended_by, record.code, record.answered_at) == (EndedBy.REFUSED, codes[-1], None)


async def test_the_networks_reason_is_sent(carrier, caller):
    carrier.on(NUMBER, refuses(480, cause=20))
    placed = caller.place(carrier.address, NUMBER)
    await caller.until(lambda: placed.ended)
    assert placed.reason == "Q.850;cause=20"


@pytest.mark.parametrize("early", [False, True])
async def test_nobody_answers_and_the_caller_gives_up(carrier, caller, early):
    carrier.on(NUMBER, no_answer(early=early))
    placed = caller.place(carrier.address, NUMBER)
    await caller.until(lambda: len(placed.codes) == 2)
    placed.cancel()
    await caller.until(lambda: placed.ended)
    assert placed.codes == [100, 183 if early else 180, 487]
    assert carrier.records[0].ended_by is EndedBy.CANCELLED


async def test_early_media_is_heard_before_any_answer(carrier, caller):
    carrier.on(NUMBER, no_answer(early=True))
    placed = caller.place(carrier.address, NUMBER)
    placed.listen(Listen.KEEP)
    await caller.until(lambda: 183 in placed.codes)
    await caller.until(heard_s(placed.stream.heard, 0.2))
    assert pitch_of(decode(bytes(placed.stream.heard.audio), sdp.PCMA)) == pytest.approx(425, abs=20)


async def test_a_doubled_invite_makes_one_call_and_repeats_the_last_word(carrier, caller):
    carrier.on(NUMBER, busy())
    placed = caller.place(carrier.address, NUMBER)
    placed.acks = False
    for _ in range(3):
        placed.invite()
    await caller.until(lambda: len(placed.codes) >= 5)
    assert set(placed.codes) == {100, 486}
    assert [record.invites for record in carrier.records] == [4]


async def test_an_unacknowledged_answer_is_repeated(carrier, caller):
    carrier.on(NUMBER, answers(ring_s=None))
    placed = caller.place(carrier.address, NUMBER)
    placed.acks = False
    await caller.until(lambda: placed.codes.count(200) == 2)
    placed.acks = True
    placed.acknowledge()
    record = await carrier.wait_for_call(NUMBER, lambda record: record.talking)
    assert record.answered_at < record.confirmed_at


@pytest.mark.parametrize(("behaviour", "codes"), [(silent(), []), (stalls(), [100])])
async def test_a_trunk_that_says_little_or_nothing(carrier, caller, behaviour, codes):
    carrier.on(NUMBER, behaviour)
    placed = caller.place(carrier.address, NUMBER)
    await carrier.wait_for_call(NUMBER, lambda record: record.behaviour)
    placed.invite()
    await carrier.wait_for_call(NUMBER, lambda record: record.invites == 2)
    caller.ask(carrier.address, "OPTIONS")
    await caller.until(lambda: caller.others)
    assert set(placed.codes) == set(codes)


async def test_a_mute_carrier_answers_nothing_and_counts_nothing(carrier, caller):
    carrier.mute = True
    caller.ask(carrier.address, "OPTIONS", call_id="unheard")
    caller.place(carrier.address, NUMBER)
    await carrier.wait_until(lambda: carrier.unheard == 2)
    carrier.mute = False
    caller.ask(carrier.address, "OPTIONS", call_id="heard")
    await caller.until(lambda: caller.others)
    assert [one(response, "call-id") for response in caller.others] == ["heard"]
    assert not carrier.records


async def test_a_person_may_vanish_without_a_bye(carrier, caller):
    carrier.on(NUMBER, vanishes(ring_s=None, talk_s=0.05))
    placed = caller.place(carrier.address, NUMBER)
    record = await carrier.wait_for_call(NUMBER, lambda record: not record.live)
    assert (record.ended_by, placed.byes) == (EndedBy.VANISHED, 0)
    placed.hang_up()
    caller.ask(carrier.address, "OPTIONS")
    await caller.until(lambda: caller.others)
    assert not placed.ended


async def test_audio_goes_both_ways_and_is_told_by_its_pitch(carrier, caller):
    carrier.on(NUMBER, answers(ring_s=None, says=tone(700), listen=Listen.KEEP))
    placed = caller.place(carrier.address, NUMBER)
    placed.listen(Listen.KEEP)
    await caller.until(lambda: placed.code == 200)
    placed.say(tone(500))
    await caller.until(heard_s(placed.stream.heard, 0.3))
    await carrier.wait_until(heard_s(carrier.records[0].heard, 0.3))
    for heard, hertz in ((carrier.records[0].heard, 500), (placed.stream.heard, 700)):
        assert pitch_of(decode(bytes(heard.audio), sdp.PCMA)) == pytest.approx(hertz, abs=20)


def heard_s(heard, seconds):
    return lambda: len(heard.audio) >= 8000 * seconds


async def test_a_renegotiation_moves_the_audio(carrier, caller):
    carrier.on(NUMBER, answers(ring_s=None, says=tone(700)))
    placed = caller.place(carrier.address, NUMBER)
    await caller.until(lambda: placed.code == 200)
    other = caller.place(carrier.address, "9160000000")
    other.listen(Listen.KEEP)
    await caller.until(lambda: other.code == 200)
    placed.request("INVITE", other.offer(sdp.PCMU))
    await caller.until(lambda: placed.codes.count(200) == 2)
    other.stream.meet(sdp.Media(carrier.address, sdp.PCMU))
    await caller.until(heard_s(other.stream.heard, 0.3))
    assert pitch_of(decode(bytes(other.stream.heard.audio[-2000:]), sdp.PCMU)) == pytest.approx(700, abs=20)
    assert len(carrier.records) == 2


async def test_an_offer_without_g711_is_refused(carrier, caller):
    placed = caller.place(carrier.address, NUMBER, offer=b"v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 9\r\n")
    await caller.until(lambda: placed.ended)
    assert placed.codes[-1] == 488


async def test_outside_a_call(carrier, caller):
    for method in ("OPTIONS", "BYE", "SUBSCRIBE"):
        caller.ask(carrier.address, method, call_id=method)
    await caller.until(lambda: len(caller.others) == 3)
    assert [response.code for response in caller.others] == [200, 481, 405]
    caller.send(b"nonsense", carrier.address)
    caller.send(b"\r\n\r\n", carrier.address)
    await carrier.wait_until(lambda: carrier.malformed == 1)


async def test_what_a_number_does(carrier, caller):
    carrier.others = lambda number, before: refuses(500 if before else 488)
    carrier.on(NUMBER, busy(), invalid())
    carrier.on_ending("00", congestion())
    carrier.on_ending("000", unavailable())
    dialled = {
        "79161234567": [486, 404, 404],
        "89160000100": [503],
        "+79160000000": [480],
        "9160000001": [488, 500],
    }
    for number, codes in dialled.items():
        for code in codes:
            placed = caller.place(carrier.address, number)
            await caller.until(lambda placed=placed: placed.ended)
            assert placed.code == code
    assert len(carrier.calls_to(NUMBER)) == 3


async def test_a_closed_carrier_leaves_its_calls_without_a_word(carrier, caller):
    carrier.on(NUMBER, answers(ring_s=None))
    placed = caller.place(carrier.address, NUMBER)
    record = await carrier.wait_for_call(NUMBER, lambda record: record.talking)
    carrier.close()
    assert (record.ended_by, placed.byes) == (EndedBy.VANISHED, 0)
    async with Carrier(bind=carrier.address) as again:
        again.on(NUMBER, answers(ring_s=None))
        second = caller.place(again.address, NUMBER)
        await caller.until(lambda: second.code == 200)
        assert second.remote_tag != placed.remote_tag  # else peers take the new life's words for repetitions


async def test_damaged_datagrams_hurt_nobody(carrier, caller, caplog):
    """Bytes changed, cut and put in: each is refused or answered, and good calls go on beside them."""
    carrier.on(NUMBER, answers(ring_s=None, says=tone(700)))
    sent = []
    caller.send = lambda datagram, to: sent.append(datagram)
    caller.place(carrier.address, NUMBER)
    del caller.send
    chance = Random(1)
    for n in range(400):
        damaged = bytearray(sent[0].replace(b"Call-ID: ", b"Call-ID: %d-" % n))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        caller.send(bytes(damaged), carrier.address)
    placed = caller.place(carrier.address, "9169999999")
    await caller.until(lambda: placed.code == 200)
    assert carrier.malformed
    assert len(carrier.records) > 100
    assert not caplog.records  # an exception in a callback would be told by the loop
