"""The network between a browser and the daemon, as bytes: it may fall silent without a word, as a lost one does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Line:
    """Passes bytes both ways; while it is `lost` they are kept back, and nobody is told."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._works = asyncio.Event()
        self._works.set()

    def lose(self) -> None:
        self._works.clear()

    def mend(self) -> None:
        self._works.set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._works.wait()
        there, onward = await asyncio.open_connection(self._host, self._port)
        ways = [asyncio.ensure_future(self._pass(reader, onward)), asyncio.ensure_future(self._pass(there, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for end in (writer, onward):
            end.close()

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(1 << 16):
                await self._works.wait()
                target.write(data)
                await target.drain()


@asynccontextmanager
async def line_to(place: str) -> AsyncIterator[tuple[Line, str]]:
    """A line to `host:port`, and the address at which a browser finds it."""
    host, _, port = place.rpartition(":")
    line = Line(host, int(port))
    server = await asyncio.start_server(line.accept, "127.0.0.1", 0)
    try:
        yield line, f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        line.mend()
        server.close()
