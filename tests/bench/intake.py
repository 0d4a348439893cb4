"""Orders in beside a running campaign: leads a second by batches, the answer's time for one, and when it is dialled.

`python -m tests.bench.intake [--quick] [--seconds N] [--agents N]`. The whole house runs and dials; first single orders
come at a steady rate to a campaign that has nothing else to call (what passes until the claim is then the way alone:
after it the order is dialable), then beside a long list, then batches of 1,000 one after another from a few senders.
The floor's own lateness is measured meanwhile.
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import TypeVar

import httpx

from tests.bench.shift import LAG, Work, seated
from tests.bench.stage import MS_COLUMNS, Histogram, Stage, describe, in_ms, load_text, quantile, scrape, stage_of

BATCH = 1000
SINGLES_PER_S = 1.0
"""Fewer than the team can dial, so that each is called as soon as it can be."""
SENDERS = 4
WANTED = Work("progressive", answer_ratio=0.4, talk_s=8.0, lines=100, calls_per_second=20.0)
LIST = 5000
Done = TypeVar("Done")
_orders = count(1)


def orders(campaign: int, how_many: int) -> dict[str, object]:
    """So many new orders, each with a number of its own; one that comes alone is dialled first."""
    leads = [
        {
            "external_id": f"api-{n}",
            "phones": [f"8 916 {n:07}"],
            "person": "Получатель",
            "priority": 9 if how_many == 1 else 1,
        }
        for n in (next(_orders) for _ in range(how_many))
    ]
    return {"campaign": campaign, **leads[0]} if how_many == 1 else {"campaign": campaign, "leads": leads}


async def singles(stage: Stage, http: httpx.AsyncClient, seconds: float) -> tuple[list[float], dict[str, float]]:
    """Single orders at a steady rate: seconds to each answer, and when each lead was answered (epoch)."""
    took, answered_at = list[float](), dict[str, float]()

    async def one() -> None:
        began = time.monotonic()
        answer = await http.post("/api/v1/leads", json=orders(stage.house.work.campaign, 1))
        answer.raise_for_status()
        took.append(time.monotonic() - began)
        answered_at[answer.json()["lead"]] = time.time()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(int(seconds * SINGLES_PER_S)):
            tasks.create_task(one())
            await asyncio.sleep(1 / SINGLES_PER_S)
    return took, answered_at


async def batches(stage: Stage, http: httpx.AsyncClient, seconds: float) -> tuple[float, list[float], int]:
    """Batches from SENDERS at once: leads a second, seconds to each answer, and how often we were told to wait."""
    until, took, waits = time.monotonic() + seconds, list[float](), 0

    async def sender() -> None:
        nonlocal waits
        while time.monotonic() < until:
            began = time.monotonic()
            answer = await http.post("/api/v1/leads", json=orders(stage.house.work.campaign, BATCH))
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                waits += 1
                await asyncio.sleep(float(answer.headers["Retry-After"]))
                continue
            answer.raise_for_status()
            took.append(time.monotonic() - began)

    began = time.monotonic()
    await asyncio.gather(*(sender() for _ in range(SENDERS)))
    return BATCH * len(took) / (time.monotonic() - began), took, waits


@asynccontextmanager
async def dialling(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """The daemon leads a campaign with its team at work."""
    house = stage.house
    await stage.sip.ask("script", script=WANTED.people)
    await house.prepare(stage.team, mode=WANTED.mode, wrap_up_s=30.0)
    stage.limit(WANTED.lines, WANTED.calls_per_second)
    await house.start()
    await house.until_servers_up()
    async with seated(stage), house.http() as http:
        await house.command("start")
        yield http
        await house.command("stop")
    await house.stop()


async def claimed_after(stage: Stage, answered_at: dict[str, float]) -> list[float]:
    """Seconds from the answer to the first claim, of those that were dialled."""
    first: dict[str, float] = {}
    for row in await stage.house.attempts():
        first.setdefault(str(row["lead"]), row["reserved_at"].timestamp())
    return [max(0.0, first[lead] - at) for lead, at in answered_at.items() if lead in first]


async def late_by(stage: Stage, work: Callable[[], Awaitable[Done]]) -> tuple[Done, str]:
    """What the work gives, and how late the daemon's loop was meanwhile."""
    before = Histogram.read(await scrape(stage.house), LAG)
    done = await work()
    lag = Histogram.read(await scrape(stage.house), LAG).since(before)
    return done, ", ".join(f"p{q} {1000 * lag.quantile(q / 100):.1f}" for q in (50, 95, 99))


async def measure(agents: int, seconds: float) -> None:
    async with stage_of(agents) as stage:
        print(await describe(stage))
        async with dialling(stage) as http:
            (took_dry, dry_at), lag_dry = await late_by(stage, lambda: singles(stage, http, seconds))
            await stage.add_leads(0, LIST)
            (took, answered_at), lag = await late_by(stage, lambda: singles(stage, http, seconds))
            (per_second, took_batch, waits), lag_flood = await late_by(stage, lambda: batches(stage, http, seconds))
        dialable, claimed = await claimed_after(stage, dry_at), await claimed_after(stage, answered_at)
        print(load_text())
    print(f"{'':42} {MS_COLUMNS}")
    print(f"{'one order, ms to its answer':42} {in_ms(took_dry)}   loop late by, ms: {lag_dry}")
    print(f"{'one order beside a list':42} {in_ms(took)}   loop late by, ms: {lag}")
    print(f"{'a batch of 1,000':42} {in_ms(took_batch)}   loop late by, ms: {lag_flood}")
    print(f"batches from {SENDERS} senders: {per_second:.0f} leads/s, told to wait {waits} times")
    print(f"dialable after the answer (claimed where nothing else is to be called): {in_s(dialable)} of {len(dry_at)}")
    print(f"claimed after the answer, beside a list: {in_s(claimed)} of {len(answered_at)}")


def in_s(seconds: list[float]) -> str:
    p50, p99 = (quantile(seconds, q) for q in (0.5, 0.99))
    return f"p50 {p50:.2f} s, p99 {p99:.2f} s; {len(seconds)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--quick", action="store_true", help="8 s each")
    options = parser.parse_args()
    asyncio.run(measure(options.agents, 8.0 if options.quick else options.seconds))


if __name__ == "__main__":
    main()
