"""Steering the SIP simulator from another process: JSON lines over TCP on loopback, one answer to each line.

`{"do": "calls", "since": 120}` is answered by `{"ok": true, "result": …}` or `{"ok": false, "error": …}`.
What may be asked: `Desk`'s methods.
"""

import asyncio
import json
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Mapping
from itertools import islice
from types import TracebackType
from typing import Any, Self

from sim.sip.behaviour import from_json
from sim.sip.carrier import Carrier
from sim.sip.message import Address
from sim.sip.phones import Phones
from sim.sip.script import follow
from sim.sip.server import Server

_LINE_LIMIT_BYTES = 64 << 20
"""A long benchmark's records come as one line."""


class Desk:
    """What another process may ask; each method takes the line's other keys and returns what JSON can hold."""

    def __init__(self, carrier: Carrier, phones: Phones) -> None:
        self._carrier, self._phones = carrier, phones
        methods = (self.calls, self.phone_calls, self.stats, self.script, self.mute, self.phone, self.phone_does)
        self._asked: Mapping[str, Callable[..., Any]] = {method.__name__: method for method in methods}

    def ask(self, line: Mapping[str, Any]) -> Any:
        """Raises ValueError or TypeError in words for the one who asked."""
        arguments = dict(line)
        what = arguments.pop("do", None)
        if what not in self._asked:
            raise ValueError(f"do {what!r} is none of: {', '.join(self._asked)}")
        return self._asked[what](**arguments)

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        """Records of the customers' calls, oldest first, from the `since`-th on."""
        return _records(self._carrier, since)

    def phone_calls(self, since: int = 0) -> list[dict[str, Any]]:
        return _records(self._phones, since)

    def stats(self) -> dict[str, Any]:
        """Counts now: calls so far, live ones, datagrams that were dropped or malformed."""
        return {"carrier": _stats(self._carrier), "phones": _stats(self._phones)}

    def script(self, script: dict[str, Any]) -> None:
        """From now on numbers do what this behaviour file (see `sim.sip.script`) says."""
        follow(script, self._carrier)

    def mute(self, on: bool) -> None:
        """The trunk falls silent, or speaks again."""
        self._carrier.mute = on

    def phone(self, user: str, action: str) -> None:
        """`die`, `restart`, `hang_up` or `hush`."""
        actions = ("die", "restart", "hang_up", "hush")
        if action not in actions:
            raise ValueError(f"action {action!r} is none of: {', '.join(actions)}")
        getattr(self._phones.find(user), action)()

    def phone_does(self, user: str, behaviour: dict[str, Any]) -> None:
        """What this phone does with its next calls."""
        self._phones.find(user).does = from_json(behaviour)


def _records(server: Server, since: int) -> list[dict[str, Any]]:
    return [record.as_json() for record in islice(server.records, since, None)]


def _stats(server: Server) -> dict[str, int]:
    return {
        "calls": len(server.records),
        "live": len(server.live_calls),
        "unsent": server.unsent,
        "malformed": server.malformed,
        "unheard": server.unheard,
    }


async def serve(desk: Desk, bind: Address) -> asyncio.Server:
    """Listen for those who steer."""

    async def one(reader: StreamReader, writer: StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(_answer(desk, line))
            await writer.drain()
        writer.close()

    return await asyncio.start_server(one, *bind, limit=_LINE_LIMIT_BYTES)


def _answer(desk: Desk, line: bytes) -> bytes:
    try:
        answer = {"ok": True, "result": desk.ask(json.loads(line))}
    except (ValueError, TypeError) as error:
        answer = {"ok": False, "error": str(error)}
    return json.dumps(answer).encode() + b"\n"


class Remote:
    """The steering side: `async with await Remote.to(address) as sip: await sip.ask("mute", on=True)`."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, address: Address) -> Self:
        return cls(*await asyncio.open_connection(*address, limit=_LINE_LIMIT_BYTES))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def ask(self, do: str, **arguments: Any) -> Any:
        """One question, one at a time. Raises ValueError with the simulator's words, ConnectionError if it is gone."""
        self._writer.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
        line = await self._reader.readline()
        if not line:
            raise ConnectionError("the SIP simulator has gone")
        answer = json.loads(line)
        if not answer["ok"]:
            raise ValueError(answer["error"])
        return answer["result"]
