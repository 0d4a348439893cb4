"""The plain library and ours behind one face, so that one test can show what differs."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from panoramisk import Manager

from dialer.ami.client import HardenedManager
from dialer.ami.codec import Headers
from dialer.ami.keeper import Keeper, Patience
from dialer.clock import Clock

HASTY = Patience(
    ping_every_s=0.2,
    ping_answer_s=5.0,  # a machine that pauses for seconds is no lost link
    retry_first_s=0.02,
    retry_most_s=0.05,
    refused_first_s=0.02,
    refused_most_s=0.05,
)


class Plain:
    """panoramisk 1.4 as it comes."""

    def __init__(self, port: int, reconnect_s: int = 0) -> None:
        self.events: list[str] = []
        self.on_event: Callable[[str], None] = self.events.append
        self.manager: Any = Manager(
            host="127.0.0.1",
            port=port,
            username="dialer",
            secret="s",
            ping_delay=1,
            ping_interval=1,
            reconnect_timeout=reconnect_s,
        )
        self.manager.register_event("*", lambda _manager, event: self.on_event(event.event))

    async def start(self) -> None:
        await self.manager.connect()
        await self.manager.authenticated_future

    def send(self, **headers: str) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = self.manager.send_action(headers)
        return future

    async def stop(self) -> None:
        self.manager.reconnect_timeout = 3600
        self.manager.close()
        self.manager.connect = lambda: None


class Ours:
    """The hardened manager, kept by a keeper."""

    def __init__(self, port: int) -> None:
        self.events: list[str] = []
        self.on_event: Callable[[str], None] = self.events.append
        self.up = asyncio.Event()
        self.reasons: list[str] = []

        def connector(message: Callable[[Headers], None], lost: Callable[[str], None]) -> HardenedManager:
            return HardenedManager("127.0.0.1", port, "dialer", "s", message, lost)

        self.keeper = Keeper(connector, self, Clock(), Random(1), HASTY)
        self.manager = self.keeper.manager
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self.keeper.run())
        await self.up.wait()

    def send(self, **headers: str) -> "asyncio.Future[Any]":
        return self.manager.send_action(headers)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # ---- what the keeper tells

    def came_up(self, booted_at: float, statuses: Sequence[Headers]) -> None:
        self.up.set()

    def message(self, headers: Headers) -> None:
        self.on_event(headers["Event"])

    async def settled_in(self) -> None:
        pass

    async def went_down(self, reason: str) -> None:
        self.reasons.append(reason)


Peer = Plain | Ours
