"""This machine: its clock, and what is odd about the settings beyond their being right."""

import ctypes
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from dialer.config import PATH_VARIABLE, Config
from dialer.doctor.finding import Finding, fine, warning
from dialer.slots import SECRET_VARIABLE

PREFIX = "DIALER_"
OTHER_VARIABLES = frozenset(
    {PATH_VARIABLE, "DIALER_TOKEN", "DIALER_TOKEN_FILE", "DIALER_URL", "DIALER_DEBIAN_MIRROR", "DIALER_CACHE"}
)
"""Read elsewhere: by commands that ask the daemon, and by `make run`."""
OTHERS_READ = 0o004
"""Not the group's bit: root's file is the daemon's to read by it."""
TIMEX_BYTES = 512
"""More than `struct timex` has on any Linux; all zeros asks and changes nothing."""
TIME_ERROR = 5
"""What adjtimex(2) returns while no time service disciplines the clock."""


def clock_state() -> int:
    """The kernel's word on its clock, by adjtimex(2); -1 where it may not be asked."""
    return int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES)))


def examine_clock(state: Callable[[], int] = clock_state) -> Finding:
    """Is the clock kept by a time service? Permitted hours depend on it."""
    if state() == TIME_ERROR:
        cure = "install and start chrony or systemd-timesyncd; inside a container the host's"
        return warning("clock", "no time service keeps this machine's clock", cure)
    return fine("clock", "the clock is kept by a time service")


def examine_environment(config: Config, path: Path, environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Variables that nobody reads, passwords that others can read, nothing to dial on."""
    for name in sorted(_unread(config, environ)):
        yield warning("config", f"nobody reads the variable {name}", "correct its name or remove it")
    if urlsplit(config.database.dsn).password and path.stat().st_mode & OTHERS_READ and ":" in _authority(path):
        cure = f"chmod o= {path} (the daemon's account must go on reading it), or move the address to the credential"
        cure += " database__dsn"
        yield warning("config", f"{path} holds the database's password and others can read it", cure)
    if not config.trunk:
        yield warning("config", "there is no trunk: nothing can be dialled", "add a [[trunk]] table")


def _unread(config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    sections = {PREFIX + name.upper() for name in type(config).model_fields}
    secrets = {
        f"{PREFIX}ASTERISK_{server.name.upper().replace('-', '_')}_{kind}"
        for server in config.asterisk
        for kind in ("SECRET", "DOCTOR_SECRET")
    }
    for name in environ:
        known = name.split("__")[0] in sections or name in secrets | OTHER_VARIABLES or name.startswith(SECRET_VARIABLE)
        if name.startswith(PREFIX) and not known:
            yield name


def _authority(path: Path) -> str:
    """User and password of the DSN that stands in the file itself; empty where it comes from elsewhere."""
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "dsn":
            return urlsplit(value.strip().strip("\"'")).netloc.rpartition("@")[0]
    return ""
