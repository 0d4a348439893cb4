"""One daemon leads a database; who comes second is told from where and since when it is led."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from dialer.cli.exits import ExitCode
from dialer.store.alone import KEY, Alone, AnotherDaemonError
from tests.cli.configured import DIALER, configured

HOLDER = "select pid from pg_locks where locktype = 'advisory' and objid = 6002"


async def second(dsn: str) -> None:
    async with Alone(dsn, patience_s=0.0):
        pass


async def test_the_second_is_refused_until_the_first_has_ended(database_dsn: str) -> None:
    async with Alone(database_dsn):
        with pytest.raises(AnotherDaemonError, match=r"from .+ since 20\d\d-.+: stop it"):
            await second(database_dsn)
    async with Alone(database_dsn):
        pass


async def test_a_lost_lead_is_taken_anew(database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialer.store.alone.ALIVE_S", 0.1)
    conn = await asyncpg.connect(database_dsn)
    async with Alone(database_dsn) as first:
        running = asyncio.create_task(first.run())
        lost = await conn.fetchval(HOLDER)
        assert await conn.fetchval("select pg_terminate_backend($1)", lost)
        async with asyncio.timeout(60):
            while await conn.fetchval(HOLDER) in (None, lost):  # noqa: ASYNC110 - another process is watched
                await asyncio.sleep(0.05)
        with pytest.raises(AnotherDaemonError):
            await second(database_dsn)
        running.cancel()
    await conn.close()


async def test_a_daemon_ends_that_another_took_the_lead_from(database_dsn: str, tmp_path: Path) -> None:
    """Its connection was lost, as where the database is started again, and who waited came first."""
    conn = await asyncpg.connect(database_dsn)
    config, pipe = configured(tmp_path, database_dsn), asyncio.subprocess.PIPE
    first = await asyncio.create_subprocess_exec(DIALER, "run", "--config", config, stderr=pipe, stdout=pipe)
    async with asyncio.timeout(100):
        while await conn.fetchval(HOLDER) is None:  # noqa: ASYNC110 - another process is watched
            await asyncio.sleep(0.05)
        while not await conn.fetchval("select pg_try_advisory_lock($1)", KEY):
            await conn.fetchval(f"select pg_terminate_backend(pid) from ({HOLDER}) as held")
    _, said = await first.communicate()
    await conn.close()
    assert first.returncode == ExitCode.DATABASE
    assert (
        said.decode().splitlines()[-1].startswith("dialer: another daemon leads the campaigns of this database, from")
    )
    assert "Traceback" not in said.decode()


async def test_a_second_daemon_does_not_start(database_dsn: str, tmp_path: Path) -> None:
    config = configured(tmp_path, database_dsn)
    async with Alone(database_dsn):
        other = await asyncio.create_subprocess_exec(DIALER, "run", "--config", config, stderr=asyncio.subprocess.PIPE)
        _, said = await other.communicate()
    assert other.returncode == ExitCode.DATABASE
    assert "another daemon leads the campaigns of this database" in said.decode()
