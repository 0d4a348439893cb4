"""An importer that is killed in the middle leaves whole batches only; the same list again brings the rest, once."""

import asyncio
import os
import sys
from pathlib import Path

import asyncpg

from dialer.store.db import Database
from dialer.store.sql import Conn
from tests.cli.configured import configured
from tests.store.scene import build_scene

PROGRAM = "from dialer.cli import main; main()"
ROWS = 96_000
"""Seconds of work: nobody who looks once a batch is written comes too late to kill it."""
FORMS = ("А-{row};8 916 1{row:06}", ";8 916 2{row:06}", ";21{row:05}", "А-{row};12")
"""With an order's name, told by the number, told by what is asked about it, refused: all ways to know a row again."""
TAKEN = ROWS * 3 // 4
COUNTS = """
    select count(*) as leads, count(distinct coalesce(external_id, coalesce(number, fields ->> 'candidates'))) as told,
           count(*) filter (where number is not null) as numbers,
           (select count(*) from dialer.phone) as phones,
           (select accepted + needs_decision from dialer.list where name = 'long') as summed
    from dialer.lead
"""


def write_list(path: Path) -> None:
    lines = (f"{FORMS[row % len(FORMS)].format(row=row)};Москва;{'Чайник ' * 8}\n" for row in range(ROWS))
    path.write_text("Номер заказа;Телефон;Город;Товар\n" + "".join(lines), "utf-8")


async def test_killed_and_repeated_it_is_as_if_it_had_run_once(
    database: Database, database_dsn: str, tmp_path: Path
) -> None:
    await build_scene(database)
    write_list(tmp_path / "long.csv")
    config = configured(tmp_path, database_dsn)
    conn = await asyncpg.connect(database_dsn)
    try:
        await killed_after_a_batch(conn, tmp_path, config)
        left = await counts(conn)
        assert 0 < left["leads"] < TAKEN
        assert left["leads"] == left["told"] == left["summed"]
        assert left["phones"] == left["numbers"]
        again = await importer(tmp_path, config)
        assert await again.wait() == 0
        whole = await counts(conn)
        assert whole["leads"] == whole["told"] == whole["summed"] == TAKEN
        assert whole["phones"] == whole["numbers"]
        assert await conn.fetchval("select duplicate from dialer.list where name = 'long'") == left["leads"]
    finally:
        await conn.close()


async def counts(conn: Conn) -> dict[str, int]:
    (row,) = await conn.fetch(COUNTS)
    return dict(row)


async def importer(folder: Path, config: str) -> asyncio.subprocess.Process:
    arguments = ("import", str(folder / "long.csv"), "--campaign", "спасибо", "--list", "long", "-c", config)
    null = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, *arguments, stdout=null)


async def killed_after_a_batch(conn: Conn, folder: Path, config: str) -> None:
    """By the only signal that no program hears; its reading process ends by itself, having nobody to write to."""
    process = await importer(folder, config)
    while not await conn.fetchval("select count(*) from dialer.lead"):
        assert process.returncode is None
    readers = children_of(process.pid)
    process.kill()
    await process.wait()
    async with asyncio.timeout(60):
        while any(map(is_alive, readers)):
            await conn.fetchval("select pg_sleep(0.05)")


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
