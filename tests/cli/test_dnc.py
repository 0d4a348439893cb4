"""`dialer dnc` and `dialer project` as their user meets them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialer import cli
from dialer.cli.exits import ExitCode
from dialer.store.db import Database
from sim.stand.postgres import Postgres
from tests.cli.configured import configured
from tests.conftest import copied, dropped
from tests.store.scene import build_scene

SHOP = "магазин спасибо"
STOP_LIST = "ФИО;Телефон\nАнна;8 (916) 123-45-67, 8 926 765-43-21\nПётр;нет\nВера;+7 916 123 45 67\n"


@pytest.fixture
async def config(template: Postgres, tmp_path: Path) -> AsyncIterator[str]:
    """Settings of a migrated database with one project; nobody is connected to it."""
    dsn = await copied(template)
    async with await Database.open(dsn) as database:
        await build_scene(database)
    yield configured(tmp_path, dsn)
    await dropped(template, dsn)


def listed(config: str, capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert cli.execute(["dnc", "list", "--json", "-c", config, *more]) == ExitCode.DONE
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_file_goes_in_however_it_is_written(config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "stop.csv"
    file.write_bytes(STOP_LIST.encode("cp1251"))
    assert cli.execute(["dnc", "import", str(file), "--project", SHOP, "--json", "-c", config]) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    assert told == {"rows": 3, "numbers": 2, "added": 2, "leads": 0, "refused": {"NO_DIGITS": 1}}
    assert cli.execute(["dnc", "import", str(file), "--project", SHOP, "-c", config]) == ExitCode.DONE
    assert "2 numbers: 0 added, 2 there already" in capsys.readouterr().out
    found = listed(config, capsys, "--project", SHOP)
    assert [(one["number"], one["reason"]) for one in found] == [("9161234567", "imported"), ("9267654321", "imported")]


def test_numbers_in_and_out_by_hand(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(["dnc", "add", "8 916 123-45-67", "9267654321", "-c", config]) == ExitCode.DONE
    assert "2 added, 0 there already" in capsys.readouterr().out
    assert cli.execute(["dnc", "remove", "+7 (916) 123-45-67", "-c", config]) == ExitCode.DONE
    assert [(one["number"], one["project"]) for one in listed(config, capsys)] == [("9267654321", None)]
    assert cli.execute(["dnc", "remove", "+7 (916) 123-45-67", "-c", config]) == ExitCode.TROUBLE


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dnc", "add", "12"], "'12' holds no Russian number"),
        (["dnc", "add", "9161234567", "--project", "лавка"], f"there are: {SHOP}"),
        (["dnc", "import", "nowhere.csv"], "nowhere.csv"),
        (["project", "admit", SHOP, "--regions", "Атлантида"], "'Атлантида'"),
        (["project", "admit", SHOP, "--regions", " , "], "no region is named"),
        (["project", "admit", SHOP], "--repeat-days"),
        (["project", "admit", "лавка", "--repeat-days", "3"], f"there are: {SHOP}"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    config: str, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert cli.execute([*arguments, "-c", config]) == ExitCode.INPUT
    assert words in capsys.readouterr().err
    assert listed(config, capsys) == []


def test_a_project_says_whom_it_takes_in(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    ask = ["project", "admit", SHOP, "-c", config]
    assert cli.execute([*ask, "--regions", "Москва, Московская обл", "--repeat-days", "14"]) == ExitCode.DONE
    assert cli.execute([*ask, "--repeat-days", "7"]) == ExitCode.DONE
    capsys.readouterr()
    assert cli.execute(["project", "list", "--json", "-c", config]) == ExitCode.DONE
    (shown,) = json.loads(capsys.readouterr().out)
    assert (shown["served_regions"], shown["repeat_days"]) == (["Москва", "Московская область"], 7)
    assert cli.execute([*ask, "--regions", "all"]) == ExitCode.DONE
    assert "serves all of Russia; a number within 7 days" in capsys.readouterr().out
