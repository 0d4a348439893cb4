"""The database goes away: frozen, restarted, crashed, shut to us, one of its processes hung. Nothing is lost.

Each test has a server of its own, for it is taken down. The limit of a command is the daemon's own for the books that
are tested; what a test asks for itself may take its time.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio

from dialer.clock import Clock
from dialer.core.effects import BookProgress
from dialer.core.events import AttemptSettled, BooksAway, BooksBack
from dialer.core.outcome import Outcome
from dialer.store.books import Books
from dialer.store.db import Database, DatabaseAway
from dialer.store.migrate import upgrade
from dialer.store.news import LeadsNews, announce_leads
from sim.stand.postgres import Postgres, running_postgres
from tests.conftest import PATIENCE_S
from tests.store.listener import Listener
from tests.store.scene import DONE, NOW, Scene, build_scene, lead, settlement

TIMEOUT_S = 3.0
"""Of a command of the books: what a busy machine answers within it is no absence."""
SOON_S = 0.5

CLERK = """
create role clerk login;
grant usage on schema dialer to clerk;
grant all on all tables in schema dialer to clerk;
grant all on all sequences in schema dialer to clerk;
"""
"""The daemon's role in production owns nothing that an administrator could not take from it."""

END_SESSIONS = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = 'postgres'"

SHUT = {
    "no login": (["alter role clerk nologin", END_SESSIONS], ["alter role clerk login"]),
    "no connections": (
        ["alter database postgres allow_connections false", END_SESSIONS],
        ["alter database postgres allow_connections true"],
    ),
    "renamed": (
        [
            "alter database postgres allow_connections false",
            END_SESSIONS,
            "alter database postgres rename to elsewhere",
        ],
        ["alter database elsewhere rename to postgres", "alter database postgres allow_connections true"],
    ),
    "no right to connect": (
        ["revoke connect on database postgres from public", END_SESSIONS],
        ["grant connect on database postgres to public"],
    ),
}
"""How a server that runs lets nobody in, and how it does so again."""


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Postgres]:
    async with running_postgres(settings={"fsync": "off"}) as one:  # what is committed outlives a crash
        yield one


@pytest_asyncio.fixture
async def scene(server: Postgres) -> AsyncIterator[Scene]:
    async with await Database.open(server.dsn(), command_timeout_s=PATIENCE_S) as database:
        await upgrade(database, NOW)
        one = await build_scene(database)
        await one.add(*(lead(number) for number in range(40)))
        yield one


@asynccontextmanager
async def books(dsn: str) -> AsyncIterator[tuple[Books, Listener]]:
    """Books with connections of their own, which wait no longer than the daemon's."""
    async with await Database.open(dsn, command_timeout_s=TIMEOUT_S) as database:
        heard = Listener()
        one = Books(database, Clock(), heard)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(one.writer.run())
            yield one, heard
            one.writer.stop()


async def test_frozen_and_thawed(server: Postgres, scene: Scene) -> None:
    taken = (await scene.reserve(10)).reservations
    async with books(server.dsn()) as (one, heard):
        server.freeze()
        for reservation in taken:
            one.writer.put(BookProgress(attempt=reservation.attempt, state="dialled", at=NOW))
            one.writer.put(settlement(reservation))
        await heard.heard(BooksAway)
        refused = await one.reserve(scene.wish(5))
        assert (refused.reservations, refused.unfinished, one.writer.backlog) == ((), 1, 20)
        server.thaw()
        await heard.heard(BooksBack)
        told = await heard.heard(AttemptSettled, 10)
        assert [event.attempt for event in told] == [reservation.attempt for reservation in taken]
    assert await scene.tally() == {"busy": 10}
    assert await scene.row("select count(*) from dialer.outbox") == {"count": 10}
    assert (await scene.imbalance()).total == 0


@pytest.mark.parametrize("how", ["stop", "crash"])
async def test_taken_down_and_started_again(server: Postgres, scene: Scene, how: str) -> None:
    taken = (await scene.reserve(10)).reservations
    async with books(server.dsn()) as (one, heard):
        await getattr(server, how)()
        for reservation in taken:
            one.writer.put(settlement(reservation))
        (away,) = await heard.heard(BooksAway)
        assert away.reason
        await server.start()
        await heard.heard(AttemptSettled, 10)
        await heard.heard(BooksBack)
        again = await one.reserve(scene.wish(5))
        assert len(again.reservations) == 5
    assert await scene.tally() == {"busy": 10, "": 5}
    assert (await scene.imbalance()).total == 0


@pytest.mark.parametrize("how", SHUT)
async def test_a_server_that_lets_nobody_in_costs_no_result(server: Postgres, scene: Scene, how: str) -> None:
    taken = (await scene.reserve(2)).reservations
    await scene.run(CLERK)
    shut, opened = SHUT[how]
    async with books(_as_clerk(server)) as (one, heard):
        await _administer(server, shut)
        assert (await one.reserve(scene.wish(5))).reservations == ()
        await heard.heard(BooksAway)
        for reservation in taken:
            one.writer.put(settlement(reservation, DONE, Outcome.ANSWERED, disposition="agreed"))
        await one.writer._once()  # surely tried
        assert (heard.all(AttemptSettled), one.writer.backlog) == ([], 2)
        await _administer(server, opened)
        await heard.heard(AttemptSettled, 2)
        await heard.heard(BooksBack)
        assert one.writer.refused == 0
    assert await scene.tally() == {"answered": 2}
    assert (await scene.imbalance()).total == 0


