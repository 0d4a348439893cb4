"""One call on the called side: performs the table of `sim.sip.dialog` on the wire and keeps the record.

Whoever plays the called side asks `ring`, `progress`, `answer`, `refuse`, `hang_up`, `vanish`; what the peer does
comes through `peer` from the server. Times are the loop's.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from sim.sip import sdp
from sim.sip.audio import Sound
from sim.sip.dialog import ALIVE, OVER, Action, Event, State, step
from sim.sip.message import Address, Request, address_of, build, cseq, one, parameter, respond, uri_of, user_of
from sim.sip.record import CallRecord, EndedBy
from sim.sip.rtp import Listen, Stream, Ticker

T1_S, T2_S = 0.5, 4.0
"""RFC 3261 §17.1.1.1: first and longest interval between repetitions over UDP."""
GIVE_UP_S = 64 * T1_S


class Host(Protocol):
    """What a call needs of the endpoint it lives in."""

    address: Address
    ticker: Ticker

    def send(self, datagram: bytes, to: Address) -> None: ...

    def changed(self, call: "Call") -> None:
        """The call's state or its record has changed."""

    def over(self, call: "Call") -> None:
        """SIP has nothing more to say about this call, but late repetitions may still come."""


class Call:
    """A call that came in. Raises MalformedMessage from the constructor where the INVITE lacks what a dialog needs."""

    def __init__(self, host: Host, invite: Request, source: Address, tag: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._host, self._invite, self._source, self._tag = host, invite, source, tag
        self._sequence, _ = cseq(invite)
        self._target = uri_of(one(invite, "contact")) or uri_of(one(invite, "from"))
        address_of(self._target)
        self.offer = sdp.read(invite.body)
        self.state = State.TRYING
        self.record = CallRecord(
            call_id=one(invite, "call-id"),
            number=user_of(invite.uri),
            caller=user_of(uri_of(one(invite, "from"))),
            invite_at=self._loop.time(),
        )
        self.on_leave: Callable[[], None] | None = None
        """Called once when nobody calls or talks any more, whoever ended it: scripts stop here."""
        self.on_sound: Callable[[], None] | None = None
        """Called once, at the first sound heard after the ear was opened."""
        self.stream: Stream | None = None
        self._last_response = self._bye = b""
        self._bye_to = source
        self._in_hand: Request | None = None
        self._code, self._cause = 0, 0
        self._resend_timer: asyncio.TimerHandle | None = None
        self._resend_after_s = self._resend_until = 0.0

    # ---- what the called side may do

    def trying(self) -> None:
        """100: the INVITE has arrived; its repetition stops."""
        self._respond(100)

    def ring(self) -> None:
        self._feed(Event.RING)

    def progress(self, sound: Sound | None) -> None:
        """183 with early media."""
        self._open_stream()
        self._feed(Event.PROGRESS)
        self._say(sound)

    def answer(self, sound: Sound | None = None) -> None:
        """200 OK; `sound` None sends no packet at all. An offer without G.711 is refused with 488."""
        if self.offer is None:
            self.refuse(488)
            return
        self._open_stream()
        self._feed(Event.ANSWER)
        self._say(sound)

    def refuse(self, code: int, cause: int = 0) -> None:
        """A final response; `cause` adds the network's own reason (`Reason: Q.850`)."""
        self._code, self._cause = code, cause
        self._feed(Event.REFUSE)

    def hang_up(self, cause: int = 0) -> None:
        """BYE, once the ACK is there; without effect on a call that is over. `cause` as in `refuse`."""
        self._cause = cause
        self._feed(Event.HANG_UP)

    def vanish(self) -> None:
        """Dead without a word: no BYE, no packet, no answer to anything."""
        self._feed(Event.VANISH)

    def listen(self, how: Listen) -> None:
        if self.stream is not None:
            self.stream.listen(how)

    # ---- what the peer does

    def peer(self, request: Request) -> None:
        """INVITE (again, or within the dialog), ACK, CANCEL, BYE, UPDATE of this call."""
        match request.method:
            case "INVITE":
                self._peer_invites(request)
            case "UPDATE" if self.state is not State.GONE:
                self._renegotiate(request)
            case "ACK":
                self._feed(Event.ACK)
            case "CANCEL" | "BYE":
                self._in_hand = request
                self._feed(Event(request.method.lower()))
            case _ if self.state is not State.GONE:
                self._host.send(respond(request, 200, self._tag), self._source)

    def bye_answered(self) -> None:
        if self._bye:
            self._feed(Event.BYE_ANSWERED)

    def _peer_invites(self, request: Request) -> None:
        sequence, _ = cseq(request)
        if sequence == self._sequence:
            self.record.invites += not parameter(one(request, "to"), "tag")
            self._feed(Event.INVITE_AGAIN)
        elif self.state is State.TALKING:
            self._sequence, self._invite = sequence, request
            self._last_response = self._renegotiate(request)
        elif self.state is not State.GONE:
            self._host.send(respond(request, 491, self._tag), self._source)

    def _renegotiate(self, request: Request) -> bytes:
        offer = sdp.read(request.body)
        if offer is not None and self.stream is not None:
            self.offer = offer
            self.stream.meet(offer)
        body = self._sdp() if offer is not None else b""
        answer = respond(request, 200, self._tag, self._contact(body), body)
        self._host.send(answer, self._source)
        return answer

    # ---- the table, performed

    def _feed(self, event: Event) -> None:
        before = self.state
        self.state, actions = step(before, event)
        for action in actions:
            _PERFORM[action](self)
        self._note(event, before)
        if before in ALIVE and self.state not in ALIVE:
            self._leave(_ENDED_BY[event])
        if before not in OVER and self.state in OVER:
            self._host.over(self)
        self._host.changed(self)

    def _note(self, event: Event, before: State) -> None:
        record, now = self.record, self._loop.time()
        if event is Event.RING:
            record.ringing_at = record.ringing_at or now
        elif event is Event.PROGRESS:
            record.progress_at = record.progress_at or now
        elif event is Event.ANSWER:
            record.answered_at = now
        elif event is Event.ACK and before in (State.ANSWERED, State.LEAVING):
            record.confirmed_at = now

    def _leave(self, by: EndedBy) -> None:
        """Nobody calls or talks any more."""
        self.record.ended_at, self.record.ended_by = self._loop.time(), by
        if self.stream is not None:
            self.stream.close()
        if self.on_leave is not None:
            self.on_leave()

    def _heard(self) -> None:
        if self.on_sound is not None and self.record.first_sound_at is not None:
            on_sound, self.on_sound = self.on_sound, None
            on_sound()
        self._host.changed(self)

    # ---- actions

    def _send_ringing(self) -> None:
        self._respond(180)

    def _send_progress(self) -> None:
        self._respond(183, self._sdp())

    def _send_ok(self) -> None:
        self._respond(200, self._sdp())

    def _send_refusal(self) -> None:
        self._respond(self._code)

    def _send_terminated(self) -> None:
        self._respond(487)

    def _repeat(self) -> None:
        if self._last_response:
            self._host.send(self._last_response, self._source)

    def _accept(self) -> None:
        assert self._in_hand is not None
        self._host.send(respond(self._in_hand, 200, self._tag), self._source)

    def _send_bye(self) -> None:
        route = self._invite.headers.get("record-route", [])
        self._bye_to = address_of(uri_of(route[0]) if route else self._target)
        host, port = self._host.address
        headers = [
            ("Via", f"SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{self._tag}b"),
            ("Max-Forwards", "70"),
            *(("Route", hop) for hop in route),
            ("From", f"{one(self._invite, 'to').partition(';tag=')[0]};tag={self._tag}"),
            ("To", one(self._invite, "from")),
            ("Call-ID", self.record.call_id),
            ("CSeq", "1 BYE"),
            *self._reason(),
        ]
        self._bye = build(f"BYE {self._target} SIP/2.0", headers)
        self._repeat_bye()

    def _repeat_bye(self) -> None:
        self._host.send(self._bye, self._bye_to)

    def _start_resending(self) -> None:
        self._resend_after_s, self._resend_until = T1_S, self._loop.time() + GIVE_UP_S
        self._resend_timer = self._loop.call_later(T1_S, self._resend)

    def _resend(self) -> None:
        if self._loop.time() >= self._resend_until:
            self._feed(Event.GIVE_UP)
            return
        self._resend_after_s = min(2 * self._resend_after_s, T2_S)
        self._resend_timer = self._loop.call_later(self._resend_after_s, self._resend)
        self._feed(Event.RESEND)

    def _stop_resending(self) -> None:
        if self._resend_timer is not None:
            self._resend_timer.cancel()

    # ---- pieces of messages and media

    def _respond(self, code: int, body: bytes = b"") -> None:
        extra = [] if code == 100 else [*self._contact(body), *(self._reason() if code >= 300 else ())]
        self._last_response = respond(self._invite, code, self._tag if code > 100 else "", extra, body)
        if code >= 200:
            self.record.code = code
        self._host.send(self._last_response, self._source)

    def _contact(self, body: bytes = b"") -> list[tuple[str, str]]:
        host, port = self._host.address
        contact = [("Contact", f"<sip:{self.record.number}@{host}:{port}>")]
        return [*contact, ("Content-Type", "application/sdp")] if body else contact

    def _reason(self) -> list[tuple[str, str]]:
        return [("Reason", f"Q.850;cause={self._cause}")] if self._cause else []

    def _sdp(self) -> bytes:
        if self.stream is None or self.offer is None:
            return b""
        return sdp.write(self._host.address[0], self.stream.port, self.offer.payload, self.offer.events)

    def _open_stream(self) -> None:
        if self.stream is None and self.offer is not None and self.state in ALIVE:
            self.stream = Stream(self._host.ticker, self._host.address[0])
            self.stream.meet(self.offer)
            self.stream.on_heard = self._heard
            self.record.heard = self.stream.heard

    def _say(self, sound: Sound | None) -> None:
        if self.stream is not None and sound is not None:
            self.stream.say(sound)


_ENDED_BY = {
    Event.CANCEL: EndedBy.CANCELLED,
    Event.BYE: EndedBy.CALLER,
    Event.REFUSE: EndedBy.REFUSED,
    Event.HANG_UP: EndedBy.CALLED,
    Event.VANISH: EndedBy.VANISHED,
    Event.GIVE_UP: EndedBy.LOST,
}

_PERFORM: dict[Action, Callable[[Call], None]] = {
    Action.RINGING: Call._send_ringing,
    Action.PROGRESS: Call._send_progress,
    Action.OK: Call._send_ok,
    Action.REFUSAL: Call._send_refusal,
    Action.TERMINATED: Call._send_terminated,
    Action.ACCEPT_CANCEL: Call._accept,
    Action.ACCEPT_BYE: Call._accept,
    Action.BYE: Call._send_bye,
    Action.REPEAT: Call._repeat,
    Action.REPEAT_BYE: Call._repeat_bye,
    Action.START_RESENDING: Call._start_resending,
    Action.STOP_RESENDING: Call._stop_resending,
}
