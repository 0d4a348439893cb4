"""Reports against a real PostgreSQL: every figure counted by hand; the SQL that is shown gives the same ones."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dialer.core.kpi import Asked, KpiReport
from dialer.report.book import kpi_report
from dialer.report.kpis import as_markdown
from dialer.report.rollup import sum_anew, sum_up
from dialer.reporting import STEPS_A_MINUTE, keep_sums
from dialer.store.db import Database
from tests.report.books import FIRST_DAY, NEXT_DAY, NOON, fill

BOTH = Asked((1,), FIRST_DAY, NEXT_DAY)
ALONE = Asked((1,), FIRST_DAY, FIRST_DAY)
LATER = NOON.timestamp() + 90 * 3600.0


@pytest.fixture
async def books(database: Database) -> Database:
    async with database.connection() as conn:
        await fill(conn)
        await conn.execute(
            "insert into dialer.abandonment (campaign, minute, answered, abandoned) values "
            "(1, '2026-09-10 20:59Z', 19, 2), (1, '2026-09-10 21:00Z', 1, 0), (1, '2026-09-10 21:29Z', 20, 1)"
        )
    return database


async def told(database: Database, asked: Asked = BOTH) -> KpiReport:
    async with database.connection() as conn:
        return await kpi_report(conn, asked)


def rows(report: KpiReport, key: str) -> list[dict[str, Any]]:
    """The sheet's rows by the columns' keys."""
    (sheet,) = (sheet for sheet in report.sheets if sheet.plan.key == key)
    return [dict(zip((c.key for c in sheet.plan.columns), row, strict=True)) for row in sheet.rows]


async def test_totals(books: Database) -> None:
    (found,) = rows(await told(books), "totals")
    counts = {
        key: found[key] for key in ("attempts", "live", "counted", "dialled", "answered", "by_person", "contacts")
    }
    assert counts == {
        "attempts": 11, "live": 1, "counted": 9, "dialled": 11, "answered": 8, "by_person": 7, "contacts": 6,
    }  # fmt: skip
    assert (found["abandoned"], found["agreements"], found["talk_s"]) == (1, 3, 293.0)
    assert (found["tried"], found["reached"]) == (6, 5), "the lead that came back is a cycle of its own"
    assert found["abandonment"] == pytest.approx(1 / 7)
    assert found["conversion"] == pytest.approx(3 / 6)
    assert found["attempts_per_contact"] == pytest.approx(9 / 6)


async def test_reach_is_of_attempts_and_of_leads(books: Database) -> None:
    first, second = rows(await told(books), "reach")
    assert (first["attempts"], first["contacts"], first["leads"], first["reached"]) == (6, 3, 6, 3)
    assert (second["attempts"], second["contacts"]) == (3, 3), (
        "with the second attempt of the lead tried the day before"
    )
    assert (second["leads"], second["reached"]) == (2, 2), "of leads first tried in the period"
    assert (first["cumulative"], second["cumulative"]) == (pytest.approx(3 / 6), pytest.approx(5 / 6))


async def test_leads_of_a_day_are_followed_beyond_it(books: Database) -> None:
    first, second = rows(await told(books, ALONE), "reach")
    assert (first["leads"], first["reached"], second["leads"], second["reached"]) == (4, 1, 2, 2)
    assert second["attempts"] == 1, "attempts are those of the day"
    assert second["cumulative"] == pytest.approx(3 / 4)


async def test_what_people_said(books: Database) -> None:
    report = await told(books)
    assert [(r["code"], r["calls"]) for r in rows(report, "dispositions")] == [
        ("agreed", 2), ("refused_price", 2), ("machine", 1), ("no_stock", 1), ("upsell", 1),
    ]  # fmt: skip
    assert [(r["label"], r["of_refusals"]) for r in rows(report, "refusals")] == [
        ("Не устроила цена", pytest.approx(2 / 3)),
        ("Нет товара", pytest.approx(1 / 3)),
    ]
    outcomes = rows(report, "outcomes")
    assert sum(r["attempts"] for r in outcomes) == outcomes[0]["settled"] == 10


async def test_speed_and_term(books: Database) -> None:
    report = await told(books)
    assert [(r["minutes"], r["leads"], r["tried"]) for r in rows(report, "first_call")] == [
        (5, 1, 6), (20, 4, 6), (60, 5, 6), (240, 5, 6), (1440, 5, 6),
    ]  # fmt: skip
    assert [(r["minutes"], r["agreements"]) for r in rows(report, "agreed")] == [
        (1440, 2),
        (2880, 3),
        (4320, 3),
        (10080, 3),
    ]


async def test_abandonment_is_by_the_projects_days(books: Database) -> None:
    before, after = rows(await told(books), "abandonment")
    assert (str(before["day"]), before["answered"], before["abandoned"], before["worst_30min"]) == (
        "2026-09-10",
        19,
        2,
        0.1,
    )
    assert (str(after["day"]), after["answered"], after["worst_30min"]) == ("2026-09-11", 21, pytest.approx(1 / 20))


async def test_agents(books: Database) -> None:
    (agent,) = rows(await told(books, ALONE), "agents")
    assert (agent["name"], agent["talk_s"], agent["wrap_up_s"], agent["paused_s"]) == ("Ольга", 3600, 3600, 60)
    assert (agent["idle_s"], agent["occupancy"]) == (7200, 0.5)
    assert (agent["calls"], agent["contacts"], agent["agreements"], agent["conversion"]) == (3, 2, 0, 0.0)
    (agent,) = rows(await told(books), "agents")
    assert (agent["calls"], agent["contacts"], agent["agreements"]) == (7, 6, 3)


async def test_hold_is_a_part_of_the_talk_and_only_of_the_days_asked_for(books: Database) -> None:
    hold = """
        insert into dialer.hold (attempt, agent, since, until)
        select gen_random_uuid(), id, $1::timestamptz, $1::timestamptz + interval '90 seconds'
        from dialer.agent where name = 'Ольга'
    """
    async with books.connection() as conn:
        for days in (0, 40):
            await conn.execute(hold, NOON + timedelta(days=days))
    (agent,) = rows(await told(books, ALONE), "agents")
    assert (agent["hold_s"], agent["talk_s"]) == (90, 3600)


async def test_buyout_and_billing(books: Database) -> None:
    report = await told(books)
    assert [(r["minutes"], r["delivered"], r["told"], r["paid_kopecks"]) for r in rows(report, "buyout")] == [
        (20, 0, 1, 0),
        (4320, 2, 2, 299_050),
    ]
    assert [(str(r["day"]), r["results"], r["agreements"], r["started_minutes"]) for r in rows(report, "billing")] == [
        ("2026-09-10", 2, 0, 3),
        ("2026-09-11", 4, 3, 6),
    ]


async def test_the_persons_other_orders_are_results_too(books: Database) -> None:
    """In the call for lead 2 lead 3's order is agreed, and lead 7's refused: that one is another campaign's."""
    plain = await told(books)
    async with books.connection() as conn:
        await conn.execute(
            "insert into dialer.order_result (attempt, lead, disposition, at) "
            "select a.id, o.id, t.disposition, a.ended_at + interval '5 s' "
            "from (values ('9120000003', 'agreed'), ('9120000007', 'refused_price')) as t (number, disposition) "
            "join dialer.lead o on o.number = t.number "
            "join dialer.lead l on l.number = '9120000002' join dialer.attempt a on a.lead = l.id"
        )
    report = await told(books)
    (before,), (after,) = (rows(one, "totals") for one in (plain, report))
    assert (after["agreements"], after["others"]) == (before["agreements"] + 1, 1)
    assert {**after, "agreements": 0, "others": 0, "conversion": 0} == {
        **before,
        "agreements": 0,
        "others": 0,
        "conversion": 0,
    }
    (agreed, *_) = rows(report, "dispositions")
    assert (agreed["code"], agreed["calls"], agreed["others"], agreed["results"], agreed["disposed"]) == (
        "agreed",
        2,
        1,
        3,
        8,
    )
    assert [row["agreements"] for row in rows(report, "billing")] == [1, 3], "on the day on which it was given"
    assert rows(report, "agents")[0]["agreements"] == rows(plain, "agents")[0]["agreements"] + 1
    for sheet in ("reach", "first_call", "agreed", "outcomes"):
        assert rows(report, sheet) == rows(plain, sheet), "of attempts"
    async with books.connection() as conn:
        await sum_up(conn, LATER)
        for sheet in (await told(books)).sheets:
            assert [tuple(row.values()) for row in await conn.fetch(sheet.sql)] == list(sheet.rows), sheet.plan.key
    assert (await told(books)).sheets == report.sheets


