"""The API's way to clients' machines, put together: webhooks in the books, secrets from the key, the world outside."""

import secrets
from collections.abc import Callable, Sequence

from dialer.api.integration import Integration
from dialer.clock import Clock
from dialer.core.signing import secret_of
from dialer.outside.addresses import networks
from dialer.outside.client import Client
from dialer.quota.template import flaw_of
from dialer.slots import Slots
from dialer.store.db import Database
from dialer.store.outbox import WebhookBooks

SALT_BYTES = 16


def build_integration(
    database: Database,
    clock: Clock,
    outside: Client,
    key: str | None,
    wake: Callable[[], None] = lambda: None,
    slots: Slots | None = None,
) -> Integration:
    """`key` is the installation's; without it no webhook can be made. `wake` tells the deliverer of news."""

    async def judge(url: str, allowed: Sequence[str]) -> str:
        return str(await outside.judge(url, networks(allowed)) or "")

    return Integration(
        webhooks=WebhookBooks(database),
        slots=slots or Slots(database, clock, outside),
        secret_of=None if key is None else lambda salt: secret_of(key, salt),
        judge=judge,
        template_flaw=flaw_of,
        new_salt=lambda: secrets.token_hex(SALT_BYTES),
        wake=wake,
    )
