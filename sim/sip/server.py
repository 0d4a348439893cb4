"""A SIP endpoint that is called: finds each datagram's call and hands new calls to whoever plays the numbers.

One call per Call-ID: a doubled or late INVITE never makes a second one, for as long as repetitions may come.
"""

import asyncio
import secrets
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from itertools import count

from sim.sip.call import GIVE_UP_S, Call
from sim.sip.message import Address, MalformedMessage, Request, Response, cseq, one, parameter, parse, respond
from sim.sip.record import CallRecord
from sim.sip.rtp import Ticker
from sim.sip.udp import Wire
from sim.sip.watch import Result, Watch

_KEEP_RECORDS = 500_000
_IN_DIALOG = frozenset({"ACK", "CANCEL", "BYE", "UPDATE", "INFO", "NOTIFY", "MESSAGE", "REFER", "PRACK"})


class Server(ABC):
    """Listens from construction on (inside a running loop) until `close`. Subclasses say what a call meets."""

    def __init__(self, bind: Address = ("127.0.0.1", 0)) -> None:
        self._loop = asyncio.get_running_loop()
        self._wire = Wire(bind, self._received)
        self.address = self._wire.address
        self.ticker = Ticker()
        self.records: deque[CallRecord] = deque(maxlen=_KEEP_RECORDS)
        """Every call since the start, oldest first."""
        self.malformed = 0
        self.mute = False
        """A trunk that has gone silent: starts no call, answers nothing, and counts what comes in `unheard`."""
        self.unheard = 0
        self._calls: dict[str, Call] = {}
        self._lingering: deque[tuple[float, str]] = deque()
        self._life = secrets.token_hex(4)
        """Tells our tags and branches from those of a former endpoint at this address, which peers remember."""
        self._tags = count(1)
        self._watch = Watch()

    # ---- for subclasses

    @abstractmethod
    def incoming(self, call: Call) -> None:
        """A new call: play it."""

    def options(self, request: Request) -> int | None:
        """The answer to an OPTIONS outside a call; None says nothing."""
        return 200

    def response(self, response: Response) -> None:  # noqa: B027 - most endpoints ask nothing, so hear nothing
        """A response to something this endpoint asked outside a call."""

    # ---- for tests and benchmarks

    @property
    def live_calls(self) -> list[Call]:
        return [call for call in self._calls.values() if call.record.live]

    @property
    def unsent(self) -> int:
        """Datagrams that the kernel would not take."""
        return self._wire.unsent

    async def wait_until(self, condition: Callable[[], Result], within_s: float = 10.0) -> Result:
        """The condition's value once it is true, asked again at every change of any call. Raises TimeoutError."""
        return await self._watch.until(condition, within_s)

    def close(self) -> None:
        """The port is closed at once and every call falls silent: a peer that lost its power."""
        for call in self.live_calls:
            call.vanish()
        self._wire.close()

    # ---- for calls (sim.sip.call.Host)

    def send(self, datagram: bytes, to: Address) -> None:
        if not self.mute:
            self._wire.send(datagram, to)

    def changed(self, call: Call) -> None:
        self._watch.changed()

    def over(self, call: Call) -> None:
        self._lingering.append((self._loop.time() + GIVE_UP_S, call.record.call_id))

    # ---- from the wire

    def _received(self, datagram: bytes, source: Address) -> None:
        if self.mute:
            self.unheard += 1
        elif datagram.strip():  # an empty line is a keep-alive
            self._message(datagram, source)
        self._watch.changed()

    def _message(self, datagram: bytes, source: Address) -> None:
        try:
            message = parse(datagram)
            if isinstance(message, Request):
                self._request(message, source)
            else:
                self._response(message)
        except MalformedMessage:
            self.malformed += 1

    def _request(self, request: Request, source: Address) -> None:
        call = self._calls.get(one(request, "call-id"))
        inside = bool(parameter(one(request, "to"), "tag"))
        if call is not None and (request.method == "INVITE" or request.method in _IN_DIALOG):
            call.peer(request)
        elif request.method == "INVITE" and not inside:
            self._invite(request, source)
        elif request.method == "OPTIONS":
            self._answer(request, self.options(request), source)
        elif request.method != "ACK":
            self._answer(request, 481 if request.method in _IN_DIALOG or inside else 405, source)

    def _invite(self, request: Request, source: Address) -> None:
        self._forget_old()
        call = Call(self, request, source, tag=f"{self._life}-{next(self._tags)}")
        self._calls[call.record.call_id] = call
        self.records.append(call.record)
        self.incoming(call)

    def _answer(self, request: Request, code: int | None, source: Address) -> None:
        if code is not None:
            self.send(respond(request, code, tag=self._life), source)

    def _response(self, response: Response) -> None:
        _, method = cseq(response)
        call = self._calls.get(one(response, "call-id"))
        if call is None:
            self.response(response)
        elif method == "BYE" and response.code >= 200:
            call.bye_answered()

    def _forget_old(self) -> None:
        now = self._loop.time()
        while self._lingering and self._lingering[0][0] <= now:
            self._calls.pop(self._lingering.popleft()[1], None)
