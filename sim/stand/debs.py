"""Debian packages without root: fetched by apt with verified signatures, unpacked into a cache, run there.

apt works on a private state: the machine's own packages, sources and hooks are neither read nor changed;
only how the site reaches its mirrors is kept. A suite's index is accepted only when signed by a key of Debian's
own keyring, and each package only with the checksum in that index. An unpacked tree is complete down to libc,
so a newer Debian's program runs on an older one through the tree's own loader: nothing is installed.
"""

import asyncio
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from sim.stand.process import StandError, run

DEFAULT_MIRROR = "http://deb.debian.org/debian"
MIRROR_VARIABLE = "DIALER_DEBIAN_MIRROR"
CACHE_VARIABLE = "DIALER_CACHE"
KEYRINGS = tuple(f"/usr/share/keyrings/debian-archive-keyring.{kind}" for kind in ("pgp", "gpg"))
TOOLS = ("apt-get", "apt-cache", "apt-config", "dpkg-deb", "dpkg")
LIBRARIES = tuple(
    f"{top}lib/{folder}lib*.so*" for top in ("", "usr/") for folder in ("*-linux-gnu*/", "*-linux-gnu*/*/", "")
)
"""Where a Debian keeps shared libraries; one level down lie alternatives (BLAS) and private ones (PulseAudio)."""
TRIES = 3
DESCRIPTION = "tree.json"
SITE_SETTINGS = re.compile(r"Acquire::(https?::|Check-Valid-Until|Check-Date)", re.IGNORECASE)
"""Proxies, and whether the site uses a mirror frozen in time; signatures are demanded whatever it says."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rootfs:
    """An unpacked tree of packages, read-only by custom; `versions` by package name."""

    path: Path
    suite: str
    versions: Mapping[str, str]

    def at(self, path: Path) -> "Rootfs":
        """The same tree at another place."""
        return Rootfs(path, self.suite, self.versions)

    def file(self, name: str) -> Path:
        return self.path / name.lstrip("/")

    def run_argv(self, program: str, *arguments: str | Path) -> list[str]:
        """The command that runs `/usr/...` of this tree on this machine, whatever libc the machine has.

        Not for programs that start themselves again by `/proc/self/exe`: that is the loader here.
        """
        places = (self.file(place) for place in ("usr/lib64", "lib64", "usr/lib", "lib"))
        loader = next((found for place in places for found in place.glob("ld-linux*.so.*")), None)
        if loader is None:
            raise StandError(f"{self.path} holds no loader (libc6 missing?): remove that folder and start again")
        return [
            str(loader),
            "--library-path",
            self.library_path,
            str(self.file(program)),
            *map(str, arguments),
        ]

    @property
    def library_path(self) -> str:
        """Folders of shared libraries in the tree, joined by colons."""
        libraries = (path for place in LIBRARIES for path in sorted(self.path.glob(place)))
        return ":".join(dict.fromkeys(str(library.parent) for library in libraries))


def cache_folder() -> Path:
    """Where fetched packages are kept for this user: $DIALER_CACHE, else the usual cache folder. StandError."""
    chosen = os.environ.get(CACHE_VARIABLE)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(chosen) if chosen else Path(base) / "dialer"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StandError(f"no cache at {folder} ({error.strerror}): name another by {CACHE_VARIABLE}") from error
    if not os.access(folder, os.W_OK):
        raise StandError(f"the cache {folder} cannot be written to: name another by {CACHE_VARIABLE}")
    return folder


class Archive:
    """One suite of a Debian mirror."""

    def __init__(self, suite: str, say: Say = lambda text: None) -> None:
        self.suite = suite
        self._say = say
        self._mirror = os.environ.get(MIRROR_VARIABLE, DEFAULT_MIRROR)
        self._state = cache_folder() / "apt" / _name(self._mirror, suite)
        self._state.mkdir(parents=True, exist_ok=True)
        self._fresh = False

    async def candidate(self, package: str) -> str | None:
        """The version that the suite offers now; None where it has no such package."""
        async with _locked(self._state):
            await self._refresh()
            policy = await self._apt("apt-cache", "policy", package)
        found = re.search(r"^\s+Candidate: (\S+)", policy, re.MULTILINE)
        return found[1] if found and found[1] != "(none)" else None

    def cached(self, *packages: str) -> Rootfs | None:
        """The tree of these packages, if it was fetched before."""
        tree = self._tree(packages)
        if not tree.exists():
            return None
        return Rootfs(tree, self.suite, json.loads((tree / DESCRIPTION).read_text())["versions"])

    async def fetch(self, *packages: str) -> Rootfs:
        """The packages with all that they need, unpacked; from the cache where they were fetched before."""
        tree = self._tree(packages)
        async with _locked(self._state):
            if not tree.exists():
                self._say(f"fetching {', '.join(packages)} from Debian {self.suite} ({self._mirror})")
                await self._refresh()
                await self._build(tree, packages)
        found = self.cached(*packages)
        assert found is not None
        return found

    def _tree(self, packages: Sequence[str]) -> Path:
        return cache_folder() / "trees" / f"{packages[0]}-{self.suite}-{_name(self._mirror, *packages)}"

    async def _refresh(self) -> None:
        if self._fresh:
            return
        self._prepare(await _site_settings(self._state))
        await self._retried("apt-get", "update", "-o", "APT::Update::Error-Mode=any")
        self._fresh = True

    async def _build(self, tree: Path, packages: Sequence[str]) -> None:
        tree.parent.mkdir(parents=True, exist_ok=True)
        archives = self._state / "archives"
        shutil.rmtree(archives, ignore_errors=True)
        (archives / "partial").mkdir(parents=True)
        await self._retried("apt-get", "install", "-y", "--no-install-recommends", "--download-only", *packages)
        debs = sorted(archives.glob("*.deb"))
        self._say(f"unpacking {len(debs)} packages")
        with tempfile.TemporaryDirectory(dir=tree.parent, prefix=".new-") as place:
            root = Path(place) / "root"
            root.mkdir()
            await asyncio.to_thread(_unpack, debs, root)
            versions = dict(_name_and_version(deb) for deb in debs)
            (root / DESCRIPTION).write_text(json.dumps({"suite": self.suite, "versions": versions}, indent=1))
            root.rename(tree)
        shutil.rmtree(archives, ignore_errors=True)

    async def _retried(self, *command: str) -> None:
        """Again on a flaky network; apt keeps what it has already got."""
        for left in reversed(range(TRIES)):
            try:
                await self._apt(*command)
                return
            except StandError as error:
                if not left:
                    raise
                self._say(f"{error}\ntrying again")

    async def _apt(self, *command: str) -> str:
        env = {**os.environ, "APT_CONFIG": str(self._state / "apt.conf"), "LC_ALL": "C"}
        what = f"{' '.join(command[:2])} for Debian {self.suite}"
        return await run(command, cwd=self._state, env=env, what=what)

    def _prepare(self, site_settings: str) -> None:
        """A private apt: its own state, cache and one source; the site's hooks and sources are left out."""
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            raise StandError(f"{', '.join(missing)} not found: Debian packages can be fetched on Debian only")
        keyring = next((path for path in KEYRINGS if Path(path).is_file()), None)
        if keyring is None:
            raise StandError("Debian's keys are missing: install the package debian-archive-keyring")
        for folder in ("state/lists/partial", "archives/partial"):
            (self._state / folder).mkdir(parents=True, exist_ok=True)
        (self._state / "state" / "status").touch()
        (self._state / "debian.sources").write_text(
            f"Types: deb\nURIs: {self._mirror}\nSuites: {self.suite}\nComponents: main\nSigned-By: {keyring}\n"
        )
        (self._state / "apt.conf").write_text(_apt_conf(self._state, site_settings))


