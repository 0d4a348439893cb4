"""How long a report takes over millions of attempts (three by default): `python -m tests.bench.reports [ATTEMPTS]`.

A real server with its default durability. A quarter of a year of one project is written straight into the ledger,
summed as the daemon does it, and read both ways: from the kept sums, and from the ledger alone by the SQL shown.
"""

import asyncio
import os
import sys
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

from dialer.core.kpi import Asked
from dialer.report.book import kpi_report
from dialer.report.campaign import Conn
from dialer.report.rollup import sum_up
from dialer.store.db import Database
from dialer.store.migrate import make_partitions, upgrade
from sim.stand.postgres import running_postgres

FIRST, DAYS = date(2026, 8, 3), 90
START = datetime(2026, 8, 3, 6, tzinfo=UTC)
TARGET_S = 2.0
ROUNDS = 3

PEOPLE = """
insert into dialer.project (name) values ('shop');
insert into dialer.campaign (project, name, mode, calendar, rules)
select 1, 'campaign ' || n, 'power', '{}', '{}' from generate_series(1, 5) n;
"""

# A lead comes every so often in twelve hours of each day, and is tried up to three times, the next day again.
LEADS = """
insert into dialer.lead (id, list, campaign, project, state, number, next_call_at, created_at)
select (left(dialer.uuid7_floor(l.at)::text, 24) || lpad(to_hex(l.n), 12, '0'))::uuid, 1, l.n % 5 + 1, 1, 'done',
       '9' || lpad(l.n::text, 9, '0'), l.at, l.at
from (
    select n, $1::timestamptz + (n * $3::integer / $2::integer) * interval '1 day'
              + (n::bigint * 7919 % 43200) * interval '1 second' as at
    from generate_series(0, $2::integer - 1) n
) l
"""

ATTEMPTS = """
insert into dialer.attempt (id, lead, campaign, attempt_no, number, zone, server, trunk, state, reserved_at, dialled_at,
    answered_at, bridged_at, ended_at, settled_at, outcome, uses_attempt, agent, disposition, abandoned)
select (left(dialer.uuid7_floor(a.at)::text, 24) || right(a.lead::text, 12))::uuid, a.lead, a.campaign, $1::smallint,
       a.number, 1, 'main', 'carrier', 'settled', a.at, a.at, case when a.fate < 3 then a.at + interval '9 s' end,
       case when a.fate between 1 and 2 then a.at + interval '10 s' end,
       a.at + make_interval(secs => 20 + a.n % 90), a.at + interval '2 min',
       case when a.fate = 0 then 'abandoned' when a.fate < 3 then 'answered' when a.fate < 5 then 'busy'
            else 'no_answer' end,
       true, case when a.fate between 1 and 2 then 1001 + a.n % 40 end,
       (array['agreed', 'no_stock', 'machine', 'refused_price', 'changed_mind'])
           [case when a.fate between 1 and 2 then a.n % 5 + 1 end],
       a.fate = 0
from (
    select l.id as lead, l.campaign, l.number, n.n, l.created_at + make_interval(days => $1 - 1, secs => 600) as at,
           (n.n * 31 + $1 * 7) % 10 as fate
    from dialer.lead l
    cross join lateral (select substr(l.number, 2)::integer as n) n
) a
"""


async def main(attempts: int) -> int:
    async with (
        running_postgres(settings={}) as server,
        await Database.open(server.dsn(), command_timeout_s=900) as database,
    ):
        await upgrade(database, START.timestamp())
        for month in range(4):
            await make_partitions(database, (START + timedelta(days=31 * month)).timestamp())
        async with database.connection() as conn:
            return await measured(conn, attempts)


async def measured(conn: Conn, attempts: int) -> int:
    await fill(conn, attempts)
    start = perf_counter()
    steps = await sum_up(conn, (START + timedelta(days=DAYS + 5)).timestamp())
    took = perf_counter() - start
    sums = await conn.fetchval("select count(*) from dialer.report_day")
    print(
        f"summing the whole past: {took:.1f} s in {steps} steps, {attempts / took:,.0f} attempts/s, {sums:,} rows kept"
    )
    spans = {"one day": 1, "30 days": 30, "90 days": DAYS}
    slowest = [await read(conn, name, days) for name, days in spans.items()]
    print(f"load average {os.getloadavg()[0]:.1f}")
    return int(max(slowest) > TARGET_S)


async def fill(conn: Conn, attempts: int) -> None:
    start = perf_counter()
    await conn.execute(PEOPLE)
    await conn.execute(LEADS, START, attempts // 3, DAYS)
    for number in (1, 2, 3):
        await conn.execute(ATTEMPTS, number)
    await conn.execute("analyze dialer.lead; analyze dialer.attempt")
    print(f"{attempts:,} attempts of {attempts // 3:,} leads written in {perf_counter() - start:.0f} s")


async def read(conn: Conn, name: str, days: int) -> float:
    """Seconds that a report on the last days takes; the slowest of some."""
    last = FIRST + timedelta(days=DAYS - 1)
    asked = Asked(range(1, 6), last - timedelta(days=days - 1), last)
    took = []
    for _ in range(ROUNDS):
        start = perf_counter()
        report = await kpi_report(conn, asked)
        took.append(perf_counter() - start)
    totals = report.sheets[0].rows[0]
    start = perf_counter()
    (row,) = await conn.fetch(report.sheets[0].sql)
    alone = perf_counter() - start
    assert tuple(row.values()) == totals, "the SQL that is shown gives other numbers"
    print(f"{name}: {totals[0]:,} attempts, all sheets in {max(took):.2f} s; one sheet out of the ledger {alone:.1f} s")
    return max(took)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 3_000_000)))
