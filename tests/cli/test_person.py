"""`dialer person` as its user meets it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialer import cli
from dialer.cli.exits import ExitCode
from dialer.core.pseudonym import Pseudonyms
from dialer.store.db import Database
from sim.stand.postgres import Postgres
from tests.cli.configured import configured
from tests.conftest import copied, dropped
from tests.store.scene import build_scene, lead

SHOP = "магазин спасибо"
KEY = "k" * 40
NUMBER = "8 916 123-45-67"


@pytest.fixture
async def config(template: Postgres, tmp_path: Path) -> AsyncIterator[str]:
    """Settings of a migrated database with one project, one lead and a key."""
    dsn = await copied(template)
    async with await Database.open(dsn) as database:
        scene = await build_scene(database)
        await scene.add(lead("9161234567", person="Мария", external_id="A-1"))
    path = configured(tmp_path, dsn)
    (tmp_path / "forgetting.key").write_text(KEY)
    more = (tmp_path / "dialer.toml").read_text() + '[forgetting]\nkey_file = "forgetting.key"\n'
    (tmp_path / "dialer.toml").write_text(more)
    yield path
    await dropped(template, dsn)


def run(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = ExitCode.DONE) -> str:
    capsys.readouterr()
    assert cli.execute(["person", *arguments]) == code
    return capsys.readouterr().out


def test_a_person_is_exported_erased_and_proven(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    (held,) = json.loads(run(capsys, "export", NUMBER, "-c", config))["leads"]
    assert held["lead"]["person"] == "Мария"
    done = run(capsys, "erase", NUMBER, "--reason", "letter 17", "--do-not-call", "--yes", "-c", config)
    assert done == "1 leads forgotten\n"
    after = json.loads(run(capsys, "export", NUMBER, "-c", config))
    assert (after["leads"], len(after["about_the_number"]["do_not_call_under_digest"])) == ([], 1)
    (proof,) = map(json.loads, run(capsys, "proofs", SHOP, "-c", config).splitlines())
    assert (proof["lead"], proof["rule"], proof["erased"]["phone"]) == (held["lead"]["id"], "demand", 1)
    assert "do not call        1" in run(capsys, "keys", "-c", config)


def test_terms_are_shown_and_set_one_by_one(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "after a lead is over: never" in run(capsys, "terms", SHOP, "-c", config)
    run(capsys, "terms", SHOP, "--delivered-days", "30", "-c", config)
    told = json.loads(run(capsys, "terms", SHOP, "--closed-days", "365", "--json", "-c", config))
    assert told == {"delivered_days": 30, "closed_days": 365}
    assert json.loads(run(capsys, "terms", SHOP, "--delivered-days", "0", "--json", "-c", config)) == {
        "delivered_days": None,
        "closed_days": 365,
    }


def test_a_lost_key_is_named_and_may_be_given_up(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "erase", NUMBER, "--reason", "letter", "--do-not-call", "--yes", "-c", config)
    (tmp_path / "forgetting.key").write_text("another key " * 4)
    lost = Pseudonyms((KEY,)).key_id
    assert f"{lost}  since" in (told := run(capsys, "keys", "-c", config))
    assert "NOT NAMED" in told
    assert "1 that were not to be called are given up" in run(capsys, "drop-key", lost, "--yes", "-c", config)
    assert run(capsys, "keys", "-c", config) == ""


def test_what_cannot_be_is_refused_and_nothing_is_done(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "export", "нет", "-c", config, code=ExitCode.INPUT)
    run(capsys, "terms", "no shop", "-c", config, code=ExitCode.INPUT)
    text = (tmp_path / "dialer.toml").read_text()
    (tmp_path / "dialer.toml").write_text(text.partition("[forgetting]")[0])
    run(capsys, "erase", NUMBER, "--reason", "letter", "--yes", "-c", config, code=ExitCode.INPUT)
    assert len(json.loads(run(capsys, "export", NUMBER, "-c", config))["leads"]) == 1
