"""No column is forgotten: each is declared, and each that is personal is empty of the person afterwards."""

import hashlib
from typing import Any

import pytest

from dialer.core.card import Edit
from dialer.core.forgetting import DAY_S, Terms
from dialer.core.goods import Item, OrderData
from dialer.core.ids import AgentId
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.core.pseudonym import Pseudonyms
from dialer.store.db import Database
from dialer.store.do_not_call import DoNotCall
from dialer.store.forgetting import ForgettingBooks
from dialer.store.intake import IntakeBooks
from dialer.store.outbox import OutboxBooks
from dialer.store.personal import COLUMNS, Holds
from dialer.store.talks import Talks
from tests.conftest import PATIENCE_S
from tests.store.scene import NOW, Scene, build_scene, lead, phone, settlement

MARK = "Приметин"
"""Stands in every text that tells of the person."""
NUMBERS = ("9000000001", "9000000002")

TEXTS = """
select c.table_name, c.column_name
from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where c.table_schema = 'dialer' and t.table_type = 'BASE TABLE'
  and c.data_type in ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY', 'tsvector', 'inet',
                      'cidr', 'xml', 'name', 'USER-DEFINED')
  and c.udt_name not in ('_int4', '_timestamptz')
  and (c.table_schema || '.' || c.table_name)::regclass not in (select i.inhrelid from pg_inherits i)
"""


@pytest.fixture
async def scene(database_dsn: str) -> Any:
    keys = Pseudonyms(("a key of more than thirty-two characters",))
    async with await Database.open(database_dsn, command_timeout_s=PATIENCE_S, pseudonyms=keys) as database:
        yield await build_scene(database)


async def texts(scene: Scene) -> set[tuple[str, str]]:
    async with scene.database.connection() as conn:
        return {(row["table_name"], row["column_name"]) for row in await conn.fetch(TEXTS)}


async def where_found(scene: Scene, *words: str) -> set[tuple[str, str]]:
    """The columns in which any of these words stands."""
    found = set()
    for table, column in await texts(scene):
        query = f"select exists (select from dialer.{table} where strpos({column}::text, $1) > 0) as there"
        for word in words:
            if (await scene.row(query, word))["there"]:
                found.add((table, column))
    return found


async def test_every_column_is_declared(scene: Scene) -> None:
    there = await texts(scene)
    assert sorted(there - COLUMNS.keys()) == [], (
        "a new column: declare in dialer/store/personal.py what it holds; where that is a customer's, erase it in "
        "queries/forgetting.sql (forget) and have it filled in below"
    )
    assert sorted(COLUMNS.keys() - there) == [], "declared in dialer/store/personal.py, and no longer there"


async def test_nothing_personal_is_left_anywhere(scene: Scene) -> None:
    """Every column that is declared a customer's is filled with him, and after forgetting no column at all has him."""
    books = ForgettingBooks(scene.database)
    await books.set_terms(scene.project, Terms(closed_days=10))
    await a_life(scene)
    told = {column for column, holds in COLUMNS.items() if holds in (Holds.CUSTOMER, Holds.NUMBER)}
    assert await where_found(scene, MARK, *NUMBERS) == told
    window = await books.look(scene.project, NOW)
    assert len(window.doomed) == 2
    assert sum((await books.forget(window.doomed, "daemon", NOW)).values()) == 2
    assert await where_found(scene, MARK, MARK.upper(), *NUMBERS) == set()
    assert (await scene.lead(window.doomed[0].lead))["question"] is None, "a digest without a key"
    assert await where_found(scene, hashlib.sha256(NUMBERS[0].encode()).hexdigest()) == set(), "no digest without a key"


async def a_life(scene: Scene) -> None:
    """An order with all that may be told of a person, called, talked about and over; and a second one of the same."""
    first = lead(
        1, "Europe/Moscow", phone(2), external_id=f"{MARK} 8-900-000-00-01", person=MARK, fields={"town": MARK}
    )
    second = lead(2, external_id="A-2", person=MARK)
    await IntakeBooks(scene.database).put_orders({first.id: OrderData((Item(MARK, 1, 100),), courier_note=MARK)})
    await scene.add(first)
    (taken,) = (await scene.reserve(1)).reservations
    await scene.run("insert into dialer.agent (id, name) values (1001, 'Ольга')")
    await scene.add(second)
    edits = [Edit(taken.attempt, one.id, "address", MARK, NOW, AgentId(1001)) for one in (first, second)]
    await Talks(scene.database).record(edits)
    await scene.settle(settlement(taken, LeadStep(LeadState.WAITING, "no_answer", NOW + 600), Outcome.NO_ANSWER))
    assert (await scene.lead(first.id))["first_number"] == NUMBERS[0], "the other phone has its turn"
    await scene.run("update dialer.lead set question = 7 where id = $1", first.id)
    await scene.run("update dialer.phone set extension = $2 where lead = $1", first.id, MARK)
    await scene.run(
        "update dialer.lead set state = 'refused', reason = $2, withdrawn = $2 where id = $1", first.id, MARK
    )
    await scene.run("update dialer.lead set state = 'done' where id = $1", second.id)
    await scene.run(
        "insert into dialer.outbox (project, lead, kind, payload) values ($1, $2, 'order_disposed', $3::jsonb)",
        scene.project,
        second.id,
        f'{{"lead": "{second.id}", "values": {{"address": "{MARK}"}}, "number": "{NUMBERS[0]}"}}',
    )
    await scene.run(
        "insert into dialer.outbox (project, lead, kind, payload) "
        "values ($1, $2::uuid, 'lead_closed', jsonb_build_object('lead', $2::uuid, 'reason', $3::text))",
        scene.project,
        first.id,
        MARK,
    )
    await scene.run(
        "insert into dialer.work_cycle (lead, number, opened_at, closed_at, state, reason, attempts) "
        "values ($1, 1, now(), now(), 'refused', $2, 1)",
        first.id,
        MARK,
    )
    await scene.run(
        "insert into dialer.webhook (project, url, salt, kinds) values ($1, 'https://c.test', '', '{none}')",
        scene.project,
    )
    await scene.run(
        "insert into dialer.feedback (webhook, message, project, lead, kind, note, told_at, received_at, outcome) "
        "values (1, 'm', $1, $2, 'not_delivered', $3, now(), now(), 'noted')",
        scene.project,
        first.id,
        MARK,
    )
    await DoNotCall(scene.database).forbid(NUMBERS[:1], None, MARK, NOW)
    await scene.run("update dialer.lead set closed_at = to_timestamp($1)", NOW - 11 * DAY_S)
    await OutboxBooks(scene.database).fan_out(NOW, NOW, 1000)
