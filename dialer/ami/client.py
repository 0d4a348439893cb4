"""One connection to one Asterisk manager port: panoramisk's protocol and manager, hardened by subclassing.

What is kept of panoramisk: its Action and Message, its manager and protocol as shells. What is replaced, because it was
seen to fail (tests/ami/test_defects.py shows each on the plain library): nothing is ever sent twice, whoever waits
learns of a loss at once, a dead peer is noticed, values cannot break out of their line, a bug in a handler does not
cut the link, `connect` succeeds with a login or says why not, and nothing reconnects by itself: that is
`dialer.ami.keeper`.
"""

import asyncio
from asyncio import timeout
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from panoramisk import Manager
from panoramisk.actions import Action as PanoramiskAction
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from dialer.ami.codec import Decoder, Headers, ProtocolError, UnsafeAction, encode
from dialer.logs import LogEvent, get_logger

Answer: TypeAlias = Any
"""panoramisk's Message (or a list of them): a mapping of headers with `.success`."""

CONNECT_LIMIT_S = 3.0
LOGIN_LIMIT_S = 3.0
UNSENT_LIMIT_BYTES = 1 << 20
"""More than this not taken by the peer: it is not reading, nothing more is entrusted to it."""

log = get_logger()


class AmiError(Exception):
    """Something about the link; the text is for people."""


class NotConnected(AmiError):
    """The action was surely not sent."""


class ConnectionLost(AmiError):
    """The link broke; whether Asterisk carried the action out is unknown."""


class LoginRefused(AmiError):
    """Asterisk knows neither this user nor this secret, or this address is not permitted."""


class HardenedProtocol(AMIProtocol):  # type: ignore[misc]  # panoramisk has no types
    """One TCP connection. Ends once, with a reason; everything still waiting for an answer is told so."""

    closed: bool

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.decoder = Decoder()

    def send(self, data: Mapping[str, object], as_list: bool = False) -> "asyncio.Future[Answer]":
        """Write one action now; the future gives its Response, or all of a list's events with `as_list`.

        NotConnected: surely not sent. UnsafeAction: refused, not sent. ConnectionLost, by the future: unknown.
        """
        if self.closed or self.transport.is_closing():
            raise NotConnected("the link is down")
        if self.transport.get_write_buffer_size() > UNSENT_LIMIT_BYTES:
            raise NotConnected("the peer does not read")
        action = PanoramiskAction(data, as_list=as_list)
        if action.id in self.responses:
            raise UnsafeAction("an action with this ActionID is still unanswered")
        wire = encode(dict(action.items()))
        self.responses[action.id] = action
        action.future.add_done_callback(lambda done: self._answered(action.id, done))
        self.transport.write(wire)
        future: asyncio.Future[Answer] = action.future
        return future

    def _answered(self, action_id: str, done: "asyncio.Future[Answer]") -> None:
        """Answered, failed or given up by its caller: nothing is kept of it. A failure nobody waits for is no error."""
        self.responses.pop(action_id, None)
        if not done.cancelled():
            done.exception()

    def data_received(self, data: bytes) -> None:
        try:
            for headers in self.decoder.feed(data):
                if self.closed:
                    return
                self.handle_message(headers)
        except ProtocolError as error:
            self.lose(str(error))

    def handle_message(self, headers: Headers) -> None:
        """Give a message to the action that waits for it, else to the one handler of events."""
        action = self.responses.get(headers.get("ActionID"))
        is_event = "Event" in headers
        if action is not None and not action.future.done() and (action.as_list or not is_event):
            _take(action, headers)
        elif is_event:
            self.factory.dispatch(headers)
            if headers["Event"] == "Shutdown":
                self.lose("Asterisk is shutting down")

    def connection_lost(self, exc: Exception | None) -> None:
        self.lose(f"connection lost: {exc}" if exc else "connection closed by Asterisk")

    def lose(self, reason: str) -> None:
        """End the connection for this reason; only the first one counts."""
        if self.closed:
            return
        self.closed = True
        self.transport.abort()
        waiting = list(self.responses.values())
        self.responses.clear()
        for action in waiting:
            if not action.future.done():
                action.future.set_exception(ConnectionLost(reason))
        if self.factory is not None:
            self.factory.connection_lost(reason)

    def close(self) -> None:
        self.lose("closed by us")


class HardenedManager(Manager):  # type: ignore[misc]  # panoramisk has no types
    """A login over one connection at a time. All events go to the one `on_event`; `register_event` is not used."""

    def __init__(
        self,
        host: str,
        port: int,
        username: str,
        secret: str,
        on_event: Callable[[Headers], None],
        on_lost: Callable[[str], None],
    ) -> None:
        super().__init__(host=host, port=port, username=username, secret=secret, protocol_factory=HardenedProtocol)
        self._on_event = on_event
        self._on_lost = on_lost

    async def connect(self) -> None:
        """Connect and log in. LoginRefused, ConnectionLost or OSError (TimeoutError included) say why not."""
        self.loop = asyncio.get_running_loop()
        async with timeout(CONNECT_LIMIT_S):
            _, protocol = await self.loop.create_connection(
                self.config["protocol_factory"], self.config["host"], self.config["port"]
            )
        protocol.factory = self
        self.protocol = protocol
        try:
            async with timeout(LOGIN_LIMIT_S):
                await self._log_in()
        except BaseException:
            protocol.close()
            raise

    async def _log_in(self) -> None:
        login = {"Action": "Login", "Username": self.config["username"], "Secret": self.config["secret"]}
        answer = await self.send_action(login)
        self.authenticated = bool(answer.success)
        if not self.authenticated:
            raise LoginRefused(f"login as {self.config['username']!r} refused: {answer.message}")

    def send_action(self, action: Mapping[str, object], as_list: bool = False) -> "asyncio.Future[Answer]":
        """As HardenedProtocol.send."""
        if self.protocol is None:
            raise NotConnected("the link has never been up")
        answer: asyncio.Future[Answer] = self.protocol.send(action, as_list=as_list)
        return answer

    async def ping(self, answer_limit_s: float) -> None:
        """Ask for a sign of life; without one in time the connection is lost, whatever else comes in over it."""
        try:
            async with timeout(answer_limit_s):
                await self.send_action({"Action": "Ping"})
        except TimeoutError:
            self.lose(f"no answer to a ping within {answer_limit_s:g} s")

    def dispatch(self, event: Headers) -> None:
        try:
            self._on_event(event)
        except Exception:  # a bug of ours in one event must not cut off those who talk
            log.exception(LogEvent.BUG, where="handler of an AMI event", name=event["Event"])

    def lose(self, reason: str) -> None:
        """Drop the connection, if there is one."""
        if self.protocol is not None:
            self.protocol.lose(reason)

    def connection_lost(self, reason: str) -> None:
        self.authenticated = False
        self._on_lost(reason)

    def close(self) -> None:
        self.lose("closed by us")


def _take(action: PanoramiskAction, headers: Headers) -> None:
    """Collect an action's answer: one Response, or a list up to its Complete event."""
    message = Message(headers)
    action.responses.append(message)
    if not action.as_list:
        action.future.set_result(message)
    elif headers.get("EventList") == "Complete" or headers.get("Response") == "Error":
        action.future.set_result(action.responses)
