"""A plain AMI client for tests: it keeps every event, so that the dialer's own client is not its own witness."""

import asyncio
import itertools
from collections.abc import Callable, Mapping
from typing import Self

Message = Mapping[str, str]
_TELLING = (
    "Event",
    "UserEvent",
    "Uniqueid",
    "Context",
    "ChannelStateDesc",
    "Response",
    "Reason",
    "Cause",
    "ContactStatus",
)


class Manager:
    """One login. `events` are all that came, oldest first; `event` waits for one."""

    def __init__(self, host: str, port: int, user: str, secret: str) -> None:
        self._address = (host, port)
        self._login = {"Action": "Login", "Username": user, "Secret": secret}
        self._numbers = itertools.count(1)
        self._answers: dict[str, asyncio.Future[Message]] = {}
        self._changed = asyncio.Event()
        self.events: list[Message] = []

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(*self._address)
        await self._reader.readline()
        self._reading = asyncio.ensure_future(self._read())
        answer = await self.ask(**self._login)
        if answer["Response"] != "Success":
            await self.__aexit__()
            raise PermissionError(answer["Message"])
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._reading.cancel()
        self._writer.close()
        await self._writer.wait_closed()

    async def ask(self, **headers: str) -> Message:
        """Send an action and give its first Response."""
        action_id = headers.setdefault("ActionID", f"test-{next(self._numbers)}")
        answer = self._answers[action_id] = asyncio.get_running_loop().create_future()
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._writer.write(f"{lines}\r\n".encode())
        return await asyncio.wait_for(answer, 30)

    async def event(
        self, name: str, condition: Callable[[Message], bool] = lambda event: True, within_s: float = 60.0
    ) -> Message:
        """The first event of this name (for a UserEvent: of its own name) that meets the condition.

        A TimeoutError tells what came instead.
        """
        try:
            return await asyncio.wait_for(self._first(name, condition), within_s)
        except TimeoutError:
            told = (" ".join(event.get(key, "") for key in _TELLING).strip() for event in self.events[-30:])
            raise TimeoutError(f"no {name} in {within_s:g} s after:\n" + "\n".join(told)) from None

    def named(self, name: str) -> list[Message]:
        return [event for event in self.events if name in (event["Event"], event.get("UserEvent"))]

    async def _first(self, name: str, condition: Callable[[Message], bool]) -> Message:
        while True:
            found = next((event for event in self.named(name) if condition(event)), None)
            if found is not None:
                return found
            self._changed.clear()
            await self._changed.wait()

    async def _read(self) -> None:
        while True:
            block = await self._reader.readuntil(b"\r\n\r\n")
            pairs = (line.partition(": ") for line in block.decode().split("\r\n") if line)
            message = {name.rstrip(":"): value for name, _, value in pairs}
            if "Event" in message:
                self.events.append(message)
            elif message.get("ActionID") in self._answers:
                self._answers.pop(message["ActionID"]).set_result(message)
            self._changed.set()
