"""Connections are shared: who waits for one waits for us, not for the server, and is told the difference."""

import asyncio

import pytest

from dialer.store.db import Database, DatabaseAway, DatabaseBusy

WORKS_S = 0.8
PATIENCE_S = 0.5
"""Shorter than the others work: waiting for them is no absence."""


async def work(database: Database) -> None:
    async with database.connection() as conn:
        await conn.execute(f"select pg_sleep({WORKS_S})", timeout=30.0)


async def test_a_queue_for_connections_is_no_absence(database_dsn: str) -> None:
    async with await Database.open(database_dsn, size=1) as database:
        database._timeout_s = PATIENCE_S  # of taking a connection: its commands may be slow on a busy machine
        await asyncio.gather(*(work(database) for _ in range(3)))


async def test_who_waits_too_long_is_told_that_we_are_busy(database_dsn: str) -> None:
    async with await Database.open(database_dsn, size=1, queue_s=0.1) as database:
        async with database.connection():
            with pytest.raises(DatabaseBusy, match=r"no connection was free within 0\.1 s"):
                await work(database)
        await work(database)
    assert issubclass(DatabaseBusy, DatabaseAway)
    assert issubclass(DatabaseBusy, TimeoutError)


async def test_a_place_in_the_queue_is_given_back_whatever_happens(database_dsn: str) -> None:
    async with await Database.open(database_dsn, size=1) as database:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                async with database.connection():
                    raise ZeroDivisionError
        waiting = asyncio.ensure_future(work(database))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await work(database)
