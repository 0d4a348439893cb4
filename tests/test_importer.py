"""A list into a real database: the sums add up, the report names what was not accepted, twice changes nothing."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from dialer import importer, reading
from dialer.clock import Clock
from dialer.core.ids import CampaignId
from dialer.core.numbering import load_default
from dialer.core.numbering.policy import ListPolicy, OnAmbiguous
from dialer.core.outcome import Outcome
from dialer.importer import import_list, try_list
from dialer.intake.scan import UnreadableList
from dialer.reading import Source
from dialer.store.db import Database
from tests.store.scene import BUSY, Scene, build_scene, settlement

CHECK = load_default(date(2026, 11, 1)).check
EXAMPLE = Path("examples/orders.csv")
ROWS = 240


@pytest_asyncio.fixture
async def scene(database: Database) -> Scene:
    return await build_scene(database)


async def rows_in_books(database: Database) -> int:
    async with database.connection() as conn:
        return int(await conn.fetchval("select count(*) from dialer.lead"))


async def test_the_example_is_imported_and_accounted_for(scene: Scene, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    report = tmp_path / "report.csv"
    done = await import_list(
        Source(EXAMPLE),
        scene.database,
        scene.campaign,
        "orders",
        CHECK,
        Clock(),
        report=report,
        progress=lambda rows, expected: told.append((rows, expected)),
    )
    assert done.sums.rows == ROWS == told[-1][0]
    assert done.sums.rejected == sum(done.reasons.values())
    assert await rows_in_books(scene.database) == done.sums.accepted + done.sums.needs_decision
    with report.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    assert len(lines) == done.sums.rejected + done.sums.needs_decision + done.sums.duplicate
    assert {line["reason"] for line in lines if line["result"] == "rejected"} == set(done.reasons)


async def test_the_same_list_again_is_all_duplicates(scene: Scene) -> None:
    first = await import_list(Source(EXAMPLE), scene.database, scene.campaign, "orders", CHECK, Clock())
    before = await rows_in_books(scene.database)
    again = await import_list(Source(EXAMPLE), scene.database, scene.campaign, "orders", CHECK, Clock())
    assert again.sums.duplicate == first.sums.accepted + first.sums.needs_decision
    assert await rows_in_books(scene.database) == before


def with_repeats() -> str:
    header, *lines = EXAMPLE.read_text("utf-8").splitlines()
    return "\n".join([header, *lines, *lines[::-1], *lines[:50]])


async def test_batches_written_at_once_make_the_report_of_one_after_the_other(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, report = tmp_path / "list.csv", tmp_path / "report.csv"
    path.write_text(with_repeats(), "utf-8")
    monkeypatch.setattr(reading, "BATCH_ROWS", 20)
    told = []
    for at_once in (1, 2):
        monkeypatch.setattr(importer, "AT_ONCE", at_once)
        into = scene if at_once == 1 else await build_scene(scene.database, "второй проект")
        done = await import_list(Source(path), scene.database, into.campaign, "orders", CHECK, Clock(), report=report)
        told.append((done.sums, done.reasons, report.read_text("utf-8-sig")))
    assert told[0] == told[1]
    assert told[0][0].duplicate > ROWS / 2


async def test_candidates_are_tried_in_order_each_a_full_attempt(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Телефон;Город\n792-34-86;Москва\n", "utf-8")
    tried = Source(path, policy=ListPolicy(OnAmbiguous.TRY))
    await import_list(tried, scene.database, scene.campaign, "moscow", CHECK, Clock())
    at, dialled = Clock().now() + 1, []
    for _ in range(3):
        (taken,) = (await scene.reserve(at=at)).reservations
        dialled.append((taken.number, taken.attempt_no))
        await scene.settle(settlement(taken, replace(BUSY, next_call_at=at + 60), Outcome.NO_ANSWER), at=at + 30)
        at += 60
    assert dialled == [("4957923486", 1), ("4997923486", 2), ("4957923486", 3)]
    assert await scene.tally() == {"no_answer": 3}


async def test_a_list_without_phones_writes_nothing(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Заказ;Сумма\n1;2\n", "utf-8")
    with pytest.raises(UnreadableList, match="--map phone="):
        await import_list(Source(path), scene.database, scene.campaign, "bad", CHECK, Clock())
    async with scene.database.connection() as conn:
        assert await conn.fetchval("select count(*) from dialer.list where name = 'bad'") == 0


async def test_an_unknown_campaign_is_named(scene: Scene) -> None:
    with pytest.raises(ValueError, match="there is no campaign 999"):
        await import_list(Source(EXAMPLE), scene.database, CampaignId(999), "orders", CHECK, Clock())


def test_a_dry_run_tells_the_same_without_a_database() -> None:
    done = try_list(Source(EXAMPLE), CHECK, Clock())
    assert done.sums.rows == ROWS
    assert done.list_id is None
