"""What sheets read, gathered into temporary tables: from the kept sums up to the watermark, from there the ledger.

`queries/kpi/<name>.sql` is each table's query over the ledger, with the campaigns as `$1`, the first and last day as
`$2` and `$3`, and the stretch of the ledger [`$4`, `$5`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from dialer.report.kept import EVER, FOR_EVER, SETTINGS
from dialer.report.statements import Conn, statement

About: TypeAlias = tuple[list[int], date, date]
"""Campaigns, first and last day."""

FACTS = ("attempt_facts", "by_agent")


@dataclass(frozen=True, slots=True)
class Gathered:
    """One table that sheets read."""

    columns: str
    """As SQL declares them."""
    kept: str = ""
    """Its rows of what is kept; `$4`: since when the ledger is read. Empty: `view` reads them where they are."""
    since: str = "since"
    """Which bound that is."""
    view: str = ""
    """What is called by this name, over `<name>_since`, where there are too many rows to copy."""


_OF_DAYS = "where r.campaign = any($1::integer[]) and r.day between $2 and $3 and $4::timestamptz is not null"

_FOLDED = """
select r.campaign, case when r.day between $2 and $3 then r.day else date '-infinity' end as day,
       case when r.cohort between $2 and $3 then $2::date end as cohort,
       r.attempt_no, r.age_min, r.outcome, r.disposition,
       sum(r.attempts), sum(r.counted), sum(r.dialled), sum(r.answered), sum(r.by_person), sum(r.connected),
       sum(r.contacts), sum(r.first_contacts), sum(r.abandoned), sum(r.silent), sum(r.caller_left), sum(r.late_joined),
       sum(r.talk_s), sum(r.started_minutes)
from dialer.report_day r
where r.campaign = any($1::integer[]) and (r.day between $2 and $3 or r.cohort between $2 and $3)
  and $4::timestamptz is not null
group by 1, 2, 3, 4, 5, 6, 7
"""
"""A day that was not asked for is no day, a lead first tried on any day that was asked for is one of that time."""

GATHERED = {
    "attempt_facts": Gathered("like dialer.report_day", _FOLDED),
    "by_agent": Gathered("like dialer.report_agent", f"select * from dialer.report_agent r {_OF_DAYS}"),
    "abandonment_days": Gathered(
        "like dialer.report_abandonment", f"select * from dialer.report_abandonment r {_OF_DAYS}"
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
        since="since_hour",
    ),
    "contacted": Gathered(
        "like dialer.report_contact",
        since="since_ever",
        view="""
        select * from dialer.report_contact
        union all
        select s.* from contacted_since s where not exists (select from dialer.report_contact k where k.lead = s.lead)
        """,
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


async def gather(conn: Conn, names: Iterable[str], about: About) -> datetime:
    """Make these tables, and `facts` where its parts are among them, until the end of the transaction.

    The first instant of the days asked for.
    """
    wanted = set(names)
    await conn.execute(SETTINGS)
    bounds = await conn.fetchrow(BOUNDS, *about, EVER)
    assert bounds is not None
    for name in wanted:
        await _gather(conn, name, about, bounds[GATHERED[name].since])
    if wanted.issuperset(FACTS):
        await conn.execute(f"create temp view facts as {statement('kpi/with_others')}")
    first_at: datetime = bounds["first_at"]
    return first_at


async def _gather(conn: Conn, name: str, about: About, since: datetime) -> None:
    gathered = GATHERED[name]
    table = f"{name}_since" if gathered.view else name
    await conn.execute(f"create temp table {table} ({gathered.columns}) on commit drop")
    if gathered.view:
        await conn.execute(f"create temp view {name} as {gathered.view}")
    else:
        await conn.execute(f"insert into {table} {gathered.kept}", *about, since)
    await conn.execute(f"insert into {table} {statement(f'kpi/{name}')}", *about, since, FOR_EVER)


def from_ledger(name: str) -> str:
    """Its query over the ledger alone; since all time where rows are not of days."""
    text = statement(f"kpi/{name}")
    is_of_all_time = GATHERED[name].since == "since_ever"
    return text.replace("$4", f"timestamptz '{EVER.isoformat()}'") if is_of_all_time else text
