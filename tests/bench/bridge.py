"""From 200 OK to customer and agent in one bridge: a bare manager client, then the whole daemon with its books.

`python -m tests.bench.bridge [--quick] [--seconds N]`. Both join on the same switch, dialplan, carrier and phones in
one run; the witness is a third manager link. 200 OK is the carrier's own stamp, on the same clock as the witness.
"""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.bare import Bare
from tests.bench.stage import (
    MS_COLUMNS,
    Stage,
    describe,
    in_ms,
    load_text,
    number,
    quantile,
    shares,
    stage_of,
    starved_text,
)
from tests.bench.witness import Witness

RATES_PER_S = (5, 25, 80)
AGENTS = 120
TALK_S = 0.4
WRAP_UP_S = 0.2
"""Nobody sits at a screen here: the form runs out by itself and the agent is free again."""
LINES = 400
AIM_MS = {"median": 6.0, "p99": 15.0}
AIM_RATE = 25
PEOPLE = {"others": {"does": "answers", "ring_s": 0.05, "talk_s": TALK_S}}


@dataclass(frozen=True, slots=True)
class Joins:
    """What one way of joining did at one rate; seconds."""

    answered: int
    per_second: float
    took_s: list[float]

    def row(self, rate: int, who: str) -> str:
        held = f"{rate:7} | {self.per_second:6.1f} | {who:11} | {self.answered:8} | {len(self.took_s):6}"
        return f"{held} | {in_ms(self.took_s)}"


HEADER = f"calls/s |   held | joined by   | answered | joined | {MS_COLUMNS}   ms from 200 OK"


async def measure(seconds: float) -> None:
    async with stage_of(AGENTS) as stage:
        print(await describe(stage))
        await stage.sip.ask("script", script=PEOPLE)
        witness = await Witness.start(stage.asterisk.settings.manager)
        try:
            batches = numbers(seconds)
            floor = await by_bare_client(stage, witness, batches)
            found = await by_daemon(stage, witness, batches)
        finally:
            await witness.stop()
    report(floor, found)


def numbers(seconds: float) -> dict[int, range]:
    """The indexes of the calls at each rate."""
    batches, first = {}, 0
    for rate in RATES_PER_S:
        batches[rate] = range(first, first + int(rate * seconds))
        first = batches[rate].stop
    return batches


async def by_bare_client(stage: Stage, witness: Witness, batches: Mapping[int, range]) -> dict[int, Joins]:
    found = {}
    async with await Bare.connect(stage.asterisk.settings.manager) as bare:
        await bare.nail_up(stage.team)
        for rate, batch in batches.items():
            since = await calls_so_far(stage)
            await bare.dial([number(index) for index in batch], rate)
            await until_over(stage, since + len(batch))
            found[rate] = await joins(stage, since, witness.joined)
    await stage.hang_up_all()
    return found


async def by_daemon(stage: Stage, witness: Witness, batches: Mapping[int, range]) -> dict[int, Joins]:
    house, found, settled = stage.house, {}, 0
    await house.prepare(stage.team, mode="power", power_ratio=1.0, wrap_up_s=WRAP_UP_S)
    stage.limit(LINES, RATES_PER_S[0])
    await house.start()
    await house.until_servers_up()
    await sign_in(stage)
    loop = asyncio.get_running_loop()
    for rate, batch in batches.items():
        stage.limit(LINES, rate)
        await stage.reload()
        await stage.add_leads(batch.start, len(batch))
        since, settled = await calls_so_far(stage), settled + len(batch)
        before, ready, began = stage.cpu_s(), stage.starved(), loop.time()
        await house.command("start")
        attempts = await house.until_settled(settled, timeout_s=10 * len(batch) / rate + 60)
        print(f"{rate} calls/s, of one core: {shares(before, stage.cpu_s(), loop.time() - began)}")
        print(f"  {starved_text(*stage.starved(ready))}; {load_text()}")
        names = {row["number"]: str(row["id"]) for row in attempts}
        found[rate] = await joins(stage, since, witness.joined, names)
    print(f"contradictions in the books: {(await house.imbalance()).total}")
    await house.stop()
    return found


async def sign_in(stage: Stage) -> None:
    """Every agent at a phone, ready and in hold; no screens."""
    async with stage.house.http() as http:
        for agent in stage.team:
            for wish in ("sign-in", "ready"):
                (await http.post(f"/api/v1/agents/{agent}/{wish}")).raise_for_status()

    async def in_hold() -> bool:
        return (await stage.sip.ask("stats"))["phones"]["live"] == len(stage.team)

    await stage.house.until(in_hold, "all phones are in hold")


async def calls_so_far(stage: Stage) -> int:
    return int((await stage.sip.ask("stats"))["carrier"]["calls"])


async def until_over(stage: Stage, calls: int) -> None:
    """So many calls were made, and none is live."""

    async def over() -> bool:
        carrier = (await stage.sip.ask("stats"))["carrier"]
        return bool(carrier["calls"] >= calls and not carrier["live"])

    await stage.house.until(over, f"{calls} calls are over")


async def joins(stage: Stage, since: int, joined: Mapping[str, float], names: Mapping[str, str] | None = None) -> Joins:
    """The carrier's calls since then with the witness's stamps; `names`: numbers to attempts, else they are one."""
    records = await stage.sip.ask("calls", since=since)
    answered = {record["number"]: record["answered_at"] for record in records if record["answered_at"] is not None}
    at = {called: (names or {}).get(called, called) for called in answered}
    took_s = [joined[at[called]] - stamp for called, stamp in answered.items() if at[called] in joined]
    span_s = max(record["invite_at"] for record in records) - min(record["invite_at"] for record in records)
    return Joins(len(answered), (len(records) - 1) / span_s, took_s)


def report(floor: Mapping[int, Joins], found: Mapping[int, Joins]) -> None:
    print(HEADER)
    for rate, joined in found.items():
        print(floor[rate].row(rate, "bare client"))
        print(joined.row(rate, "daemon"))
        print(f"{'':7} | {'':6} | daemon / bare client: {ratio(joined.took_s, floor[rate].took_s)}")
    took_s = found[AIM_RATE].took_s
    median_ms, p99_ms = 1000 * quantile(took_s, 0.5), 1000 * quantile(took_s, 0.99)
    aim = f"{AIM_MS['median']:g} / {AIM_MS['p99']:g} ms"
    print(f"aim at {AIM_RATE} calls/s: median / p99 {aim}; found {median_ms:.1f} / {p99_ms:.1f} ms")


def ratio(ours: Sequence[float], floor: Sequence[float]) -> str:
    return ", ".join(
        f"{name} {quantile(ours, q) / quantile(floor, q):.2f}" for name, q in (("median", 0.5), ("p99", 0.99))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long at each rate")
    parser.add_argument("--quick", action="store_true", help="6 s at each rate")
    options = parser.parse_args()
    asyncio.run(measure(6.0 if options.quick else options.seconds))


if __name__ == "__main__":
    main()
