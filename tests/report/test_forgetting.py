"""Forgetting changes no report: every one of them is taken before and after, and compared whole."""

import importlib
import inspect
import io
import pkgutil
from datetime import timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import dialer.report
from dialer.core.forgetting import Rule
from dialer.core.ids import CampaignId, LeadId
from dialer.core.kpi import Asked
from dialer.core.pseudonym import Pseudonyms
from dialer.report.book import kpi_report
from dialer.report.campaign import campaign_report, find_campaigns
from dialer.report.explain import past_attempts
from dialer.report.files import as_csv, as_xlsx
from dialer.report.measured import measured
from dialer.report.record import dialled_campaigns, record_of
from dialer.report.rollup import sum_anew, sum_up
from dialer.store import abandonment, campaigns, days
from dialer.store.db import Database
from dialer.store.forgetting import Doomed, ForgettingBooks
from dialer.store.sql import Conn
from tests.report.books import FIRST_DAY, NEXT_DAY, NOON, fill

SINCE, UNTIL = NOON.timestamp() - 2 * 86400.0, NOON.timestamp() + 3 * 86400.0
COMPARED = {
    "kpi_report", "campaign_report", "measured", "record_of", "dialled_campaigns", "find_campaigns", "past_attempts",
}  # fmt: skip
NO_REPORTS = {
    "sum_up", "sum_anew",  # what reports read: compared by both below
    "find_leads",  # looks a lead up
    "gather",  # what the page's sheets are made of
    "split", "seconds_by_state",  # what the report of a campaign is made of
}  # fmt: skip


@pytest.fixture
async def books(database: Database) -> Database:
    database.pseudonyms = Pseudonyms(("a key of more than thirty-two characters",))
    async with database.connection() as conn:
        await fill(conn)
        await conn.execute(
            "insert into dialer.abandonment (campaign, minute, answered, abandoned) values "
            "(1, '2026-09-10 20:59Z', 19, 2), (1, '2026-09-10 21:00Z', 1, 0)"
        )
        await conn.execute(
            "insert into dialer.list (project, campaign, name, accepted, rejected, rejected_reasons) "
            "values (1, 1, 'список', 6, 1, '{\"NO_DIGITS\": 1}')"
        )
        await conn.execute(
            "update dialer.lead l set state = 'done', person = 'Мария' where not exists "
            "(select from dialer.attempt a where a.lead = l.id and a.outcome is null)"
        )
    return database


def cells_of(workbook: bytes) -> list[list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return [list(map(list, book.get_sheet_by_name(name).to_python())) for name in book.sheet_names]


async def every_report(conn: Conn) -> dict[str, Any]:
    """All that is told of the past, as whole values."""
    settings = await campaigns.campaign(conn, CampaignId(1))
    (campaign,) = await find_campaigns(conn, "отчётная")
    periods = (Asked((1, 2), FIRST_DAY, NEXT_DAY), Asked((1,), FIRST_DAY, FIRST_DAY))
    kpi = [await kpi_report(conn, asked) for asked in periods]
    leads = [row["id"] for row in await conn.fetch("select id::text from dialer.lead order by id")]
    return {
        "kpi": [report.sheets for report in kpi],
        "shown sql": [[await conn.fetch(sheet.sql) for sheet in report.sheets] for report in kpi],
        "csv": [as_csv(report) for report in kpi],
        "xlsx": [cells_of(as_xlsx(report)) for report in kpi],
        "campaign": await campaign_report(conn, campaign),
        "one day of it": await campaign_report(conn, campaign, NOON, NOON + timedelta(days=1)),
        "measured": await measured(conn, settings, SINCE, UNTIL),
        "record": await record_of(conn, settings, SINCE, UNTIL),
        "dialled": await dialled_campaigns(conn, SINCE, UNTIL),
        "attempts": [await past_attempts(conn, lead) for lead in leads],
        "proof": await abandonment.proof_of(conn, settings, NOON.timestamp()),
        "ledger": await abandonment.past(conn, [CampaignId(1)], NOON.timestamp() + 86400.0),
        "today": await days.today(conn, NOON.timestamp()),
        "reasons": await campaigns.why(conn, CampaignId(1), NOON.timestamp()),
        "tally": await conn.fetch("select campaign, outcome, count(*) from dialer.attempt group by 1, 2 order by 1, 2"),
    }


@pytest.mark.parametrize("summed_before", [True, False])
async def test_every_report_is_the_same_before_and_after(books: Database, summed_before: bool) -> None:
    async with books.connection() as conn:
        if summed_before:
            await sum_up(conn, UNTIL)
        before = await every_report(conn)
        leads = [str(row["id"]) for row in await conn.fetch("select id from dialer.lead where state = 'done'")]
    assert len(leads) == 6
    done = await ForgettingBooks(books).forget([Doomed(LeadId(lead), Rule.CLOSED, 30) for lead in leads], "test", UNTIL)
    assert done == {Rule.CLOSED: 6}
    async with books.connection() as conn:
        assert await conn.fetchval("select count(*) from dialer.lead where number is not null") == 1
        after = await every_report(conn)
        for name, told in before.items():
            assert after[name] == told, name
        await sum_anew(conn, UNTIL)
        counted_anew = await every_report(conn)
        assert counted_anew["kpi"] == before["kpi"]


def test_a_new_report_is_compared_too() -> None:
    found = set()
    for module in pkgutil.iter_modules(dialer.report.__path__):
        for name, value in vars(importlib.import_module(f"dialer.report.{module.name}")).items():
            if inspect.iscoroutinefunction(value) and value.__module__.startswith("dialer.report") and name[0] != "_":
                found.add(name)
    assert found == COMPARED | NO_REPORTS
