"""The message that a client gets: one JSON object, and the headers that prove where it comes from."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from dialer.core.ids import Instant
from dialer.core.signing import secret_of, signed
from dialer.core.webhooks import Delivery, Webhook

ATTEMPT = "webhook-attempt"
USER_AGENT = "dialer-webhook/1"


def body_of(delivery: Delivery, webhook: Webhook) -> bytes:
    """The same bytes at each try, unless the client's status map was changed meanwhile."""
    return orjson.dumps(
        {
            "id": event_id(delivery.event),
            "type": delivery.kind,
            "created_at": as_time(delivery.created_at),
            "project": webhook.project,
            "status": webhook.status(delivery.payload),
            "data": {key: _shown(key, value) for key, value in delivery.payload.items()},
        }
    )


def headers_of(delivery: Delivery, webhook: Webhook, body: bytes, key: str, at: Instant) -> Mapping[str, str]:
    """Signed at this instant with the webhook's secret, and with the one that it replaces while that is good."""
    secrets = [secret_of(key, salt) for salt in webhook.salts(at)]
    return {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        **signed(secrets, event_id(delivery.event), at, body),
        ATTEMPT: str(delivery.attempt),
    }


def event_id(event: int) -> str:
    """By which a receiver knows an event that comes twice."""
    return f"evt_{event}"


def as_time(at: Instant) -> str:
    """RFC 3339, UTC, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _shown(key: str, value: Any) -> Any:
    """The books' seconds as times."""
    return as_time(value) if key.endswith("_at") and isinstance(value, int | float) else value
