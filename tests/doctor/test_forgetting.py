"""The doctor on forgetting: terms, the key, who is overdue."""

from typing import Any

import pytest

from dialer.clock import Clock
from dialer.config import Config
from dialer.core.forgetting import DAY_S, Terms
from dialer.core.pseudonym import Pseudonyms
from dialer.doctor.finding import Health
from dialer.doctor.forgetting import examine_forgetting
from dialer.store.db import Database
from dialer.store.do_not_call import DoNotCall
from dialer.store.forgetting import ForgettingBooks
from dialer.store.persons import Persons
from tests.store.scene import build_scene, lead

KEY = "k" * 40


def config(key: str | None) -> Config:
    base: dict[str, Any] = {"database": {"dsn": "postgresql://x"}, "asterisk": [{"name": "main", "secret": "x"}]}
    return Config(**base, forgetting={"key": key})


async def test_without_a_project_there_is_nothing_to_say(database: Database) -> None:
    assert await examine_forgetting(database, config(None), Clock()) == []


@pytest.mark.parametrize(
    ("key", "terms", "closed_days", "health", "said"),
    [
        (KEY, Terms(), 1, Health.WARNING, "for ever"),
        (None, Terms(30, 365), 1, Health.BROKEN, "no key"),
        (KEY, Terms(30, 365), 1, Health.FINE, "1 of 1"),
        (KEY, Terms(30, 365), 400, Health.WARNING, "1 persons should have been forgotten"),
    ],
)
async def test_what_is_said(
    database: Database, key: str | None, terms: Terms, closed_days: float, health: Health, said: str
) -> None:
    clock, scene = Clock(), await build_scene(database)
    await ForgettingBooks(database).set_terms(scene.project, terms)
    await scene.add(lead(1))
    await scene.run("update dialer.lead set state = 'done'")
    await scene.run("update dialer.lead set closed_at = to_timestamp($1)", clock.now() - closed_days * DAY_S)
    (finding,) = await examine_forgetting(database, config(key), clock)
    assert (finding.health, said in finding.what) == (health, True), finding.what


async def test_a_key_that_is_missing_is_named(database: Database) -> None:
    scene, clock = await build_scene(database), Clock()
    database.pseudonyms = Pseudonyms(("a key that nobody has any longer",))
    await DoNotCall(database).forbid(["9000000001"], None, "asked", clock.now())
    await Persons(database).erase("9000000001", "test", clock.now())
    await ForgettingBooks(database).set_terms(scene.project, Terms(30, 365))
    (finding,) = await examine_forgetting(database, config(KEY), clock)
    assert (finding.health, database.pseudonyms.key_id in finding.what) == (Health.BROKEN, True)
