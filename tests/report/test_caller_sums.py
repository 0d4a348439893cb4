"""The reach of each number that was shown: from kept sums as from the ledger, whatever hours are asked for."""

from datetime import timedelta

from dialer.core.callers import CallerReach
from dialer.core.ids import ProjectId
from dialer.report.rollup import sum_up
from dialer.report.statements import Conn
from dialer.store.callers import reach_by_caller
from dialer.store.db import Database
from tests.report.drawn import END, MIDNIGHT, OPENS, fill

COUNTED = """
select coalesce(k.name, '') as name, count(*) as dialled, count(a.answered_at) as answered,
       count(*) filter (where a.outcome = 'blocked') as blocked,
       count(*) filter (where a.outcome = 'rejected') as rejected,
       count(*) filter (where a.outcome = 'no_answer') as no_answer
from dialer.attempt a
left join dialer.caller k on k.number = a.caller
where a.dialled_at is not null and a.outcome is not null
  and a.reserved_at >= to_timestamp($1) and a.reserved_at < to_timestamp($2)
group by 1
order by dialled desc, name
"""
NOW = MIDNIGHT + timedelta(hours=16, minutes=7)
PERIODS = [
    (OPENS - timedelta(days=5), OPENS + timedelta(days=9)),
    (NOW - timedelta(days=1), NOW),
    (NOW - timedelta(days=2), NOW - timedelta(minutes=40)),
    (MIDNIGHT, MIDNIGHT + timedelta(hours=3)),
    (NOW - timedelta(minutes=30), NOW + timedelta(minutes=10)),
    (NOW - timedelta(minutes=5), NOW - timedelta(minutes=1)),
    (NOW, NOW + timedelta(days=2)),
]


async def same_as_the_ledger(conn: Conn) -> None:
    for since, until in PERIODS:
        period = (since.timestamp(), until.timestamp())
        counted = [CallerReach(**row) for row in await conn.fetch(COUNTED, *period)]
        assert await reach_by_caller(conn, ProjectId(1), *period) == counted, (since, until)


async def test_sums_change_no_figure(database: Database) -> None:
    async with database.connection() as conn:
        await fill(conn)
        await conn.execute(
            "update dialer.attempt set outcome = case mod(uuid_hash(id), 3) when 0 then 'blocked' else 'rejected' end "
            "where outcome = 'no_answer' and mod(uuid_hash(id), 3) >= 0"
        )
        await same_as_the_ledger(conn)
        for until in ((NOW - timedelta(minutes=35)).timestamp(), NOW.timestamp(), END):
            await sum_up(conn, until)
            assert await conn.fetchval("select sum(dialled) from dialer.report_caller") > 0
            await same_as_the_ledger(conn)


async def test_whole_hours_that_are_summed_need_no_ledger(database: Database) -> None:
    period = (MIDNIGHT.timestamp(), (MIDNIGHT + timedelta(hours=3)).timestamp())
    async with database.connection() as conn:
        await fill(conn)
        await sum_up(conn, NOW.timestamp())
        before = await reach_by_caller(conn, ProjectId(1), *period)
        await conn.execute("delete from dialer.attempt")
        assert await reach_by_caller(conn, ProjectId(1), *period) == before
    assert sum(one.dialled for one in before) > 0
