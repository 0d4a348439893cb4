"""Signatures of webhooks, out and in, as https://www.standardwebhooks.com has them: HMAC-SHA256 over id, time and body.

A secret is never kept: it is derived from the installation's key, which stands outside the database, and from a salt,
which stands in it. Whoever has only one of the two can sign nothing. Time is an argument, in seconds since the epoch.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from enum import StrEnum

from dialer.core.ids import Instant

SECRET_PREFIX = "whsec_"
VERSION = "v1"
TOLERANCE_S = 300.0
"""How far the sender's clock may be from ours; an older message is taken for a replay."""

ID = "webhook-id"
TIMESTAMP = "webhook-timestamp"
SIGNATURE = "webhook-signature"


class Flaw(StrEnum):
    """Why a signed message is not believed."""

    HEADERS = "headers_missing"
    TIME = "timestamp_too_far"
    SIGNATURE = "signature_wrong"


def secret_of(key: str, salt: str) -> str:
    """The secret of this salt, as the other side writes it into its settings: `whsec_…`."""
    made = hmac.digest(key.encode(), f"webhook:{salt}".encode(), hashlib.sha256)
    return SECRET_PREFIX + base64.b64encode(made).decode()


def signed(secrets: Iterable[str], message_id: str, at: Instant, body: bytes) -> Mapping[str, str]:
    """The headers to send; with two secrets (while one is being replaced) either side's will do."""
    stamp = str(int(at))
    marks = (_mark(secret, message_id, stamp, body) for secret in secrets)
    return {ID: message_id, TIMESTAMP: stamp, SIGNATURE: " ".join(f"{VERSION},{mark}" for mark in marks)}


def flaw_of(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, at: Instant) -> Flaw | None:
    """None where the message is what one of these secrets' owners has sent within the last minutes."""
    message_id, stamp, given = (headers.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not (message_id and stamp.isascii() and stamp.isdigit() and len(stamp) < 12 and given):
        return Flaw.HEADERS
    if abs(int(stamp) - at) > TOLERANCE_S:
        return Flaw.TIME
    marks = [mark.partition(",")[2] for mark in given.split() if mark.startswith(f"{VERSION},")]
    ours = [_mark(secret, message_id, stamp, body) for secret in secrets]
    fits = any(hmac.compare_digest(mark.encode(), own.encode()) for mark in marks for own in ours)
    return None if fits else Flaw.SIGNATURE


def _mark(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    content = f"{message_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.digest(_raw(secret), content, hashlib.sha256)).decode()


def _raw(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a webhook's secret is `whsec_` and base64") from None
