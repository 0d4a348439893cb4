"""Reports for the HTTP application: one at a time, so that they never take the connections that the pages need."""

import asyncio

from dialer.core.ids import Instant
from dialer.core.kpi import Asked, KpiReport
from dialer.report.book import kpi_report
from dialer.report.files import as_csv, as_xlsx
from dialer.report.kpis import PLANS
from dialer.report.rollup import sum_up
from dialer.store.db import Database

STEPS_A_MINUTE = 100
"""Of sums: a long past is caught up with in a few minutes, beside everything else that is done each minute."""


class Reporting:
    """The port `Reports` of the API."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Semaphore(1)

    async def about(self, asked: Asked, *, inside: bool) -> KpiReport:
        plans = [plan for plan in PLANS if inside or not plan.inside]
        async with self._turn, self._database.connection() as conn:
            return await kpi_report(conn, asked, plans)

    async def csv(self, report: KpiReport, *, english: bool, only: str | None) -> bytes:
        return as_csv(report, english, only)

    async def xlsx(self, report: KpiReport, *, english: bool) -> bytes:
        return await asyncio.to_thread(as_xlsx, report, english)


async def keep_sums(database: Database, now: Instant) -> None:
    """Each minute: what has been settled since goes into the sums that reports read."""
    async with database.connection() as conn:
        await sum_up(conn, now, STEPS_A_MINUTE)
