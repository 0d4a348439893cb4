"""The command line as a whole: quick to start, exit codes that mean something, an example with every command."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest
import typer

from dialer import cli
from dialer.cli.exits import FORESEEN, ExitCode, Refusal, exit_code_of
from tests.cli.configured import DIALER

HEAVY = ("asyncpg", "pydantic", "fastapi", "panoramisk", "numpy", "rich.table", "dialer.core", "dialer.store")


def python(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


def test_help_imports_none_of_the_commands() -> None:
    ran = python(
        "import sys; from dialer.cli import execute; code = execute(['--help']);"
        "print(code, *(name for name in sys.modules if name.startswith('dialer')), *sys.modules, file=sys.stderr)"
    )
    code, *modules = ran.stderr.split()
    assert code == "0"
    assert [name for name in HEAVY if name in modules] == []
    assert {name for name in modules if name.startswith("dialer.")} == {"dialer.cli", "dialer.cli.exits"}


def test_help_offers_what_exists_and_only_that(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(["--help"]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert "report" in shown
    for name, line in cli.COMMANDS.items():
        assert (line in " ".join(shown.split())) == (name in cli.available())


def every_command() -> Iterator[tuple[str, ...]]:
    for name in cli.available():
        yield (name,)
        app = getattr(import_module(cli._module(name)), "app", None)
        if app is not None:
            yield from ((name, str(sub.name or sub.callback.__name__)) for sub in app.registered_commands)


@pytest.mark.parametrize("command", list(every_command()), ids=" ".join)
def test_every_command_explains_itself_with_an_example(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.execute([*command, "--help"]) == ExitCode.DONE
    usage, _, explained = capsys.readouterr().out.partition("\n")
    assert usage.startswith(f"Usage: dialer {' '.join(command)}")
    is_group = len(command) == 1 and hasattr(import_module(cli._module(command[0])), "app")
    assert is_group or f"dialer {' '.join(command)}" in explained, "its help shows no example"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refusal("no such campaign: orders"), ExitCode.INPUT),
        (ValueError("cell 9123456789"), ExitCode.BUG),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (typer.Exit(1), ExitCode.TROUBLE),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, BaseException) else given.name,
)
def test_how_a_command_ends(
    error: BaseException, code: ExitCode, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> None:
        raise error

    module = type(sys)("dialer.cli.doctor")
    module.command = command  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "dialer.cli.doctor", module)
    monkeypatch.setattr(cli, "available", lambda: ["doctor"])
    assert cli.execute(["doctor"]) == code
    shown = capsys.readouterr().err
    assert ("Traceback" in shown) == (code is ExitCode.BUG)
    assert "9123456789" not in shown
    if code is ExitCode.INPUT:
        assert shown == "dialer: no such campaign: orders\n"


def test_every_foreseen_failure_exists_and_has_its_code() -> None:
    for name, code in FORESEEN.items():
        module, _, kind = name.rpartition(".")
        error = getattr(import_module(module), kind)
        assert issubclass(error, Exception)
        assert exit_code_of(error.__new__(error)) is code


def test_wrong_use_is_two_and_no_use_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(["frobnicate"]) == ExitCode.USAGE
    assert "frobnicate" in capsys.readouterr().err
    assert cli.execute([]) == ExitCode.USAGE
    assert "report" in "".join(capsys.readouterr())


def test_a_refused_configuration_is_three(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "dialer.toml"
    path.write_text('[htttp]\nport = 1\n[database]\ndsn = "postgresql://x"\n[[asterisk]]\nnmae = "main"\n')
    assert cli.execute(["report", "campaign", "orders", "--config", str(path)]) == ExitCode.CONFIG
    shown = capsys.readouterr().err
    assert "unknown key htttp; did you mean http?" in shown
    assert "unknown key asterisk[1].nmae; did you mean name?" in shown


def test_the_installed_command_says_its_version() -> None:
    ran = subprocess.run([DIALER, "--version"], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == f"dialer {version('dialer')}\n"
