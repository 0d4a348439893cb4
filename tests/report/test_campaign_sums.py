"""The report of a campaign from kept sums is that of the ledger, whatever has been summed and whatever is asked for."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from dialer.report.campaign import campaign_report, find_campaigns
from dialer.report.rollup import sum_anew, sum_up
from dialer.report.statements import Conn
from dialer.store.db import Database
from tests.report.drawn import END, MIDNIGHT, fill
from tests.report.ledger import counted

PERIODS = [
    (None, None),
    (MIDNIGHT, None),
    (None, MIDNIGHT),
    (MIDNIGHT - timedelta(days=1), MIDNIGHT + timedelta(days=1)),
    (MIDNIGHT - timedelta(hours=7, minutes=13), None),
    (MIDNIGHT - timedelta(hours=31), MIDNIGHT + timedelta(hours=40, minutes=1)),
    (MIDNIGHT + timedelta(hours=12, minutes=30), MIDNIGHT + timedelta(hours=15)),
    (MIDNIGHT + timedelta(days=300), None),
]


@pytest.fixture
async def books(database: Database) -> Database:
    async with database.connection() as conn:
        await fill(conn)
    return database


async def told(conn: Conn, since: datetime | None, until: datetime | None) -> dict[str, Any]:
    (campaign,) = await find_campaigns(conn, "orders")
    report = await campaign_report(conn, campaign, since, until)
    return {
        "totals": asdict(report.totals),
        "outcomes": dict(report.outcomes),
        "reach": [asdict(step) for step in report.reach],
        "dispositions": {said.code: said.attempts for said in report.dispositions},
        "agents": [asdict(agent) for agent in report.agents],
    }


async def same_as_the_ledger(conn: Conn) -> None:
    for since, until in PERIODS:
        assert await told(conn, since, until) == await counted(conn, 1, since, until), (since, until)


async def test_sums_change_no_figure(books: Database) -> None:
    """Never summed; summed to the middle of a day; on by minutes; and counted anew to the end."""
    async with books.connection() as conn:
        await same_as_the_ledger(conn)
        half_way = (MIDNIGHT + timedelta(hours=14, minutes=40)).timestamp()
        await sum_up(conn, half_way)
        await same_as_the_ledger(conn)
        for minute in range(1, 60, 7):
            await sum_up(conn, half_way + minute * 60.0)
        await same_as_the_ledger(conn)
        await sum_anew(conn, END)
        await same_as_the_ledger(conn)


async def test_an_open_attempt_holds_the_sums_back_and_is_told(books: Database) -> None:
    async with books.connection() as conn:
        await conn.execute(
            "update dialer.attempt set outcome = null, state = 'talking', settled_at = null, ended_at = null "
            "where id = (select id from dialer.attempt where bridged_at > $1 and campaign = 1 order by id limit 1)",
            MIDNIGHT + timedelta(days=1),
        )
        await sum_up(conn, END)
        assert (await told(conn, None, None))["totals"]["live"] == 1
        await same_as_the_ledger(conn)


async def test_the_ledger_is_not_read_where_the_sums_hold_the_days(books: Database) -> None:
    """The report of a past that is summed needs no attempt."""
    async with books.connection() as conn:
        await sum_up(conn, (MIDNIGHT + timedelta(hours=26)).timestamp())
        before = await told(conn, None, MIDNIGHT)
        await conn.execute("delete from dialer.attempt")
        assert await told(conn, None, MIDNIGHT) == before
        assert before["totals"]["attempts"] > 0
