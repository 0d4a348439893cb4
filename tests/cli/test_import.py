"""`dialer import` as its user meets it: what is no list is refused in words, by its exit code, and writes nothing."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from dialer import cli
from dialer.cli.campaign import app as campaign_app
from dialer.cli.exits import ExitCode
from dialer.core.states import CampaignState
from dialer.intake.scan import BLOCK_BYTES, LINE_LIMIT
from dialer.store.db import Database
from sim.stand.postgres import Postgres
from tests.cli.configured import configured
from tests.conftest import copied, dropped
from tests.store.scene import build_scene

GOOD = "Телефон;Имя;Заказ\n8 (916) 123-45-67;Анна;A1\n8 (916) 123-45-68;Пётр;A2\n"


@pytest.fixture
async def dsn(template: Postgres) -> AsyncIterator[str]:
    """A migrated database with one campaign, `demo`, and no leads; nobody is connected to it."""
    dsn = await copied(template)
    async with await Database.open(dsn) as database:
        await build_scene(database)
    yield dsn
    await dropped(template, dsn)


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def mistyped(config: Path) -> str:
    config.write_text(config.read_text().replace('endpoint = "carrier"', 'endpiont = "carrier"'))
    return str(config)


def run(dsn: str, tmp_path: Path, file: Path, *more: str) -> int:
    return cli.execute(
        ["import", str(file), "--campaign", "спасибо", "-c", configured(tmp_path, dsn), *(more or ("--list", "new"))]
    )


async def booked(dsn: str) -> tuple[int, int]:
    """Leads, and lists beside the scene's own."""
    conn = await asyncpg.connect(dsn)
    try:
        row = await conn.fetchrow(
            "select (select count(*) from dialer.lead), (select count(*) from dialer.list where name <> 'список')"
        )
    finally:
        await conn.close()
    return int(row[0]), int(row[1])


BAD = {
    "no phone column": ("Заказ;Сумма\n1;2\n", "--map phone="),
    "empty": ("", "is empty"),
    "binary": (os.urandom(64) + b"\0" + os.urandom(64), "not text"),
    "no header": ("\n\n", "header"),
}


