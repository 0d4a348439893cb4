"""The systemd unit: systemd itself accepts it and calls it well hardened; the daemon can live in it; its times fit."""

import asyncio
import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from dialer.apart import NICENESS
from dialer.cli.exits import ExitCode
from dialer.draining import DRAIN_S
from sim.stand.debs import Archive

UNIT = Path(__file__).parents[2] / "packaging" / "dialer.service"
SUITE = "bookworm"
EXPOSURE_LIMIT = 20
"""Of 100; systemd calls up to 20 `OK`."""


def values(directive: str) -> list[str]:
    return re.findall(rf"^{directive}=(.*)$", UNIT.read_text(), re.MULTILINE)


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that exists on every machine in the place of ours."""
    (program,) = values("ExecStart")
    path = tmp_path / "dialer.service"
    path.write_text(UNIT.read_text().replace(program, "/bin/true"))
    return path


def analyze(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """systemd's own checker: the machine's, else the one in Debian's package."""
    command, env = (["systemd-analyze"], {}) if shutil.which("systemd-analyze") else asyncio.run(fetched())
    return subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=False, env={**os.environ, **env}
    )


def system_calls() -> set[str]:
    """What the unit allows: a list of systemd's sets and of single calls, those after a tilde taken out again."""
    sets: dict[str, set[str]] = {}
    for line in analyze("syscall-filter", "--no-pager").stdout.splitlines():
        name, inside = line.strip(), line.startswith(" ")
        if name.startswith("@") and not inside:
            members = sets.setdefault(name, set())
        elif inside and not name.startswith("#"):
            members.add(name)

    def spread(words: Iterable[str]) -> set[str]:
        return {call for word in words for call in (spread(sets[word]) if word.startswith("@") else {word})}

    allowed: set[str] = set()
    for line in values("SystemCallFilter"):
        words = spread(line.removeprefix("~").split())
        allowed = allowed - words if line.startswith("~") else allowed | words
    return allowed


def confined(allowed: set[str]) -> "subprocess.CompletedProcess[str]":
    library = ctypes.util.find_library("seccomp") or asyncio.run(filter_library())
    command = [sys.executable, "-m", "tests.packaging.confined", library, ",".join(sorted(allowed))]
    return subprocess.run(command, capture_output=True, text=True, check=False)


async def filter_library() -> str:
    """libseccomp out of Debian's package, where the machine has none."""
    tree = await Archive(SUITE).fetch("systemd")
    return str(next(tree.path.glob("usr/lib/*/libseccomp.so.2")))


async def fetched() -> tuple[list[str], dict[str, str]]:
    """The checker out of Debian's package, with that package's own libraries and units."""
    tree = await Archive(SUITE).fetch("systemd")
    loader, option, libraries, *program = tree.run_argv("/usr/bin/systemd-analyze")
    own = ":".join(map(str, tree.path.glob("usr/lib/*/systemd")))
    return [loader, option, f"{own}:{libraries}", *program], {"SYSTEMD_UNIT_PATH": str(tree.file("lib/systemd/system"))}


def test_systemd_accepts_it(unit: Path) -> None:
    checked = analyze("verify", unit)
    ours = [line for line in (checked.stdout + checked.stderr).splitlines() if "dialer" in line]
    assert (checked.returncode, ours) == (0, [])


def test_systemd_finds_a_slip(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("WatchdogSec=15", "WatchdogSec=often"))
    checked = analyze("verify", unit)
    assert "dialer.service:26: Failed to parse" in checked.stdout + checked.stderr


def test_systemd_calls_it_well_hardened(unit: Path) -> None:
    checked = analyze("security", "--offline=true", f"--threshold={EXPOSURE_LIMIT}", "--no-pager", unit)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_passwords_are_checked_and_lists_read_within_it_behind_what_dials() -> None:
    tried = confined(system_calls())
    assert (tried.returncode, tried.stdout) == (0, f"{NICENESS}\n"), tried.stderr


def test_they_are_where_a_sandbox_grants_no_niceness() -> None:
    tried = confined(system_calls() - {"setpriority", "nice"})
    assert (tried.returncode, tried.stdout) == (0, "0\n"), tried.stderr


def test_what_watches_the_process_sees_it() -> None:
    """`process_*` metrics are read from /proc, /proc/stat among it."""
    assert values("ProcSubset") == []


def test_talks_may_finish_before_the_stop_times_out() -> None:
    assert values("KillMode") == ["mixed"]
    assert float(values("TimeoutStopSec")[0]) > DRAIN_S


def test_it_is_watched_and_started_again_but_not_on_a_refused_configuration() -> None:
    assert values("Type") == ["notify"]
    assert float(values("WatchdogSec")[0]) >= 5, "the daemon speaks once a second"
    assert values("Restart") == ["on-failure"]
    assert values("StartLimitIntervalSec") == ["0"], "a database that is away for long is no reason to give up"
    assert values("RestartPreventExitStatus") == [f"{ExitCode.USAGE.value} {ExitCode.CONFIG.value}"]
    assert values("ExecReload") == ["/bin/kill -HUP $MAINPID"]
