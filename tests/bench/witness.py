"""Who joined whom and when: a process with a manager link of its own, which stamps each join and decides nothing.

`Witness.start` runs it; each line of its output is the customer's channel and CLOCK_MONOTONIC seconds at which both
were seen in one bridge. A process of its own, so that nothing that the bench does can delay the stamp.
"""

import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from typing import Self

from asterisk_conf.settings import Manager
from dialer.ami.channels import attempt_of, leg_agent

SETTINGS = "WITNESS"


class Witness:
    """`joined` maps the customer's channel, without its prefix, to the moment of the join."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._reading = asyncio.ensure_future(self._read())
        self.joined: dict[str, float] = {}

    @classmethod
    async def start(cls, manager: Manager) -> Self:
        """Returns once it is logged in."""
        told = json.dumps([manager.host, manager.port, manager.user, manager.secret])
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.witness"),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, SETTINGS: told},
        )
        assert process.stdout is not None
        await process.stdout.readline()
        return cls(process)

    async def stop(self) -> None:
        self._process.kill()
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            channel, at = line.decode().split()
            self.joined[channel] = float(at)


def main() -> None:
    host, port, user, secret = json.loads(os.environ[SETTINGS])
    rooms: dict[str, list[str]] = {}
    with socket.create_connection((host, port)) as link:
        link.sendall(f"Action: Login\r\nUsername: {user}\r\nSecret: {secret}\r\n\r\n".encode())
        print("here", flush=True)
        for message, at in messages(link):
            customer = entered(message, rooms)
            if customer:
                print(customer, at, flush=True)


def messages(link: socket.socket) -> Iterator[tuple[dict[str, str], float]]:
    """Messages as they come, each with the moment at which its last byte was read."""
    unread = b""
    while data := link.recv(65_536):
        at = time.monotonic()
        *blocks, unread = (unread + data).split(b"\r\n\r\n")
        for block in blocks:
            lines = (line.partition(": ") for line in block.decode("utf-8", "replace").split("\r\n"))
            yield {name: value for name, _, value in lines}, at


def entered(message: dict[str, str], rooms: dict[str, list[str]]) -> str | None:
    """The customer, once he and an agent are both in one bridge."""
    if message.get("Event") != "BridgeEnter" or message["BridgeTechnology"] == "holding_bridge":
        return None
    inside = rooms.setdefault(message["BridgeUniqueid"], [])
    inside.append(message["Uniqueid"])
    customer = next((attempt for channel in inside if (attempt := attempt_of(channel))), None)
    if customer is None or not any(leg_agent(channel) for channel in inside):
        return None
    del rooms[message["BridgeUniqueid"]]
    return customer


if __name__ == "__main__":
    main()
