"""A quarter of a year of one project, written straight into the books: what reports over millions of attempts read.

Leads come through twelve hours of each day and are tried up to six times over four days, until somebody is reached, as
the default programme does. With them go what other sheets read: agents' states, holds, minutes of abandonment, the
results of other orders and what couriers told. Chance is a hash of the lead and the attempt: each filling is the same.
"""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import perf_counter

from dialer.core.hours import Calendar
from dialer.core.outcome import AttemptRules
from dialer.report.statements import Conn
from dialer.store.campaign_rows import calendar_to_json, rules_to_json

FIRST, DAYS = date(2026, 8, 3), 90
START = datetime(2026, 8, 3, 6, tzinfo=UTC)
ATTEMPTS_A_LEAD = 3.7
"""What the programme comes to where each attempt reaches a person with 0.2."""

PEOPLE = """
insert into dialer.list (project, campaign, name) select 1, n, 'list' from generate_series(1, 5) n;
insert into dialer.caller (project, number, name) select 1, '495000000' || n, 'line ' || n from generate_series(1, 9) n;
insert into dialer.agent (id, name) select 1000 + n, 'agent ' || n from generate_series(1, 40) n;
insert into dialer.agent_group (name) values ('day');
insert into dialer.agent_group_member (agent, agent_group) select id, 1 from dialer.agent;
insert into dialer.campaign_group (campaign, agent_group) select n, 1 from generate_series(1, 5) n;
insert into dialer.webhook (project, url, salt) values (1, 'https://courier.example/', 'salt');
"""

CAMPAIGNS = """
insert into dialer.campaign (project, name, mode, calendar, rules)
select 1, 'campaign ' || n, 'power', $1::jsonb, $2::jsonb from generate_series(1, 5) n
"""

DAY = """
with lead as (
    insert into dialer.lead (id, list, campaign, project, state, number, next_call_at, created_at)
    select (left(dialer.uuid7_floor(l.at)::text, 24) || lpad(to_hex(l.n), 12, '0'))::uuid, l.n % 5 + 1, l.n % 5 + 1, 1,
           'done', '9' || lpad(l.n::text, 9, '0'), l.at, l.at
    from (
        select n, $1::timestamptz + (n::bigint * 7919 % 43200) * interval '1 second' as at
        from generate_series($2::integer, $3::integer - 1) n
    ) l
    returning id, campaign, number, created_at, substr(number, 2)::integer as n
), drawn as (
    select l.*, k, (hashint8(l.n * 8::bigint + k) & 1048575) % 100 as luck,
           (hashint8(l.n * 8::bigint + k + 1000000007) & 1048575) as chance
    from lead l
    cross join generate_series(1, 6) k
), tried as (
    select d.*, coalesce(bool_or(d.luck < 20) over (
               partition by d.n order by d.k rows between unbounded preceding and 1 preceding), false) as was_reached,
           d.created_at + make_interval(secs => 60 + d.chance % 3000) + (d.k - 1) * interval '15 hours'
               + (d.k - 1) * make_interval(secs => d.chance % 7200) as at
    from drawn d
)
insert into dialer.attempt (id, lead, campaign, attempt_no, number, zone, server, trunk, caller, state, reserved_at,
    dialled_at, answered_at, bridged_at, ended_at, settled_at, outcome, uses_attempt, agent, disposition, abandoned)
select (left(dialer.uuid7_floor(a.at)::text, 24) || to_hex(a.k) || right(a.id::text, 11))::uuid, a.id, a.campaign,
       a.k::smallint, a.number, 1, 'main', 'carrier', '495000000' || a.n % 9 + 1, 'settled', a.at, a.at,
       case when a.luck < 26 then a.at + interval '9 s' end,
       case when a.luck < 25 then a.at + interval '9 s' + make_interval(secs => a.chance % 1000 / 1000.0) end,
       a.at + make_interval(secs => 20 + a.chance % 90), a.at + interval '2 min',
       case when a.luck < 25 then 'answered' when a.luck = 25 then 'abandoned'
            else (array['busy', 'no_answer', 'no_answer', 'no_answer', 'rejected', 'unavailable', 'invalid', 'blocked'])
                [a.luck % 8 + 1] end,
       true, case when a.luck < 25 then 1001 + a.chance % 40 end,
       case when a.luck between 20 and 24 then 'machine'
            when a.luck < 20 then (array['agreed', 'agreed', 'no_stock', 'refused_price', 'changed_mind', 'upsell'])
                [a.chance % 6 + 1] end,
       a.luck = 25
from tried a
where not a.was_reached
"""

