"""Reports are counted here: the same query over the sums that are kept (fast) and over the ledger (shown).

What the sheets read is first gathered: what is older than the watermark from the kept sums, the rest from the ledger.
Every sheet is a query over these. The SQL that is shown gathers it all from the ledger and needs no kept sums.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from asyncpg import Record

from dialer.core.kpi import Asked, Cell, KpiReport, Plan, Sheet
from dialer.report.gathering import FACTS, from_ledger, gather
from dialer.report.kept import FOR_EVER
from dialer.report.kpis import PLANS
from dialer.report.statements import Conn, statement


async def kpi_report(conn: Conn, asked: Asked, plans: Sequence[Plan] = PLANS) -> KpiReport:
    """These sheets, all of one moment. The campaigns are known to exist."""
    about = (list(asked.campaigns), asked.first, asked.last)
    async with conn.transaction(isolation="repeatable_read"):
        first_at = await gather(conn, (name for plan in plans for name in _gathers(plan)), about)
        sheets = []
        for plan in plans:
            rows = await conn.fetch(fast_sql(plan), *about)
            sheets.append(Sheet(plan, tuple(_cells(plan, row) for row in rows), shown_sql(plan, asked, first_at)))
    return KpiReport(asked, tuple(sheets))


def _gathers(plan: Plan) -> tuple[str, ...]:
    return (*FACTS, *plan.gathers) if plan.of_facts else plan.gathers


def fast_sql(plan: Plan) -> str:
    """Over `facts` and `day_facts` where the plan is of facts; `$1`, `$2`, `$3`: campaigns, first and last day."""
    head = f"with {statement('kpi/scope')}, {statement('kpi/dictionary')}" if plan.of_facts else ""
    return _with_shares(plan, f"{head}{statement(f'kpi/{plan.key}')}")


def shown_sql(plan: Plan, asked: Asked, first_at: datetime) -> str:
    """The same out of the ledger alone, with its values written in."""
    gathered = {name: from_ledger(name) for name in _gathers(plan)}
    if plan.of_facts:
        gathered["day_facts" if plan.of_days else "facts"] = statement("kpi/with_others")
    written = ", ".join(f"{name} as (\n{query})" for name, query in gathered.items())
    text = f"with {written}\n{fast_sql(plan)}" if written else fast_sql(plan)
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
