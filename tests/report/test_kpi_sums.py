"""The sheets of the page from kept sums are those of the ledger, whatever has been summed, whatever days are asked."""

from collections.abc import Sequence
from datetime import date, timedelta

from dialer.core.kpi import Asked, Sheet
from dialer.report.book import kpi_report
from dialer.report.rollup import sum_up
from dialer.report.statements import Conn
from dialer.store.db import Database
from tests.report.drawn import END, MIDNIGHT, OPENS, fill

OTHER_RESULTS = """
insert into dialer.order_result (attempt, lead, disposition, at)
select id, lead, 'agreed', ended_at from dialer.attempt where disposition is not null and mod(uuid_hash(id), 4) = 0
"""
DAYS = (
    Asked((1, 2), OPENS.date() - timedelta(days=2), OPENS.date() + timedelta(days=9)),
    Asked((1,), date(2026, 9, 9), date(2026, 9, 10)),
    Asked((2,), date(2026, 9, 8), date(2026, 9, 8)),
)


async def sheets(conn: Conn) -> list[Sequence[Sheet]]:
    return [(await kpi_report(conn, asked)).sheets for asked in DAYS]


async def test_sums_change_no_figure(database: Database) -> None:
    async with database.connection() as conn:
        await fill(conn)
        await conn.execute(OTHER_RESULTS)
        plain = await sheets(conn)
        for until in ((MIDNIGHT + timedelta(hours=14, minutes=40)).timestamp(), END):
            await sum_up(conn, until)
            assert await sheets(conn) == plain
        for sheet in plain[0]:
            assert [tuple(row.values()) for row in await conn.fetch(sheet.sql)] == list(sheet.rows), sheet.plan.key
