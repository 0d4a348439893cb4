"""`dialer callers` and `dialer calendar`: the same requests as anybody's, through the running server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from dialer import cli
from dialer.cli.exits import ExitCode
from dialer.core.access import RIGHTS, Role
from tests.api.conftest import House
from tests.api.live import served

Command = Callable[..., Awaitable[int]]


@pytest_asyncio.fixture
async def dialer(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Command]:
    """Runs a command against the served house, beside its loop."""
    await house.users.add("boss", Role.SUPERVISOR, house.clock.now())
    monkeypatch.setenv("DIALER_TOKEN", await house.users.make_token("boss", RIGHTS[Role.SUPERVISOR], house.clock.now()))
    async with served(house.app) as place:
        monkeypatch.setenv("DIALER_URL", f"http://{place}")
        yield lambda *arguments: asyncio.to_thread(cli.execute, list(arguments))


async def test_a_number_from_its_coming_to_its_going(
    house: House, dialer: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    project = str(house.project)
    assert await dialer("callers", "add", project, "74951000001", "moscow", "--regions", "Москва") == ExitCode.DONE
    assert "label unlabelled" in capsys.readouterr().out
    label = ("--label", "Магазин", "--contract", "№ 7", "--until", "2099-12-31")
    assert await dialer("callers", "set", project, "moscow", *label, "--regions", "all") == ExitCode.DONE
    assert "label good" in capsys.readouterr().out
    assert await dialer("callers", "set", project, "74951000001", "--inactive") == ExitCode.DONE
    assert await dialer("callers", "list", project) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert "any region  «Магазин» № 7  inactive" in shown
    assert await dialer("callers", "reach", project) == ExitCode.DONE
    assert "blocked" in capsys.readouterr().out
    assert await dialer("callers", "set", project, "ural", "--inactive") == ExitCode.INPUT
    assert "dialer callers list" in capsys.readouterr().err


async def test_days_are_corrected_one_by_one_and_from_a_file(
    house: House, dialer: Command, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert await dialer("calendar", "off", "2027-05-12", "--reason", "Закон области № 5") == ExitCode.DONE
    file = tmp_path / "days.csv"
    file.write_text("2027-11-06;work;Постановление № 1466\n\n2027-12-30;off;Указ\n", encoding="utf-8")
    assert await dialer("calendar", "import", str(file)) == ExitCode.DONE
    assert await dialer("calendar", "clear", "2027-12-30") == ExitCode.DONE
    capsys.readouterr()
    assert await dialer("calendar", "list") == ExitCode.DONE
    assert capsys.readouterr().out.splitlines() == [
        "2027-05-12  off   Закон области № 5 (boss)",
        "2027-11-06  work  Постановление № 1466 (boss)",
    ]


@pytest.mark.parametrize("line", ["2027-11-06;maybe;x", "6 ноября;off;Указ", "2027-11-06;off"])
async def test_a_bad_line_is_named_and_nothing_is_sent(
    dialer: Command, capsys: pytest.CaptureFixture[str], tmp_path: Path, line: str
) -> None:
    file = tmp_path / "days.csv"
    file.write_text(f"2027-05-12;off;Указ\n{line}\n", encoding="utf-8")
    assert await dialer("calendar", "import", str(file)) == ExitCode.INPUT
    assert "line 2" in capsys.readouterr().err
    assert await dialer("calendar", "list") == ExitCode.DONE
    assert capsys.readouterr().out == ""