AROUND = """
insert into dialer.agent_state_log (agent, since, state, attempt)
select a.agent, a.since + s.after, s.state, a.id
from (select id, agent, bridged_at as since, ended_at - bridged_at as talk from dialer.attempt
      where agent is not null) a
cross join lateral (values ('talking', interval '0'), ('wrap_up', a.talk), ('ready', a.talk + interval '15 s'),
    ('reserved', a.talk + interval '40 s')) as s (state, after)
on conflict do nothing;
insert into dialer.abandonment (campaign, minute, answered, abandoned)
select campaign, date_trunc('minute', answered_at), count(*), count(*) filter (where abandoned)
from dialer.attempt
where answered_at is not null and (abandoned or disposition <> 'machine')
group by 1, 2;
insert into dialer.hold (attempt, agent, since, until)
select id, agent, bridged_at + interval '3 s', bridged_at + interval '9 s'
from dialer.attempt where agent is not null and uuid_hash(id) % 20 = 0;
insert into dialer.order_result (attempt, lead, disposition, at)
select id, lead, disposition, ended_at from dialer.attempt where disposition = 'agreed' and uuid_hash(id) % 10 = 0;
insert into dialer.feedback (webhook, message, project, lead, kind, paid_kopecks, told_at, received_at, outcome)
select 1, lead::text, 1, lead, case when uuid_hash(lead) % 3 = 0 then 'not_delivered' else 'delivered' end, 250000,
       ended_at + interval '2 days', ended_at + interval '2 days', 'noted'
from dialer.attempt where disposition = 'agreed' and not abandoned;
"""

INDEXES = """
select replace(i.indexdef, ' ONLY ', ' ') as indexdef, format('%I.%I', i.schemaname, i.indexname) as name
from pg_indexes i
join pg_class c on c.oid = format('%I.%I', i.schemaname, i.indexname)::regclass
join pg_index x on x.indexrelid = c.oid
where i.schemaname = 'dialer' and i.tablename in ('lead', 'attempt') and not x.indisprimary
"""


async def fill(conn: Conn, attempts: int, progress: Callable[[float, str], None]) -> None:
    """Into empty books. Triggers, foreign keys and all indexes but the keys are left out meanwhile."""
    leads = round(attempts / ATTEMPTS_A_LEAD)
    await conn.execute("set synchronous_commit = off; set maintenance_work_mem = '512MB'")
    await conn.execute("set work_mem = '128MB'")
    await conn.execute("insert into dialer.project (name) values ('shop')")
    await conn.execute(CAMPAIGNS, calendar_to_json(Calendar()), rules_to_json(AttemptRules()))
    await conn.execute(PEOPLE)
    await conn.execute("set session_replication_role = replica")
    indexes = await conn.fetch(INDEXES)
    for index in indexes:
        await conn.execute(f"drop index {index['name']}")
    for day in range(DAYS):
        of_day = (leads * day // DAYS, leads * (day + 1) // DAYS)
        await conn.execute(DAY, START + timedelta(days=day), *of_day)
        progress((day + 1) / DAYS, "attempts")
    for step, index in enumerate(indexes):
        await conn.execute(index["indexdef"])
        progress((step + 1) / len(indexes), "indexes")
    await conn.execute(AROUND)
    await conn.execute("reset session_replication_role; reset synchronous_commit; reset work_mem")
    await conn.execute("vacuum analyze")


def bar() -> Callable[[float, str], None]:
    """How far it is, on one line of the terminal; a line a tenth elsewhere."""
    start = perf_counter()
    told = {"step": ""}

    def progress(share: float, what: str) -> None:
        step = f"{what} {int(share * 10)}"
        text = f"{what:<10} {'#' * int(share * 30):<30} {share:4.0%}, {perf_counter() - start:.0f} s"
        if sys.stderr.isatty():
            print(f"\r{text}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)
        elif told["step"] != step:
            told["step"] = step
            print(text, file=sys.stderr, flush=True)

    return progress
