"""RTP of one call: plays a sound in 20 ms packets and notes when sound was heard (RFC 3550, G.711 only).

Thousands of calls share one ticker. An ear that has learnt what it was asked for closes itself with a socket
filter that lets the kernel drop the packets: media that nobody listens to costs no Python at all.
"""

import asyncio
import ctypes
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sim.sip import g711
from sim.sip.audio import FRAME_SAMPLES, SILENCE, Sound, frames
from sim.sip.sdp import Media

TICK_S = 0.02
_GAP_S = 0.25
"""Silence longer than this ends a span of sound: the words of one phrase stay together."""

_HEADER = struct.Struct("!BBHII")
_HEADER_BYTES = 12
_MARKER = 0x80
_BATCH = 16
_PACKET_BYTES = 2_048
_SO_ATTACH_FILTER = 26
_DIGITS = "0123456789*#ABCD"


class Listen(StrEnum):
    """How long the ear stays open."""

    NEVER = "never"
    FIRST_SOUND = "first_sound"
    ALWAYS = "always"
    KEEP = "keep"
    """Always, and the audio is kept."""


@dataclass(slots=True)
class Heard:
    """What came in; times are the loop's (CLOCK_MONOTONIC), seconds."""

    packets: int = 0
    first_packet_at: float | None = None
    spans: list[list[float]] = field(default_factory=list)
    """First and last loud packet of each span of sound."""
    audio: bytearray = field(default_factory=bytearray)
    """All payloads in order, with Listen.KEEP only."""
    digits: str = ""
    """Keys that were pressed at the other end (RFC 4733)."""
    digit_began: int = -1
    """The RTP timestamp of the last of them: its packets are many."""

    @property
    def first_sound_at(self) -> float | None:
        return self.spans[0][0] if self.spans else None

    def packet(self, at: float, loud: bool) -> bool:
        """Note one packet; True at the first sound of all."""
        self.packets += 1
        if self.first_packet_at is None:
            self.first_packet_at = at
        if not loud:
            return False
        if self.spans and at - self.spans[-1][1] <= _GAP_S:
            self.spans[-1][1] = at
        else:
            self.spans.append([at, at])
        return len(self.spans) == 1 and self.spans[0] == [at, at]


class Ticker:
    """Calls `tick` of every mouth each 20 ms, on one timer, which stops when nobody speaks."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._mouths: dict[Stream, None] = {}
        self._turn = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, mouth: "Stream") -> None:
        self._mouths[mouth] = None
        if self._timer is None:
            self._timer = self._loop.call_later(TICK_S, self._tick)

    def remove(self, mouth: "Stream") -> None:
        self._mouths.pop(mouth, None)

    def _tick(self) -> None:
        if self._timer is None or not self._mouths:
            self._timer = None
            return
        self._turn += 1
        for mouth in self._mouths:
            if mouth.every == 1 or (self._turn + mouth.port) % mouth.every == 0:
                mouth.tick()
        due = max(self._timer.when() + TICK_S, self._loop.time() - 5 * TICK_S)
        self._timer = self._loop.call_at(due, self._tick)


class Stream:
    """One call's audio: a socket with an ear and a mouth. `close` is due whatever happens."""

    def __init__(self, ticker: Ticker, host: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._ticker = ticker
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((host, 0))
        self.port: int = self._socket.getsockname()[1]
        self.heard = Heard()
        self._peer: Media | None = None
        self._listen = Listen.NEVER
        self.on_heard: Callable[[], None] = lambda: None
        """Called at every packet that is noted; with FIRST_SOUND only at the first sound."""
        self._sound = SILENCE
        self._frames: tuple[bytes, ...] = ()
        self._frame = self._sequence = self._timestamp = 0

    @property
    def every(self) -> int:
        """Ticks from one packet to the next."""
        return self._sound.every

    def meet(self, peer: Media) -> None:
        """Where the peer listens and which law it speaks: from its first SDP, and from every later one."""
        self._peer = peer
        self._frames = frames(self._sound, peer.payload)

    def listen(self, how: Listen) -> None:
        """Open the ear, once for the life of the stream, or close it for good (NEVER)."""
        self._listen = how
        if how is Listen.NEVER:
            self._deafen()
        else:
            self._loop.add_reader(self._socket.fileno(), self._read)

    def say(self, sound: Sound) -> None:
        """Speak to the peer from now on; another sound replaces the one being said."""
        assert self._peer is not None, "the peer's address comes with its SDP"
        self._sound, self._frame = sound, 0
        self.meet(self._peer)
        self._ticker.add(self)

    def hush(self) -> None:
        """No packets any more: what a peer with rtp_timeout takes for death."""
        self._ticker.remove(self)

    def tick(self) -> None:
        """Send the next packet: the ticker's business."""
        assert self._peer is not None
        if self._frame >= len(self._frames):
            self._frame = 0
            if not self._sound.loops:
                self.say(replace(SILENCE, every=self.every))
        marker = 0 if self._sequence else _MARKER
        header = _HEADER.pack(0x80, self._peer.payload | marker, self._sequence & 0xFFFF, self._timestamp, self.port)
        with suppress(OSError):  # a packet the kernel does not take is a packet lost, as on any network
            self._socket.sendto(header + self._frames[self._frame], self._peer.address)
        self._frame += 1
        self._sequence += 1
        self._timestamp = (self._timestamp + FRAME_SAMPLES * self.every) & 0xFFFF_FFFF

    def close(self) -> None:
        self.hush()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def _read(self) -> None:
        for _ in range(_BATCH):
            try:
                packet = self._socket.recv(_PACKET_BYTES)
            except OSError:
                return
            if self._peer is None or len(packet) <= _HEADER_BYTES:
                continue
            if packet[1] & 0x7F == self._peer.events:
                self._hear_digit(packet)
            if packet[1] & 0x7F != self._peer.payload:
                continue  # RTCP, DTMF, a stray
            self._hear(packet[_HEADER_BYTES:], self._peer.payload)
            if self._socket.fileno() < 0 or self._listen is Listen.NEVER:
                return

    def _hear(self, payload: bytes, law: int) -> None:
        first_sound = self.heard.packet(self._loop.time(), g711.is_loud(payload, law))
        if self._listen is Listen.KEEP:
            self.heard.audio += payload
        if self._listen is not Listen.FIRST_SOUND:
            self.on_heard()
        elif first_sound:
            self._deafen()
            self.on_heard()

    def _hear_digit(self, packet: bytes) -> None:
        began, digit = _HEADER.unpack_from(packet)[3], packet[_HEADER_BYTES]
        if began != self.heard.digit_began and digit < len(_DIGITS):
            self.heard.digit_began = began
            self.heard.digits += _DIGITS[digit]
            self.on_heard()

    def _deafen(self) -> None:
        self._listen = Listen.NEVER
        self._loop.remove_reader(self._socket.fileno())
        drop_all(self._socket)


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def drop_all(sock: socket.socket) -> None:
    """Let the kernel drop whatever comes: a classic BPF program of one instruction, `ret 0` (Linux)."""
    instruction = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
    program = _Program(1, ctypes.addressof(instruction))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, bytes(program))
