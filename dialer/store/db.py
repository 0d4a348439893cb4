"""The pool of connections, and the one word for a database that does not answer: `DatabaseAway`.

A frozen server is noticed by the time limit of a command, a dead one by its connections. The connection on which
that happened is closed on the spot: what it was doing may still be done by the server, so it must not be used again.
A server that will not serve us just now (a password changed, no connections allowed) is as good as away.
A queue for a connection is no absence: who has to wait longer than he should is told `DatabaseBusy`.
Mistakes of ours (a wrong type, a broken constraint) are never taken for an absence: they go up as they are.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import Any, Self

import asyncpg
from asyncpg import exceptions as pg
from asyncpg.pool import PoolConnectionProxy

from dialer.core.pseudonym import NO_KEY, Pseudonyms
from dialer.store.sql import Conn, Statement

COMMAND_TIMEOUT_S = 3.0
"""A statement of ours takes milliseconds: the server is taken for frozen after this."""

POOL_SIZE = 10

QUEUE_S = 20.0
"""How long one may wait for a connection that others use; whoever asked over HTTP waits little longer himself."""

SLICE = 5000

PLAN_LIFETIME_S = 60
"""A plan is kept so long at most: one that was made while a table was empty is no good when it is full."""

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "application_name": "dialer",
        "jit": "off",
        # Planning a claim or a settlement takes 2 ms, carrying it out for one lead half a millisecond.
        "plan_cache_mode": "force_generic_plan",
    }
)

REFUSED = (
    pg.InvalidAuthorizationSpecificationError,  # a password that was changed, a role that may not log in, pg_hba
    pg.InvalidCatalogNameError,  # a database that was renamed
    pg.InsufficientPrivilegeError,  # a right that was taken from our role: no matter of what is written
    pg.ObjectNotInPrerequisiteStateError,  # no connections allowed now, a lock not got in time
)
"""The server is there and will not serve us; an administrator can change that at any moment, to and fro."""

AWAY: tuple[type[BaseException], ...] = (
    *REFUSED,
    pg.PostgresConnectionError,
    pg.OperatorInterventionError,  # shut down, starting, terminated by its administrator
    pg.InsufficientResourcesError,  # no room on disk, too many connections
    pg.PostgresSystemError,
    pg.ReadOnlySQLTransactionError,  # the leader has become a standby
    pg.IdleInTransactionSessionTimeoutError,
    pg.TransactionTimeoutError,
    pg.TransactionRollbackError,  # deadlock or serialization: the same again will do
    pg.InternalClientError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
)


class DatabaseAway(ConnectionError):
    """The database did not answer, or not in time. What was asked may or may not have been done."""


class DatabaseBusy(DatabaseAway, TimeoutError):
    """The server may be well: all our connections to it were in use for too long. Surely nothing was done."""


def is_away(error: BaseException) -> bool:
    """An InterfaceError that is also a ValueError is a wrong argument: our mistake, not the server's absence."""
    return isinstance(error, AWAY) and not isinstance(error, ValueError)


class Database:
    """Connections to one PostgreSQL. All times are parameters: a statement never reads the server's clock."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        timeout_s: float,
        size: int = POOL_SIZE,
        queue_s: float = QUEUE_S,
        pseudonyms: Pseudonyms = NO_KEY,
        dsn: str = "",
    ) -> None:
        """`pseudonyms`: how numbers that were forgotten are known again; whoever writes numbers needs it."""
        self._pool = pool
        self._timeout_s = timeout_s
        self._queue_s = queue_s
        self._free = asyncio.Semaphore(size)
        self.pseudonyms = pseudonyms
        self.dsn = dsn
        """Where another process of ours finds it."""

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        size: int = POOL_SIZE,
        command_timeout_s: float = COMMAND_TIMEOUT_S,
        queue_s: float = QUEUE_S,
        settings: Mapping[str, str] | None = None,
        pseudonyms: Pseudonyms = NO_KEY,
    ) -> Self:
        """Connect; DatabaseAway where nobody answers, ValueError for a DSN that is none."""
        try:
            pool = await asyncpg.create_pool(
                dsn,
                reset=_as_it_is,
                min_size=0,  # else a task in the background goes on trying while the server is away
                max_size=size,
                command_timeout=command_timeout_s,
                timeout=command_timeout_s,
                max_cached_statement_lifetime=PLAN_LIFETIME_S,
                server_settings={**SETTINGS, **(settings or {})},
            )
            async with pool.acquire(timeout=command_timeout_s):
                pass
        except REFUSED as error:
            raise DatabaseAway(f"{error}; check the database's DSN") from error
        except BaseException as error:
            if is_away(error):
                raise DatabaseAway(f"cannot connect ({_words(error)}); is PostgreSQL running?") from error
            raise
        return cls(pool, command_timeout_s, size, queue_s, pseudonyms, dsn)

    async def close(self) -> None:
        """Let go at once: nothing is waited for that a frozen server could hold up."""
        self._pool.terminate()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Conn]:
        """A connection out of the pool; DatabaseAway for whatever means that the server is not there, DatabaseBusy."""
        await self._queue_up()
        try:
            conn = await self._taken()
            try:
                yield conn
            except BaseException as error:
                if is_away(error):
                    with suppress(asyncpg.InterfaceError):  # the pool has taken back a connection that broke
                        conn.terminate()
                raise
            finally:
                await self._pool.release(conn)
        except DatabaseAway:
            raise
        except BaseException as error:
            if is_away(error):
                raise _away(error) from error
            raise
        finally:
            self._free.release()

    async def _taken(self) -> "PoolConnectionProxy[asyncpg.Record]":
        """A connection of the pool. Whatever comes in place of one is an absence: nothing was asked of the server."""
        try:
            return await self._pool.acquire(timeout=self._timeout_s)
        except Exception as error:
            raise _away(error) from error

    async def _queue_up(self) -> None:
        """Wait for one's turn at a connection; the server itself is not asked."""
        try:
            async with asyncio.timeout(self._queue_s):
                await self._free.acquire()
        except TimeoutError:
            raise DatabaseBusy(f"no connection was free within {self._queue_s:g} s") from None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Conn]:
        """A connection in a transaction, committed at the end of the block.

        Not asyncpg's own block: that would wait for a frozen server to roll back.
        """
        async with self.connection() as conn:
            transaction = conn.transaction()
            await transaction.start()
            try:
                yield conn
            except BaseException as error:
                if not is_away(error):
                    await transaction.rollback()
                raise
            await transaction.commit()

    async def in_slices(self, statement: Statement, **values: Any) -> int:
        """Carry out a statement that takes at most `bound` rows and says how many it took, until nothing is left; how
        many in all. Whoever else needs the rows waits for a slice and not for the whole."""
        gone, found = 0, SLICE
        while found == SLICE:
            async with self.connection() as conn:
                found = await statement.value(conn, bound=SLICE, **values)
            gone += found
        return gone


async def _as_it_is(conn: object) -> None:
    """How a connection is given back, an open transaction being rolled back before.

    Nothing of ours sets, listens or locks in a session of the pool: asyncpg's own question, a round trip as dear as
    most statements, would have nothing to undo.
    """


def _away(error: BaseException) -> BaseException:
    """What is raised in its place; the end of a task stays its end, for asyncpg makes a TimeoutError of it at times."""
    task = asyncio.current_task()
    return asyncio.CancelledError() if task is not None and task.cancelling() else DatabaseAway(_words(error))


def _words(error: BaseException) -> str:
    """What happened, without the row: a server's DETAIL may hold a person's number."""
    return f"{type(error).__name__}: {str(error).splitlines()[0]}" if str(error) else type(error).__name__
