"""Books by chance, the same each time: four days and a half of two campaigns with all that a call may come to."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from dialer.report.statements import Conn

OPENS = datetime(2026, 9, 7, 5, 17, tzinfo=UTC)
"""8:17 in Moscow."""
DAYS, LEADS, ATTEMPTS = 4.5, 30, 400
END = (OPENS + timedelta(days=DAYS + 2)).timestamp()
MIDNIGHT = datetime(2026, 9, 9, 21, tzinfo=UTC)
"""In Moscow."""
LASTS_S = (0, 1.25, 300.5, 3601, 20_000.125, 2.5 * 86400)
STATES = ("calling", "talking", "wrap_up", "ready", "previewing", "reserved", "paused", "offline", "lost")

PEOPLE = """
insert into dialer.project (name) values ('Shop');
insert into dialer.agent_group (name) values ('day');
insert into dialer.agent (id, name) select 1000 + n, 'agent ' || n from generate_series(1, 4) n;
insert into dialer.agent_group_member select id, 1 from dialer.agent where id < 1004;
insert into dialer.campaign (project, name, mode, calendar, rules)
    select 1, name, 'power', '{}', '{}' from unnest(array['orders', 'others']) name;
insert into dialer.campaign_group values (1, 1);
insert into dialer.caller (project, number, name) select 1, '495000000' || n, 'line ' || n from generate_series(1, 2) n;
"""
LEAD = """
insert into dialer.lead (id, list, campaign, project, state, number, next_call_at, created_at)
select (left(dialer.uuid7_floor($2)::text, 24) || lpad($1::text, 12, '0'))::uuid, 1, 1, 1, 'waiting',
       (9120000000 + $1::integer)::text, $2, $2
"""
ATTEMPT = """
insert into dialer.attempt (id, lead, campaign, attempt_no, number, zone, server, trunk, state, reserved_at, dialled_at,
    answered_at, bridged_at, ended_at, settled_at, outcome, uses_attempt, agent, disposition, abandoned, silent,
    caller_left, late_joined, caller)
select (left(dialer.uuid7_floor($2)::text, 24) || lpad($1::text, 12, '0'))::uuid, l.id, $4, $5, l.number, 1, 'main',
       'carrier', 'settled', $2, $2, $7, $8, $9, $9, $6, $10, $11, $12,
       $13, $14, $15, $16, $17
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
            chance.choice(("4950000001", "4950000002", "4950000009", None)),
        )  # fmt: skip


def states(chance: Random) -> Iterator[tuple[int, datetime, str]]:
    """States of no time to three days; the second agent's last one is open from the second day on."""
    for agent in (1001, 1002, 1003, 1004):
        at = OPENS - timedelta(days=3, seconds=agent)
        while at < OPENS + timedelta(days=1 if agent == 1002 else DAYS):
            yield agent, at, chance.choice(STATES)
            at += timedelta(
                seconds=chance.choices((0, 1.25, 300.5, 3601, 20_000.125, 2.5 * 86400), (6, 4, 8, 8, 4, 1))[0]
            )


async def fill(conn: Conn) -> None:
    chance = Random("kuril")
    await conn.execute(PEOPLE)
    for lead in range(LEADS):
        await conn.execute(LEAD, str(lead), OPENS - timedelta(hours=30))
    await conn.executemany(ATTEMPT, list(attempts(chance)))
    await conn.executemany(
        "insert into dialer.agent_state_log (agent, since, state) values ($1, $2, $3) on conflict do nothing",
        list(states(chance)),
    )
