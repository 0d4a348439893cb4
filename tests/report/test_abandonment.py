"""The proof of a day as its reader gets it: on the terminal, and as a file for Excel."""

from datetime import datetime
from pathlib import Path

import pytest
import pytz

from dialer import cli
from dialer.cli.exits import ExitCode
from dialer.core.effects import CallTimes
from dialer.core.outcome import Outcome
from dialer.store.db import Database
from tests.store.scene import DONE, NOW, build_scene, lead, settlement

CONFIG = """
[database]
dsn = "{dsn}"
[[asterisk]]
name = "main"
secret_file = "secret"
"""
# (second of the first call, abandoned, caller_left, disposition)
CALLS = [(0, False, False, "agreed"), (10, True, False, None), (20, True, True, None), (30, False, False, "machine")]


def clock(second: int) -> str:
    return datetime.fromtimestamp(NOW + second, pytz.timezone("Europe/Moscow")).strftime("%d.%m.%Y %H:%M:%S")


@pytest.fixture
async def command(database: Database, database_dsn: str, tmp_path: Path) -> list[str]:
    """The command for the day of four calls."""
    scene = await build_scene(database, "orders")
    for number, (second, abandoned, caller_left, disposition) in enumerate(CALLS):
        await scene.add(lead(number))
        (one,) = (await scene.reserve(1)).reservations
        outcome = Outcome.ABANDONED if abandoned else Outcome.ANSWERED
        times = CallTimes(NOW, NOW, None, NOW + second, None if abandoned else NOW + second, NOW + second + 9)
        told = {"abandoned": abandoned, "caller_left": caller_left, "disposition": disposition, "times": times}
        await scene.settle(settlement(one, DONE, outcome, **told))
    (tmp_path / "secret").write_text("x")
    path = tmp_path / "dialer.toml"
    path.write_text(CONFIG.format(dsn=database_dsn))
    day = datetime.strptime(clock(0)[:10], "%d.%m.%Y").date().isoformat()  # noqa: DTZ007 - a date of that clock
    return ["report", "abandonment", "orders", "-c", str(path), "--day", day]


def test_the_day_on_the_terminal(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(command) == ExitCode.DONE
    told = capsys.readouterr()
    head, first, second = (line.split(";") for line in told.out.splitlines())
    assert head[:3] == ["time", "attempt", "reason"]
    assert [first[0], *first[2:]] == [clock(10), "no_agent", "2", "1", "50,00", "0,03", "-0,94"]
    assert [second[0], *second[2:6]] == [clock(20), "caller_left", "3", "2", "66,67"]
    assert "2 abandoned of 3 answered by a person = 66.67%; ceiling 3.0% over rolling_24h, as set now" in told.err
    assert "900000" not in told.out, "no number"

    assert cli.execute([*command[:-1], "2026-01-01"]) == ExitCode.DONE
    assert "0 abandoned of 0" in capsys.readouterr().err


def test_the_file(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute([*command, "-o", str(tmp_path / "proof.csv")]) == ExitCode.DONE
    written = (tmp_path / "proof.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbftime;")
    assert written.count(b"\r\n") == 3
    assert cli.execute([*command, "-o", str(tmp_path / "nowhere" / "proof.csv")]) == ExitCode.INPUT
    assert "cannot be written" in capsys.readouterr().err
