"""`dialer doctor`: every finding with its cure, for people and machines; the exit code tells whether all is well."""

import json
from pathlib import Path

import pytest

from dialer import cli
from dialer.cli.exits import ExitCode
from tests.cli.configured import configured


@pytest.fixture
def config(database_dsn: str, tmp_path: Path) -> Path:
    return Path(configured(tmp_path, database_dsn))


def test_for_people(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(["doctor", "-c", str(config)]) == ExitCode.TROUBLE
    shown = capsys.readouterr().out
    assert "ok    migration" in shown
    assert "FAIL  ami        main: no answer from 127.0.0.1:1" in shown
    assert "→ is Asterisk running" in shown


def test_for_machines(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(["doctor", "-c", str(config), "--json"]) == ExitCode.TROUBLE
    findings = json.loads(capsys.readouterr().out)
    (ami,) = [finding for finding in findings if finding["check"] == "ami"]
    assert (ami["health"], ami["about"]) == ("broken", "main")
    assert all(finding["cure"] for finding in findings if finding["health"] != "fine")


def test_a_configuration_that_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "dialer.toml"
    path.write_text("[htttp]\n")
    assert cli.execute(["doctor", "-c", str(path)]) == ExitCode.TROUBLE
    shown = capsys.readouterr().out
    assert "unknown key htttp; did you mean http?" in shown
    assert "database is missing" in shown
    assert "packaging/dialer.toml" in shown


@pytest.mark.parametrize("broken", [False, True])
def test_warnings_alone_are_well(
    broken: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dialer.cli import doctor
    from dialer.doctor import finding

    async def examine(_path: Path | None) -> list[finding.Finding]:
        found = [finding.warning("phone", "is silent", "switch off VAD", "1001")]
        return [*found, finding.broken("trunk", "is dead", "ask the carrier")] if broken else found

    monkeypatch.setattr(doctor, "examine", examine)
    assert cli.execute(["doctor"]) == (ExitCode.TROUBLE if broken else ExitCode.DONE)
    assert "warn  phone      1001: is silent" in capsys.readouterr().out
