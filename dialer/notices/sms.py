"""A text message, handed to a project's gateway by one HTTP request."""

from collections.abc import Awaitable, Callable

from dialer.core.notices import Gateway
from dialer.core.template import filled
from dialer.notices.result import Result, Said
from dialer.outside.addresses import networks
from dialer.outside.client import Answer, NoAnswer, Request

TIMEOUT_S = 10.0
NOT_NOW = frozenset({429, 503})
"""Nothing was done, by the meaning of these."""


class SmsGateways:
    """For every project. `secret` gives the secret of `<project>_<name>`, KeyError where there is none."""

    def __init__(self, send: Callable[[Request], Awaitable[Answer]], secret: Callable[[str], str]) -> None:
        self._send = send
        self._secret = secret

    async def send(self, gateway: Gateway, notice: int, number: str, text: str) -> Result:
        """Once. What may have gone is NOT_NOW only where the gateway takes the same notice twice for one."""
        values = {"notice": str(notice), "number": f"7{number}", "text": text, "sender": gateway.sender}
        try:
            wanted = filled(gateway.send, values, lambda name: self._secret(f"{gateway.project}_{name}"))
        except KeyError:
            return Result(Said.NOT_NOW, "secret_missing")
        kind = {"content-type": "application/json"} if wanted.body else {}
        allowed = networks(gateway.networks)
        body, headers = wanted.body.encode(), {**kind, **wanted.headers}
        request = Request(wanted.method, wanted.url, headers, body, allowed, TIMEOUT_S, only_status=True)
        try:
            answer = await self._send(request)
        except NoAnswer as error:
            return Result(_perhaps(gateway) if error.may_have_arrived else Said.NOT_NOW, error.trouble.value)
        return Result(_said(gateway, answer), "" if answer.is_success else f"http_{answer.status}")


def _said(gateway: Gateway, answer: Answer) -> Said:
    if answer.is_success:
        return Said.TAKEN
    if answer.status in NOT_NOW:
        return Said.NOT_NOW
    return _perhaps(gateway) if answer.status >= 500 else Said.REFUSED


def _perhaps(gateway: Gateway) -> Said:
    return Said.NOT_NOW if gateway.is_idempotent else Said.UNKNOWN
