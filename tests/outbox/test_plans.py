"""The deliverer asks every second: none of its statements reads a table that grows from end to end."""

from dialer.store.sql import load
from tests.outbox.conftest import Post
from tests.store.test_plans import generic_plan, nodes

GROWING = {"outbox", "webhook_delivery", "slot_hold", "order_data", "form_edit_other"}
FILL = """
insert into dialer.webhook (project, url, salt) select id, 'https://shop.example/', 's' from dialer.project;
insert into dialer.outbox (project, lead, kind, payload, sent_at)
select 1, md5(g::text)::uuid, 'attempt_settled', '{}', case when g < 19990 then now() end
from generate_series(1, 20000) g;
insert into dialer.webhook_delivery (webhook, event, lead, state, next_try_at, give_up_at, created_at, done_at)
select 1, o.id, o.lead, case when o.id % 100 = 0 then 'pending' when o.id % 1000 = 1 then 'dead' else 'delivered' end,
       now(), now(), now(), now()
from dialer.outbox o where o.sent_at is not null;
insert into dialer.slot_hold (id, project, attempt, lead, day, interval, state, until, made_at, next_try_at)
select md5(g::text)::uuid, 1, md5(g::text)::uuid, md5(g::text)::uuid, current_date, '10:00-14:00',
       case when g % 100 = 0 then 'held' else 'kept' end, now(), now(), now()
from generate_series(1, 20000) g;
insert into dialer.order_data select md5(g::text)::uuid, '{}' from generate_series(1, 20000) g;
analyze;
"""
HOT = {
    "outbox": (
        "due_webhooks",
        "fan_out",
        "take",
        "delivered",
        "failed",
        "recovered",
        "give_up",
        "backlog",
        "deliveries",
        "prune",
        "prune_dead",
        "prune_removed",
        "prune_events",
    ),
    "slots": ("open_hold", "to_release", "keep"),
}


async def test_no_growing_table_is_read_from_end_to_end(post: Post) -> None:
    async with post.database.connection() as conn:
        await conn.execute(FILL, timeout=60)
        for file, names in HOT.items():
            for name in names:
                plan = await generic_plan(conn, load(file)[name])
                read = {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"}
                assert not read & GROWING, (name, read)
