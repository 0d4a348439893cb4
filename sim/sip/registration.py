"""REGISTER, as a phone sends it: tells a registrar where a user is, answers its digest challenge once.

A registration holds for the time that was asked; it is not renewed by itself.
"""

import asyncio
import secrets
from collections.abc import Callable

from sim.sip import digest
from sim.sip.message import Address, Response, build, one

EXPIRES_S = 600
_T1_S = 0.5
_GIVE_UP_S = 4.0


class RegistrationRefused(Exception):
    """The registrar said no (its code), or nothing within 4 s."""


class Registration:
    """One user at one registrar. `send` puts a datagram on the phones' own wire, so that calls come back to it."""

    def __init__(self, user: str, here: Address, registrar: Address, send: Callable[[bytes, Address], None]) -> None:
        self._user, self._here, self._registrar, self._send = user, here, registrar, send
        self.call_id = secrets.token_hex(8)
        self._sequence = 0
        self._answers: asyncio.Queue[Response] = asyncio.Queue()

    async def run(self, secret: str, expires_s: int = EXPIRES_S) -> None:
        """Register (with `expires_s` 0: sign off). Raises RegistrationRefused."""
        response = await self._ask(expires_s, None)
        if response.code == 401:
            challenge = one(response, "www-authenticate")
            cnonce = secrets.token_hex(4)
            proof = digest.answer(challenge, "REGISTER", self._uri, self._user, secret, cnonce)
            response = await self._ask(expires_s, proof)
        if response.code != 200:
            raise RegistrationRefused(f"{self._user}: the registrar answered {response.code}")

    def response(self, response: Response) -> None:
        """What came for this Call-ID."""
        self._answers.put_nowait(response)

    async def _ask(self, expires_s: int, proof: str | None) -> Response:
        """The final response to one REGISTER, which is repeated until it comes."""
        self._sequence += 1
        request = self._request(expires_s, proof)
        sequence = f"{self._sequence} REGISTER"
        try:
            async with asyncio.timeout(_GIVE_UP_S):
                while True:
                    self._send(request, self._registrar)
                    response = await self._within(_T1_S)
                    if response is not None and response.code >= 200 and one(response, "cseq") == sequence:
                        return response
        except TimeoutError:
            raise RegistrationRefused(f"{self._user}: no answer within {_GIVE_UP_S:.0f} s") from None

    async def _within(self, seconds: float) -> Response | None:
        try:
            return await asyncio.wait_for(self._answers.get(), seconds)
        except TimeoutError:
            return None

    def _request(self, expires_s: int, proof: str | None) -> bytes:
        host, port = self._here
        address = f"<sip:{self._user}@{self._registrar[0]}:{self._registrar[1]}>"
        headers = [
            ("Via", f"SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{self.call_id}{self._sequence}"),
            ("Max-Forwards", "70"),
            ("From", f"{address};tag={self.call_id}"),
            ("To", address),
            ("Call-ID", self.call_id),
            ("CSeq", f"{self._sequence} REGISTER"),
            ("Contact", f"<sip:{self._user}@{host}:{port}>"),
            ("Expires", str(expires_s)),
        ]
        if proof is not None:
            headers.append(("Authorization", proof))
        return build(f"REGISTER {self._uri} SIP/2.0", headers)

    @property
    def _uri(self) -> str:
        return f"sip:{self._registrar[0]}:{self._registrar[1]}"
