"""Child processes of a stand: they end with their parent, and never run as root.

A child dies with us whatever kills us, since the kernel sends it its stop signal when its parent goes (so
even a killed test run leaves nothing behind). Where we are root, children run as `nobody` from a private
folder, mode 0700, to which their programs are linked or copied: nothing above it is opened to anybody.
Output goes to a file, so that a child never waits for a reader.
"""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

UNPRIVILEGED_ACCOUNT = "nobody"
POLL_S = 0.01
STOP_TIMEOUT_S = 20.0


class StandError(Exception):
    """A part of the stand could not be had or did not start; the text says what, why and what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a root's children run as."""

    uid: int
    gid: int


def child_account() -> Account | None:
    """The unprivileged account for children where we are root; None: they run as we do."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(UNPRIVILEGED_ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid)


async def until(
    condition: Callable[[], bool],
    what: str,
    timeout_s: float = 30.0,
    describe: Callable[[], str] = lambda: "",
) -> None:
    """Wait until `condition()` holds; StandError naming `what` (and `describe()`) after `timeout_s`."""
    deadline = time.monotonic() + timeout_s  # noqa: TID251 - the stand is the edge: it waits for real processes
    while not condition():
        if time.monotonic() > deadline:  # noqa: TID251 - as above
            raise StandError(f"{what}: not within {timeout_s:g} s{describe()}")
        await asyncio.sleep(POLL_S)  # noqa: TID251 - a process's files and end can only be polled


class PrivateFolder:
    """A new temporary folder, mode 0700, that the children can enter and nobody else; removed at the end.

    Its path is short enough for Unix sockets inside it.
    """

    def __init__(self, prefix: str = "dialer-") -> None:
        self.account = child_account()
        parent = Path(tempfile.gettempdir())
        if self.account and not _open_to_all(parent):
            raise StandError(f"TMPDIR={parent} is closed to the account {UNPRIVILEGED_ACCOUNT}: set TMPDIR=/tmp")
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        self.own(self.path)

    def own(self, path: Path) -> Path:
        """Hand `path` (a file or folder that we made here) to the children's account."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    def folder(self, *names: str) -> Path:
        """A folder inside, made if need be (parents too), that the children may write to."""
        path = self.path
        for name in names:
            path = path / name
            if not path.exists():
                path.mkdir(mode=0o700)
                self.own(path)
        return path

    def write(self, name: str, text: str) -> Path:
        """A file of the children's, mode 0600, in a folder that exists."""
        path = self.path / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return self.own(path)

    def install(self, tree: Path, name: str) -> Path:
        """Programs in `tree` at a place that the children can reach: the tree itself where we are not root.

        As root they are hard-linked (copied from another disk) into this folder and stay root's, so that a
        child cannot change what it runs.
        """
        if self.account is None:
            return tree
        target = self.path / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(tree, target, symlinks=True, copy_function=_link_or_copy)
        return target

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


class Child:
    """One child process; started at once, its output in `log`.

    `stop_signal` asks it to end; `death_signal`, if another, is what it gets when this process dies.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str | Path],
        *,
        log: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        account: Account | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                guarded(argv, death_signal or stop_signal, account),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env) if env is not None else None,
                cwd=cwd or log.parent,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop the children in order
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.poll()

    @property
    def running(self) -> bool:
        return self.returncode is None

    def output(self, last_bytes: int = 4000) -> str:
        """The end of what it printed."""
        with self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - last_bytes))
            return log.read().decode("utf-8", "replace")

    async def until(self, condition: Callable[[], bool], what: str, timeout_s: float = 30.0) -> None:
        """Wait for `condition()`; StandError, with its last output, when it ends first or time is up."""
        await until(
            lambda: condition() or not self.running,
            f"{self.name}: {what}",
            timeout_s,
            describe=lambda: f"; it said:\n{self.output()}",
        )
        if not condition():
            raise StandError(f"{self.name} ended with {self.returncode} before {what}; it said:\n{self.output()}")

    async def said(self, text: str, timeout_s: float = 30.0) -> None:
        """Wait until its output holds `text`."""
        wanted = text.encode()
        await self.until(lambda: wanted in self.log.read_bytes(), f"“{text}”", timeout_s)

    async def wait(self, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """Wait for its end and give its return code."""
        await until(lambda: not self.running, f"end of {self.name}", timeout_s)
        return self._process.wait()

    async def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """Ask it to end; after `timeout_s` kill it. Its return code."""
        if self.running:
            self.send(signal.SIGCONT)  # a frozen child cannot hear
            self.send(self.stop_signal)
            try:
                await self.wait(timeout_s)
            except StandError:
                self.send(signal.SIGKILL)
        return await self.wait()

    async def kill(self) -> None:
        """SIGKILL, as a crash would."""
        self.send(signal.SIGKILL)
        await self.wait()

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def cpu_s(self) -> float:
        """Processor time used so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def descendants(self) -> list[int]:
        """Process ids of its children, one level."""
        return [pid for pid in _pids() if _parent_of(pid) == self.pid]


async def run(
    argv: Sequence[str | Path],
    *,
    cwd: Path,
    what: str,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
) -> str:
    """Run a short command to its end; its output. StandError naming `what` on failure."""
    done = await asyncio.to_thread(
        subprocess.run,
        guarded(argv, signal.SIGTERM, account),
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise StandError(f"{what} failed with {done.returncode}:\n{text}")
    return text


async def stopped(*children: Child) -> None:
    """Stop children one after another, the last started first; every one is stopped even if one fails."""
    stops: list[Awaitable[int]] = [child.stop() for child in reversed(children)]
    failures = [result for result in [await _settled(stop) for stop in stops] if result]
    if failures:
        raise failures[0]


async def _settled(stop: Awaitable[int]) -> BaseException | None:
    try:
        await stop
    except StandError as error:
        return error
    return None


def guarded(argv: Sequence[str | Path], death: signal.Signals, account: Account | None) -> list[str]:
    """The command behind util-linux' setpriv: credentials dropped, then the signal on our death set.

    In this order, since a change of credentials clears that signal; and outside Python, since code between
    fork and exec may hang where there are threads. Who has another parent by then was orphaned before the
    signal was set, and would never hear of it: the command is not begun.
    """
    drop = (
        [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups", "--no-new-privs"]
        if account
        else ["--no-new-privs"]
    )
    ours = ["sh", "-c", '[ "$PPID" -eq "$0" ] && exec "$@"', str(os.getpid())]
    return ["setpriv", "--pdeathsig", death.name.removeprefix("SIG"), *drop, "--", *ours, *map(str, argv)]


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _link_or_copy(source: str, target: str) -> str:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target


def _pids() -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def _parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None
