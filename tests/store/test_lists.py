"""Lists: every row ends in one of four sums; a repeat is known; nothing is half-written."""

import asyncio
from itertools import chain

import orjson
import pytest
from asyncpg.exceptions import CheckViolationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialer.core.admission import Admission
from dialer.core.lead import CANDIDATES, NewLead
from dialer.core.outcome import LeadState
from dialer.store import campaigns, lists, undecided
from dialer.store.admission import set_admission
from dialer.store.errors import NameTaken, Unknown
from dialer.store.lists import ListWriter, Sums
from dialer.store.twins import Duplicate
from dialer.store.undecided import Choice
from tests.store.scene import MOSCOW, NOW, OMSK, Scene, build_scene, lead, phone


async def counted(scene: Scene) -> dict[tuple[str, str], int]:
    async with scene.database.connection() as conn:
        return {(line.state, line.reason): line.leads for line in await campaigns.why(conn, scene.campaign, NOW)}


async def test_the_four_sums_add_up_to_the_rows(scene: Scene) -> None:
    ambiguous = NewLead(lead(3).id, (), question="ambiguous")
    writer = ListWriter(scene.database, scene.list)
    first = await writer.write([lead(1), lead(2), lead(1), ambiguous], NOW, {"NO_PHONE": 2, "TOO_SHORT": 1})
    assert first.sums == Sums(accepted=2, duplicate=1, needs_decision=1, rejected=3)
    second = await writer.write([lead(2)], NOW, {"NO_PHONE": 1})
    assert second.sums == Sums(duplicate=1, rejected=1)
    assert await writer.finish() == Sums(2, 2, 1, 4)
    async with scene.database.connection() as conn:
        (kept,) = await lists.lists(conn, scene.campaign)
    assert (kept.sums, kept.sums.rows) == (Sums(2, 2, 1, 4), 9)
    assert kept.rejected_reasons == {"NO_PHONE": 3, "TOO_SHORT": 1}
    assert await counted(scene) == {("needs_decision", "ambiguous"): 1, ("ready", "due"): 2}


