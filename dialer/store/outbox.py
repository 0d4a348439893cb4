"""Webhooks in the books: their settings, and the way of each event to each of them. Every method: DatabaseAway.

Several daemons may work off one outbox: what one has in hand (`take`) the others leave alone until its time is up, so
a daemon that dies costs a second delivery, never a lost one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from asyncpg import Record
from asyncpg.exceptions import DataError

from dialer.core.ids import Instant, LeadId, ProjectId
from dialer.core.webhooks import Backlog, Delivery, DeliveryRecord, DeliveryState, Webhook, WebhookId, WebhookState
from dialer.store.db import Database
from dialer.store.errors import Refused, Unknown
from dialer.store.sql import load

PAGE = 200

_Q = load("outbox")


class WebhookBooks:
    """Settings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, project: ProjectId | None = None) -> list[Webhook]:
        async with self._database.connection() as conn:
            return [_webhook(row) for row in await _Q["webhooks"].rows(conn, project=project, id=None)]

    async def one(self, webhook: WebhookId) -> Webhook | None:
        async with self._database.connection() as conn:
            row = await _Q["webhooks"].row(conn, project=None, id=webhook)
        return None if row is None else _webhook(row)

    async def add(self, webhook: Webhook, now: Instant) -> Webhook:
        """A new one, with its number and its project's networks; Unknown (project)."""
        async with self._database.connection() as conn:
            made = await _Q["add_webhook"].value(
                conn,
                project=webhook.project,
                url=webhook.url,
                kinds=list(webhook.kinds),
                status_map=_json(webhook.status_map),
                salt=webhook.salt,
                now=now,
            )
            if made is None:
                raise Unknown(f"there is no project {webhook.project}")
            networks = await _Q["networks"].rows(conn, project=webhook.project)
        return replace(webhook, id=WebhookId(made), networks=tuple(row["network"] for row in networks))

    async def change(self, webhook: Webhook, now: Instant) -> None:
        """Address, kinds, status map and state; what waits for a removed one is given up. Unknown."""
        async with self._database.transaction() as conn:
            changed = await _Q["change_webhook"].value(
                conn,
                id=webhook.id,
                url=webhook.url,
                kinds=list(webhook.kinds),
                status_map=_json(webhook.status_map),
                state=webhook.state.value,
            )
            if changed is None:
                raise Unknown(f"there is no webhook {webhook.id}")
            if webhook.state is WebhookState.REMOVED:
                await _Q["drop_pending"].run(conn, id=webhook.id, now=now)

    async def rotate(self, webhook: WebhookId, salt: str, until: Instant) -> None:
        """A new secret; the old one is good until then, too. Unknown."""
        async with self._database.connection() as conn:
            if await _Q["rotate"].value(conn, id=webhook, salt=salt, until=until) is None:
                raise Unknown(f"there is no webhook {webhook}")

    async def networks(self, project: ProjectId) -> list[str]:
        async with self._database.connection() as conn:
            return [row["network"] for row in await _Q["networks"].rows(conn, project=project)]

    async def allow(self, project: ProjectId, network: str, reason: str, now: Instant) -> None:
        """Requests for this project may go into this private network. Unknown (project), Refused (no network)."""
        try:
            async with self._database.connection() as conn:
                found = await _Q["allow_network"].value(conn, project=project, network=network, reason=reason, now=now)
        except DataError as error:
            raise Refused(f"{network!r} is no network; write 10.1.0.0/16") from error
        if found is None:
            raise Unknown(f"there is no project {project}")

    async def forbid(self, project: ProjectId, network: str) -> None:
        """No longer. Unknown where it was not allowed."""
        try:
            async with self._database.connection() as conn:
                found = await _Q["forbid_network"].value(conn, project=project, network=network)
        except DataError as error:
            raise Refused(f"{network!r} is no network; write 10.1.0.0/16") from error
        if found is None:
            raise Unknown(f"project {project} has no network {network}")

    async def deliveries(
        self, webhook: WebhookId, state: DeliveryState, before: int | None = None, bound: int = PAGE
    ) -> list[DeliveryRecord]:
        """A page of them, newest first; `before`: those older than this one."""
        async with self._database.connection() as conn:
            rows = await _Q["deliveries"].rows(conn, webhook=webhook, state=state.value, before=before, bound=bound)
        return [DeliveryRecord(**{**row, "state": DeliveryState(row["state"])}) for row in rows]

    async def counts(self, project: ProjectId | None = None) -> Mapping[tuple[WebhookId, DeliveryState], int]:
        """How many wait and how many are dead, by webhook."""
        async with self._database.connection() as conn:
            rows = await _Q["counts"].rows(conn, project=project)
        return {(WebhookId(row["webhook"]), DeliveryState(row["state"])): row["deliveries"] for row in rows}

    async def replay(self, webhook: WebhookId, ids: Sequence[int] | None, now: Instant, give_up_at: Instant) -> int:
        """Dead ones are to be sent once more: those named, or all; how many there were."""
        async with self._database.connection() as conn:
            found: int = await _Q["replay"].value(
                conn, webhook=webhook, ids=None if ids is None else list(ids), now=now, give_up_at=give_up_at
            )
        return found

    async def post(
        self, project: ProjectId, kind: str, payload: Mapping[str, Any], now: Instant, lead: LeadId | None = None
    ) -> int:
        """An event that is not a settlement into the outbox; its number."""
        async with self._database.connection() as conn:
            made: int = await _Q["post"].value(
                conn, project=project, lead=lead, kind=kind, payload=_json(payload), now=now
            )
        return made