@pytest.mark.parametrize("what", BAD)
async def test_what_is_no_list_is_refused_and_nothing_is_written(
    what: str, dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, words = BAD[what]
    file = written(tmp_path / "list.csv", content)
    assert await asyncio.to_thread(run, dsn, tmp_path, file) == ExitCode.INPUT
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.err.startswith("dialer: ")
    assert shown.out == ""
    assert await booked(dsn) == (0, 0)


async def test_a_line_of_two_gigabytes(dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "huge.csv"
    with file.open("wb") as sparse:
        sparse.write(GOOD.encode("utf-8") + b"8" * (LINE_LIMIT + BLOCK_BYTES))
        sparse.truncate(2 << 30)
    assert await asyncio.to_thread(run, dsn, tmp_path, file) == ExitCode.INPUT
    assert "line 4 of huge.csv is longer than" in capsys.readouterr().err
    assert await booked(dsn) == (0, 0)


async def test_one_bad_encoding_in_the_middle_costs_that_row_and_is_reported(
    dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"8 (916) 123-{n:02}-00;Ольга;A{n}\n".encode() for n in range(20)]
    rows.insert(10, "8 (916) 999-00-00;Ольга;B\n".encode("cp1251"))
    file = written(tmp_path / "list.csv", "Телефон;Имя;Заказ\n".encode() + b"".join(rows))
    report = tmp_path / "refused.csv"
    code = await asyncio.to_thread(run, dsn, tmp_path, file, "--list", "new", "--json", "--report", str(report))
    assert code == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["accepted"], told["rejected"]) == (21, 20, 1)
    assert told["reasons"] == {"BAD_ENCODING": 1}
    refused = report.read_text("utf-8-sig").splitlines()
    assert len(refused) == 2
    assert refused[1].startswith("11;rejected;BAD_ENCODING;")
    assert await booked(dsn) == (20, 1)


async def test_an_unknown_campaign_names_those_that_are_there(
    dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "list.csv", GOOD)
    code = await asyncio.to_thread(run, dsn, tmp_path, file, "--campaign", "christmas")
    assert code == ExitCode.INPUT
    assert capsys.readouterr().err == "dialer: there is no campaign 'christmas'; there are: спасибо\n"
    assert await booked(dsn) == (0, 0)


async def test_who_imports_into_a_campaign_that_is_over_is_told_how_to_start_it(
    dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for state, told in ((CampaignState.DONE, "dialer campaign start 'спасибо'"), (CampaignState.RUNNING, "")):
        conn = await asyncpg.connect(dsn)
        await conn.execute("update dialer.campaign set state = $1", state)
        await conn.close()
        phone = f"8 916 100 00 {state is CampaignState.DONE:02}"
        code = await asyncio.to_thread(run, dsn, tmp_path, written(tmp_path / f"{state}.csv", f"Телефон\n{phone}\n"))
        said = capsys.readouterr().out
        assert code == ExitCode.DONE
        assert told in said
        assert ("campaign is" in said) is bool(told)


async def test_the_same_list_twice_is_all_duplicates(
    dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "list.csv", GOOD)
    for accepted, duplicate in ((2, 0), (0, 2)):
        assert await asyncio.to_thread(run, dsn, tmp_path, file, "--list", "new", "--json") == ExitCode.DONE
        told = json.loads(capsys.readouterr().out)
        assert (told["accepted"], told["duplicate"]) == (accepted, duplicate)
    assert await booked(dsn) == (2, 1)


async def test_a_dry_run_for_a_project_knows_whom_it_serves_and_who_came_lately(
    dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await asyncio.to_thread(run, dsn, tmp_path, written(tmp_path / "first.csv", GOOD)) == ExitCode.DONE
    conn = await asyncpg.connect(dsn)
    await conn.execute("update dialer.project set repeat_days = 7, served_regions = array['Москва']")
    await conn.close()
    rows = "8 (916) 123-45-67;Анна;A3;Москва\n8 (916) 123-45-69;Пётр;A2;Москва\n8 (916) 123-45-60;Ян;A4;Омск\n"
    file = written(tmp_path / "list.csv", f"Телефон;Имя;Заказ;Город\n{rows}8 (916) 123-45-61;Яна;A5;Москва\n")
    capsys.readouterr()
    command = [
        "import",
        str(file),
        "--dry-run",
        "--project",
        "магазин спасибо",
        "--json",
        "-c",
        configured(tmp_path, dsn),
    ]
    assert await asyncio.to_thread(cli.execute, command) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    assert (told["accepted"], told["duplicate"], told["reasons"], told["list"]) == (1, 2, {"not_served": 1}, None)
    assert await booked(dsn) == (2, 1)


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [(["--list", "new"], "--campaign NAME"), (["--campaign", "спасибо", "--project", "x"], "--dry-run")],
)
def test_a_list_without_a_campaign_is_refused_in_words(
    arguments: list[str], cure: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.execute(["import", str(written(tmp_path / "list.csv", GOOD)), *arguments]) == ExitCode.INPUT
    assert cure in capsys.readouterr().err


def test_a_dry_run_with_a_report_is_refused_and_no_file_appears(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "refused.csv"
    command = ["import", str(written(tmp_path / "list.csv", GOOD)), "--dry-run", "--report", str(report)]
    assert cli.execute(command) == ExitCode.INPUT
    assert "leave out --report" in capsys.readouterr().err
    assert not report.exists()


async def test_an_unknown_campaign_where_there_is_none_names_the_command_that_makes_one(
    template: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = await copied(template)
    code = await asyncio.to_thread(run, empty, tmp_path, written(tmp_path / "list.csv", GOOD))
    await dropped(template, empty)
    assert code == ExitCode.INPUT
    [command] = re.findall(r"`dialer campaign (\w+)`", capsys.readouterr().err)
    assert command in {one.name or one.callback.__name__ for one in campaign_app.registered_commands if one.callback}


async def test_a_typo_in_a_nested_section_is_named_before_anything_is_opened(
    dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "list.csv", GOOD)
    config = mistyped(Path(configured(tmp_path, dsn)))
    code = await asyncio.to_thread(cli.execute, ["import", str(file), "--campaign", "спасибо", "-c", config])
    assert code == ExitCode.CONFIG
    assert "unknown key trunk[1].endpiont; did you mean endpoint?" in capsys.readouterr().err
    assert await booked(dsn) == (0, 0)


async def test_a_database_without_the_schema_is_four_and_names_the_cure(
    postgres: Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = await copied(postgres, "template1")
    code = await asyncio.to_thread(run, empty, tmp_path, written(tmp_path / "list.csv", GOOD))
    await dropped(postgres, empty)
    assert code == ExitCode.DATABASE
    assert "dialer db upgrade" in capsys.readouterr().err


async def test_a_report_that_cannot_be_written_is_said_before_anything_is(
    dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "list.csv", GOOD)
    nowhere = tmp_path / "no" / "such" / "report.csv"
    code = await asyncio.to_thread(run, dsn, tmp_path, file, "--list", "new", "--report", str(nowhere))
    assert code == ExitCode.INPUT
    assert str(nowhere.parent) in capsys.readouterr().err
    assert await booked(dsn) == (0, 0)
