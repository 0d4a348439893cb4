"""This machine: its clock, variables that nobody reads, a password that others can read."""

from pathlib import Path

import pytest

from dialer.config import Config
from dialer.doctor.finding import Health
from dialer.doctor.machine import TIME_ERROR, clock_state, examine_clock, examine_environment

DSN = "postgresql://dialer:hunter2@localhost/dialer"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "dialer.toml"
    path.write_text(f'[database]\ndsn = "{DSN}"\n')
    path.chmod(0o600)
    return path


def config(dsn: str = DSN) -> Config:
    server = {"name": "north-1", "secret": "x"}
    trunk = {"name": "carrier", "server": "north-1", "endpoint": "carrier", "lines": 1}
    return Config(database={"dsn": dsn}, asterisk=[server], trunk=[trunk])


def said(path: Path, config: Config, environ: dict[str, str] | None = None) -> list[str]:
    findings = list(examine_environment(config, path, environ or {}))
    assert all(finding.health is Health.WARNING and finding.cure for finding in findings)
    return [finding.what for finding in findings]


def test_a_clock_that_nothing_keeps_is_a_warning() -> None:
    assert examine_clock(lambda: TIME_ERROR).health is Health.WARNING
    assert examine_clock(lambda: 0).health is Health.FINE


def test_the_kernel_answers() -> None:
    assert clock_state() in range(-1, TIME_ERROR + 1)


def test_variables_that_nobody_reads(path: Path) -> None:
    environ = {
        "DIALER_HTTP__PORT": "1",
        "DIALER_TRUNK": "[]",
        "DIALER_CONFIG": "x",
        "DIALER_ASTERISK_NORTH_1_SECRET": "x",
        "DIALER_ASTERISK_SOUTH_SECRET": "x",
        "DIALER_SECRET_1_COURIER": "x",
        "DIALER_TOKEN": "x",
        "DIALER_TOKEN_FILE": "x",
        "DIALER_URL": "x",
        "DIALER_HTPP__PORT": "1",
        "PATH": "/bin",
    }
    assert said(path, config(), environ) == [
        "nobody reads the variable DIALER_ASTERISK_SOUTH_SECRET",
        "nobody reads the variable DIALER_HTPP__PORT",
    ]


def test_a_password_that_others_can_read(path: Path) -> None:
    for mode in (0o600, 0o640):  # root:dialer, which the daemon reads by its group
        path.chmod(mode)
        assert said(path, config()) == []
    path.chmod(0o644)
    (told,) = said(path, config())
    assert "holds the database's password" in told
    assert "hunter2" not in told


def test_a_password_from_elsewhere_is_no_fault_of_the_file(path: Path) -> None:
    path.write_text('[database]\ndsn = "postgresql://localhost/dialer"\n')
    path.chmod(0o644)
    assert said(path, config()) == []
    path.write_text("[http]\nport = 1\n")
    assert said(path, config()) == []


def test_no_trunk(path: Path) -> None:
    without = Config(database={"dsn": "postgresql://x"}, asterisk=[{"name": "main", "secret": "x"}])
    assert said(path, without) == ["there is no trunk: nothing can be dialled"]
