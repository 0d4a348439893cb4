"""Repeats of a number within a project's days, whatever the order; and served regions as they are kept."""

import pytest

from dialer.core.admission import ALL_COMERS, Admission
from dialer.core.ids import ProjectId
from dialer.core.lead import NewLead
from dialer.store import admission, undecided
from dialer.store.errors import Unknown
from dialer.store.undecided import Choice
from tests.store.scene import NOW, Scene, build_scene, lead, phone

WEEK = Admission(repeat_days=7)


async def admit(scene: Scene, wanted: Admission) -> None:
    async with scene.database.connection() as conn:
        await admission.set_admission(conn, scene.project, wanted)


async def test_without_days_a_number_may_come_again_at_once(scene: Scene) -> None:
    written = await scene.add(lead(1, external_id="А"), lead(1, external_id="Б"))
    assert written.sums.accepted == 2


async def test_a_number_of_these_days_is_a_repeat_and_names_the_lead_that_came_first(scene: Scene) -> None:
    await admit(scene, WEEK)
    first, later = lead(1, external_id="А"), lead(1, external_id="Б")
    await scene.add(first, lead(2, external_id="В"))
    written = await scene.add(later, lead(3, external_id="Г"))
    assert (written.sums.accepted, written.sums.duplicate) == (1, 1)
    (twin,) = written.duplicates
    assert (twin.lead, twin.external_id, twin.repeats, twin.asks) == (later.id, "Б", first.id, False)


async def test_of_two_in_one_batch_the_first_stands(scene: Scene) -> None:
    await admit(scene, WEEK)
    first, second = lead(1, external_id="А", row=1), lead(1, external_id="Б", row=2)
    (twin,) = (await scene.add(first, second)).duplicates
    assert (twin.lead, twin.repeats) == (second.id, first.id)


async def test_any_phone_of_a_lead_is_remembered(scene: Scene) -> None:
    await admit(scene, WEEK)
    first = lead(1, "Europe/Moscow", phone(2), external_id="А")
    await scene.add(first)
    (twin,) = (await scene.add(lead(2, external_id="Б"))).duplicates
    assert twin.repeats == first.id


async def test_an_order_that_comes_twice_is_that_order(scene: Scene) -> None:
    await admit(scene, WEEK)
    await scene.add(lead(1, external_id="А"))
    (twin,) = (await scene.add(lead(1, external_id="А"))).duplicates
    assert (twin.external_id, twin.repeats) == ("А", None)


@pytest.mark.parametrize(
    "change",
    ["created_at = now() - interval '8 days'", "withdrawn = 'cancelled', state = 'refused'"],
    ids=["longer-ago", "cancelled"],
)
async def test_what_is_long_ago_or_was_cancelled_is_no_repeat(scene: Scene, change: str) -> None:
    await admit(scene, WEEK)
    await scene.add(lead(1, external_id="А"))
    await scene.run(f"update dialer.lead set {change}")
    assert (await scene.add(lead(1, external_id="Б"))).sums.accepted == 1


async def test_another_projects_leads_are_nothing_to_it(scene: Scene) -> None:
    other = await build_scene(scene.database, "другой")
    await admit(other, WEEK)
    await scene.add(lead(1, external_id="А"))
    assert (await other.add(lead(1, external_id="Б"))).sums.accepted == 1


async def test_it_is_kept_as_it_was_said(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        assert await admission.of_campaign(conn, scene.campaign) == ALL_COMERS
        wanted = Admission(frozenset({"Москва", "Омская область"}), 14)
        await admission.set_admission(conn, scene.project, wanted)
        assert await admission.of_project(conn, scene.project) == wanted
        assert await admission.of_list(conn, scene.list) == wanted
        with pytest.raises(Unknown, match="project 999"):
            await admission.set_admission(conn, ProjectId(999), wanted)


async def test_a_number_chosen_for_a_lead_is_looked_at_like_one_that_comes(scene: Scene) -> None:
    await admit(scene, WEEK)
    await scene.add(lead(1, external_id="А"))
    asked = [NewLead(lead(9).id, (), question="ambiguous", external_id=name) for name in ("Б", "В", "Г")]
    await scene.add(*asked)
    chosen = [Choice(one.id, (phone(number),)) for one, number in zip(asked, (1, 2, 2), strict=True)]
    async with scene.database.transaction() as conn:
        decided = await undecided.settle(conn, chosen, NOW)
    assert (decided.ready, decided.duplicate) == (1, 2)
    assert [(await scene.lead(one.id))["reason"] for one in asked] == ["duplicate", "", "duplicate"]
