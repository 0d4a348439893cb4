"""`dialer db`: what a person sees, and the exit codes that a script sees."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialer import cli
from dialer.cli.exits import ExitCode
from dialer.store.migrate import shipped
from sim.stand.postgres import Postgres
from tests.cli.configured import configured
from tests.conftest import copied, dropped


@pytest.fixture
async def empty_dsn(postgres: Postgres) -> AsyncIterator[str]:
    """A database without any schema."""
    dsn = await copied(postgres, "template1")
    yield dsn
    await dropped(postgres, dsn)


def test_from_nothing_to_current(empty_dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configured(tmp_path, empty_dsn)
    assert cli.execute(["db", "status", "-c", config]) == ExitCode.DATABASE
    assert "pending  001_projects  (run `dialer db upgrade`)" in capsys.readouterr().out
    assert cli.execute(["db", "upgrade", "-c", config]) == ExitCode.DONE
    assert capsys.readouterr().out.count("applied  ") == len(shipped())
    assert cli.execute(["db", "upgrade", "-c", config]) == ExitCode.DONE
    assert "nothing to do" in capsys.readouterr().out
    assert cli.execute(["db", "status", "-c", config, "--json"]) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    assert {entry["status"] for entry in told} == {"applied"}
    assert [entry["version"] for entry in told] == [migration.version for migration in shipped()]


def test_nobody_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configured(tmp_path, "postgresql://dialer@/x?host=/nonexistent")
    assert cli.execute(["db", "status", "-c", config]) == ExitCode.DATABASE
    assert "is PostgreSQL running?" in capsys.readouterr().err
