"""One daemon leads the campaigns of a database: a second would take the first one's calls for strays and settle them.

The lead is a lock of a session: it ends with the daemon, however that ends.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Self

import asyncpg

from dialer.logs import LogEvent, get_logger
from dialer.store.db import AWAY, DatabaseAway
from dialer.store.sql import Conn, load

KEY = 6002
"""Under 2^32, so that it is one half of the lock's name in `pg_locks`."""
PATIENCE_S = 10.0
"""A daemon that was killed a moment ago may not have been noticed yet."""
RETRY_S = 0.5
ALIVE_S = 5.0

_Q = load("alone")
log = get_logger()


class AnotherDaemonError(Exception):
    """Another daemon leads this database's campaigns; the message says from where and since when."""


class Alone:
    """The lead, on a connection of its own, taken on entering; `run` is a task of the daemon."""

    def __init__(self, dsn: str, patience_s: float = PATIENCE_S) -> None:
        self._dsn = dsn
        self._patience_s = patience_s
        self._conn: asyncpg.Connection[asyncpg.Record] | None = None

    async def __aenter__(self) -> Self:
        """AnotherDaemonError where the lead is not to be had in PATIENCE_S; DatabaseAway."""
        try:
            await self._take()
        except BaseException:
            self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the lead up."""
        if self._conn is not None:
            self._conn.terminate()

    async def run(self) -> None:
        """Keep the lead: where its connection was lost it is taken anew. Ends by being cancelled.

        AnotherDaemonError where another one has taken it meanwhile: two that lead would end each other's calls. What is
        on the line goes on in Asterisk and is the other's to take over.
        """
        pause_s = ALIVE_S
        while True:
            await asyncio.sleep(pause_s)  # noqa: TID251 - a look at whether the server is there
            pause_s = RETRY_S
            with suppress(*AWAY):
                if not await self._is_ours():
                    lost = AnotherDaemonError(await self._told())
                    log.error(LogEvent.NOT_ALONE, holder=str(lost))
                    raise lost
                pause_s = ALIVE_S

    async def _take(self) -> None:
        try:
            for _ in range(int(self._patience_s / RETRY_S)):
                if await self._is_ours():
                    return
                await asyncio.sleep(RETRY_S)  # noqa: TID251 - a pause between two tries at the edge
            if not await self._is_ours():
                raise AnotherDaemonError(await self._told())
        except AWAY as error:
            raise DatabaseAway(str(error)) from error

    async def _is_ours(self) -> bool:
        return bool(await _Q["take"].value(await self._connection(), key=KEY))

    async def _told(self) -> str:
        holder = await _Q["holder"].row(await self._connection(), key=KEY)
        if holder is None:
            return "another daemon has led the campaigns of this database until now: start this one again"
        since = datetime.fromtimestamp(holder["since"], UTC).isoformat(timespec="seconds")
        return (
            f"another daemon leads the campaigns of this database, from {holder['address']} since {since}: "
            "stop it, or give this one a database of its own"
        )

    async def _connection(self) -> Conn:
        if self._conn is None or self._conn.is_closed():
            self._conn = await asyncpg.connect(self._dsn, timeout=ALIVE_S, command_timeout=ALIVE_S)
        return self._conn
