"""Agents at their screens, simulated: sign in over HTTP, watch the desk's WebSocket, talk, write, dispose.

A peer on the wire: it knows the daemon's public interface only. Chance is a seeded `random.Random`.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from sim.writing import written

RECONNECT_S = 0.2


@dataclass(frozen=True, slots=True)
class Manners:
    """How an agent works; seconds, and weights by disposition code."""

    wrap_up_s: tuple[float, float] = (1.0, 3.0)
    dispositions: Sequence[tuple[str, float]] = (("agreed", 0.8), ("call_later", 0.1), ("refused_price", 0.1))
    signs_in: str = "ready"
    previews_s: tuple[float, float] = (0.2, 0.6)
    """How long he looks at a lead before he has it called."""


@dataclass(slots=True)
class Desk:
    """One agent's desk. `popped` counts cards shown, `disposed` results that the daemon confirmed as booked."""

    agent: int
    popped: list[dict[str, Any]] = field(default_factory=list)
    disposed: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "hello" if message.get("state"):
                self.states.append(message["state"]["state"])
            case "state":
                self.states.append(message["state"])
            case "pop":
                self.popped.append(message)
            case "disposed":
                self.disposed.append(message["attempt"])
        self.news.set()

    async def until_state(self, state: str, timeout_s: float = 30.0) -> None:
        """Wait until the screen shows this state."""
        async with asyncio.timeout(timeout_s):
            while not self.states or self.states[-1] != state:
                self.news.clear()
                await self.news.wait()


class Desks:
    """A team. `async with` signs everybody in and out again; `token` belongs to somebody who may steer agents."""

    def __init__(
        self, url: str, token: str, agents: Sequence[int], chance: Random, manners: Manners | None = None
    ) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._manners = manners or Manners()
        self._chance = chance
        self.desks = {agent: Desk(agent) for agent in agents}
        self._tasks: list[asyncio.Task[None]] = []
        self._http = httpx.AsyncClient(base_url=self._url, headers=self._headers, timeout=30.0)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def __aenter__(self) -> "Desks":
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._sit(desk)) for desk in self.desks.values()]
        await asyncio.gather(*(self.ask(agent, "sign-in") for agent in self.desks))
        await asyncio.gather(*(self.ask(agent, self._manners.signs_in) for agent in self.desks))
        return self

    async def __aexit__(self, *exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    async def ask(self, agent: int, what: str, **body: str) -> httpx.Response:
        """One wish of an agent: sign-in, ready, pause, sign-out, hang-up, disposition."""
        answer = await self._http.post(f"/api/v1/agents/{agent}/{what}", json=body or None)
        if answer.is_error:
            raise RuntimeError(f"{what} of agent {agent}: {answer.status_code} {answer.text}")
        return answer

    async def sign_out(self) -> None:
        await asyncio.gather(*(self.ask(agent, "sign-out") for agent in self.desks))

    # ---- one desk

    async def _sit(self, desk: Desk) -> None:
        """Watch the screen for ever; a socket that ends is opened again."""
        address = f"{self._url.replace('http', 'ws', 1)}/ws/agent?agent={desk.agent}"
        while True:
            try:
                async with connect(address, additional_headers=self._headers, open_timeout=30) as socket:
                    await self._watch(desk, socket)
            except (OSError, WebSocketException):
                await asyncio.sleep(RECONNECT_S)  # noqa: TID251 - the daemon is away; a page would try again too

    async def _watch(self, desk: Desk, socket: ClientConnection) -> None:
        async with asyncio.TaskGroup() as work:
            with suppress(ConnectionClosed):
                async for text in socket:
                    message = json.loads(text)
                    desk.note(message)
                    attempt = _to_dispose(message)
                    if message["type"] == "pop":
                        await socket.send(json.dumps({"type": "seen", "attempt": message["attempt"]}))
                    if message["type"] == "pop" and message.get("preview_until"):
                        work.create_task(self._call(desk, message["attempt"]))
                    if attempt is not None:
                        work.create_task(self._write(desk, attempt))

    async def _call(self, desk: Desk, attempt: str) -> None:
        """Preview: he reads, then has the lead called; it may be gone by then (409)."""
        await asyncio.sleep(self._chance.uniform(*self._manners.previews_s))  # noqa: TID251 - a person reads
        with suppress(httpx.TransportError):
            answer = await self._http.post(f"/api/v1/agents/{desk.agent}/dial", json={"attempt": attempt})
            if answer.status_code not in (202, 409, 503):
                raise RuntimeError(f"dial of agent {desk.agent}: {answer.status_code} {answer.text}")

    async def _write(self, desk: Desk, attempt: str) -> None:
        """The wrap-up: some seconds of writing, then the result."""
        await asyncio.sleep(self._chance.uniform(*self._manners.wrap_up_s))  # noqa: TID251 - a person writes
        codes, weights = zip(*self._manners.dispositions, strict=True)
        code = self._chance.choices(codes, weights)[0]
        while not await self._fill(desk, attempt):  # noqa: ASYNC110 - a person repeats
            await asyncio.sleep(RECONNECT_S)  # noqa: TID251 - the agent presses again
        while (answer := await self._dispose(desk.agent, attempt, code)) is None:  # noqa: ASYNC110 - a person repeats
            await asyncio.sleep(RECONNECT_S)  # noqa: TID251 - the agent presses again
        if answer.status_code not in (202, 409):  # 409: the wrap-up ran out meanwhile
            raise RuntimeError(f"disposition of agent {desk.agent}: {answer.status_code} {answer.text}")

    async def _fill(self, desk: Desk, attempt: str) -> bool:
        """The required fields of the form; False where the daemon or its books are away just now."""
        shown = next((pop for pop in reversed(desk.popped) if pop["attempt"] == attempt and pop["card"]), None)
        values = {} if shown is None else written(shown["card"]["form"], shown["at"], self._chance)
        if shown is None or not values:
            return True
        edits = [
            {"lead": shown["card"]["lead"], "field": name, "value": value, "at": shown["at"]}
            for name, value in values.items()
        ]
        try:
            path = f"/api/v1/agents/{desk.agent}/form"
            answer = await self._http.post(path, json={"attempt": attempt, "edits": edits})
        except httpx.TransportError:
            return False
        return answer.status_code != httpx.codes.SERVICE_UNAVAILABLE

    async def _dispose(self, agent: int, attempt: str, code: str) -> httpx.Response | None:
        """None where the daemon or its books are away just now."""
        body = {"attempt": attempt, "disposition": code}
        try:
            answer = await self._http.post(f"/api/v1/agents/{agent}/disposition", json=body)
        except httpx.TransportError:
            return None
        return None if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else answer


def _to_dispose(message: dict[str, Any]) -> str | None:
    """The attempt whose talk is over and whose form is open."""
    if message["type"] == "state" and message["state"] == "wrap_up":
        return str(message["attempt"])
    state = message.get("state") if message["type"] == "hello" else None
    return str(state["attempt"]) if state and state["state"] == "wrap_up" else None
