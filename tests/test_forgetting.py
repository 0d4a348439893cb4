"""The daemon's part in forgetting: who asked each minute, whose term is over each hour, in slices."""

import pytest

from dialer import metrics
from dialer.clock import Clock
from dialer.core.forgetting import DAY_S, Terms
from dialer.core.pseudonym import NO_KEY, Pseudonyms
from dialer.forgetting import TERMS_EVERY_S, Forgetting
from dialer.store import forgetting as books
from dialer.store.db import Database
from dialer.store.forgetting import ForgettingBooks
from dialer.store.persons import Persons
from tests.store.scene import Scene, build_scene, lead


class SetClock(Clock):
    def __init__(self) -> None:
        super().__init__()
        self.later_s = 0.0

    def now(self) -> float:
        return super().now() + self.later_s


@pytest.fixture
async def scene(database: Database) -> Scene:
    database.pseudonyms = Pseudonyms(("a key of more than thirty-two characters",))
    made = await build_scene(database)
    await ForgettingBooks(database).set_terms(made.project, Terms(closed_days=10))
    return made


async def over(scene: Scene, count: int, days: float, clock: Clock) -> None:
    """So many more leads that have been over for so long."""
    added = [lead(f"9{n:09}", external_id=f"{days}-{n}") for n in range(count)]
    ids = [made.id for made in added]
    await scene.add(*added)
    await scene.run("update dialer.lead set state = 'done' where id = any($1::uuid[])", ids)
    at = clock.now() - days * DAY_S
    await scene.run("update dialer.lead set closed_at = to_timestamp($1) where id = any($2::uuid[])", at, ids)


async def left(scene: Scene) -> int:
    found: int = (await scene.row("select count(*) from dialer.lead where forgotten_at is null"))["count"]
    return found


async def test_all_whose_term_is_over_in_slices_and_windows(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "WINDOW", 3)
    monkeypatch.setattr("dialer.forgetting.SLICE", 2)
    monkeypatch.setattr("dialer.forgetting.REST_S", 0.0)
    clock = SetClock()
    await over(scene, 8, 11, clock)
    await over(scene, 4, 9, clock)
    before = metrics.FORGOTTEN.labels("closed")._value.get()
    duty = Forgetting(scene.database, clock)
    await duty.turn()
    assert await left(scene) == 4
    assert metrics.FORGOTTEN.labels("closed")._value.get() - before == 8
    clock.later_s = 2 * DAY_S - TERMS_EVERY_S
    await duty.turn()
    assert await left(scene) == 0


async def test_terms_once_an_hour_and_demands_each_time(scene: Scene) -> None:
    clock = SetClock()
    duty = Forgetting(scene.database, clock)
    await duty.turn()
    await over(scene, 1, 11, clock)
    asked = lead("9161234567")
    await scene.add(asked)
    await scene.run("update dialer.lead set state = 'in_call' where id = $1", asked.id)
    await Persons(scene.database).erase("9161234567", "anna", clock.now())
    await scene.run("update dialer.lead set state = 'done' where id = $1", asked.id)
    await duty.turn()
    assert (await scene.lead(asked.id))["forgotten_at"] is not None
    assert await left(scene) == 1, "its turn comes within the hour"
    clock.later_s = TERMS_EVERY_S
    await duty.turn()
    assert await left(scene) == 0


async def test_without_a_key_nobody_is_forgotten_and_it_is_seen(scene: Scene) -> None:
    scene.database.pseudonyms = NO_KEY
    clock = SetClock()
    await over(scene, 2, 13, clock)
    await Forgetting(scene.database, clock).turn()
    assert await left(scene) == 2
    assert metrics.FORGETTING_OVERDUE._value.get() == 2
