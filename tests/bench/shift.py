"""A shift to be measured: a full team at its screens, a list that does not end, people who answer now and then.

The team's desks are real WebSockets and HTTP of the bench process; each card is stamped when it arrives.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import groupby, islice
from random import Random
from types import SimpleNamespace
from typing import Any, TypeAlias

from sim.desks import Desk, Desks, Manners
from tests.bench.stage import Histogram, Stage, rss_mib_of, scrape
from tests.house.books import balanced

AGENTS_AT_ONCE = 10
"""Agents come to work one after another: so many sign in at the same moment."""
MANNERS = Manners(wrap_up_s=(1.0, 3.0))
LAST_S, LONGEST_TALK = 120.0, 10.0
"""What the last call of hundreds is waited for: ring and wrap-up, and so many talks of the shift's mean:
lengths are drawn from a long tail."""
LAG, POP = "dialer_loop_lag_seconds", "dialer_pop_seconds"


@dataclass(frozen=True, slots=True)
class Work:
    """What is dialled and how; ratios 0..1, seconds."""

    mode: str
    answer_ratio: float
    talk_s: float
    lines: int
    calls_per_second: float
    ring_s: float = 4.0
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, Any]:
        """The behaviour file: short rings, so that the same lines carry more calls."""
        people = {"answer_ratio": self.answer_ratio, "ring_s": self.ring_s, "patience_s": 30.0, "machine_share": 0.0}
        plant = {"setup_low_s": 0.2, "setup_high_s": 0.6, "give_up_low_s": 6.0, "give_up_high_s": 9.0}
        return {"world": {"seed": 1, "people": people, "team": {"talk_s": self.talk_s}, "plant": plant}}


@dataclass(frozen=True, slots=True)
class Shift:
    """What was seen. `steady_s` is the measured time, without signing in and without the last calls' end."""

    steady_s: float
    cpu: Mapping[str, float]
    """Shares of one core, by part."""
    rss_mib: float
    """Of the daemon, at the end."""
    starved: tuple[float, float]
    """Seconds for which the daemon ran, and for which it wanted to and had no core."""
    lag: Histogram
    pop: Histogram
    attempts: list[dict[str, Any]]
    records: list[dict[str, Any]]
    popped_at: Mapping[str, float]
    """When the card of an attempt came to the desk, CLOCK_MONOTONIC."""
    contradictions: int

    @property
    def calls_per_second(self) -> float:
        """Calls started a second, over the measured time."""
        first = min(record["invite_at"] for record in self.records)
        return sum(record["invite_at"] < first + self.steady_s for record in self.records) / self.steady_s

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(row["outcome"] for row in self.attempts)

    def pops_s(self) -> list[float]:
        """From the carrier's 200 OK to the card at the desk."""
        return self.since_answer_s(self.popped_at)

    def since_answer_s(self, at: Mapping[str, float]) -> list[float]:
        """From the carrier's 200 OK to these moments of attempts, CLOCK_MONOTONIC."""
        answered = {record["number"]: record["answered_at"] for record in self.records}
        names = {str(row["id"]): row["number"] for row in self.attempts}
        return [moment - answered[names[attempt]] for attempt, moment in at.items()]

    def joins_s(self) -> list[float]:
        """From the answer to the join as the daemon books them."""
        bridged = (row for row in self.attempts if row["bridged_at"])
        return [(row["bridged_at"] - row["answered_at"]).total_seconds() for row in bridged]


class Stamped(Desk):
    """A desk that tells when each card came first."""

    def __init__(self, agent: int, popped_at: dict[str, float]) -> None:
        super().__init__(agent)
        self.popped_at = popped_at

    def note(self, message: dict[str, Any]) -> None:
        if message["type"] == "pop":
            self.popped_at.setdefault(message["attempt"], time.monotonic())
        super().note(message)


Beside: TypeAlias = Callable[[Stage], AbstractAsyncContextManager[None]]
"""What else goes on while the campaign runs."""
MannersOf: TypeAlias = Callable[[int], Manners]
"""How the agent of this number works."""


async def work(
    stage: Stage,
    wanted: Work,
    seconds: float,
    leads: int,
    beside: Beside = lambda stage: nullcontext(),
    manners_of: MannersOf = lambda agent: MANNERS,
) -> Shift:
    """Start the daemon, seat the team, dial for so long, let the last calls end, close the books."""
    house = stage.house
    await stage.sip.ask("script", script=wanted.people)
    await house.prepare(stage.team, mode=wanted.mode, wrap_up_s=30.0, **wanted.settings)
    stage.limit(wanted.lines, wanted.calls_per_second)
    await stage.add_leads(0, leads)
    await house.start()
    await house.until_servers_up()
    async with seated(stage, manners_of) as popped_at, beside(stage):
        loop = asyncio.get_running_loop()
        before, cpu_s, ready, began = await scrape(house), stage.cpu_s(), stage.starved(), loop.time()
        await house.command("start")
        await asyncio.sleep(seconds)
        steady_s, used, rss_mib = loop.time() - began, stage.cpu_s(), rss_mib_of(house.process.pid)
        starved = stage.starved(ready)
        after = await scrape(house)
        await house.command("stop")
        patience_s = LAST_S + LONGEST_TALK * wanted.talk_s
        await house.until(lambda: _all_settled(stage), "every attempt is settled", patience_s)
        records, attempts = await stage.sip.ask("calls"), await house.attempts()
    await balanced(house, SimpleNamespace(records=[SimpleNamespace(**record) for record in records]))
    contradictions = (await house.imbalance()).total
    await house.stop()
    return Shift(
        steady_s,
        {name: (used[name] - cpu_s[name]) / steady_s for name in used},
        rss_mib,
        starved,
        Histogram.read(after, LAG).since(Histogram.read(before, LAG)),
        Histogram.read(after, POP).since(Histogram.read(before, POP)),
        attempts,
        records,
        popped_at,
        contradictions,
    )


@asynccontextmanager
async def seated(stage: Stage, manners_of: MannersOf = lambda agent: MANNERS) -> AsyncIterator[dict[str, float]]:
    """Everybody at his desk, ready; gives what fills with the moments at which cards come."""
    popped_at: dict[str, float] = {}
    async with AsyncExitStack() as stack:
        for manners, alike in groupby(stage.team, manners_of):
            for some in batched(alike, AGENTS_AT_ONCE):
                desks = Desks(stage.house.url, stage.house.work.token, some, Random(some[0]), manners)
                desks.desks = {agent: Stamped(agent, popped_at) for agent in some}
                await stack.enter_async_context(desks)
                await asyncio.gather(*(desk.until_state("ready") for desk in desks.desks.values()))
        yield popped_at


def batched(agents: Iterable[int], size: int) -> Iterator[tuple[int, ...]]:
    """So many at a time."""
    rest = iter(agents)
    while some := tuple(islice(rest, size)):
        yield some


async def _all_settled(stage: Stage) -> bool:
    async with stage.house.database.connection() as conn:
        return not await conn.fetchval("select count(*) from dialer.attempt where settled_at is null")
