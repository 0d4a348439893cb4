"""A list that is only tried: the process that tries a long one tells what is told beside the loop."""

import os
from datetime import date
from pathlib import Path

import pytest

from dialer import reading
from dialer.clock import Clock
from dialer.core.ids import CampaignId
from dialer.core.listing import Checked
from dialer.core.numbering import load_default
from dialer.importer import import_list
from dialer.intake.scan import UnreadableList
from dialer.list_check import check_list
from dialer.reading import Plan, Source
from dialer.store.db import Database
from dialer.store.errors import Unknown
from tests.store.scene import Scene, build_scene

TODAY = date(2026, 11, 1)
NUMBERING = load_default(TODAY)
PLAN = Plan(Path(os.devnull), TODAY)
EXAMPLE = Path("examples/orders.csv")


async def tried(scene: Scene, source: Source, plan: Plan | None, campaign: CampaignId | None = None) -> Checked:
    known = NUMBERING.check, NUMBERING.is_fresh, NUMBERING.region_of, Clock(), plan
    return await check_list(source, scene.database, campaign or scene.campaign, "orders", *known)


async def test_a_process_tells_what_is_told_beside(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = await build_scene(database)
    beside = await tried(scene, Source(EXAMPLE), PLAN)
    assert beside.sums.accepted
    assert beside.sums.needs_decision
    assert beside.sums.rejected
    monkeypatch.setattr(reading, "LONG_BYTES", 0)
    assert await tried(scene, Source(EXAMPLE), PLAN) == beside


async def test_the_process_knows_the_books(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = await build_scene(database)
    done = await import_list(Source(EXAMPLE), database, scene.campaign, "orders", NUMBERING.check, Clock())
    monkeypatch.setattr(reading, "LONG_BYTES", 0)
    again = await tried(scene, Source(EXAMPLE), PLAN)
    assert (again.sums.accepted, again.sums.rejected) == (0, done.sums.rejected)
    assert again.sums.duplicate == done.sums.accepted + done.sums.needs_decision + done.sums.duplicate


async def test_its_faults_come_in_the_same_words(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scene = await build_scene(database)
    monkeypatch.setattr(reading, "LONG_BYTES", -1)
    (tmp_path / "list.csv").write_bytes(b"")
    with pytest.raises(UnreadableList, match="is empty"):
        await tried(scene, Source(tmp_path / "list.csv"), PLAN)
    with pytest.raises(Unknown):
        await tried(scene, Source(EXAMPLE), PLAN, CampaignId(999))
