"""A TCP relay on loopback that can be cut: what a network does to a WebSocket."""

import asyncio
from contextlib import suppress

from sim.stand.ports import LOOPBACK


class Relay:
    """`async with Relay(port) as relay`: connect to `relay.port` instead. While `cut`, nobody gets through."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._open: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self.port = 0
        self.opened = 0
        """Connections so far."""

    async def __aenter__(self) -> "Relay":
        self._server = await asyncio.start_server(self._carry, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.cut()
        self._server.close()

    def cut(self) -> None:
        self._is_cut = True
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        self._is_cut = False

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        self.opened += 1
        there, here = await asyncio.open_connection(LOOPBACK, self._target)
        pair = {writer, here}
        self._open |= pair
        with suppress(OSError):
            await asyncio.gather(_pipe(reader, here), _pipe(there, writer))
        self._open -= pair
        for end in pair:
            end.transport.abort()


async def _pipe(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    """Until one side ends; its end is the end of both."""
    while data := await source.read(65_536):
        to.write(data)
        await to.drain()
    raise ConnectionError("one side has ended")