class OutboxBooks:
    """The way of each event, as the deliverer works it off."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def fan_out(self, now: Instant, give_up_at: Instant, bound: int) -> int:
        """Make deliveries of the next events; how many events there were."""
        async with self._database.connection() as conn:
            found: int = await _Q["fan_out"].value(conn, now=now, give_up_at=give_up_at, bound=bound)
        return found

    async def due(self, now: Instant) -> list[Webhook]:
        """Webhooks that have something to send."""
        async with self._database.connection() as conn:
            return [_webhook(row) for row in await _Q["due_webhooks"].rows(conn, now=now)]

    async def take(self, webhook: WebhookId, count: int, now: Instant, until: Instant) -> list[Delivery]:
        """The next ones into our hand, at most one of each lead."""
        async with self._database.connection() as conn:
            rows = await _Q["take"].rows(conn, webhook=webhook, count=count, now=now, until=until)
        return [Delivery(**{**row, "payload": orjson.loads(row["payload"])}) for row in rows]

    async def delivered(self, delivery: int, status: int, now: Instant) -> None:
        async with self._database.connection() as conn:
            await _Q["delivered"].run(conn, id=delivery, status=status, now=now)

    async def failed(self, delivery: int, status: int | None, error: str, now: Instant, next_try_at: Instant) -> bool:
        """To be tried again then; True where it is given up instead."""
        async with self._database.connection() as conn:
            return bool(
                await _Q["failed"].value(
                    conn, id=delivery, status=status, error=error, now=now, next_try_at=next_try_at
                )
            )

    async def recovered(self, webhook: WebhookId, now: Instant) -> None:
        """What rests because the receiver was away goes now."""
        async with self._database.connection() as conn:
            await _Q["recovered"].run(conn, webhook=webhook, now=now)

    async def give_up(self, now: Instant) -> int:
        """How many have had their time."""
        async with self._database.connection() as conn:
            found: int = await _Q["give_up"].value(conn, now=now)
        return found

    async def backlog(self) -> Backlog:
        async with self._database.connection() as conn:
            row = await _Q["backlog"].row(conn)
        assert row is not None
        return Backlog(**dict(row))

    async def prune(self, before: Instant, dead_before: Instant) -> int:
        """Forget what arrived before then, what was dead before then, and all of removed webhooks: deliveries, then the
        events that none refers to; how many rows went.
        """
        gone = await self._database.in_slices(_Q["prune"], before=before)
        gone += await self._database.in_slices(_Q["prune_dead"], before=dead_before)
        gone += await self._database.in_slices(_Q["prune_removed"])
        return gone + await self._database.in_slices(_Q["prune_events"], before=before)


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode()


def _webhook(row: Record) -> Webhook:
    return Webhook(
        **{
            **row,
            "state": WebhookState(row["state"]),
            "kinds": tuple(row["kinds"]),
            "status_map": orjson.loads(row["status_map"]),
            "networks": tuple(row["networks"]),
        }
    )
