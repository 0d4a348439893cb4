"""The plans of the hot statements: no table that grows is read as a whole.

The plans are generic ones (made without the values, kept for a minute), for so the daemon runs them.
"""

from typing import Any

import orjson

from dialer.core.ids import LeadId
from dialer.core.lead import NewLead, NewPhone
from dialer.store.attempts import LOOK
from dialer.store.lists import ListWriter
from dialer.store.sql import Conn, Statement, load
from dialer.store.uuid7 import uuid7s
from tests.store.scene import MOSCOW, NOW, OMSK, Scene, settlement

GROWING = {"lead", "phone", "attempt_2026_09", "do_not_call", "called_number", "notice"}
"""Not `live_attempt`, which is as small as the number of lines, nor the months that are empty yet."""

HOT = {
    name: statement
    for name, statement in load("attempts").items()
    if name in ("reserve", "what_is_left", "progress", "settle", "open_attempts", "imbalance")
}
BOARD = load("board")
"""Asked every half minute while somebody watches the wallboard."""
TURNS = load("turns")
PICKS = load("picks")
NOTICES = {
    name: statement
    for name, statement in load("notices").items()
    if name in ("lanes", "take", "wait", "close", "lost", "of_lead", "prune")
}
"""The sender looks every two seconds, and prunes each hour."""
LEADS = 40_000

PAST = """
insert into dialer.attempt (id, lead, campaign, attempt_no, zone, server, trunk, state, reserved_at, outcome)
select (left(l.id::text, 14) || '7' || substr(md5(l.id::text), 1, 3) || '-8' || substr(md5(l.id::text), 4, 3) || '-'
        || substr(md5(l.id::text), 8, 12))::uuid,
       l.id, l.campaign, 1, l.zone, 'pbx1', 'carrier', 'settled', l.created_at, 'busy'
from dialer.lead l
where l.state = 'ready'
limit 20000;
insert into dialer.do_not_call (number, reason)
select '8' || lpad(g::text, 9, '0'), '' from generate_series(1, 20000) g;
insert into dialer.called_number
select '8' || lpad(g::text, 9, '0'), gen_random_uuid(), now() from generate_series(1, 20000) g;
insert into dialer.notice
    (lead, cycle, step, project, campaign, attempt, channel, state, next_try_at, made_at, done_at)
select l.id, 1, 'sorry', l.project, l.campaign, l.id, case when g.place % 2 = 0 then 'sms' else 'email' end,
       case when g.place % 100 = 0 then 'waiting' else 'sent' end, l.created_at, l.created_at,
       case when g.place % 100 > 0 then l.created_at end
from (select id, row_number() over () as place from dialer.lead limit 20000) g
join dialer.lead l on l.id = g.id;
"""
"""Yesterday's attempts and notices, and numbers that must not be called."""

TOMORROW = """
update dialer.lead set state = 'waiting', priority = 9, next_call_at = next_call_at + interval '1 day'
where state = 'ready' and right(number, 1) < '5'
"""


async def test_no_growing_table_is_read_from_end_to_end(scene: Scene) -> None:
    await fill(scene)
    async with scene.database.connection() as conn:
        for statements in (HOT, BOARD, TURNS, PICKS, NOTICES):
            for name, statement in statements.items():
                assert not whole_reads(await generic_plan(conn, statement)), name


async def test_a_claim_reads_what_it_takes_and_no_more(scene: Scene) -> None:
    """Half of the leads wait for tomorrow at a higher priority: not one of them may be read."""
    await fill(scene)
    async with scene.database.connection() as conn:
        await conn.execute(TOMORROW, timeout=60)
        await conn.execute("analyze dialer.lead", timeout=60)
        plan = await analysed(conn, HOT["reserve"], scene)
    read = sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in nodes(plan)
        if node.get("Relation Name") == "lead" and "Scan" in node["Node Type"]
    )
    assert 50 <= read < 1000


async def fill(scene: Scene) -> None:
    """Leads in two zones, some settled attempts, and fresh statistics."""
    ids = uuid7s(NOW, LEADS)
    writer = ListWriter(scene.database, scene.list)
    for first in range(0, LEADS, 5000):
        batch = [
            NewLead(
                LeadId(ids[place]),
                (NewPhone(f"9{place * 7919 % 10**9:09}", OMSK if place % 2 else MOSCOW),),
                external_id=str(place),
            )
            for place in range(first, first + 5000)
        ]
        await writer.write(batch, NOW)
    await writer.finish()
    for _ in range(10):
        taken = (await scene.reserve(200, zones=(MOSCOW, OMSK))).reservations
        await scene.settle(*(settlement(one) for one in taken[:190]))
    async with scene.database.connection() as conn:
        await conn.execute(PAST, timeout=60)
        await conn.execute("vacuum analyze", timeout=60)


async def generic_plan(conn: Conn, statement: Statement) -> dict[str, Any]:
    await conn.execute("set plan_cache_mode = force_generic_plan")
    await conn.execute(f"prepare hot as {statement.text}")
    arguments = ", ".join("null" for _ in statement.parameters)
    called = f"execute hot ({arguments})" if arguments else "execute hot"
    plan = await conn.fetchval(f"explain (format json) {called}")
    await conn.execute("deallocate hot")
    return dict(orjson.loads(plan)[0]["Plan"])


async def analysed(conn: Conn, statement: Statement, scene: Scene) -> dict[str, Any]:
    wish = scene.wish(50, (MOSCOW, OMSK))
    values = {
        "campaign": wish.campaign,
        "server": wish.server,
        "trunk": wish.trunk,
        "count": wish.count,
        "look": wish.count * LOOK,
        "swept": wish.count * LOOK,
        "open_zones": list(wish.open_zones),
        "now": NOW,
        "attempts": uuid7s(NOW, 50),
        "agents": [],
        "asked_since": NOW - 1800,
        "previewer": wish.previewer,
        "lead": None,
        "head_starts": '{"Europe/Moscow": [0, 3600, 7200, 0, 0, 0, 0, 0]}',
    }
    plan = await conn.fetchval(f"explain (analyze, format json) {statement.text}", *statement.bind(values))
    return dict(orjson.loads(plan)[0]["Plan"])


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in nodes(child))]


def whole_reads(plan: dict[str, Any]) -> set[str]:
    """Growing tables that the plan reads from end to end."""
    return {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"} & GROWING
