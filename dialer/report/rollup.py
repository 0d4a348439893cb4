"""Sums for reports, kept by watermark: each minute what has been settled since is added, in one transaction.

Not by the settlement itself: reports would then lengthen the statement that the dialling waits for, and make it contend
for the same few rows. The watermark stops before the oldest attempt that is open, and some minutes before now, so that
whatever is committed late is still counted; reports read the rest from the ledger.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from dialer.core.ids import Instant
from dialer.report.campaign import Conn
from dialer.report.statements import statement

MARGIN = timedelta(minutes=10)
"""A claim is committed well within this, whatever the clocks of several daemons say."""
AT_ONCE = timedelta(hours=1)
"""A long past is gone through in steps, each its own transaction."""

LOCK = "select nullif(summed_until, '-infinity') from dialer.report_watermark for update"
OLDEST_OPEN = "select min(reserved_at) from dialer.attempt where outcome is null"
FIRST = "select reserved_at - interval '1 hour' from dialer.attempt order by id limit 1"
CAMPAIGNS = "select coalesce(array_agg(id), '{}') from dialer.campaign"
KEPT = "dialer.report_day, dialer.report_agent, dialer.report_time, dialer.report_abandonment, dialer.report_contact"
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
SUMS = (
    "attempts", "counted", "dialled", "answered", "by_person", "connected", "contacts", "first_contacts", "abandoned",
    "silent", "caller_left", "late_joined", "talk_s", "started_minutes",
)  # fmt: skip
SUMS_BY_AGENT = ("calls", "contacts", "others", "talk_s")


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
        for add in (_add(), _add_by_agent(), _add_contacts(), _add_abandonment()):
            await conn.execute(add, campaigns, date.min, date.max, since, until)
        for hour in await conn.fetch(HOURS, None if is_first else since, until):
            await conn.execute(_add_time(), campaigns, date.min, date.max, *hour)
        await conn.execute(ADVANCE, until)
        return True


def _add() -> str:
    key = "(campaign, day, cohort, attempt_no, age_min, outcome, disposition)"
    kept = f"insert into dialer.report_day as kept {statement('kpi/attempt_facts')}"
    return f"{kept} on conflict {key} do update set {_more(SUMS)}"


def _add_by_agent() -> str:
    kept = f"insert into dialer.report_agent as kept {statement('kpi/by_agent')}"
    return f"{kept} on conflict (campaign, day, agent, disposition) do update set {_more(SUMS_BY_AGENT)}"


def _add_contacts() -> str:
    """The first one stays."""
    return f"insert into dialer.report_contact {statement('kpi/contacted')} on conflict (lead) do nothing"


def _add_abandonment() -> str:
    """Days that have come to their end."""
    return f"insert into dialer.report_abandonment {statement('kpi/abandonment_days')}"


def _add_time() -> str:
    kept = "insert into dialer.report_time (hour, agent, state, seconds)"
    return f"{kept} select $4, t.agent, t.state, t.seconds from ({statement('kpi/agent_time')}) t"


def _more(sums: Sequence[str]) -> str:
    return ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in sums)
