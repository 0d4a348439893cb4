"""A small SIP caller: the other end of `sim.sip.server`, for its tests.

It keeps its own, plainer idea of a call on purpose, so that the two check each other; sipp and Asterisk check both.
"""

from itertools import count

from sim.sip import sdp
from sim.sip.audio import Sound
from sim.sip.message import (
    Address,
    Request,
    Response,
    address_of,
    build,
    cseq,
    one,
    parameter,
    parse,
    respond,
    uri_of,
)
from sim.sip.rtp import Listen, Stream, Ticker
from sim.sip.udp import Wire
from sim.sip.watch import Watch


class Placed:
    """A call on its way. `codes` are all responses to INVITE in order; `code` the final one, 0 until it comes."""

    def __init__(self, caller: "Caller", to: Address, number: str, call_id: str):
        self._caller, self._to = caller, to
        self.number, self.call_id = number, call_id
        self.codes: list[int] = []
        self.code = 0
        self.reason = ""
        """The Reason header of whatever ended it."""
        self.ended = False
        self.byes = 0
        self.stream = Stream(caller.ticker, caller.address[0])
        self.stream.on_heard = caller.changed
        self._tag = f"c{call_id}"
        self._remote = f"<sip:{number}@{to[0]}:{to[1]}>"
        self._target = uri_of(self._remote)
        self._sequence = 1
        self.acks = True
        """False: never acknowledges."""

    @property
    def remote_tag(self):
        return parameter(self._remote, "tag")

    # ---- what the caller may do

    def invite(self, offer: bytes | None = None):
        """Send the INVITE; called again it sends the same one (a doubled datagram)."""
        body = self.offer() if offer is None else offer
        self._send("INVITE", body, sequence=1)

    def offer(self, payload=sdp.PCMA) -> bytes:
        return sdp.write(self._caller.address[0], self.stream.port, payload, events=101)

    def cancel(self):
        self._send("CANCEL", sequence=1)

    def request(self, method: str, body: bytes = b""):
        """A request within the call: INVITE again, UPDATE, INFO…"""
        self._sequence += 1
        self._send(method, body, self._sequence)

    def hang_up(self):
        self.request("BYE")

    def listen(self, how: Listen = Listen.KEEP):
        self.stream.listen(how)

    def say(self, sound: Sound):
        self.stream.say(sound)

    # ---- what the called side does

    def response(self, response: Response):
        sequence, method = cseq(response)
        if method == "INVITE":
            self.codes.append(response.code)
            if response.code >= 200:
                self._final(response, sequence)
            else:
                self._meet(response)
        elif method == "BYE":
            self.over()

    def peer(self, request: Request, source: Address):
        self._caller.send(respond(request, 200), source)
        if request.method == "BYE":
            self.byes += 1
            self.reason = one(request, "reason")
            self.over()

    def _final(self, response: Response, sequence: int):
        self.code = response.code
        self._remote = one(response, "to")
        if response.code < 300:
            self._meet(response)
            self._target = uri_of(one(response, "contact"))
        else:
            self.reason = one(response, "reason")
            self.over()
        if self.acks:
            self.acknowledge(sequence)

    def acknowledge(self, sequence=1):
        self._send("ACK", sequence=sequence)

    def _meet(self, response: Response):
        if answer := sdp.read(response.body):
            self.stream.meet(answer)

    def over(self):
        if not self.ended:
            self.ended = True
            self.stream.close()

    def _send(self, method: str, body: bytes = b"", sequence: int = 1):
        host, port = self._caller.address
        branch = f"{self.call_id}-{sequence}" + ("" if method in ("INVITE", "CANCEL") else f"-{method}")
        headers = [
            ("Via", f"SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{branch}"),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{self._caller.user}@{host}:{port}>;tag={self._tag}"),
            ("To", self._remote),
            ("Call-ID", self.call_id),
            ("CSeq", f"{sequence} {method}"),
            ("Contact", f"<sip:{self._caller.user}@{host}:{port}>"),
        ]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        to = address_of(self._target)
        self._caller.send(build(f"{method} {self._target} SIP/2.0", headers, body), to)


class Caller:
    """Places calls from one port, as `user`."""

    def __init__(self, user="4951234567"):
        self.user = user
        self._wire = Wire(("127.0.0.1", 0), self._received)
        self._ids = count(1)
        self.address, self.ticker = self._wire.address, Ticker()
        self.calls: dict[str, Placed] = {}
        self.others: list[Response] = []
        """Responses that belong to no call."""
        self._watch = Watch()
        self.until, self.changed = self._watch.until, self._watch.changed

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        for placed in self.calls.values():
            placed.over()
        self._wire.close()

    def place(self, to: Address, number: str, offer: bytes | None = None) -> Placed:
        placed = Placed(self, to, number, f"{self.address[1]}-{next(self._ids)}")
        self.calls[placed.call_id] = placed
        placed.invite(offer)
        return placed

    def send(self, datagram: bytes, to: Address):
        self._wire.send(datagram, to)

    def ask(self, to: Address, method: str, user: str = "x", call_id: str = "outside"):
        """A request outside any call."""
        host, port = self.address
        headers = [
            ("Via", f"SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{next(self._ids)}"),
            ("From", f"<sip:{self.user}@{host}>;tag=a"),
            ("To", f"<sip:{user}@{to[0]}>"),
            ("Call-ID", call_id),
            ("CSeq", f"1 {method}"),
        ]
        self.send(build(f"{method} sip:{user}@{to[0]}:{to[1]} SIP/2.0", headers), to)

    def _received(self, datagram: bytes, source: Address):
        message = parse(datagram)
        placed = self.calls.get(one(message, "call-id"))
        if isinstance(message, Request):
            placed.peer(message, source)
        elif placed is not None:
            placed.response(message)
        else:
            self.others.append(message)
        self.changed()
