"""A manager port that says what a test tells it to: real sockets, no Asterisk.

By default it accepts the login, answers pings, has no channels, and says yes to everything else.
"""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType

Sent = dict[str, str]
Reply = Callable[[Sent], str]

WAIT_LIMIT_S = 30.0


def block(**headers: str) -> str:
    """One message; underscores in names are dashes on the wire."""
    return "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()) + "\r\n"


def success(action: Sent, **more: str) -> str:
    return block(Response="Success", ActionID=action.get("ActionID", ""), **more)


def refusal(message: str) -> Reply:
    return lambda action: block(Response="Error", ActionID=action["ActionID"], Message=message)


def silence(action: Sent) -> str:
    return ""


def fully_booted(uptime_s: int = 100) -> str:
    return block(Event="FullyBooted", Privilege="system,all", Uptime=str(uptime_s), Status="Fully Booted")


def logged_in(action: Sent) -> str:
    return success(action, Message="Authentication accepted") + fully_booted()


def status_list(*channels: Mapping[str, str]) -> Reply:
    def reply(action: Sent) -> str:
        mine = {"ActionID": action["ActionID"]}
        items = [block(Event="Status", **channel, **mine) for channel in channels]
        return (
            success(action, EventList="start", Message="Channel status will follow")
            + "".join(items)
            + block(Event="StatusComplete", EventList="Complete", Items=str(len(items)), **mine)
        )

    return reply


class ScriptedAsterisk:
    """`replies` maps action names to what is answered; `actions` is all that came, in order."""

    def __init__(self) -> None:
        self.port = 0
        self.actions: list[Sent] = []
        self.connections = 0
        self.replies: dict[str, Reply] = {"Login": logged_in, "Status": status_list()}
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None
        self._news = asyncio.Condition()

    async def __aenter__(self) -> "ScriptedAsterisk":
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.away()

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def away(self) -> None:
        """Nobody listens any more, and every connection is reset."""
        if self._server is not None:
            self._server.close()
            self.drop()
            await self._server.wait_closed()
            await self.until(lambda: not self._writers)
            self._server = None

    def drop(self) -> None:
        """Reset every connection."""
        for writer in self._writers:
            writer.transport.abort()

    def send(self, *messages: str) -> None:
        """All in one write, to whoever is connected."""
        for writer in self._writers:
            writer.write("".join(messages).encode())

    @property
    def connected(self) -> int:
        return len(self._writers)

    def got(self, name: str) -> list[Sent]:
        return [action for action in self.actions if action["Action"] == name]

    async def until(self, condition: Callable[[], bool], limit_s: float = WAIT_LIMIT_S) -> None:
        """Until the condition holds, looked at whenever something comes or goes; TimeoutError if it never does."""
        async with asyncio.timeout(limit_s), self._news:
            await self._news.wait_for(condition)

    async def received(self, name: str, count: int = 1) -> None:
        await self.until(lambda: len(self.got(name)) >= count)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self.connections += 1
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            await self._tell()
            while True:
                await self._one_action(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone, which is what many tests are about
        finally:
            self._writers.remove(writer)
            writer.transport.abort()
            await self._tell()

    async def _one_action(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        action: Sent = {}
        while line := (await reader.readuntil(b"\n")).decode().rstrip("\r\n"):  # as Asterisk reads: LF alone is an end
            name, _, value = line.partition(": ")
            action[name] = value
        self.actions.append(action)
        reply = self.replies.get(action["Action"], success)
        writer.write(reply(action).encode())
        await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()
