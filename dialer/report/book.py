"""Reports are counted here: the same query over the sums that are kept (fast) and over the ledger (shown).

What the sheets read is first gathered: what is older than the watermark from the kept sums, the rest from the ledger.
Every sheet is a query over these. The SQL that is shown gathers it all from the ledger and needs no kept sums.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from asyncpg import Record

from dialer.core.kpi import Asked, Cell, KpiReport, Plan, Sheet
from dialer.report.campaign import Conn
from dialer.report.kpis import PLANS
from dialer.report.statements import statement

FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)

WORK_MEMORY = "set local work_mem = '64MB'"
"""For sorts and hashes of one report; there is one at a time."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A table that sheets read: `queries/kpi/<name>.sql` out of the ledger, and what is kept of it."""

    columns: str
    """As SQL declares them, or the kept table that has the same."""
    kept: str
    """`$1`: campaigns, `$2`, `$3`: first and last day, `$4`: since when the ledger is read."""
    whole: bool = False
    """What came before the first day asked for counts too."""
    unless: str = ""
    """Which rows of the ledger, `n`, are told by what is kept already."""


GATHERED = {
    "attempt_facts": Gathered(
        "like dialer.report_day",
        """
        select * from dialer.report_day r
        where r.campaign = any($1::integer[]) and (r.day between $2 and $3 or r.cohort between $2 and $3)
          and $4::timestamptz is not null
        """,
    ),
    "by_agent": Gathered(
        "like dialer.report_agent",
        """
        select * from dialer.report_agent r
        where r.campaign = any($1::integer[]) and r.day between $2 and $3 and $4::timestamptz is not null
        """,
    ),
    "abandonment_days": Gathered(
        "like dialer.report_abandonment",
        """
        select * from dialer.report_abandonment r
        where r.campaign = any($1::integer[]) and r.day between $2 and $3 and $4::timestamptz is not null
        """,
    ),
    "agent_time": Gathered(
        "agent integer, state text, seconds numeric",
        """
        select r.agent, r.state, sum(r.seconds)
        from dialer.report_time r
        where r.hour >= (select min($2::date::timestamp at time zone p.zone)
                         from dialer.campaign c
                         join dialer.project p on p.id = c.project
                         where c.id = any($1::integer[]))
          and r.hour < $4 and $3::date is not null
        group by r.agent, r.state
        """,
    ),
    "contacted": Gathered(
        "lead uuid, campaign integer, minutes integer",
        """
        select r.lead, r.campaign, r.minutes
        from dialer.report_contact r
        where r.campaign = any($1::integer[]) and $4::timestamptz is not null
          and exists (select from dialer.feedback b where b.lead = r.lead
                      and b.told_at >= $2::date - interval '1 day' and b.told_at < $3::date + interval '2 days')
        """,
        whole=True,
        unless="where not exists (select from dialer.report_contact k where k.lead = n.lead)",
    ),
}

BOUNDS = """
select day.first_at, greatest(day.first_at, w.summed_until) as since, greatest(w.summed_until, $4) as since_ever,
       -- Whole hours of agents' time are kept, and summed a day after their end.
       case when day.first_at = date_trunc('hour', day.first_at, 'UTC') then greatest(day.first_at, least(
           date_trunc('hour', w.summed_until - interval '24 hours', 'UTC'),
           date_trunc('hour', least(day.last_at, now()), 'UTC')))
       else day.first_at end as since_hour
from dialer.report_watermark w
cross join (
    select coalesce(min($2::date::timestamp at time zone p.zone), $2::date::timestamptz) as first_at,
           coalesce(max(($3::date + 1)::timestamp at time zone p.zone), $3::date::timestamptz) as last_at
    from dialer.campaign c
    join dialer.project p on p.id = c.project
    where c.id = any($1::integer[])
) day
"""
EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Before all attempts."""


async def kpi_report(conn: Conn, asked: Asked, plans: Sequence[Plan] = PLANS) -> KpiReport:
    """These sheets, all of one moment. The campaigns are known to exist."""
    about = (list(asked.campaigns), asked.first, asked.last)
    async with conn.transaction(isolation="repeatable_read"):
        await conn.execute(WORK_MEMORY)
        bounds = await conn.fetchrow(BOUNDS, *about, EVER)
        assert bounds is not None
        for name in {name for plan in plans for name in _gathers(plan)}:
            await _gather(conn, name, about, bounds)
        if any(plan.of_facts for plan in plans):
            await conn.execute(f"create temp table facts on commit drop as {statement('kpi/with_others')}")
            await conn.execute("analyze facts")
        sheets = []
        for plan in plans:
            rows = await conn.fetch(fast_sql(plan), *about)
            shown = shown_sql(plan, asked, bounds["first_at"])
            sheets.append(Sheet(plan, tuple(_cells(plan, row) for row in rows), shown))
    return KpiReport(asked, tuple(sheets))


def _gathers(plan: Plan) -> tuple[str, ...]:
    return ("attempt_facts", "by_agent", *plan.gathers) if plan.of_facts else plan.gathers


async def _gather(conn: Conn, name: str, about: tuple[list[int], date, date], bounds: Record) -> None:
    """Into a table of this name: what is kept, and what the ledger has since."""
    gathered = GATHERED[name]
    since = bounds["since_hour" if name == "agent_time" else "since_ever" if gathered.whole else "since"]
    await conn.execute(f"create temp table {name} ({gathered.columns}) on commit drop")
    await conn.execute(f"insert into {name} {gathered.kept}", *about, since)
    ledger = f"select n.* from ({statement(f'kpi/{name}')}) n {gathered.unless}"
    await conn.execute(f"insert into {name} {ledger}", *about, since, FOR_EVER)
    await conn.execute(f"analyze {name}")


def fast_sql(plan: Plan) -> str:
    """Over a table `facts` where the plan is of facts; `$1`, `$2`, `$3`: campaigns, first and last day."""
    head = f"with {statement('kpi/scope')}, {statement('kpi/dictionary')}" if plan.of_facts else ""
    return _with_shares(plan, f"{head}{statement(f'kpi/{plan.key}')}")


def shown_sql(plan: Plan, asked: Asked, first_at: datetime) -> str:
    """The same out of the ledger alone, with its values written in."""
    gathered = {name: _since_ever(name) for name in _gathers(plan)}
    if plan.of_facts:
        gathered["facts"] = statement("kpi/with_others")
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


def _since_ever(name: str) -> str:
    """Its query; since all time where it is of the whole past."""
    text = statement(f"kpi/{name}")
    return text.replace("$4", f"timestamptz '{EVER.isoformat()}'") if GATHERED[name].whole else text


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
