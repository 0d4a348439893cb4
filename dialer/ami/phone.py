"""Letting a phone in a browser in: the secret that it may register with, told to Asterisk as a digest.

PJSIP looks the secret up in Asterisk's own database (`dialer/sorcery.conf`). AMI with our rights may not write there,
so a channel between two ends of Asterisk itself runs the context that does; it calls nobody and lives for no time. Its
id is none of ours (`dlr-`), so that nothing but the answer to the action is ever told of it.
"""

import asyncio
import hashlib
from contextlib import suppress

from dialer.ami.actions import Action, fit_endpoint
from dialer.ami.client import AmiError
from dialer.ami.codec import Headers

REALM = "dialer"
"""As in the template `webrtc-dialplan.conf`."""
CONTEXT = "dlr-secret"
LIMIT_MS = 2000


class NotAdmitted(AmiError):
    """Asterisk did not take the secret; the message says what to look at."""


def digest_of(endpoint: str, secret: str) -> str:
    """HA1 of RFC 2617, MD5: what SIP in browsers and every PJSIP understand; the secret is random."""
    return hashlib.md5(f"{endpoint}:{REALM}:{secret}".encode(), usedforsecurity=False).hexdigest()


def admission(endpoint: str, digest: str) -> Action:
    """Put the digest where PJSIP looks for it; OriginateResponse tells whether that was done."""
    name = "phone-" + hashlib.sha256(digest.encode()).hexdigest()[:24]
    return Action(
        {
            "Action": "Originate",
            "ActionID": name,
            "Channel": f"Local/{fit_endpoint(endpoint)}@{CONTEXT}",
            "ChannelId": name,
            "OtherChannelId": f"{name}-2",
            "Application": "NoOp",
            "Async": "true",
            "Timeout": str(LIMIT_MS),
            "Variable": f"DLR_HA1={digest}",
        }
    )


class Admissions:
    """Those that are under way, by ActionID."""

    def __init__(self) -> None:
        self._open: dict[str, asyncio.Future[bool]] = {}

    async def done(self, action: Action, sent: asyncio.Future[object]) -> None:
        """Wait until Asterisk has said that it did it; NotAdmitted where it says no. A lost link: as `sent` fails."""
        mine = self._open[action["ActionID"]] = asyncio.get_running_loop().create_future()
        try:
            answer = await sent
            if not getattr(answer, "success", False) or not await mine:
                raise NotAdmitted("Asterisk has no context dlr-secret: render its files anew, and reload them")
        finally:
            with suppress(KeyError):
                del self._open[action["ActionID"]]

    def heard(self, headers: Headers) -> bool:
        """Whether this event was the end of one of them."""
        waiting = self._open.get(headers.get("ActionID", ""))
        if waiting is None or headers["Event"] != "OriginateResponse":
            return False
        if not waiting.done():
            waiting.set_result(headers.get("Response") == "Success")
        return True
