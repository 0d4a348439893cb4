"""Reports are counted here: the same query over the sums that are kept (fast) and over the ledger (shown).

Attempts are first gathered into `facts`, and by agent: what is older than the watermark from `report_day` and
`report_agent`, the rest from the ledger. Every sheet is a query over these. The SQL that is shown gathers it all from
the ledger and needs no kept sums.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from asyncpg import Record

from dialer.core.kpi import Asked, Cell, KpiReport, Plan, Sheet
from dialer.report.campaign import Conn
from dialer.report.kpis import PLANS
from dialer.report.statements import statement

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)

GATHER_KEPT = """
insert into attempt_facts
select * from dialer.report_day r
where r.campaign = any($1::integer[]) and (r.day between $2 and $3 or r.cohort between $2 and $3)
"""

GATHER_KEPT_BY_AGENT = """
insert into by_agent
select * from dialer.report_agent r where r.campaign = any($1::integer[]) and r.day between $2 and $3
"""

GATHERED = {"attempt_facts": statement("kpi/facts"), "by_agent": statement("kpi/by_agent")}
"""Out of the ledger, since $4."""

FIRST_INSTANT = """
select day.first_at, greatest(day.first_at, w.summed_until) as since
from dialer.report_watermark w
cross join (
    select coalesce(min($2::date::timestamp at time zone p.zone), $2::date::timestamptz) as first_at
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = any($1::integer[])
) day
"""


async def kpi_report(conn: Conn, asked: Asked, plans: Sequence[Plan] = PLANS) -> KpiReport:
    """These sheets, all of one moment. The campaigns are known to exist."""
    about = (list(asked.campaigns), asked.first, asked.last)
    async with conn.transaction(isolation="repeatable_read"):
        row = await conn.fetchrow(FIRST_INSTANT, *about[:2])
        assert row is not None
        await _gather(conn, "attempt_facts", "report_day", GATHER_KEPT, about, row["since"])
        await _gather(conn, "by_agent", "report_agent", GATHER_KEPT_BY_AGENT, about, row["since"])
        await conn.execute(f"create temp table facts on commit drop as {statement('kpi/with_others')}")
        await conn.execute("analyze facts")
        sheets = []
        for plan in plans:
            rows = await conn.fetch(fast_sql(plan), *about)
            sheets.append(
                Sheet(plan, tuple(_cells(plan, row) for row in rows), shown_sql(plan, asked, row["first_at"]))
            )
    return KpiReport(asked, tuple(sheets))


async def _gather(
    conn: Conn, name: str, like: str, kept: str, about: tuple[list[int], date, date], since: datetime
) -> None:
    """Into a table of this name: what is kept, and from `since` on what the ledger has."""
    await conn.execute(f"create temp table {name} (like dialer.{like}) on commit drop")
    await conn.execute(kept, *about)
    await conn.execute(f"insert into {name} {GATHERED[name]}", *about, since, FOR_EVER)
    await conn.execute(f"analyze {name}")


def fast_sql(plan: Plan) -> str:
    """Over a table `facts` where the plan is of facts; `$1`, `$2`, `$3`: campaigns, first and last day."""
    head = f"with {statement('kpi/scope')}, {statement('kpi/dictionary')}" if plan.of_facts else ""
    return _with_shares(plan, f"{head}{statement(f'kpi/{plan.key}')}")


def shown_sql(plan: Plan, asked: Asked, first_at: datetime) -> str:
    """The same out of the ledger alone, with its values written in."""
    text = fast_sql(plan)
    gathered = {"by_agent": GATHERED["by_agent"]} if plan.by_agent else {}
    if plan.of_facts:
        gathered = {**GATHERED, "facts": statement("kpi/with_others")}
    written = "".join(f"{name} as (\n{query}), " for name, query in gathered.items())
    text = text.replace("with scope as", f"with {written}scope as", 1)
    values = {
        "$1": f"'{{{','.join(str(campaign) for campaign in asked.campaigns)}}}'",
        "$2": f"date '{asked.first}'",
        "$3": f"date '{asked.last}'",
        "$4": f"timestamptz '{first_at.isoformat()}'",
        "$5": f"timestamptz '{FOR_EVER.isoformat()}'",
    }
    for parameter, value in values.items():
        text = text.replace(parameter, value)
    return text


def _with_shares(plan: Plan, query: str) -> str:
    """The query's columns in the plan's order, shares reckoned from them."""
    columns = (
        f"t.{c.key}" if c.over is None else f"t.{c.over[0]}::float8 / nullif(t.{c.over[1]}, 0) as {c.key}"
        for c in plan.columns
    )
    return f"select {', '.join(columns)}\nfrom (\n{query}) t"


def _cells(plan: Plan, row: Record) -> tuple[Cell, ...]:
    return tuple(float(cell) if isinstance(cell, Decimal) else cell for cell in row.values())


def period(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """The days that are meant: to today, and from a month before the last one where nothing is said."""
    last = last or today
    return first or last - timedelta(days=30), last