@pytest.mark.parametrize("asked", [BOTH, ALONE, Asked((1, 2), BOTH.first, BOTH.last)])
async def test_the_sql_that_is_shown_gives_the_numbers(books: Database, asked: Asked) -> None:
    async with books.connection() as conn:
        await sum_up(conn, LATER)
        assert await conn.fetchval("select count(*) from dialer.report_day") > 0
    report = await told(books, asked)
    async with books.connection() as conn:
        for sheet in report.sheets:
            shown = [tuple(row.values()) for row in await conn.fetch(sheet.sql)]
            assert shown == list(sheet.rows), sheet.plan.key


async def test_kept_sums_change_no_figure(books: Database) -> None:
    plain = [(await told(books, asked)).sheets for asked in (BOTH, ALONE)]
    async with books.connection() as conn:
        assert await sum_up(conn, NOON.timestamp() + 3600.0) > 0
        early = await conn.fetchval("select summed_until from dialer.report_watermark")
        await sum_up(conn, LATER)
        late = await conn.fetchval("select summed_until from dialer.report_watermark")
        open_since = await conn.fetchval("select reserved_at from dialer.attempt where outcome is null")
        assert early < late == open_since, "up to the oldest attempt that is open, and no further"
        assert await sum_up(conn, LATER) == 0
    assert [(await told(books, asked)).sheets for asked in (BOTH, ALONE)] == plain
    async with books.connection() as conn:
        await sum_anew(conn, LATER)
    assert [(await told(books, asked)).sheets for asked in (BOTH, ALONE)] == plain


