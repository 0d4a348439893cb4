"""A TCP proxy between a dialer and an Asterisk manager port that breaks the link in every way a link breaks.

It cuts, freezes one or both ways, delays, splits into single bytes, doubles and reorders events, at run time, by method
calls; all chance comes from the generator it is given. It knows where an AMI message ends, so that what it doubles or
swaps are whole events; answers to actions keep their place, as they would from a real Asterisk.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from types import TracebackType
from typing import TypeAlias

BANNER = b"Asterisk Call Manager/"
EOL = b"\r\n"
END = b"\r\n\r\n"
READ_BYTES = 65_536
IN_FLIGHT_MESSAGES = 10_000
"""What a frozen way holds before it no longer reads, as a real path's buffers would."""
SWAP_LIMIT_S = 0.05
"""An event held back to be overtaken goes on alone if nothing follows it in this time."""


class Way(StrEnum):
    TO_ASTERISK = "to_asterisk"
    TO_DIALER = "to_dialer"


BOTH = (Way.TO_ASTERISK, Way.TO_DIALER)
Spy: TypeAlias = Callable[[Way, bytes], None]


@dataclass(slots=True)
class Path:
    """How one way behaves now; a test may change any of it at any time."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared while frozen: nothing is delivered, the connection stays."""
    delay_s: float = 0.0
    split: bool = False
    """Every byte is a write of its own."""

    def __post_init__(self) -> None:
        self.open.set()


class Framer:
    """Bytes to whole messages, each with its end; the banner, which has none, goes as it is."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        self._pending += chunk
        if self._pending.startswith(BANNER) and EOL in self._pending:
            banner, _, self._pending = self._pending.partition(EOL)
            yield banner + EOL
        while END in self._pending:
            message, _, self._pending = self._pending.partition(END)
            yield message + END


def is_event(message: bytes) -> bool:
    """An event that stands alone, not part of the answer to a list action."""
    alone = b"\r\nActionID:" not in message or message.startswith(b"Event: OriginateResponse")
    return message.startswith(b"Event:") and alone


class AmiProxy:
    """Use as an async context manager; `port` is where the dialer connects to, on 127.0.0.1."""

    def __init__(self, host: str, port: int, chance: Random, spy: Spy | None = None) -> None:
        self.paths = {way: Path() for way in Way}
        self.double_ratio = 0.0
        """Of the events, 0..1, that come twice in a row."""
        self.swap_ratio = 0.0
        """Of the events, 0..1, that are overtaken by the one after."""
        self.refusing = False
        """New connections are closed at once."""
        self.connections = 0
        """Accepted so far."""
        self.port = 0
        self._target = (host, port)
        self._chance = chance
        self._spy = spy
        self._live: set[StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "AmiProxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            self.thaw()
            self.cut()
            await self._server.wait_closed()
            await asyncio.gather(*self._serving)

    # ---- faults

    def cut(self) -> None:
        """Reset every connection, both sides; what is on the way is lost."""
        for writer in list(self._live):
            writer.transport.abort()

    def freeze(self, *ways: Way) -> None:
        """Deliver nothing any more on these ways (both, if none is named); the connections stay up."""
        for way in ways or BOTH:
            self.paths[way].open.clear()

    def thaw(self, *ways: Way) -> None:
        """Deliver what was held and what comes."""
        for way in ways or BOTH:
            self.paths[way].open.set()

    def delay(self, delay_s: float, *ways: Way) -> None:
        """From now on every message arrives this much later, in order."""
        for way in ways or BOTH:
            self.paths[way].delay_s = delay_s

    def split(self, on: bool = True, *ways: Way) -> None:
        """Deliver byte by byte."""
        for way in ways or BOTH:
            self.paths[way].split = on

    # ---- one connection

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        serving = asyncio.current_task()
        assert serving is not None
        self._serving.add(serving)
        try:
            await self._relay(reader, writer)
        finally:
            self._serving.discard(serving)

    async def _relay(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        if self.refusing:
            writer.transport.abort()
            return
        try:
            there_reader, there_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._live |= {writer, there_writer}
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._carry(Way.TO_ASTERISK, reader, there_writer))
                tasks.create_task(self._carry(Way.TO_DIALER, there_reader, writer))
        finally:
            self._live -= {writer, there_writer}
            writer.close()
            there_writer.close()

    async def _carry(self, way: Way, reader: StreamReader, writer: StreamWriter) -> None:
        """One way, until its source has ended and all that was under way is delivered: so an end is late as data is."""
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(IN_FLIGHT_MESSAGES)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._collect(way, reader, on_the_way))
            tasks.create_task(self._deliver(self.paths[way], on_the_way, writer))

    async def _collect(self, way: Way, reader: StreamReader, on_the_way: "asyncio.Queue[tuple[float, bytes]]") -> None:
        framer, held = Framer(), b""
        while True:
            try:
                async with asyncio.timeout(SWAP_LIMIT_S if held else None):
                    chunk = await reader.read(READ_BYTES)
            except TimeoutError:
                await self._send_off(way, held, on_the_way)
                held = b""
                continue
            except ConnectionError:
                chunk = b""
            if not chunk:
                await on_the_way.put((0.0, b""))
                return
            for message in framer.feed(chunk):
                if not held and is_event(message) and self._chance.random() < self.swap_ratio:
                    held = message
                    continue
                await self._send_off(way, message, on_the_way)
                if held and is_event(message):
                    await self._send_off(way, held, on_the_way)
                    held = b""

    async def _send_off(self, way: Way, message: bytes, on_the_way: "asyncio.Queue[tuple[float, bytes]]") -> None:
        if self._spy is not None:
            self._spy(way, message)
        doubled = is_event(message) and self._chance.random() < self.double_ratio
        for _ in range(2 if doubled else 1):
            await on_the_way.put((asyncio.get_running_loop().time() + self.paths[way].delay_s, message))

    async def _deliver(
        self, path: Path, on_the_way: "asyncio.Queue[tuple[float, bytes]]", writer: StreamWriter
    ) -> None:
        loop, gone = asyncio.get_running_loop(), False
        while True:
            due_s, message = await on_the_way.get()
            await asyncio.sleep(due_s - loop.time())  # noqa: TID251 - the delay is what the proxy is for
            await path.open.wait()
            if not message:
                _end(writer)
                return
            gone = gone or not await _write(writer, _pieces(message) if path.split else [message])


def _end(writer: StreamWriter) -> None:
    """Nothing more comes this way. Closing both ways at once could make the kernel drop what was just delivered."""
    with suppress(OSError):
        if not writer.is_closing():
            writer.write_eof()


async def _write(writer: StreamWriter, pieces: Iterable[bytes]) -> bool:
    """Each piece a write of its own; False where nobody is there any more."""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)  # noqa: TID251 - lets the socket take the piece before the next
    except ConnectionError:
        return False
    return True


def _pieces(message: bytes) -> Iterator[bytes]:
    return (message[at : at + 1] for at in range(len(message)))
