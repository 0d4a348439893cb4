"""How long every report takes over millions of attempts (three by default): `python -m tests.bench.reports [ATTEMPTS]`.

A real server with its default durability. A quarter of a year of one project is written straight into the ledger,
summed as the daemon does it, and read. With `--keep DIR` the books stay there for the next run. It fails where a report
takes longer than 2 s; what is measured in the ledger call by call, for the simulator, is timed beside them.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from dialer.core.ids import CampaignId, ProjectId
from dialer.core.kpi import Asked
from dialer.report.book import kpi_report
from dialer.report.campaign import campaign_report, find_campaigns
from dialer.report.measured import measured
from dialer.report.record import dialled_campaigns
from dialer.report.rollup import sum_up
from dialer.report.statements import Conn
from dialer.store.abandonment import proof_of
from dialer.store.callers import reach_by_caller
from dialer.store.campaigns import campaign as stored_campaign
from dialer.store.db import Database
from dialer.store.migrate import make_partitions, upgrade
from sim.stand.postgres import running_postgres
from tests.bench.quarter import DAYS, FIRST, START, bar, fill

TARGET_S = 2.0
ROUNDS = 3
LAST = FIRST + timedelta(days=DAYS - 1)
ENDS = (START + timedelta(days=DAYS)).timestamp()


async def main(attempts: int, kept: Path | None) -> int:
    async with (
        running_postgres(settings={"max_wal_size": "4GB"}, kept=kept) as server,
        await Database.open(server.dsn(), command_timeout_s=1800) as database,
    ):
        await upgrade(database, START.timestamp())
        for month in range(5):
            await make_partitions(database, (START + timedelta(days=31 * month)).timestamp())
        async with database.connection() as conn:
            if not await conn.fetchval("select exists (select from dialer.attempt)"):
                await filled(conn, attempts)
            await summed(conn)
            server_pid = conn.get_server_pid()
            slowest = [await timed(name, read, server_pid) for name, read in readings(conn).items()]
            for name, read in ledger_readings(conn).items():
                await timed(name, read, server_pid, rounds=1)
    print(f"load average {os.getloadavg()[0]:.1f}")
    return int(max(slowest) > TARGET_S)


async def filled(conn: Conn, attempts: int) -> None:
    start = perf_counter()
    await fill(conn, attempts, bar())
    print(f"written in {perf_counter() - start:.0f} s")


async def summed(conn: Conn) -> None:
    attempts = await conn.fetchval("select count(*) from dialer.attempt")
    print(f"{attempts:,} attempts of {await conn.fetchval('select count(*) from dialer.lead'):,} leads")
    start = perf_counter()
    steps = await sum_up(conn, (START + timedelta(days=DAYS + 9)).timestamp())
    took = perf_counter() - start
    if steps:
        print(f"summing the whole past: {took:.1f} s in {steps} steps, {attempts / took:,.0f} attempts/s")
        await conn.execute("vacuum analyze")
    print(f"{await conn.fetchval('select count(*) from dialer.report_day'):,} rows kept")


def readings(conn: Conn) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Every report there is, by what the reader calls it."""
    month = (ENDS - 30 * 86400.0, ENDS)

    def kpi(days: int, campaigns: Sequence[int] = range(1, 6)) -> Callable[[], Awaitable[Any]]:
        return lambda: kpi_report(conn, Asked(campaigns, LAST - timedelta(days=days - 1), LAST))

    async def proof() -> Any:
        return await proof_of(conn, await stored_campaign(conn, CampaignId(1)), ENDS - 86400.0)

    async def of_campaign(since: datetime | None) -> Any:
        (campaign,) = await find_campaigns(conn, "1")
        return await campaign_report(conn, campaign, since)

    return {
        "page, all sheets, one day": kpi(1),
        "page, all sheets, 30 days": kpi(30),
        "page, all sheets, 90 days": kpi(DAYS),
        "page, one campaign, 90 days": kpi(DAYS, [1]),
        "dialer report campaign, all its life": lambda: of_campaign(None),
        "dialer report campaign, 30 days": lambda: of_campaign(datetime.fromtimestamp(month[0], UTC)),
        "dialer report abandonment, a day's proof": proof,
        "callers: reach by number, 30 days": lambda: reach_by_caller(conn, ProjectId(1), *month),
        "replay: campaigns that dialled on a day": lambda: dialled_campaigns(conn, ENDS - 86400.0, ENDS),
    }


def ledger_readings(conn: Conn) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What reads the ledger call by call: no aim, said for comparison."""

    async def like_the_campaign() -> Any:
        return await measured(conn, await stored_campaign(conn, CampaignId(1)), ENDS - 30 * 86400.0, ENDS)

    return {"simulate --from-campaign, 30 days": like_the_campaign}


async def timed(name: str, read: Callable[[], Awaitable[Any]], server_pid: int, rounds: int = ROUNDS) -> float:
    """Seconds that it takes: the quickest of some, since others use the machine too."""
    took, used = [], []
    for _ in range(rounds):
        start, cpu_s = perf_counter(), cpu_s_of(server_pid)
        await read()
        took.append(perf_counter() - start)
        used.append(cpu_s_of(server_pid) - cpu_s)
    print(f"{name:<42} {min(took):6.2f} s, {max(took):.2f} at most; {min(used):.2f} s of a core", flush=True)
    return min(took)


def cpu_s_of(pid: int) -> float:
    """Processor time of the connection's own process, without its parallel workers."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attempts", nargs="?", type=int, default=3_000_000)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="books that stay for the next run")
    asked = parser.parse_args()
    sys.exit(asyncio.run(main(asked.attempts, asked.keep)))
