"""The floor under every dialer: a manager client that does nothing but join, on the same switch and the same dialplan.

It keeps no books, asks nobody, shows nothing: calls leave at even intervals, whoever answers gets the agent who has
been free longest. What it needs from 200 OK to the join is what Asterisk needs.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from asterisk_conf.settings import Manager
from dialer.ami.channels import attempt_of, leg_agent

EVENTS = (b"Event: UserEvent", b"Event: BridgeEnter")


class Bare:
    """`async with await Bare.connect(manager) as bare`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._free: deque[int] = deque()
        self._freed = asyncio.Condition()
        self.late: list[str] = []
        """Customers who found no agent free: there were too few."""
        self._reading = asyncio.ensure_future(self._read())

    @classmethod
    async def connect(cls, manager: Manager) -> Self:
        bare = cls(*await asyncio.open_connection(manager.host, manager.port))
        bare._send(Action="Login", Username=manager.user, Secret=manager.secret)
        return bare

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._reading.cancel()
        self._writer.close()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def nail_up(self, agents: Sequence[int]) -> None:
        """Ring every agent's phone and wait until all are in hold."""
        for agent in agents:
            leg = f"dlr-a{agent}-bare"
            self._originate(leg, f"PJSIP/{agent}", "dlr-agent", "login", f"DLR_AGENT={agent}")
        async with self._freed:
            await self._freed.wait_for(lambda: len(self._free) == len(agents))

    async def dial(self, numbers: Sequence[str], per_second: float) -> None:
        """Start these calls at even intervals; the number is also the attempt's name."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for index, number in enumerate(numbers):
            await asyncio.sleep(max(0.0, began + index / per_second - loop.time()))
            self._originate(f"dlr-{number}", f"PJSIP/{number}@carrier", "dlr-answered", "s", "DLR_WAIT_MS=1800")

    def _originate(self, channel_id: str, channel: str, context: str, exten: str, variable: str) -> None:
        names = {"Action": "Originate", "ActionID": channel_id, "ChannelId": channel_id, "Channel": channel}
        goes_to = {"Context": context, "Exten": exten, "Priority": "1", "Async": "true", "Timeout": "20000"}
        self._send(**names, **goes_to, Variable=variable)

    def _send(self, **headers: str) -> None:
        self._writer.write("".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode() + b"\r\n")

    async def _read(self) -> None:
        unread = b""
        while data := await self._reader.read(65_536):
            *blocks, unread = (unread + data).split(b"\r\n\r\n")
            for message in _events(blocks):
                await self._look(message)

    async def _look(self, message: Mapping[str, str]) -> None:
        channel = message["Uniqueid"]
        agent = leg_agent(channel)
        if agent is not None and message.get("BridgeTechnology") == "holding_bridge":
            async with self._freed:
                self._free.append(agent)
                self._freed.notify_all()
        elif message.get("UserEvent") == "DlrAnswered" and attempt_of(channel):
            self._join(channel)

    def _join(self, channel: str) -> None:
        if not self._free:
            self.late.append(channel)
            return
        agent = str(self._free.popleft())
        self._send(Action="Redirect", Channel=channel, Context="dlr-connect", Exten=agent, Priority="1")


def _events(blocks: Sequence[bytes]) -> Iterator[dict[str, str]]:
    for block in blocks:
        if block.startswith(EVENTS):
            yield {name: value for name, _, value in (line.partition(": ") for line in block.decode().split("\r\n"))}
