"""Results on their way out: can they be signed, do they arrive?"""

from dialer.clock import Clock
from dialer.config import Config
from dialer.core.webhooks import WebhookState
from dialer.doctor.finding import Finding, broken, fine, warning
from dialer.store.db import Database
from dialer.store.outbox import OutboxBooks, WebhookBooks

LATE_S = 900.0
CHECK = "webhooks"


async def examine_webhooks(database: Database, config: Config, clock: Clock) -> list[Finding]:
    """One finding; none where there is no webhook. The schema must be ours."""
    webhooks = await WebhookBooks(database).all()
    if not webhooks:
        return []
    if config.webhooks.key is None:
        cure = "make a key (`openssl rand -base64 32`), name its file with [webhooks] key_file, restart"
        return [broken(CHECK, f"{len(webhooks)} and no key to sign with: nothing is sent", cure)]
    backlog = await OutboxBooks(database).backlog()
    if backlog.oldest_at is not None and clock.now() - backlog.oldest_at > LATE_S:
        minutes = (clock.now() - backlog.oldest_at) / 60
        cure = "`dialer webhooks list` says whose; look at that client's machine, its certificate and its address"
        return [warning(CHECK, f"{backlog.pending} events wait, the oldest for {minutes:.0f} min", cure)]
    if backlog.dead:
        cure = "`dialer webhooks dead ID`, then `dialer webhooks replay ID` once the client is well"
        return [warning(CHECK, f"{backlog.dead} events were given up", cure)]
    active = sum(webhook.state is WebhookState.ACTIVE for webhook in webhooks)
    return [fine(CHECK, f"{active} of {len(webhooks)} at work, {backlog.pending} events on their way")]
