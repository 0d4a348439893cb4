"""Migrations: once, in order, whole or not at all, by one starter of many."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from dialer.store.db import Database
from dialer.store.migrate import (
    LOCK_KEY,
    PARTITION_MONTHS,
    Migration,
    MigrationError,
    Status,
    make_partitions,
    require_current,
    shipped,
    status,
    upgrade,
)
from sim.stand.postgres import Postgres
from tests.conftest import PATIENCE_S, copied, dropped
from tests.store.scene import NOW

FIRST, *_ = shipped()


@pytest_asyncio.fixture(params=["embedded", "debian-15"])
async def empty(
    request: pytest.FixtureRequest, postgres: Postgres, debian_template: Postgres
) -> AsyncIterator[Database]:
    """A database without any schema."""
    server = postgres if request.param == "embedded" else debian_template
    dsn = await copied(server, "template1")
    async with await Database.open(dsn, command_timeout_s=PATIENCE_S) as database:
        yield database
    await dropped(server, dsn)


async def test_from_nothing_to_current_and_then_nothing_more(empty: Database) -> None:
    with pytest.raises(MigrationError, match=r"001_projects.*run `dialer db upgrade`"):
        await require_current(empty)
    assert await upgrade(empty, NOW) == list(shipped())
    await require_current(empty)
    assert await upgrade(empty, NOW) == []
    assert {entry.status for entry in await status(empty)} == {Status.APPLIED}


async def test_many_starters_at_once_migrate_once(empty: Database) -> None:
    answers = await asyncio.gather(*(upgrade(empty, NOW) for _ in range(5)))
    assert sorted(map(len, answers)) == [0, 0, 0, 0, len(shipped())]


async def test_starters_wait_while_the_winner_builds_an_index_beside_its_writers(empty: Database) -> None:
    """`create index concurrently` waits for every snapshot: a starter that waits in the lock would hold one."""
    await upgrade(empty, NOW)
    async with empty.connection() as winner:
        assert await winner.fetchval("select pg_try_advisory_lock($1)", LOCK_KEY)
        waiting = asyncio.ensure_future(upgrade(empty, NOW))
        await winner.execute("create index concurrently project_again on dialer.project (name)", timeout=60)
        assert not waiting.done()
        await winner.fetchval("select pg_advisory_unlock($1)", LOCK_KEY)
        assert await waiting == []


async def test_a_migration_that_fails_leaves_nothing_behind_and_those_before_it_stand(empty: Database) -> None:
    good = Migration(1, "good", "create table dialer.good ()")
    bad = Migration(2, "bad", "create table dialer.half (); select nonsense")
    with pytest.raises(asyncpg.UndefinedColumnError):
        await upgrade(empty, NOW, [good, bad])
    assert [entry.status for entry in await status(empty, [good, bad])] == [Status.APPLIED, Status.PENDING]
    async with empty.connection() as conn:
        assert await conn.fetchval("select to_regclass('dialer.half')") is None


async def test_a_changed_file_is_refused_before_anything_is_done(empty: Database) -> None:
    await upgrade(empty, NOW)
    other_text = Migration(FIRST.version, FIRST.name, FIRST.text + " ")
    changed = [other_text, *shipped()[1:], Migration(999, "new", "select 1")]
    with pytest.raises(MigrationError, match="001_projects was applied with another text"):
        await upgrade(empty, NOW, changed)
    assert (await status(empty, changed))[-1].status is Status.PENDING


async def test_a_database_ahead_of_the_program_is_refused(empty: Database) -> None:
    await upgrade(empty, NOW)
    older = shipped()[:-1]
    last = shipped()[-1]
    with pytest.raises(MigrationError, match=rf"{last.version:03}_{last.name}.*install the newer dialer"):
        await upgrade(empty, NOW, older)


async def test_partitions_are_made_ahead_once_and_take_in_what_came_early(empty: Database) -> None:
    await upgrade(empty, NOW)
    async with empty.connection() as conn:
        months = await conn.fetchval("select count(*) from pg_inherits where inhparent = 'dialer.decision'::regclass")
        assert months == PARTITION_MONTHS + 1
        assert await make_partitions(empty, NOW) == 0
        far = NOW + 400 * 86400
        await conn.execute("insert into dialer.decision values (1, 's', to_timestamp($1), '', 0, 0, '', '{}')", far)
        assert await conn.fetchval("select count(*) from dialer.decision_other") == 1
        assert await make_partitions(empty, far) > 0
        assert await conn.fetchval("select count(*) from dialer.decision_other") == 0
        assert await conn.fetchval("select count(*) from dialer.decision") == 1


async def test_a_project_s_zone_that_is_none_becomes_moscow_and_no_other_comes_in(empty: Database) -> None:
    """The day's counts asked PostgreSQL for it, at every start of the daemon."""
    checked = next(one for one in shipped() if one.name == "project_zone")
    await upgrade(empty, NOW, [one for one in shipped() if one.version < checked.version])
    async with empty.connection() as conn:
        await conn.execute("insert into dialer.project (name, zone) values ('a', 'Europe/Moskva'), ('b', 'Asia/Omsk')")
    await upgrade(empty, NOW)
    async with empty.connection() as conn:
        zones = await conn.fetch("select name, zone from dialer.project order by name")
        [told] = await conn.fetch("select action, detail->>'zone' as zone from dialer.audit")
        with pytest.raises(asyncpg.CheckViolationError, match="project_zone"):
            await conn.execute("update dialer.project set zone = 'Europe/Moskva'")
    assert [tuple(row) for row in zones] == [("a", "Europe/Moscow"), ("b", "Asia/Omsk")]
    assert tuple(told) == ("project.zone", "Europe/Moskva → Europe/Moscow")
