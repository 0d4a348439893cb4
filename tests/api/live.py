"""The application behind the real embedded server, for tests that need sockets or a browser."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from dialer.api.server import HttpServer, bind


@asynccontextmanager
async def served(app: FastAPI, port: int = 0) -> AsyncIterator[str]:
    """`127.0.0.1:<port>` for the length of the block; any free port, or this one."""
    server = HttpServer(app, bind("127.0.0.1", port))
    running = asyncio.ensure_future(server.run())
    try:
        await server.started()
        yield f"127.0.0.1:{server.port}"
    finally:
        server.stop()
        with suppress(asyncio.CancelledError):
            await running