async def test_nothing_that_is_kept_changes_a_figure_when_all_is_over(books: Database) -> None:
    """Without an open attempt hours of agents, days of abandonment and first contacts are kept to their end too."""
    async with books.connection() as conn:
        await conn.execute("update dialer.attempt set outcome = 'lost', state = 'settled' where outcome is null")
        plain = [(await told(books, asked)).sheets for asked in (BOTH, ALONE)]
        await sum_up(conn, LATER)
        for table in ("report_time", "report_abandonment", "report_contact"):
            assert await conn.fetchval(f"select count(*) from dialer.{table}") > 0, table
        seconds = "select sum(seconds)::float8 from dialer.report_time where state = 'talking'"
        assert await conn.fetchval(seconds) == rows(await told(books), "agents")[0]["talk_s"] > 0
    assert [(await told(books, asked)).sheets for asked in (BOTH, ALONE)] == plain


async def test_a_days_worst_half_hour_is_the_same_whatever_days_are_asked_for(books: Database) -> None:
    """It may end on the next day: 19 and 1 answers around midnight make a window that counts."""
    (alone,) = rows(await told(books, ALONE), "abandonment")
    assert alone == rows(await told(books, BOTH), "abandonment")[0]
    assert alone["worst_30min"] == 0.1


async def test_the_daemon_catches_up_minute_by_minute(books: Database) -> None:
    """The books begin a day before noon of the first day and have an open attempt a day after it."""
    async with books.connection() as conn:
        hours = []
        for _ in range(2):
            await keep_sums(books, LATER)
            until = await conn.fetchval("select summed_until from dialer.report_watermark")
            hours.append((until - NOON).total_seconds() / 3600.0)
    assert STEPS_A_MINUTE > 50, "the whole of these books in one go"
    assert hours == [pytest.approx(24.2), pytest.approx(24.2)]


def test_the_formulas_stand_in_the_docs() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "kpi.md").read_text("utf-8")
    _, _, rest = docs.partition("<!-- columns: start -->")
    assert rest.partition("<!-- columns: end -->")[0].strip() == as_markdown()
