"""The courier on a port of this machine, in the caller's event loop."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from typing import Self

import uvicorn

from sim.courier.app import create_app
from sim.courier.faults import Faults
from sim.courier.firm import Firm
from sim.stand.ports import LOOPBACK


class _Quiet(uvicorn.Server):
    """Leaves signals to whoever runs the loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Courier:
    """`firm` is what it knows, `faults` how it misbehaves, `secrets` whom it believes; change them at any time."""

    def __init__(self, firm: Firm | None = None, faults: Faults | None = None) -> None:
        self.firm = firm or Firm()
        self.faults = faults or Faults()
        self.secrets: list[str] = []
        self._socket = socket.socket()
        self._socket.bind((LOOPBACK, 0))
        self.url = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        app = create_app(self.firm, self.faults, time.time, lambda: self.secrets)  # noqa: TID251 - a peer's own clock
        self._server = _Quiet(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._socket.listen()
        self._task = asyncio.get_running_loop().create_task(self._server.serve(sockets=[self._socket]))
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        if self._task is not None:
            await self._task
        self._socket.close()
