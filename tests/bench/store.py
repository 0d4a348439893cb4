"""The books under load: a list goes in, leads are claimed, attempts are settled. `python -m tests.bench.store [ROWS]`.

ROWS: a million by default, 300,000 at least (fewer would run out while they are claimed).

A real server with its default durability (every commit is flushed to disk); one client, one core.
"""

import asyncio
import itertools
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from time import perf_counter

from dialer.core.effects import BookProgress
from dialer.core.events import Reservation
from dialer.core.hours import RUSSIAN_ZONES
from dialer.core.ids import LeadId
from dialer.core.lead import NewLead, NewPhone
from dialer.core.outcome import LeadState, LeadStep
from dialer.store import attempts
from dialer.store.db import Database
from dialer.store.lists import BATCH_ROWS, ListWriter
from dialer.store.migrate import upgrade
from dialer.store.uuid7 import uuid7s
from sim.stand.postgres import running_postgres
from tests.store.scene import NOW, Scene, build_scene, settlement

ZONES = RUSSIAN_ZONES[:11]
OPEN = ZONES[:2]
ROUNDS = 200
LEAST_ROWS = 300_000


async def main(rows: int) -> None:
    async with running_postgres(settings={}) as server:
        async with await Database.open(server.dsn(), command_timeout_s=60) as database:
            await upgrade(database, NOW)
        async with await Database.open(server.dsn(), command_timeout_s=60) as database:
            scene = await build_scene(database)
            await import_rows(scene, rows)
            await claim(scene, f"claim 50 of {rows:,} leads, 2 of 11 zones open", 50)
            await put_off(scene)
            await claim(scene, "claim 50, half of all leads waiting for tomorrow", 50)
            await claim(scene, "claim 50, all 28 zones open", 50, RUSSIAN_ZONES)
            await settle(scene, 1)
            await settle(scene, 50)
            await nothing_due(scene)
            await check(scene)


async def import_rows(scene: Scene, rows: int) -> None:
    writer = ListWriter(scene.database, scene.list)
    start = perf_counter()
    for batch in batches(rows):
        await writer.write(batch, NOW)
    await writer.finish()
    took = perf_counter() - start
    print(f"import {rows:,} rows: {took:.1f} s, {rows / took:,.0f} rows/s (making the rows included)")


def batches(rows: int) -> Iterator[list[NewLead]]:
    zones = itertools.cycle(ZONES)
    for first in range(0, rows, BATCH_ROWS):
        count = min(BATCH_ROWS, rows - first)
        ids = uuid7s(NOW + first / 1000, count)
        yield [
            NewLead(
                LeadId(ids[place]),
                (NewPhone(f"9{(first + place) * 7919 % 10**9:09}", next(zones), "mobile"),),
                external_id=f"order-{first + place}",
                person="Анна Иванова",
                region="Московская область",
                fields={"сумма": "1990", "адрес": "ул. Ленина, 1"},
                priority=5 if place % 10 else 7,
            )
            for place in range(count)
        ]


async def claim(scene: Scene, what: str, count: int, zones: Sequence[str] = OPEN) -> None:
    async def one() -> None:
        reserved = await scene.reserve(count, zones=zones)
        assert len(reserved.reservations) == count

    await measure(what, one)


async def put_off(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        await conn.execute(
            "update dialer.lead set state = 'waiting', reason = 'no_answer', priority = 9,"
            " next_call_at = next_call_at + interval '1 day' where state = 'ready' and right(number, 1) < '5'",
            timeout=600,
        )
        await conn.execute("vacuum analyze dialer.lead", timeout=600)


async def settle(scene: Scene, size: int) -> None:
    pool: list[Reservation] = []
    step = LeadStep(LeadState.WAITING, "busy", next_call_at=NOW + 90000)
    while len(pool) < size * ROUNDS:
        pool += (await scene.reserve(500, zones=ZONES)).reservations
    taken = iter(pool)

    async def one() -> None:
        batch = list(itertools.islice(taken, size))
        async with scene.database.transaction() as conn:
            await attempts.progress(conn, [BookProgress(attempt=a.attempt, state="dialled", at=NOW) for a in batch])
            await attempts.settle(conn, [settlement(a, step) for a in batch], NOW)

    await measure(f"progress and settlement of {size} in one transaction", one)


async def nothing_due(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        await conn.execute("update dialer.lead set state = 'done', reason = 'x' where state = 'ready'", timeout=600)

    async def one() -> None:
        assert (await scene.reserve(50, zones=RUSSIAN_ZONES)).next_due_at is not None

    await measure("asked in vain, every other lead waits", one)


async def measure(what: str, one: Callable[[], Awaitable[None]]) -> None:
    took = []
    for _ in range(ROUNDS):
        start = perf_counter()
        await one()
        took.append((perf_counter() - start) * 1000)
    took.sort()
    median, high = took[len(took) // 2], took[len(took) * 95 // 100]
    print(f"{what}: median {median:.2f} ms, p95 {high:.2f} ms")


async def check(scene: Scene) -> None:
    start = perf_counter()
    assert (await scene.imbalance()).total == 0
    print(f"imbalance of the books: none, told in {(perf_counter() - start) * 1000:.1f} ms")


if __name__ == "__main__":
    asyncio.run(main(max(int(sys.argv[1]), LEAST_ROWS) if len(sys.argv) > 1 else 1_000_000))
