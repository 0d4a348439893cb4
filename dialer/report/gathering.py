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
    """What is called by this name, where there are too many rows to copy. Rows of the ledger are in `<name>_since`."""


_OF_DAYS = "where r.campaign = any($1::integer[]) and r.day between $2 and $3 and $4::timestamptz is not null"

_FOLDED = """
select r.campaign, case when r.day between $2 and $3 then $2::date else date '-infinity' end as day,
       case when r.cohort between $2 and $3 then $2::date end as cohort,
       r.attempt_no, r.age_min, r.outcome, r.disposition,
       sum(r.attempts), sum(r.counted), sum(r.dialled), sum(r.answered), sum(r.by_person), sum(r.connected),
       sum(r.contacts), sum(r.first_contacts), sum(r.abandoned), sum(r.silent), sum(r.caller_left), sum(r.late_joined),
       sum(r.talk_s), sum(r.started_minutes)
from dialer.report_day r
where r.campaign = any($1::integer[]) and (r.day between $2 and $3 or r.cohort between $2 and $3)
  and $4::timestamptz is not null
group by 1, 2, 3, 4, 5, 6, 7, r.counted > 0
"""
"""Any day that was asked for stands as the first of them, one that was not as none: sheets ask no more of a day, but
for those that tell days apart."""

_FOLDED_BY_AGENT = f"""
select r.campaign, $2::date, r.agent, r.disposition, sum(r.calls), sum(r.contacts), sum(r.others), sum(r.talk_s)
from dialer.report_agent r
{_OF_DAYS}
group by 1, 3, 4
"""

_AGENT_TIME = """
with asked as materialized (
    select f.first_at, w.whole_at, greatest(w.whole_at, date_trunc('day', $4::timestamptz, 'UTC')) as edge_at
    from (
        select min($2::date::timestamp at time zone p.zone) as first_at
        from dialer.campaign c
        join dialer.project p on p.id = c.project
        where c.id = any($1::integer[]) and $3::date is not null
    ) f
    cross join lateral (
        select least(date_trunc('day', f.first_at + interval '1 day' - interval '1 us', 'UTC'), $4) as whole_at
    ) w
), part as (
    select h.agent, h.state, h.seconds
    from dialer.report_time h
    where h.hour >= (select a.first_at from asked a) and h.hour < (select a.whole_at from asked a)
    union all
    select h.agent, h.state, h.seconds
    from dialer.report_time h
    where h.hour >= (select a.edge_at from asked a) and h.hour < $4
    union all
    select d.agent, d.state, d.seconds
    from dialer.report_time_day d
    where d.day >= (select (a.whole_at at time zone 'UTC')::date from asked a)
      and d.day < (select (a.edge_at at time zone 'UTC')::date from asked a)
)
select p.agent, p.state, sum(p.seconds)
from part p
group by p.agent, p.state
"""
"""Whole days of UTC, and hours before and after them."""

GATHERED = {
    "attempt_facts": Gathered("like dialer.report_day", _FOLDED),
    "by_agent": Gathered("like dialer.report_agent", _FOLDED_BY_AGENT),
    "abandonment_days": Gathered(
        "like dialer.report_abandonment", f"select * from dialer.report_abandonment r {_OF_DAYS}"
    ),
    "agent_time": Gathered("agent integer, state text, seconds numeric", _AGENT_TIME, since="since_hour"),
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

DAY_FACTS = """
select r.campaign, r.day, r.disposition, sum(r.attempts) as attempts, 0 as others, sum(r.contacts) as contacts,
       sum(r.talk_s) as talk_s, sum(r.started_minutes) as started_minutes
from dialer.report_day r
where r.campaign = any($1::integer[]) and r.day between $2 and $3
group by r.campaign, r.day, r.disposition
union all
select s.campaign, s.day, s.disposition, s.attempts, 0, s.contacts, s.talk_s, s.started_minutes
from attempt_facts_since s
union all
select r.campaign, r.day, r.disposition, 0, r.others, 0, 0, 0
from dialer.report_agent r
where r.campaign = any($1::integer[]) and r.day between $2 and $3 and r.others > 0
union all
select s.campaign, s.day, s.disposition, 0, s.others, 0, 0, 0
from by_agent_since s
where s.others > 0
"""
"""Of `facts` what sheets that tell days apart need."""
_DAY_FACTS_COLUMNS = (
    "campaign integer, day date, disposition text, attempts bigint, others bigint, contacts bigint, talk_s numeric, "
    "started_minutes bigint"
)

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
        await conn.execute(f"create temp table day_facts ({_DAY_FACTS_COLUMNS}) on commit drop")
        await conn.execute(f"insert into day_facts {DAY_FACTS}", *about)
    first_at: datetime = bounds["first_at"]
    return first_at


async def _gather(conn: Conn, name: str, about: About, since: datetime) -> None:
    gathered, of_ledger = GATHERED[name], f"{name}_since"
    await conn.execute(f"create temp table {of_ledger} ({gathered.columns}) on commit drop")
    await conn.execute(f"insert into {of_ledger} {statement(f'kpi/{name}')}", *about, since, FOR_EVER)
    if gathered.view:
        await conn.execute(f"create temp view {name} as {gathered.view}")
    else:
        await conn.execute(f"create temp table {name} ({gathered.columns}) on commit drop")
        await conn.execute(f"insert into {name} {gathered.kept}", *about, since)
        await conn.execute(f"insert into {name} select * from {of_ledger}")


def from_ledger(name: str) -> str:
    """Its query over the ledger alone; since all time where rows are not of days."""
    text = statement(f"kpi/{name}")
    is_of_all_time = GATHERED[name].since == "since_ever"
    return text.replace("$4", f"timestamptz '{EVER.isoformat()}'") if is_of_all_time else text
