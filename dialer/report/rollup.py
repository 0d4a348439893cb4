"""Sums for reports, kept by watermark: each minute what has been settled since is added, in one transaction.

Not by the settlement itself: reports would then lengthen the statement that the dialling waits for, and make it contend
for the same few rows. The watermark stops before the oldest attempt that is open, and some minutes before now, so that
whatever is committed late is still counted; reports read the rest from the ledger.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from dialer.core.ids import Instant
from dialer.report.statements import Conn, statement

MARGIN = timedelta(minutes=10)
"""A claim is committed well within this, whatever the clocks of several daemons say."""
AT_ONCE = timedelta(hours=1)
"""A long past is gone through in steps, each its own transaction."""

LOCK = "select nullif(summed_until, '-infinity') from dialer.report_watermark for update"
OLDEST_OPEN = "select min(reserved_at) from dialer.attempt where outcome is null"
FIRST = "select reserved_at - interval '1 hour' from dialer.attempt order by id limit 1"
CAMPAIGNS = "select coalesce(array_agg(id), '{}') from dialer.campaign"
KEPT = (
    "dialer.report_day, dialer.report_agent, dialer.report_time, dialer.report_abandonment, dialer.report_contact, "
    "dialer.report_lead, dialer.report_wait, dialer.report_late, dialer.report_caller, dialer.report_time_day, "
    "dialer.report_long_state"
)
BACK = "update dialer.report_watermark set summed_until = '-infinity'"
ADVANCE = "update dialer.report_watermark set summed_until = $1"
HOURS = """
select h as opens, h + interval '1 hour' as closes
from generate_series(
    date_trunc('hour', coalesce($1::timestamptz - interval '25 hours',
                                (select min(since) from dialer.agent_state_log)), 'UTC'),
    $2::timestamptz - interval '25 hours', interval '1 hour'
) h
where $1::timestamptz is null or h + interval '25 hours' > $1
"""
"""The whole hours that ended a day before an instant of ($1, $2]: whatever is written late is then written."""
FACT = ("campaign", "day", "cohort", "attempt_no", "age_min", "outcome", "disposition")
SUMS = (
    "attempts", "counted", "dialled", "answered", "by_person", "connected", "contacts", "first_contacts", "abandoned",
    "silent", "caller_left", "late_joined", "talk_s", "started_minutes",
)  # fmt: skip
SUMS_BY_AGENT = ("calls", "contacts", "others", "talk_s")
MORE_WAITS = (
    "first_at = least(kept.first_at, excluded.first_at), last_at = greatest(kept.last_at, excluded.last_at), "
    "waits_s = kept.waits_s || excluded.waits_s"
)
SUMS_BY_CALLER = ("dialled", "answered", "blocked", "rejected", "no_answer")


async def sum_up(conn: Conn, now: Instant, most: int = 1_000_000) -> int:
    """Bring the sums up to date in `most` steps; how many it took. Safe to run in several daemons at once."""
    steps = 0
    while steps < most and await _step(conn, datetime.fromtimestamp(now, UTC)):
        steps += 1
    return steps


async def sum_anew(conn: Conn, now: Instant) -> int:
    """Throw the sums away and count them again out of the ledger."""
    async with conn.transaction():
        await conn.execute(LOCK)
        await conn.execute(f"truncate {KEPT}")
        await conn.execute(BACK)
    return await sum_up(conn, now)


async def _step(conn: Conn, now: datetime) -> bool:
    """One stretch of time; False where there is none left."""
    async with conn.transaction():
        since: datetime | None = await conn.fetchval(LOCK)
        goal = min(now - MARGIN, await conn.fetchval(OLDEST_OPEN) or now)
        is_first, since = since is None, since or await conn.fetchval(FIRST) or goal
        if since >= goal:
            return False
        until = min(goal, since + AT_ONCE)
        campaigns = await conn.fetchval(CAMPAIGNS)
        for add in (*_additions(), _add_contacts(), _add_abandonment()):
            await conn.execute(add, campaigns, date.min, date.max, since, until)
        for hour in await conn.fetch(HOURS, None if is_first else since, until):
            await conn.execute(_add_time(), campaigns, date.min, date.max, *hour)
            await conn.execute(_add_long_states(), *hour)
        await conn.execute(ADVANCE, until)
        return True


def _additions() -> tuple[str, ...]:
    """What is added to, row by row."""
    lead = ("campaign", "day", "attempt_no", "is_contact", "last_day")
    return (
        _add("report_day", "kpi/attempt_facts", FACT, _more(SUMS)),
        _add("report_agent", "kpi/by_agent", ("campaign", "day", "agent", "disposition"), _more(SUMS_BY_AGENT)),
        _add("report_lead", "kept/leads", lead, _more(("leads",))),
        _add("report_wait", "kept/waits", ("campaign", "day"), MORE_WAITS),
        _add("report_late", "kept/late", ("campaign", "day", "agent"), _more(("talk_s",))),
        _add("report_caller", "kept/callers", ("campaign", "hour", "caller"), _more(SUMS_BY_CALLER)),
    )


def _add(table: str, query: str, key: Sequence[str], more: str) -> str:
    kept = f"insert into dialer.{table} as kept {statement(query)}"
    return f"{kept} on conflict ({', '.join(key)}) do update set {more}"


def _add_contacts() -> str:
    """The first one stays."""
    return f"insert into dialer.report_contact {statement('kpi/contacted')} on conflict (lead) do nothing"


def _add_abandonment() -> str:
    """Days that have come to their end."""
    return f"insert into dialer.report_abandonment {statement('kpi/abandonment_days')}"


def _add_time() -> str:
    """An hour, and the same to its day."""
    return f"""
        with hour as (
            insert into dialer.report_time (hour, agent, state, seconds)
            select $4, t.agent, t.state, t.seconds from ({statement("kpi/agent_time")}) t
            returning hour, agent, state, seconds
        )
        insert into dialer.report_time_day as kept (day, agent, state, seconds)
        select (h.hour at time zone 'UTC')::date, h.agent, h.state, h.seconds from hour h
        on conflict (day, agent, state) do update set {_more(("seconds",))}
    """


def _add_long_states() -> str:
    return f"insert into dialer.report_long_state (agent, since, until, state) {statement('kept/long_states')}"


def _more(sums: Sequence[str]) -> str:
    return ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in sums)
