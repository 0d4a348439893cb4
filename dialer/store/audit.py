"""The audit log: found by who, what and when; written by the batch where looks come with every call."""

from collections.abc import Sequence

import orjson

from dialer.core.audit import AuditAsked
from dialer.core.user import AuditEntry
from dialer.store.db import Database
from dialer.store.sql import load

_Q = load("audit")


class AuditBooks:
    """Over one database; every method may raise DatabaseAway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, asked: AuditAsked) -> list[AuditEntry]:
        """The newest first."""
        async with self._database.connection() as conn:
            rows = await _Q["find"].rows(
                conn,
                kind=asked.kind.value,
                by=asked.by,
                action=asked.action,
                subject=asked.subject,
                since=asked.since,
                before=asked.before,
                bound=asked.bound,
            )
        return [AuditEntry(**{**row, "detail": orjson.loads(row["detail"])}) for row in rows]

    async def put(self, entries: Sequence[AuditEntry]) -> None:
        async with self._database.connection() as conn:
            await _Q["put"].run(
                conn,
                at=[entry.at for entry in entries],
                by=[entry.by for entry in entries],
                actions=[entry.action for entry in entries],
                subjects=[entry.subject for entry in entries],
                details=[orjson.dumps(dict(entry.detail)).decode() for entry in entries],
            )
