"""The embedded server: Cyrillic folds, it can be frozen, restarted, crashed; it leaves nothing behind."""

import asyncio

import asyncpg
import pytest
import pytest_asyncio

from sim.stand.postgres import Postgres, running_postgres


@pytest_asyncio.fixture
async def server():
    async with running_postgres() as own:
        yield own


async def ask(server: Postgres, question: str) -> object:
    connection = await asyncpg.connect(server.dsn(), timeout=60)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_cyrillic_folds_and_matches(postgres):
    assert await ask(postgres, "select lower('ЁЖ') = 'ёж' and 'Иванов' ilike 'иВАН%'") is True


async def test_data_outlives_restart_and_crash(server):
    await ask(server, "create table kept as select 1 as one")
    await server.restart()
    assert await ask(server, "select one from kept") == 1
    await ask(server, "checkpoint")
    await server.crash()
    await server.start()
    assert await ask(server, "select one from kept") == 1


async def test_frozen_answers_nobody_and_thawed_goes_on(server):
    connection = await asyncpg.connect(server.dsn())
    server.freeze()
    answer = asyncio.ensure_future(connection.fetchval("select 7"))
    done, _ = await asyncio.wait([answer], timeout=0.3)
    assert not done
    server.thaw()
    assert await asyncio.wait_for(answer, 60) == 7
    await connection.close()


async def test_it_ends_with_its_context_and_removes_its_data():
    async with running_postgres() as own:
        folder = own.dsn().partition("host=")[2]
    with pytest.raises(OSError, match="No such file"):
        await asyncpg.connect(f"postgresql://dialer@/postgres?host={folder}")
