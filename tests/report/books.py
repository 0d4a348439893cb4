"""Books with a few calls whose every figure can be counted by hand; days are Moscow's."""

from datetime import UTC, date, datetime, timedelta

import asyncpg

from dialer.core.hours import Calendar
from dialer.core.outcome import AttemptRules
from dialer.store.campaign_rows import calendar_to_json, rules_to_json

PEOPLE = """
with shop as (
    insert into dialer.project (name) values ('Магазин') returning id
), other as (
    insert into dialer.project (name) values ('Курьер') returning id
), upsell as (
    insert into dialer.disposition (project, code, label, effect, position)
    select id, 'upsell', '=Ещё', 'done', 3 from shop
), day as (
    insert into dialer.agent_group (name) values ('отчёты') returning id
), person as (
    insert into dialer.agent (id, name) values (2001, 'Ольга'), (2002, 'Пётр') returning id
), member as (
    insert into dialer.agent_group_member select 2001, id from day
), campaign as (
    insert into dialer.campaign (project, name, mode, calendar, rules)
    select id, 'отчётная', 'power', $1::jsonb, $2::jsonb from shop
    returning id
), foreign_one as (
    insert into dialer.campaign (project, name, mode, calendar, rules)
    select id, 'чужая', 'power', $1::jsonb, $2::jsonb from other
    returning id
), in_group as (
    insert into dialer.campaign_group select campaign.id, day.id from campaign, day
), courier as (
    insert into dialer.webhook (project, url, salt) select id, 'https://courier.test/', 's' from shop returning id
)
select shop.id as project, campaign.id as campaign, foreign_one.id as foreign_campaign, courier.id as courier
from shop, campaign, foreign_one, courier
"""

ID = "(left(dialer.uuid7_floor($1)::text, 34) || lpad($2::text, 2, '0'))::uuid"

NOON = datetime(2026, 9, 10, 9, tzinfo=UTC)
"""Noon in Moscow: the first day."""

# lead, hours after the first noon, attempt number, outcome, seconds of talk, disposition, what is out of the common
CALLS = [
    (1, 0.05, 1, "busy", None, None, ""),
    (1, 24.0, 2, "answered", 61, "agreed", ""),
    (2, 0.1, 1, "answered", 30, "refused_price", ""),
    (3, 0.2, 1, "answered", 10, "machine", ""),
    (3, 24.1, 2, "answered", 5, "refused_price", ""),
    (4, 0.3, 1, "abandoned", None, None, "abandoned"),
    (4, 0.4, 2, "congestion", None, None, "unused"),
    (4, 24.2, 2, None, None, None, ""),
    (5, 24.3, 1, "answered", 120, "upsell", ""),
    (6, -24.0, 1, "no_answer", None, None, ""),
    (6, 0.5, 2, "answered", 60, "no_stock", ""),
    (6, 23.0, 1, "answered", 7, "agreed", "next cycle"),
    (7, 0.6, 1, "answered", 40, "agreed", "other campaign"),
]

STATES = [(-1, "paused"), (0, "ready"), (60, "talking"), (120, "wrap_up"), (180, "ready"), (240, "offline")]

FEEDBACK = [(1, "delivered", 199_000), (2, "not_delivered", None), (6, "delivered", 100_050)]

FIRST_DAY, NEXT_DAY = date(2026, 9, 10), date(2026, 9, 11)


async def fill(conn: asyncpg.Connection) -> asyncpg.Record:
    """The numbers of `project`, `campaign` and `foreign_campaign`."""
    made = await conn.fetchrow(PEOPLE, calendar_to_json(Calendar()), rules_to_json(AttemptRules()))
    for lead in range(1, 8):
        await conn.execute(
            "insert into dialer.lead (id, list, campaign, project, state, number, next_call_at, created_at) select "
            f"{ID}, 1, $3, $5, 'waiting', $4, $1, $1",
            NOON - timedelta(hours=24.5 if lead == 6 else 0),
            str(lead),
            made["foreign_campaign" if lead == 7 else "campaign"],
            f"912000000{lead}",
            made["project"],
        )
    for place, call in enumerate(CALLS):
        await _call(conn, place, *call)
    for minutes, state in STATES:
        at = NOON + timedelta(minutes=minutes)
        await conn.execute("insert into dialer.agent_state_log (agent, since, state) values (2001, $1, $2)", at, state)
    for lead, kind, paid in FEEDBACK:
        await conn.execute(
            "insert into dialer.feedback "
            "(webhook, message, project, lead, kind, paid_kopecks, told_at, received_at, outcome) "
            "select $5, $1::text, project, id, $2, $3, $4, $4, '' from dialer.lead where number = '912000000' || $1",
            str(lead),
            kind,
            paid,
            NOON + timedelta(hours=25),
            made["courier"],
        )
    return made


async def _call(
    conn: asyncpg.Connection,
    place: int,
    lead: int,
    hours: float,
    attempt_no: int,
    outcome: str | None,
    talk_s: int | None,
    disposition: str | None,
    what: str,
) -> None:
    at = NOON + timedelta(hours=hours)
    if what == "next cycle":
        await conn.execute(
            "insert into dialer.work_cycle select id, 1, created_at, $1, 'done', '', 2 from dialer.lead "
            "where number = '9120000006'",
            at - timedelta(hours=1),
        )
    await conn.execute(
        "insert into dialer.attempt (id, lead, campaign, attempt_no, number, zone, server, trunk, state, reserved_at,"
        " dialled_at, answered_at, bridged_at, ended_at, settled_at, outcome, uses_attempt, agent, disposition,"
        f" abandoned) select {ID}, l.id, l.campaign, $3, l.number, 1,"
        " 'main', 'carrier', $4, $1, $1, $5, $6, $7, $7, $8, $9, $10, $11, $12 "
        "from dialer.lead l where l.number = $13",
        at,
        str(place + 10),
        attempt_no,
        "settled" if outcome else "dialled",
        at + timedelta(seconds=9) if outcome in ("answered", "abandoned") else None,
        at + timedelta(seconds=10) if talk_s is not None else None,
        at + timedelta(seconds=10 + (talk_s or 0)) if outcome else None,
        outcome,
        None if outcome is None else what != "unused",
        2001 if talk_s is not None else None,
        disposition,
        what == "abandoned",
        f"912000000{lead}",
    )
