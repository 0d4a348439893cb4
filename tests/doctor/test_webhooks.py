"""The doctor on webhooks: silent where there is none, else whether results can be signed and arrive."""

import pytest

from dialer.clock import Clock
from dialer.config import Config
from dialer.core.webhooks import Webhook, WebhookId
from dialer.doctor.finding import Health
from dialer.doctor.webhooks import LATE_S, examine_webhooks
from dialer.store import campaigns
from dialer.store.db import Database
from dialer.store.outbox import OutboxBooks, WebhookBooks

KEY = "k" * 40


def config(key: str | None) -> Config:
    base = {"database": {"dsn": "postgresql://x"}, "asterisk": [{"name": "main", "secret": "x"}]}
    return Config(**base, webhooks={"key": key})


async def test_without_webhooks_there_is_nothing_to_say(database: Database) -> None:
    assert await examine_webhooks(database, config(None), Clock()) == []


@pytest.mark.parametrize(
    ("key", "age_s", "dead", "health", "said"),
    [
        (None, 0.0, False, Health.BROKEN, "no key"),
        (KEY, None, False, Health.FINE, "1 of 1 at work"),
        (KEY, 10.0, False, Health.FINE, "1 events on their way"),
        (KEY, LATE_S + 60, False, Health.WARNING, "the oldest for 16 min"),
        (KEY, 10.0, True, Health.WARNING, "1 events were given up"),
    ],
)
async def test_what_is_said(
    database: Database, key: str | None, age_s: float | None, dead: bool, health: Health, said: str
) -> None:
    clock, settings, books = Clock(), WebhookBooks(database), OutboxBooks(database)
    async with database.connection() as conn:
        project = await campaigns.create_project(conn, "Ромашка")
    await settings.add(Webhook(WebhookId(0), project, "https://shop.example/", salt="s"), clock.now())
    if age_s is not None:
        then = clock.now() - age_s
        await settings.post(project, "attempt_settled", {}, then)
        await books.fan_out(then, clock.now() - 1 if dead else clock.now() + 100, 10)
    if dead:
        await books.give_up(clock.now())
    (finding,) = await examine_webhooks(database, config(key), clock)
    assert (finding.health, said in finding.what) == (health, True), finding.what
