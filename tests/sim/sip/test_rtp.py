"""One stream's ear and mouth, with real packets."""

import asyncio
import socket
import struct

import pytest

from sim.sip.audio import HELLO, SILENCE, frames, tone
from sim.sip.rtp import Heard, Listen, Stream, Ticker
from sim.sip.sdp import PCMA, Media
from sim.sip.watch import Watch

LOUD, QUIET = frames(tone(440), PCMA)[0], frames(SILENCE, PCMA)[0]


def rtp(payload, kind=PCMA):
    return struct.pack("!BBHII", 0x80, kind, 1, 160, 7) + payload


class Peer:
    """The other end: a plain socket."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind(("127.0.0.1", 0))
        self.media = Media(self.socket.getsockname(), PCMA)
        self.watch = Watch()

    def stream(self):
        made = Stream(Ticker(), "127.0.0.1")
        made.meet(self.media)
        made.on_heard = self.watch.changed
        self.to = ("127.0.0.1", made.port)
        return made

    def send(self, *packets):
        for packet in packets:
            self.socket.sendto(packet, self.to)


@pytest.fixture
async def peer():
    peer = Peer()
    yield peer
    peer.socket.close()


@pytest.fixture
async def stream(peer):
    stream = peer.stream()
    yield stream
    stream.close()


async def test_silence_is_counted_and_the_first_sound_is_told(peer, stream):
    stream.listen(Listen.ALWAYS)
    peer.send(rtp(QUIET), rtp(QUIET), rtp(LOUD), rtp(QUIET))
    await peer.watch.until(lambda: stream.heard.packets == 4)
    assert stream.heard.first_packet_at <= stream.heard.first_sound_at
    assert len(stream.heard.spans) == 1
    assert not stream.heard.audio


async def test_what_is_no_audio_of_this_call_is_not_heard(peer, stream):
    stream.listen(Listen.KEEP)
    rtcp = struct.pack("!BBHI", 0x80, 200, 6, 7) + bytes(20)
    peer.send(rtcp, rtp(LOUD, kind=101), rtp(b""), b"\x80", b"", rtp(QUIET))
    await peer.watch.until(lambda: stream.heard.packets)
    assert (stream.heard.packets, bytes(stream.heard.audio), stream.heard.spans) == (1, QUIET, [])


async def test_an_ear_that_has_heard_a_sound_leaves_the_rest_to_the_kernel(peer, stream):
    stream.listen(Listen.FIRST_SOUND)
    other = peer.stream()
    other.listen(Listen.ALWAYS)
    for to in (stream, other):
        peer.to = ("127.0.0.1", to.port)
        peer.send(rtp(QUIET), rtp(LOUD))
    await peer.watch.until(lambda: stream.heard.spans and other.heard.spans)
    for to in (stream, other):
        peer.to = ("127.0.0.1", to.port)
        peer.send(*[rtp(LOUD)] * 10)
    await peer.watch.until(lambda: other.heard.packets == 12)
    assert stream.heard.packets == 2
    other.close()


async def test_packets_follow_one_another_as_a_phone_sends_them(peer, stream):
    stream.say(HELLO)
    read = [struct.unpack("!BBHII", (await received(peer))[:12]) for _ in range(5)]
    assert [kind for _, kind, *_ in read] == [PCMA | 0x80, *[PCMA] * 4]
    assert [number for _, _, number, *_ in read] == [0, 1, 2, 3, 4]
    assert [at for *_, at, _ in read] == [0, 160, 320, 480, 640]
    assert len({source for *_, source in read}) == 1


async def received(peer):
    return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(peer.socket, 2_048), 10)


async def test_after_the_last_word_comes_silence_in_packets(peer, stream):
    stream.say(HELLO)
    words = len(frames(HELLO, PCMA))
    packets = [await received(peer) for _ in range(words + 3)]
    assert [packet[12:] for packet in packets[-3:]] == [QUIET] * 3


def test_sounds_with_a_gap_between_are_two_spans():
    heard = Heard()
    for at in (1.0, 1.02, 1.2, 2.0, 2.02):
        heard.packet(at, loud=True)
    heard.packet(1.5, loud=False)
    assert heard.spans == [[1.0, 1.2], [2.0, 2.02]]
    assert heard.first_sound_at == 1.0
