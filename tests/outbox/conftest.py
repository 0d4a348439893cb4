"""The outbox in a real database, worked off by hand at virtual time."""

import asyncio
from dataclasses import dataclass
from random import Random
from uuid import UUID

import pytest_asyncio

from dialer.core.ids import LeadId, ProjectId
from dialer.core.webhooks import Backlog, Webhook, WebhookId
from dialer.outbox.deliverer import Deliverer
from dialer.store import campaigns
from dialer.store.db import Database
from dialer.store.outbox import OutboxBooks, WebhookBooks
from tests.conftest import BUILT_AT
from tests.outbox.receivers import VirtualClock, World

KEY = "an installation's key, long enough to be one"


@dataclass
class Post:
    """Everything between the outbox and the clients."""

    database: Database
    clock: VirtualClock
    books: OutboxBooks
    settings: WebhookBooks
    project: ProjectId
    deliverer: Deliverer

    async def webhook(self, host: str, project: ProjectId | None = None, **more: object) -> Webhook:
        wanted = Webhook(WebhookId(0), project or self.project, f"https://{host}/hook", salt=f"salt of {host}")
        for name, value in more.items():
            object.__setattr__(wanted, name, value)
        return await self.settings.add(wanted, self.clock.now())

    async def happen(self, lead: int, project: ProjectId | None = None, **payload: object) -> int:
        """A result of this lead."""
        name = lead_id(lead)
        told = {"lead": name, "outcome": "answered", "disposition": "agreed", **payload}
        return await self.settings.post(project or self.project, "attempt_settled", told, self.clock.now(), name)

    async def turn(self) -> None:
        """Everything that is due goes out and comes through."""
        async with asyncio.TaskGroup() as tasks:
            while await self.deliverer.turn(tasks):
                await self.deliverer.idle()

    async def run(self, seconds: float, step_s: float = 60.0) -> None:
        """So much time passes."""
        until = self.clock.at + seconds
        while self.clock.at < until:
            self.clock.at = min(until, self.clock.at + step_s)
            await self.turn()

    async def backlog(self) -> Backlog:
        return await self.books.backlog()


def lead_id(number: int) -> LeadId:
    return LeadId(str(UUID(int=number)))


def deliverer_of(database: Database, clock: VirtualClock, world: World, seed: int = 5) -> Deliverer:
    return Deliverer(OutboxBooks(database), world.send, clock, KEY, Random(seed))


@pytest_asyncio.fixture
async def post(database: Database) -> Post:
    """Without clients; give it some by `clients`."""
    clock = VirtualClock(BUILT_AT)
    async with database.connection() as conn:
        project = await campaigns.create_project(conn, "Ромашка")
    deliverer = deliverer_of(database, clock, World())
    return Post(database, clock, OutboxBooks(database), WebhookBooks(database), project, deliverer)


def clients(post: Post, world: World) -> World:
    post.deliverer = deliverer_of(post.database, post.clock, world)
    return world