async def test_a_repeat_is_told_by_external_id_within_the_project_whatever_the_list(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        other = await lists.create_list(conn, scene.campaign, "второй список")
    elsewhere = await build_scene(scene.database, "чужой проект")
    await scene.add(lead(1, external_id="З-1"))
    again = lead(2, external_id="З-1")
    written = await ListWriter(scene.database, other).write([again, lead(1, external_id="З-2")], NOW)
    assert (written.sums, written.duplicates) == (
        Sums(accepted=1, duplicate=1),
        (Duplicate(again.id, 0, "З-1", asks=False),),
    )
    assert (await elsewhere.add(lead(1, external_id="З-1"))).sums.accepted == 1


async def test_without_one_a_repeat_is_told_by_the_number_within_its_list(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        other = await lists.create_list(conn, scene.campaign, "второй список")
    await scene.add(lead(1))
    assert (await scene.add(lead(1), lead(1, external_id="со своим номером"))).sums == Sums(accepted=1, duplicate=1)
    assert (await ListWriter(scene.database, other).write([lead(1)], NOW)).sums.accepted == 1


async def test_of_a_batch_with_repeats_only_the_others_bring_phones(scene: Scene) -> None:
    there = lead(1, external_id="З-1")
    await scene.add(there)
    repeat, new = lead(2, MOSCOW, phone(3), external_id="З-1"), lead(4, MOSCOW, phone(5), phone(6), external_id="З-2")
    written = await scene.add(there, repeat, new)
    assert {one.lead for one in written.duplicates} == {there.id, repeat.id}
    assert written.sums == Sums(accepted=1, duplicate=2)
    assert (await scene.row("select count(*) from dialer.phone where lead = $1", there.id))["count"] == 1
    assert (await scene.row("select count(*) from dialer.phone where lead = $1", repeat.id))["count"] == 0
    assert (await scene.row("select count(*) from dialer.phone where lead = $1", new.id))["count"] == 3


async def test_who_asks_the_same_is_the_same_whatever_was_decided(scene: Scene) -> None:
    """Without an order's name and without a number yet, what is asked tells a lead; other lists are nothing to it."""
    one, two = (asking(candidates) for candidates in ("4951234567|4991234567", "4951234568|4991234568"))
    assert (await scene.add(one, two, asking("4951234567|4991234567"))).sums == Sums(duplicate=1, needs_decision=2)
    async with scene.database.transaction() as conn:
        await undecided.settle(conn, [Choice(one.id), Choice(two.id, (phone(1),))], NOW)
    assert (await scene.add(*map(asking, ("4951234567|4991234567", "4951234568|4991234568")))).sums.duplicate == 2
    async with scene.database.connection() as conn:
        other = await lists.create_list(conn, scene.campaign, "второй список")
    again = asking("4951234567|4991234567")
    assert (await ListWriter(scene.database, other).write([again], NOW)).sums.needs_decision == 1


def asking(candidates: str) -> NewLead:
    return NewLead(lead(9).id, (), question="ambiguous", fields={CANDIDATES: candidates})


async def test_two_who_bring_the_same_orders_at_once_bring_each_once(scene: Scene) -> None:
    """The second waits for the first at the first order, begins anew, and sees all of them."""
    batches = [[lead(number, external_id=f"З-{number}") for number in range(50)] for _ in range(4)]
    written = await asyncio.gather(*(ListWriter(scene.database, scene.list).write(batch, NOW) for batch in batches))
    assert sorted(one.sums.accepted for one in written) == [0, 0, 0, 50]
    assert sum(len(one.duplicates) for one in written) == 150
    assert await counted(scene) == {("ready", "due"): 50}
    assert (await scene.row("select count(*) from dialer.phone"))["count"] == 50


LEADS = st.builds(
    lambda number, name: (number, name), st.integers(1, 9), st.sampled_from((None, None, "З-1", "З-2", "З-3", "З-4"))
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(st.lists(LEADS, min_size=1, max_size=4), min_size=2, max_size=4),
    repeat_days=st.sampled_from((0, 9)),
)
async def test_batches_put_at_once_or_taken_for_new_are_what_they_are_one_after_the_other(
    scene: Scene, batches: list[list[tuple[int, str | None]]], repeat_days: int
) -> None:
    async with scene.database.connection() as conn:
        await set_admission(conn, scene.project, Admission(repeat_days=repeat_days))
    told = []
    for at_once, new_rows in ((False, 1000), (True, 1000), (False, 1), (True, 1)):
        await scene.run("delete from dialer.lead")
        await scene.run("delete from dialer.phone")
        made = [[lead(number, external_id=name) for number, name in batch] for batch in batches]
        places = {one.id: place for place, one in enumerate(chain(*made))}
        writer = ListWriter(scene.database, scene.list)
        puts = [writer.write(batch, NOW) for batch in made]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lists, "NEW_ROWS", new_rows)
            written = await asyncio.gather(*puts) if at_once else [await put for put in puts]
        duplicates = [
            [(places[one.lead], places.get(one.repeats or "")) for one in each.duplicates] for each in written
        ]
        told.append((duplicates, [each.sums for each in written], writer.sums))
    assert told[1:] == told[:1] * 3


async def test_everything_of_a_row_is_kept(scene: Scene) -> None:
    new = lead(
        1,
        MOSCOW,
        phone(2, OMSK),
        phone(3, None),
        external_id="А-1",
        priority=9,
        person="Анна Ёлкина",
        region="Омская область",
        fields={"сумма": "1 990,00", "": "без имени"},
        expires_at=NOW + 9,
        not_before=NOW + 3,
    )
    await scene.add(new)
    row = await scene.lead(new.id)
    assert (row["external_id"], row["priority"], row["person"], row["region"]) == (
        "А-1", 9, "Анна Ёлкина", "Омская область",
    )  # fmt: skip
    assert (row["due"], row["expires_at"].timestamp(), row["number"]) == (NOW + 3, NOW + 9, "9000000001")
    assert row["fields"] == '{"": "без имени", "сумма": "1 990,00"}'
    async with scene.database.connection() as conn:
        phones = await conn.fetch(
            "select h.number, z.name from dialer.phone h join dialer.zone z on z.id = h.zone order by position"
        )
    assert [tuple(one) for one in phones] == [("9000000001", MOSCOW), ("9000000002", OMSK), ("9000000003", "")]


async def test_a_nul_in_a_cell_costs_nothing_but_itself(scene: Scene) -> None:
    new = lead(1, external_id="З\0-1", person="Ан\0на", fields={"а\0дрес": "ул.\0", "путь": "C:\\u0000"})
    await scene.add(new, lead(2))
    row = await scene.lead(new.id)
    assert (row["external_id"], row["person"]) == ("З-1", "Анна")
    assert orjson.loads(row["fields"]) == {"адрес": "ул.", "путь": "C:\\u0000"}


async def test_a_zone_that_was_never_seen_is_learned(scene: Scene) -> None:
    await scene.add(lead(1, "Asia/Almaty"), lead(2, "Asia/Almaty", phone(3, "Asia/Tbilisi")))
    assert [taken.zone for taken in (await scene.reserve(zones=("Asia/Almaty",))).reservations] == ["Asia/Almaty"] * 2


async def test_a_list_ends_for_all_of_its_leads(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        short = await lists.create_list(conn, scene.campaign, "до вечера", expires_at=NOW + 100)
    early, late = lead(1, expires_at=NOW + 50), lead(2, expires_at=NOW + 500)
    await ListWriter(scene.database, short).write([early, late], NOW)
    ends = [(await scene.lead(one.id))["expires_at"].timestamp() for one in (early, late)]
    assert ends == [NOW + 50, NOW + 100]


async def test_a_batch_that_fails_leaves_nothing_behind(scene: Scene) -> None:
    writer = ListWriter(scene.database, scene.list)
    with pytest.raises(CheckViolationError):
        await writer.write([lead(1), lead("123")], NOW, {"NO_PHONE": 1})
    assert (await counted(scene), writer.sums) == ({}, Sums())
    assert (await writer.write([lead(1)], NOW)).sums.accepted == 1


async def test_a_list_that_does_not_exist_takes_nothing(scene: Scene) -> None:
    with pytest.raises(Unknown, match="no list 999"):
        await ListWriter(scene.database, 999).write([lead(1)], NOW)
    assert await counted(scene) == {}


async def test_lists_by_name(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        with pytest.raises(NameTaken, match="список"):
            await lists.create_list(conn, scene.campaign, "список")
        with pytest.raises(Unknown):
            await lists.create_list(conn, 999, "x")
        first = await lists.standing_list(conn, scene.campaign)
        assert await lists.standing_list(conn, scene.campaign) == first
        assert [one.name for one in await lists.lists(conn)] == ["список", lists.ONE_BY_ONE]
    with pytest.raises(Unknown):
        await lists.set_paused(scene.database, 999, True)


async def test_why_counts_every_lead_once(scene: Scene) -> None:
    waiting = lead(1)
    await scene.add(waiting, *(lead(number) for number in range(2, 8)))
    await scene.reserve(2)
    await scene.run(
        "update dialer.lead set state = $2, reason = 'busy', next_call_at = to_timestamp($3) where id = $1",
        waiting.id,
        LeadState.WAITING,
        NOW + 60,
    )
    assert await counted(scene) == {("waiting", "busy"): 1, ("claimed", ""): 1, ("ready", "due"): 5}
    await lists.set_paused(scene.database, scene.list, True)
    assert await counted(scene) == {("claimed", ""): 1, ("held", "list_paused"): 6}
