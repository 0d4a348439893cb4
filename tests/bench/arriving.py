"""A long list comes in through the API of a whole daemon that dials: `python -m tests.bench.arriving [--rows N]`.

PostgreSQL, Asterisk, carrier and phones are real; the calls are answered. Told are the lag of the daemon's own loop
before and while the list comes in, the calls that were made meanwhile, and the peak memory of both processes; with
`--check` also while the same file is only tried.
"""

import argparse
import asyncio
from collections.abc import Awaitable
from pathlib import Path

from tests.bench.bridge import PEOPLE, WRAP_UP_S, calls_so_far, sign_in
from tests.bench.importing import write_list
from tests.bench.memory import peaks_of
from tests.bench.stage import Histogram, Stage, describe, load_text, scrape, stage_of, starved_text

LAG = "dialer_loop_lag_seconds"
LAG_TARGET_S = 0.05
QUIET_S = 10.0


async def measure(rows: int, agents: int, calls_per_second: float, check: bool) -> None:
    async with stage_of(agents) as stage:
        print(await describe(stage))
        await stage.sip.ask("script", script=PEOPLE)
        await stage.house.prepare(stage.team, mode="power", power_ratio=1.0, wrap_up_s=WRAP_UP_S)
        stage.limit(4 * agents, calls_per_second)
        await stage.house.start()
        await stage.house.until_servers_up()
        await sign_in(stage)
        await stage.add_leads(0, int(calls_per_second * (QUIET_S + rows / (1_000 if check else 2_000))))
        await stage.house.command("start")
        await told(stage, "dialling alone", asyncio.sleep(QUIET_S))
        file = stage.house.folder / "list.csv"
        write_list(file, rows)
        if check:
            async with peaks_of(stage.house.process.pid) as peaks:
                await told(stage, f"while {rows:,} rows are tried", sent(stage, file, "/check"))
            print(f"peak memory of the daemon {peaks}")
        async with peaks_of(stage.house.process.pid) as peaks:
            await told(stage, f"while {rows:,} rows come in", arrival(stage, file))
        print(f"peak memory of the daemon {peaks}")
        await stage.house.stop()


def lists_of(stage: Stage) -> str:
    return f"{stage.house.url}/api/v1/campaigns/{stage.house.work.campaign}/lists"


async def sent(stage: Stage, file: Path, where: str = "") -> None:
    """By a client of its own, to the end of the answer."""
    auth = f"Authorization: Bearer {stage.house.work.token}"
    upload = await asyncio.create_subprocess_exec(
        "curl", "-sS", "-f", "-o", "/dev/null", "-H", auth, "-F", f"file=@{file}", lists_of(stage) + where
    )
    assert await upload.wait() == 0


async def arrival(stage: Stage, file: Path) -> None:
    """Sent, then its progress is asked for."""
    await sent(stage, file)

    async def arrived() -> bool:
        async with stage.house.http() as http:
            there = (await http.get(lists_of(stage))).json()["lists"]
        (state,) = [one["import"]["state"] for one in there if one.get("import")]
        assert state != "failed", there
        return bool(state == "done")

    while not await arrived():  # noqa: ASYNC110
        await asyncio.sleep(1.0)


async def told(stage: Stage, what: str, doing: Awaitable[None]) -> None:
    """Do it, and tell how the daemon fared meanwhile."""
    loop = asyncio.get_running_loop()
    before, calls, ready = Histogram.read(await scrape(stage.house), LAG), await calls_so_far(stage), stage.starved()
    began = loop.time()
    await doing
    took_s = loop.time() - began
    lag = Histogram.read(await scrape(stage.house), LAG).since(before)
    made = await calls_so_far(stage) - calls
    print(
        f"{what}: {took_s:.1f} s, {made} calls ({made / took_s:.1f}/s); loop lag "
        f"p50 {1000 * lag.quantile(0.5):.1f}, p99 {1000 * lag.quantile(0.99):.1f} ms of {lag.count:.0f} "
        f"(aim {1000 * LAG_TARGET_S:.0f}); "
        f"{starved_text(*stage.starved(ready))}; {load_text()}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--agents", type=int, default=20)
    parser.add_argument("--calls-per-second", type=float, default=10.0)
    parser.add_argument("--check", action="store_true", help="the same file is tried first")
    options = parser.parse_args()
    asyncio.run(measure(options.rows, options.agents, options.calls_per_second, options.check))
