"""The agents' phones: many behind one address, each told apart by the user part that is dialled.

A phone answers by itself and sends packets all the time, as a nailed-up phone must (a switch with rtp_timeout takes
silence on the wire for death). It can be told to die, come back, refuse, not answer or hang up.
"""

from collections.abc import Iterable, Iterator

from sim.sip.actor import Actor
from sim.sip.audio import tone
from sim.sip.behaviour import Behaviour, answers, silent
from sim.sip.call import Call
from sim.sip.message import Address, Request, Response, one, user_of
from sim.sip.registration import EXPIRES_S, Registration
from sim.sip.server import Server

_LOWEST_TONE_HZ, _TONE_STEP_HZ, _TONES = 300, 20, 100


class Phone:
    """One agent's phone. `does` is what it does with the next call; `tone_hz` is its own voice's pitch."""

    def __init__(self, user: str, tone_hz: int, every: int = 1) -> None:
        self.user, self.tone_hz = user, tone_hz
        self.says = tone(tone_hz, every)
        self.does: Behaviour = answers(ring_s=None, says=self.says)
        self.alive = True
        self._calls: list[Call] = []

    @property
    def calls(self) -> list[Call]:
        """The calls that go on here now."""
        self._calls = [call for call in self._calls if call.record.live]
        return self._calls

    @property
    def on_line(self) -> bool:
        return any(call.record.talking for call in self.calls)

    def hang_up(self) -> None:
        """The handset is put down: a ringing call is declined."""
        for call in self.calls:
            if call.record.answered_at is None:
                call.refuse(603)
            else:
                call.hang_up()

    def die(self) -> None:
        """Power cut: no BYE, no packets, no answer to anything, until `restart`."""
        self.alive = False
        for call in self.calls:
            call.vanish()

    def restart(self) -> None:
        """Up again; calls of its former life are forgotten."""
        self.alive = True

    def hush(self) -> None:
        """Alive for SIP, but no packets any more: a broken audio path."""
        for call in self.calls:
            if call.stream is not None:
                call.stream.hush()

    def take(self, call: Call) -> None:
        self._calls.append(call)
        Actor(call, self.does if self.alive else silent())


class Phones(Server):
    """`phones["1001"]`; an unknown user is refused with 404. `every`: one packet each so many times 20 ms."""

    def __init__(self, users: Iterable[str], bind: Address = ("127.0.0.1", 0), every: int = 1) -> None:
        super().__init__(bind)
        self._phones = {
            user: Phone(user, _LOWEST_TONE_HZ + _TONE_STEP_HZ * (index % _TONES), every)
            for index, user in enumerate(users)
        }
        self._registrations: dict[str, Registration] = {}

    async def register(self, user: str, secret: str, registrar: Address, expires_s: int = EXPIRES_S) -> None:
        """Tell the registrar that this phone is here (`expires_s` 0: no longer). Raises RegistrationRefused."""
        registration = Registration(user, self.address, registrar, self.send)
        self._registrations[registration.call_id] = registration
        try:
            await registration.run(secret, expires_s)
        finally:
            del self._registrations[registration.call_id]

    def response(self, response: Response) -> None:
        registration = self._registrations.get(one(response, "call-id"))
        if registration is not None:
            registration.response(response)

    async def __aenter__(self) -> "Phones":
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()

    def __getitem__(self, user: str) -> Phone:
        return self._phones[user]

    def find(self, user: str) -> Phone:
        """As by index; raises ValueError in words."""
        if user not in self._phones:
            raise ValueError(f"phone {user!r} is none of the {len(self._phones)} here")
        return self._phones[user]

    def __iter__(self) -> Iterator[Phone]:
        return iter(self._phones.values())

    def incoming(self, call: Call) -> None:
        phone = self._phones.get(call.record.number)
        if phone is None:
            call.refuse(404)
        else:
            phone.take(call)

    def options(self, request: Request) -> int | None:
        phone = self._phones.get(user_of(request.uri))
        return 200 if phone is None or phone.alive else None
