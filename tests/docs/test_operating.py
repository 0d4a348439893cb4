"""The operator's page keeps up with the program: checks, exit codes, events, commands and settings that it names."""

import re
from pathlib import Path

from dialer import cli
from dialer.cli.exits import ExitCode
from dialer.config import Asterisk, Config
from dialer.logs import LogEvent

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def table_under(heading: str) -> list[str]:
    """The first column's names in code, of the table below this heading."""
    _, _, section = PAGE.partition(f"## {heading}")
    rows = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def test_every_check_of_the_doctor_is_explained() -> None:
    checks = {"module"}  # asterisk_conf.check's own, beside `dialplan`
    for path in (ROOT / "dialer" / "doctor").glob("*.py"):
        source = path.read_text()
        for name in re.findall(r"(?<!def )\b(?:fine|warning|broken)\(\s*([^\s,]+),", source):
            constant = re.search(rf"^{name} = (.+)$", source, re.MULTILINE)
            checks.add((constant[1] if constant else name).strip('"'))
    checks.remove("trouble.about")
    assert set(table_under("When something is wrong: `dialer doctor`")) == checks


def test_every_exit_code_is_explained() -> None:
    assert all(f"\n| {code.value} |" in PAGE for code in ExitCode)


def test_the_events_named_exist() -> None:
    assert set(table_under("Logs")) <= set(LogEvent)


def test_the_commands_named_exist() -> None:
    named = set(re.findall(r"(?:-u dialer |`)dialer (\w+)", PAGE)) - {"doctor"}
    assert named <= set(cli.COMMANDS)


def test_the_variables_and_credentials_named_are_read() -> None:
    for section in re.findall(r"DIALER_([A-Z]+)__", PAGE) + re.findall(r"LoadCredential=([a-z]+)__", PAGE):
        assert section.lower() in Config.model_fields
    for key in re.findall(r"`(\w*secret_file)`", PAGE):
        assert key in Asterisk.model_fields