@pytest.mark.parametrize("how", SHUT)
async def test_who_listens_for_leads_outlives_a_server_that_lets_nobody_in(
    server: Postgres, scene: Scene, how: str
) -> None:
    await scene.run(CLERK)
    shut, opened = SHUT[how]
    heard = asyncio.Event()
    await _administer(server, shut)
    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(LeadsNews(_as_clerk(server), lambda campaign: heard.set()).run())
        with suppress(TimeoutError):  # that it gave up would end the group here
            await asyncio.wait_for(heard.wait(), SOON_S)
        await _administer(server, opened)
        async with asyncio.timeout(60):
            while not heard.is_set():
                async with scene.database.connection() as conn:
                    await announce_leads(conn, scene.campaign)
                await asyncio.sleep(0.1)
        listening.cancel()


@pytest.mark.parametrize("block", ["connection", "transaction"])
async def test_a_task_that_is_ended_ends_though_the_server_is_frozen(
    server: Postgres, scene: Scene, block: str
) -> None:
    """asyncpg waits for the server to cancel the statement, and makes a TimeoutError of the task's end."""
    asked = asyncio.Event()

    async def ask() -> None:
        async with getattr(scene.database, block)() as conn:
            server.freeze()
            asked.set()
            await conn.execute("select 1", timeout=30.0)

    asking = asyncio.ensure_future(ask())
    try:
        await asked.wait()
        asking.cancel()
        (ended,) = await asyncio.gather(asking, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError)
    finally:
        server.thaw()


async def test_a_claim_that_was_lost_on_the_way_is_undone(server: Postgres, scene: Scene) -> None:
    """The server is frozen with the claim already in its socket: it carries it out when it wakes."""
    async with books(server.dsn()) as (one, heard):
        assert len((await one.reserve(scene.wish(1))).reservations) == 1  # a connection stands
        server.freeze()
        lost = await one.reserve(scene.wish(5))
        assert lost.reservations == ()
        await heard.heard(BooksAway)
        server.thaw()
        await heard.heard(BooksBack)
        await _settled_down(scene, live=1)
    assert (await scene.imbalance()).total == 0
    assert await scene.row("select count(*) from dialer.lead where state = 'claimed'") == {"count": 1}


async def test_one_hung_process_of_the_server_holds_up_nobody_and_what_it_books_late_is_undone(
    server: Postgres, scene: Scene
) -> None:
    async with books(server.dsn()) as (one, heard):
        async with one._database.connection() as conn:
            hung = conn.get_server_pid()
        os.kill(hung, signal.SIGSTOP)
        try:
            lost = await one.reserve(scene.wish(5))
            assert lost.reservations == ()
            await heard.heard(BooksBack)
            held = await one.reserve(scene.wish(5))
            assert len(held.reservations) == 5
        finally:
            os.kill(hung, signal.SIGCONT)
        await _settled_down(scene, live=5)
        await _gone(scene, hung)
    assert (await scene.imbalance()).total == 0
    assert await scene.row("select count(*) from dialer.lead where state = 'claimed'") == {"count": 5}


async def test_a_claim_in_doubt_that_was_booked_is_put_back(server: Postgres, scene: Scene) -> None:
    booked = (await scene.reserve(3)).reservations
    (known,) = (await scene.reserve(1)).reservations
    async with books(server.dsn()) as (one, heard):
        one.writer.lost_touch(DatabaseAway("test"), [taken.attempt for taken in booked], session=0)
        await heard.heard(BooksBack)
    assert await scene.tally() == {"not_sent": 3, "": 1}
    assert (await scene.lead(known.lead))["state"] == "claimed"
    again = await scene.reserve(40, at=Clock().now())
    assert len(again.reservations) == 39
    assert {taken.attempt_no for taken in again.reservations} == {1}


async def test_stop_does_not_wait_for_a_database_that_is_away(server: Postgres, scene: Scene) -> None:
    (taken,) = (await scene.reserve(1)).reservations
    async with books(server.dsn()) as (one, heard):
        await server.stop()
        one.writer.put(settlement(taken))
        await heard.heard(BooksAway)
    assert one.writer.backlog == 1
    await server.start()


async def test_nobody_there_is_said_with_the_cure() -> None:
    with pytest.raises(DatabaseAway, match="is PostgreSQL running"):
        await Database.open("postgresql://dialer@/x?host=/nonexistent", command_timeout_s=TIMEOUT_S)


async def test_a_database_that_does_not_exist_is_said(server: Postgres) -> None:
    with pytest.raises(DatabaseAway, match="check the database's DSN"):
        await Database.open(server.dsn("nowhere"), command_timeout_s=TIMEOUT_S)


def _as_clerk(server: Postgres) -> str:
    own = urlsplit(server.dsn())
    return own._replace(netloc=f"clerk@{own.netloc.rpartition('@')[2]}").geturl()


async def _administer(server: Postgres, statements: Sequence[str]) -> None:
    """From beside: in another database of the same server."""
    conn = await asyncpg.connect(server.dsn("template1"))
    try:
        for statement in statements:
            await conn.execute(statement)
    finally:
        await conn.close()


async def _settled_down(scene: Scene, live: int) -> None:
    """Wait until only `live` attempts are open."""
    await _until(scene, f"select count(*) = {live} from dialer.live_attempt")


async def _gone(scene: Scene, process: int) -> None:
    await _until(scene, f"select count(*) = 0 from pg_stat_activity where pid = {process}")


async def _until(scene: Scene, condition: str) -> None:
    async with asyncio.timeout(60), scene.database.connection() as conn:
        while not await conn.fetchval(condition):  # noqa: ASYNC110 - the server's state can only be polled
            await asyncio.sleep(0.05)
