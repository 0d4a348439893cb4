"""The systemd unit: systemd itself accepts it and calls it well hardened; its times fit the daemon's."""

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

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
    assert "dialer.service:24: Failed to parse" in checked.stdout + checked.stderr


def test_systemd_calls_it_well_hardened(unit: Path) -> None:
    checked = analyze("security", "--offline=true", f"--threshold={EXPOSURE_LIMIT}", "--no-pager", unit)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_talks_may_finish_before_the_stop_times_out() -> None:
    assert values("KillMode") == ["mixed"]
    assert float(values("TimeoutStopSec")[0]) > DRAIN_S


def test_it_is_watched_and_started_again_but_not_on_a_refused_configuration() -> None:
    assert values("Type") == ["notify"]
    assert float(values("WatchdogSec")[0]) >= 5, "the daemon speaks once a second"
    assert values("Restart") == ["on-failure"]
    assert values("RestartPreventExitStatus") == [f"{ExitCode.USAGE.value} {ExitCode.CONFIG.value}"]
    assert values("ExecReload") == ["/bin/kill -HUP $MAINPID"]