def _apt_conf(state: Path, site: str) -> str:
    """Settings read before any other; emptying `Dir::Etc::parts` and `main` keeps the site's own out."""
    return f"""
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "{state}/debian.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::trusted "/dev/null";
Dir::Etc::trustedparts "/dev/null";
Dir::State "{state}/state";
Dir::State::status "{state}/state/status";
Dir::Cache "{state}";
Dir::Cache::archives "archives";
APT::Sandbox::User "";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none";
Acquire::Retries "3";
Debug::NoLocking "true";
{site}
"""


async def _site_settings(folder: Path) -> str:
    dump = await run(["apt-config", "dump"], cwd=folder, what="apt-config dump")
    return "\n".join(line for line in dump.splitlines() if SITE_SETTINGS.match(line))


def _unpack(debs: Sequence[Path], root: Path) -> None:
    for deb in debs:
        subprocess.run(["dpkg-deb", "-x", deb, root], check=True, capture_output=True)
    for folder, _, names in os.walk(root):
        for name in names:
            _without_setuid(Path(folder, name))


def _without_setuid(path: Path) -> None:
    """No program of a fetched tree may change its user, wherever it is linked to."""
    if not path.is_symlink() and path.stat().st_mode & 0o6000:
        path.chmod(path.stat().st_mode & 0o1777)


def _name_and_version(deb: Path) -> tuple[str, str]:
    package, version, _ = unquote(deb.name).split("_", 2)
    return package, version


def _name(*parts: str) -> str:
    """A short stable folder name for these texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@asynccontextmanager
async def _locked(folder: Path) -> AsyncIterator[None]:
    """One process at a time works in `folder`; the others wait, then find its work done."""
    with (folder / "lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield
