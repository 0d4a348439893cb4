"""Five hundred desks and five wallboards on one daemon while a campaign runs: pops, its share of a core, its lag.

`python -m tests.bench.desk [--quick] [--seconds N] [--agents N] [--talk S] [--wallboards N] [--browsers N]`.
Everything is real: Asterisk, a carrier and phones over SIP, PostgreSQL, a WebSocket for each desk and wallboard; some
agents also sit before Chromium. To let two cores bear the team, its phones send a packet a second while they wait;
talks are long, so that most are in one. Meanwhile entries of information are searched for. The promises: p95 <= 300 ms
to the painted card, 200 ms for a search.
"""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count

import httpx
from websockets.asyncio.client import connect

from dialer.core.ids import ProjectId
from tests.bench.painted import Glass
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
from tests.bench.typed import ENTRIES, information

WORK = Work(mode="progressive", answer_ratio=0.6, talk_s=30.0, lines=700, calls_per_second=20.0)
PACKET_EVERY = "50"
"""Of 20 ms: once a second."""
SILENCE_S = 60
"""Five hundred phones are one process of the bench: where it waits for a core, they are silent together, not lost."""
PROMISE_MS = 300.0
SEARCH_EVERY_S = 0.2


@dataclass(slots=True)
class Beside:
    """What goes on beside the team while the campaign runs, and what came of it; seconds and bytes."""

    wallboards: int
    browsers: int
    gaps_s: list[float] = field(default_factory=list)
    """Between two pictures of one wallboard."""
    sizes: list[int] = field(default_factory=list)
    glass: Glass = field(default_factory=Glass)
    searches_s: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def going_on(self, stage: Stage) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if self.browsers:
                await stack.enter_async_context(self.glass.beside(stage.team[: self.browsers])(stage))
            project = await information(stage)
            work = [self._watch(stage) for _ in range(self.wallboards)] + [self._search(stage, project)]
            tasks = [asyncio.ensure_future(one) for one in work]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, stage: Stage) -> None:
        address = f"{stage.house.url.replace('http', 'ws', 1)}/ws/wallboard"
        async with connect(address, additional_headers=headers(stage), max_size=None) as socket:
            before = time.monotonic()
            async for text in socket:
                now = time.monotonic()
                if json.loads(text)["type"] == "picture":
                    self.gaps_s.append(now - before)
                    self.sizes.append(len(text))
                before = now

    async def _search(self, stage: Stage, project: ProjectId) -> None:
        async with httpx.AsyncClient(base_url=stage.house.url, headers=headers(stage), timeout=60.0) as http:
            for n in count():
                began = time.monotonic()
                answer = await http.get(f"/api/v1/projects/{project}/info", params={"q": f"вопр {n % ENTRIES}"})
                assert answer.json()["entries"], answer.text
                self.searches_s.append(time.monotonic() - began)
                await asyncio.sleep(SEARCH_EVERY_S)


def headers(stage: Stage) -> dict[str, str]:
    return {"Authorization": f"Bearer {stage.house.work.token}"}


async def measure(wanted: Work, agents: int, seconds: float, beside: Beside) -> None:
    async with stage_of(agents, PACKET_EVERY, SILENCE_S) as stage:
        print(await describe(stage))
        leads = int(wanted.calls_per_second * seconds)
        shift = await work(stage, wanted, seconds, leads, beside=beside.going_on)
        print(f"{starved_text(*shift.starved)}; {load_text()}")
    print(
        f"{agents} desks, {beside.browsers} of them also in Chromium, {beside.wallboards} wallboards, {seconds:.0f} s, "
        f"{shift.calls_per_second:.1f} calls/s"
    )
    report(shift, beside)


def report(shift: Shift, beside: Beside) -> None:
    pops_s = shift.pops_s()
    print(f"{'':42} {MS_COLUMNS}   ms")
    print(row("200 OK to the card at the desk", pops_s))
    print(row("200 OK to the card painted in Chromium", shift.since_answer_s(beside.glass.painted_at)))
    for name, found in (("answer to painted, dialer_pop_seconds", shift.pop), ("event loop late by", shift.lag)):
        own = " | ".join(f"{1000 * found.quantile(q):7.1f}" for q in (0.5, 0.95, 0.99))
        print(f"{name:42} {own} |       -   (by buckets)")
    print(row("between two pictures of a wallboard", beside.gaps_s))
    print(row(f"a search in {ENTRIES} entries", beside.searches_s))
    print(f"a picture is {quantile(beside.sizes, 0.5) / 1024:.0f} KiB")
    print("of one core: " + ", ".join(f"{name} {share:.0%}" for name, share in shift.cpu.items()))
    print(f"daemon RSS {shift.rss_mib:.0f} MiB; {shift.contradictions} contradictions in the books")
    print(f"promise: p95 <= {PROMISE_MS:.0f} ms; found {1000 * quantile(pops_s, 0.95):.1f} ms")


def row(what: str, values_s: Sequence[float]) -> str:
    return f"{what:42} {in_ms(values_s)}   ({len(values_s)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--wallboards", type=int, default=5)
    parser.add_argument("--talk", type=float, default=WORK.talk_s, help="mean seconds of a talk")
    parser.add_argument("--browsers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--quick", action="store_true", help="20 s")
    options = parser.parse_args()
    beside, wanted = Beside(options.wallboards, options.browsers), replace(WORK, talk_s=options.talk)
    asyncio.run(measure(wanted, options.agents, 20.0 if options.quick else options.seconds, beside))


if __name__ == "__main__":
    main()
