"""Five hundred desks and five wallboards on one daemon while a campaign runs: pops, its share of a core, its lag.

`python -m tests.bench.desk [--quick] [--seconds N] [--agents N] [--wallboards N]`. Everything is real: Asterisk, a
carrier and phones over SIP, PostgreSQL, a WebSocket for each desk and wallboard. To let two cores bear the team, its
phones send a packet a second while they wait; talks are long, so that most are in one. The promise is p95 <= 300 ms.
"""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from websockets.asyncio.client import connect

from tests.bench.shift import Shift, Work, work
from tests.bench.stage import (
    MS_COLUMNS,
    Stage,
    describe,
    in_ms,
    load_text,
    quantile,
    stage_of,
    starved_text,
)

WORK = Work(mode="progressive", answer_ratio=0.6, talk_s=45.0, lines=700, calls_per_second=20.0)
PACKET_EVERY = "50"
"""Of 20 ms: once a second."""
PROMISE_MS = 300.0


@dataclass(slots=True)
class Wallboards:
    """What came to them: seconds between two pictures of one wallboard, and how large they were."""

    gaps_s: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def beside(self, count: int) -> Callable[[Stage], AbstractAsyncContextManager[None]]:
        """So many of them, open while a campaign runs."""

        @asynccontextmanager
        async def watched(stage: Stage) -> AsyncIterator[None]:
            watching = [asyncio.ensure_future(self._watch(stage)) for _ in range(count)]
            try:
                yield
            finally:
                for one in watching:
                    one.cancel()
                await asyncio.gather(*watching, return_exceptions=True)

        return watched

    async def _watch(self, stage: Stage) -> None:
        address = f"{stage.house.url.replace('http', 'ws', 1)}/ws/wallboard"
        headers = {"Authorization": f"Bearer {stage.house.work.token}"}
        async with connect(address, additional_headers=headers, max_size=None) as socket:
            before = time.monotonic()
            async for text in socket:
                now = time.monotonic()
                if json.loads(text)["type"] == "picture":
                    self.gaps_s.append(now - before)
                    self.sizes.append(len(text))
                before = now


async def measure(agents: int, seconds: float, wallboards: int) -> None:
    boards = Wallboards()
    async with stage_of(agents, PACKET_EVERY) as stage:
        print(await describe(stage))
        leads = int(WORK.calls_per_second * seconds)
        shift = await work(stage, WORK, seconds, leads, beside=boards.beside(wallboards))
        print(f"{starved_text(*shift.starved)}; {load_text()}")
    print(f"{agents} desks, {wallboards} wallboards, {seconds:.0f} s, {shift.calls_per_second:.1f} calls/s")
    report(shift, boards)


def report(shift: Shift, boards: Wallboards) -> None:
    pops_s = shift.pops_s()
    print(f"{'':42} {MS_COLUMNS}   ms")
    print(f"{'200 OK to the card at the desk':42} {in_ms(pops_s)}   ({len(pops_s)})")
    for name, found in (("answer to painted, dialer_pop_seconds", shift.pop), ("event loop late by", shift.lag)):
        own = " | ".join(f"{1000 * found.quantile(q):7.1f}" for q in (0.5, 0.95, 0.99))
        print(f"{name:42} {own} |       -   (by buckets)")
    print(f"{'between two pictures of a wallboard':42} {in_ms(boards.gaps_s)}   ({len(boards.gaps_s)})")
    print(f"a picture is {quantile(boards.sizes, 0.5) / 1024:.0f} KiB")
    print("of one core: " + ", ".join(f"{name} {share:.0%}" for name, share in shift.cpu.items()))
    print(f"daemon RSS {shift.rss_mib:.0f} MiB; {shift.contradictions} contradictions in the books")
    print(f"promise: p95 <= {PROMISE_MS:.0f} ms; found {1000 * quantile(pops_s, 0.95):.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--wallboards", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--quick", action="store_true", help="20 s")
    options = parser.parse_args()
    asyncio.run(measure(options.agents, 20.0 if options.quick else options.seconds, options.wallboards))


if __name__ == "__main__":
    main()
