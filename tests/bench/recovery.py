"""A database that goes away in mid-campaign and comes back: how soon is everything right again?

`python -m tests.bench.recovery [--times N] [--agents N]`. PostgreSQL is restarted and frozen, N times each, while a
team talks and a list is dialled. From the moment at which PostgreSQL answers a plain client again it is measured how
long it takes until the carrier gets the next call, and until the end of every call that ended meanwhile is booked.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

import asyncpg

from dialer.store.db import DatabaseAway
from sim.stand.postgres import Postgres
from tests.bench.shift import seated
from tests.bench.stage import Stage, describe, load_text, quantile, stage_of

AIM_S = 5.0
FROZEN_S = 8.0
PROBE_S = 0.02
BETWEEN_S = 8.0
"""Of ordinary dialling, between one fault and the next."""
LEADS = 20_000
PEOPLE = {"others": {"does": "answers", "ring_s": 0.5, "talk_s": 4.0}}

Fault: TypeAlias = Callable[[Postgres], Awaitable[None]]


async def restart(server: Postgres) -> None:
    await server.restart()


async def freeze(server: Postgres) -> None:
    server.freeze()
    await asyncio.sleep(FROZEN_S)
    server.thaw()


FAULTS: tuple[Fault, ...] = (restart, freeze)


async def measure(times: int, agents: int) -> None:
    async with stage_of(agents) as stage:
        print(await describe(stage))
        house = stage.house
        await stage.sip.ask("script", script=PEOPLE)
        await house.prepare(stage.team, mode="power", power_ratio=1.0)
        await stage.add_leads(0, LEADS)
        await house.start()
        await house.until_servers_up()
        async with seated(stage):
            await house.command("start")
            found = {fault.__name__: [await hurt(stage, fault) for _ in range(times)] for fault in FAULTS}
            await house.command("stop")
            await house.until(lambda: none_open(stage), "every attempt is settled", 120)
        print(f"contradictions in the books: {(await house.imbalance()).total}; {load_text()}")
        await house.stop()
    print("seconds from the first answer of PostgreSQL |  median |     max | all")
    for name, pairs in found.items():
        for what, taken in zip(("next call at the carrier", "books complete"), zip(*pairs, strict=True), strict=True):
            row = f"{quantile(taken, 0.5):7.2f} | {max(taken):7.2f} | {' '.join(f'{s:.2f}' for s in taken)}"
            print(f"{name:8} {what:34} | {row}")
    print(f"aim: {AIM_S:g} s")


async def hurt(stage: Stage, fault: Fault) -> tuple[float, float]:
    """Seconds to the next call and to complete books, after this fault."""
    await asyncio.sleep(BETWEEN_S)
    await fault(stage.postgres)
    await answers_again(stage.postgres)
    back = time.monotonic()
    records = await stage.sip.ask("calls")
    ended = [record["number"] for record in records if record["ended_at"] is not None and record["ended_at"] < back]
    next_call, complete = await asyncio.gather(next_call_at(stage, back, len(records)), complete_at(stage, ended))
    return next_call - back, complete - back


async def answers_again(server: Postgres) -> None:
    while True:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            conn = await asyncpg.connect(server.dsn(), timeout=1.0)
            try:
                await conn.fetchval("select 1", timeout=1.0)
                return
            finally:
                conn.terminate()
        await asyncio.sleep(PROBE_S)


async def next_call_at(stage: Stage, back: float, calls: int) -> float:
    """When the first call after that moment came to the carrier, which then knew of about so many."""
    while True:
        records = await stage.sip.ask("calls", since=max(0, calls - 10))
        if later := [record["invite_at"] for record in records if record["invite_at"] > back]:
            return float(min(later))
        await asyncio.sleep(PROBE_S)


async def complete_at(stage: Stage, ended: Sequence[str]) -> float:
    """When the end of every call to these numbers stood in the books."""
    while True:
        with suppress(DatabaseAway):
            async with stage.house.database.connection() as conn:
                booked = await conn.fetchval(
                    "select count(*) from dialer.attempt where ended_at is not null and number = any($1::text[])", ended
                )
                if booked >= len(ended):
                    return time.monotonic()
        await asyncio.sleep(PROBE_S)


async def none_open(stage: Stage) -> bool:
    async with stage.house.database.connection() as conn:
        return not await conn.fetchval("select count(*) from dialer.attempt where settled_at is null")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5, help="of each fault")
    parser.add_argument("--agents", type=int, default=20)
    options = parser.parse_args()
    asyncio.run(measure(options.times, options.agents))


if __name__ == "__main__":
    main()
