"""Numbers that must not be called: what they take out, and what stays."""

import pytest

from dialer.core.ids import ProjectId
from dialer.store.do_not_call import SLICE, DoNotCall
from dialer.store.errors import Unknown
from tests.store.scene import MOSCOW, NOW, Scene, build_scene, lead, phone


async def test_waiting_leads_are_out_and_one_in_a_call_is_marked(scene: Scene) -> None:
    calling, waiting, other = lead(1), lead(2, MOSCOW, phone(1)), lead(3)
    await scene.add(calling)
    await scene.reserve(1)
    await scene.add(waiting, other)
    done = await DoNotCall(scene.database).forbid(["9000000001"], scene.project, "asked", NOW)
    assert (done.added, set(done.leads)) == (1, {calling.id, waiting.id})
    found = {name: await scene.lead(one.id) for name, one in (("calling", calling), ("waiting", waiting))}
    assert [(row["state"], row["withdrawn"]) for row in found.values()] == [
        ("claimed", "do_not_call"),
        ("refused", "do_not_call"),
    ]
    assert (await scene.lead(other.id))["state"] == "ready"


async def test_a_projects_number_is_nothing_to_another_and_the_common_one_holds_for_all(scene: Scene) -> None:
    other = await build_scene(scene.database, "другой")
    books = DoNotCall(scene.database)
    await scene.add(lead(1))
    await other.add(lead(1), lead(2))
    assert (await books.forbid(["9000000001"], scene.project, "asked", NOW)).leads != ()
    (taken, _) = (await other.reserve()).reservations
    assert taken.number == "9000000001"
    await books.forbid(["9000000005"], None, "law", NOW)
    await scene.add(lead(5))
    assert (await scene.reserve()).reservations == ()


async def test_twice_is_once_and_what_is_taken_out_may_be_called(scene: Scene) -> None:
    books = DoNotCall(scene.database)
    numbers = [f"9{n:09}" for n in range(SLICE + 5)]
    assert (await books.forbid(numbers, None, "asked", NOW)).added == SLICE + 5
    assert (await books.forbid(numbers[:3], None, "again", NOW)).added == 0
    assert await books.allow(numbers[:2], scene.project) == 0
    assert await books.allow(numbers[:2], None) == 2
    await scene.add(lead(1), lead(2))
    assert [taken.number for taken in (await scene.reserve()).reservations] == ["9000000001"]


async def test_pages_follow_one_another_and_a_confined_look_sees_its_projects_only(scene: Scene) -> None:
    books = DoNotCall(scene.database)
    for project, number in ((None, "9000000001"), (scene.project, "9000000001"), (scene.project, "9000000002")):
        await books.forbid([number], project, "asked", NOW)
    seen, after = [], ("", 0)
    while page := await books.entries(None, after, 1):
        after = page[-1].number, page[-1].project or 0
        seen += [(one.number, one.project) for one in page]
    assert seen == [("9000000001", None), ("9000000001", scene.project), ("9000000002", scene.project)]
    assert [one.number for one in await books.entries([scene.project])] == ["9000000001", "9000000002"]
    assert await books.entries([]) == []


async def test_a_project_that_is_not_there_is_named(scene: Scene) -> None:
    with pytest.raises(Unknown, match="project 999"):
        await DoNotCall(scene.database).forbid(["9000000001"], ProjectId(999), "asked", NOW)
