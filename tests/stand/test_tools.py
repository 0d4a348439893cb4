"""The programs that tests need can be had and run: fetched, not skipped."""

import os
import subprocess

import asyncpg

from sim.stand import tools
from sim.stand.postgres import running_postgres


def output_of(program: tools.Program, *arguments: str) -> str:
    done = subprocess.run(
        [*program.argv, *arguments], capture_output=True, text=True, env={**os.environ, **program.env}
    )
    return done.stdout + done.stderr


async def test_sipp_runs():
    assert "SIPp v3." in output_of(await tools.sipp(), "-v")


async def test_promtool_runs():
    assert "promtool, version" in output_of(await tools.promtool(), "--version")


async def test_the_oldest_postgresql_folds_cyrillic_too():
    async with running_postgres(await tools.postgres_15()) as server:
        connection = await asyncpg.connect(server.dsn())
        version, folded = await connection.fetchrow("select version(), lower('ЁЖ')")
        await connection.close()
    assert version.startswith("PostgreSQL 15.")
    assert folded == "ёж"
