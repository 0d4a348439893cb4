"""The HTTP server inside our own event loop.

uvicorn by itself takes signals, and ends the process when its port is busy: so the socket is bound here, where a
busy port is a plain error that names it, and the signals stay with the daemon.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

BACKLOG = 2048
STOP_S = 5
"""How long open requests may take to end when the daemon stops."""
LARGEST_MESSAGE = 64 * 1024
"""A WebSocket message to us is an acknowledgement or a key press; more is a mistake or an attack."""


class PortBusy(OSError):
    """The address cannot be bound."""


class Embedded(uvicorn.Server):
    """A server that leaves the signals alone and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises PortBusy that names the address and the cure.

    Its protocol is named: asyncio switches Nagle's algorithm off only for sockets that say that they are TCP, and an
    answer that leaves in two writes would wait 40 ms for the other side's delayed acknowledgement of the first.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise PortBusy(
            f"cannot listen on {host}:{port} ({error.strerror}); "
            "choose another address or port for the API in the configuration"
        ) from error
    listener.setblocking(False)
    return listener


class HttpServer:
    """Serves `app` on `listener` for as long as `run` runs; `stop` lets open requests end."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        self._listener = listener
        self._server = Embedded(
            uvicorn.Config(
                app,
                ws="websockets-sansio",
                ws_max_size=LARGEST_MESSAGE,
                ws_per_message_deflate=False,  # small messages, many sockets: memory and time for nothing
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=True,
                proxy_headers=True,
                forwarded_allow_ips="127.0.0.1",
                timeout_graceful_shutdown=STOP_S,
            )
        )

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    async def run(self) -> None:
        """Serve until `stop`; a task of the daemon's TaskGroup."""
        try:
            await self._server.serve(sockets=[self._listener])
        finally:
            self._listener.close()

    async def started(self) -> None:
        """Returns when connections are taken."""
        await self._server.is_up.wait()

    def stop(self) -> None:
        self._server.should_exit = True
