"""The report of a campaign from kept sums is that of the ledger, whatever has been summed and whatever is asked for."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from dialer.report.campaign import campaign_report, find_campaigns
from dialer.report.rollup import sum_anew, sum_up
from dialer.report.statements import Conn
from dialer.store.db import Database
from tests.report.ledger import counted

OPENS = datetime(2026, 9, 7, 5, 17, tzinfo=UTC)
"""8:17 in Moscow."""
DAYS, LEADS, ATTEMPTS = 4.5, 30, 400
END = (OPENS + timedelta(days=DAYS + 2)).timestamp()
MIDNIGHT = datetime(2026, 9, 9, 21, tzinfo=UTC)
"""In Moscow."""
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
STATES = ("calling", "talking", "wrap_up", "ready", "previewing", "reserved", "paused", "offline", "lost")

PEOPLE = """
insert into dialer.project (name) values ('Shop');
insert into dialer.agent_group (name) values ('day');
insert into dialer.agent (id, name) select 1000 + n, 'agent ' || n from generate_series(1, 4) n;
insert into dialer.agent_group_member select id, 1 from dialer.agent where id < 1004;
insert into dialer.campaign (project, name, mode, calendar, rules)
    select 1, name, 'power', '{}', '{}' from unnest(array['orders', 'others']) name;
insert into dialer.campaign_group values (1, 1);
"""
LEAD = """
insert into dialer.lead (id, list, campaign, project, state, number, next_call_at, created_at)
select (left(dialer.uuid7_floor($2)::text, 24) || lpad($1::text, 12, '0'))::uuid, 1, 1, 1, 'waiting',
       (9120000000 + $1::integer)::text, $2, $2
"""
ATTEMPT = """
insert into dialer.attempt (id, lead, campaign, attempt_no, number, zone, server, trunk, state, reserved_at, dialled_at,
    answered_at, bridged_at, ended_at, settled_at, outcome, uses_attempt, agent, disposition, abandoned, silent,
    caller_left, late_joined)
select (left(dialer.uuid7_floor($2)::text, 24) || lpad($1::text, 12, '0'))::uuid, l.id, $4, $5, l.number, 1, 'main',
       'carrier', 'settled', $2, $2, $7, $8, $9, $9, $6, $10, $11, $12,
       $13, $14, $15, $16
from dialer.lead l where l.number = (9120000000 + $3::integer)::text
"""


def attempts(chance: Random) -> Iterator[tuple[Any, ...]]:
    """Calls of two campaigns in the order of time; numbers of attempts begin again, as work cycles do."""
    for place in range(ATTEMPTS):
        at = OPENS + timedelta(days=DAYS) * (place / ATTEMPTS) + timedelta(milliseconds=chance.randrange(9000))
        what = chance.choices(("joined", "late", "abandoned", "silent", "unanswered", "unused"), (5, 1, 2, 1, 8, 2))[0]
        answered = at + timedelta(seconds=9) if what not in ("unanswered", "unused") else None
        is_joined = answered and what in ("joined", "late")
        joined = answered + timedelta(microseconds=chance.randrange(1, 3_000_000)) if answered and is_joined else None
        disposition = chance.choice(("agreed", "refused_price", "machine", "assistant", None)) if joined else None
        outcome = {"joined": "answered", "unanswered": "no_answer", "unused": "congestion"}.get(what, "abandoned")
        yield (
            str(place), at, chance.randrange(LEADS), chance.choices((1, 2), (4, 1))[0], chance.randrange(1, 5), outcome,
            answered, joined, at + timedelta(milliseconds=chance.randrange(13_000, 200_000)), what != "unused",
            chance.choice((1001, 1002, 1003, 1004, None)) if joined else None, disposition,
            outcome == "abandoned", what == "silent", what == "abandoned" and chance.random() < 0.5, what == "late",
        )  # fmt: skip


def states(chance: Random) -> Iterator[tuple[int, datetime, str]]:
    """States of a second to three days; the second agent's last one is open from the second day on."""
    for agent in (1001, 1002, 1003, 1004):
        at = OPENS - timedelta(days=3, seconds=agent)
        while at < OPENS + timedelta(days=1 if agent == 1002 else DAYS):
            yield agent, at, chance.choice(STATES)
            at += timedelta(seconds=chance.choices((1.25, 300.5, 3601, 20_000.125, 2.5 * 86400), (4, 8, 8, 4, 1))[0])


@pytest.fixture
async def books(database: Database) -> Database:
    chance = Random("kuril")
    async with database.connection() as conn:
        await conn.execute(PEOPLE)
        for lead in range(LEADS):
            await conn.execute(LEAD, str(lead), OPENS - timedelta(hours=30))
        await conn.executemany(ATTEMPT, list(attempts(chance)))
        await conn.executemany(
            "insert into dialer.agent_state_log (agent, since, state) values ($1, $2, $3)", list(states(chance))
        )
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
