"""A real Asterisk as an ordinary process: its own ports on loopback, its own folders, our own configuration.

It never touches a PBX of the machine: an installed Asterisk lends its binary only. Where there is none of release 22,
Debian's packages are fetched. Everything it may send SIP or RTP to is on this machine, which is checked before it
starts.
"""

import ipaddress
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from asterisk_conf import message
from asterisk_conf.nat import Nat
from asterisk_conf.render import BROWSER_MODULES, render
from asterisk_conf.settings import AsteriskSettings, Folders, Manager, Phone, Trunk
from sim.stand.debs import Archive, Rootfs, Say
from sim.stand.ports import LOOPBACK, RTP_FIRST, RTP_LAST, free_tcp_port, free_udp_port, own_addresses
from sim.stand.process import Child, PrivateFolder, StandError, run

WANTED_RELEASE = 22
SUITES = ("sid", "testing", "stable")
"""Where to look, in order: Debian keeps Asterisk in sid, and may move it on or back."""
PACKAGES = ("asterisk", "asterisk-modules")
BINARY = "/usr/sbin/asterisk"
INSTALLED_MODULES = ("usr/lib/*/asterisk/modules", "usr/lib/asterisk/modules", "usr/lib64/asterisk/modules")
INSTALLED_DATA = ("usr/share/asterisk", "var/lib/asterisk")
START_TRIES = 3
PORT_TAKEN = ("Address already in use", "Unable to bind")


@dataclass(frozen=True, slots=True)
class Programs:
    """An Asterisk that can be run: the machine's own, or one in a fetched tree."""

    version: str
    modules: Path
    data: Path
    tree: Rootfs | None = None

    def argv(self, *arguments: str | Path) -> list[str]:
        if self.tree:
            return self.tree.run_argv(BINARY, *arguments)
        return [BINARY, *map(str, arguments)]

    def installed(self, folder: PrivateFolder) -> "Programs":
        """The same where the stand's account can reach it."""
        return _in_tree(self.tree.at(folder.install(self.tree.path, "asterisk"))) if self.tree else self


async def find_asterisk(say: Say = lambda text: None) -> Programs:
    """The machine's own Asterisk 22, else Debian's (22 by preference, else what it has, the loss being said).

    What was fetched before is used again without a question to the network.
    """
    found = await _own_asterisk() or _fetched_before()
    if found:
        return found
    suite, version = await _best_suite()
    if _major(version) != WANTED_RELEASE:
        say(f"Debian has no Asterisk {WANTED_RELEASE} now; {version} is not what this was tested with")
    return _in_tree(await Archive(suite, say).fetch(*PACKAGES))


async def _own_asterisk() -> Programs | None:
    modules, data = _first(INSTALLED_MODULES), _first(INSTALLED_DATA)
    if not (os.access(BINARY, os.X_OK) and modules and data):
        return None
    version = (await run([BINARY, "-V"], cwd=Path("/"), what="asterisk -V")).removeprefix("Asterisk ").strip()
    return Programs(version, modules, data) if _major(version) == WANTED_RELEASE else None


def _first(places: Sequence[str]) -> Path | None:
    return next((found for place in places for found in Path("/").glob(place)), None)


def _fetched_before() -> Programs | None:
    trees = (Archive(suite).cached(*PACKAGES) for suite in SUITES)
    known = [_in_tree(tree) for tree in trees if tree]
    return next((programs for programs in known if _major(programs.version) == WANTED_RELEASE), None)


async def _best_suite() -> tuple[str, str]:
    """The first suite with the wanted release, else the first that has any."""
    offers: list[tuple[str, str]] = []
    for suite in SUITES:
        version = await Archive(suite).candidate(PACKAGES[0])
        if version and _major(version) == WANTED_RELEASE:
            return suite, version
        if version:
            offers.append((suite, version))
    if not offers:
        raise StandError(f"none of Debian's suites {', '.join(SUITES)} has Asterisk: install Asterisk 22 here")
    return offers[0]


def _in_tree(tree: Rootfs) -> Programs:
    modules = next(tree.path.glob("usr/lib/*/asterisk/modules"), tree.file("usr/lib/asterisk/modules"))
    return Programs(tree.versions["asterisk"], modules, tree.file("usr/share/asterisk"), tree)


def _major(version: str) -> int:
    """22 of `1:22.10.1+dfsg`; 0 where nothing like it is there."""
    found = re.match(r"(?:\d+:)?(\d+)\.", version)
    return int(found[1]) if found else 0


class Asterisk:
    """A running server and what a test needs of it. `crash` and `start` are for tests of a switch that dies."""

    def __init__(self, folder: PrivateFolder, programs: Programs, settings: AsteriskSettings) -> None:
        self._folder = folder
        self._programs = programs
        self.settings = settings
        self._generation = 0
        self._child: Child | None = None

    @property
    def version(self) -> str:
        return self._programs.version

    @property
    def child(self) -> Child:
        """Its process: pid, memory, processor time."""
        if self._child is None:
            raise StandError("Asterisk was not started")
        return self._child

    @property
    def log(self) -> str:
        """Notices, warnings and errors since it was made."""
        messages = self._folder.path / "log" / "messages"
        return messages.read_text(errors="replace") if messages.exists() else ""

    async def start(self) -> None:
        """Start and wait until every module has loaded; StandError with its words where it does not."""
        self._generation += 1
        child = Child(
            "asterisk",
            self._programs.argv("-f", "-C", self._conf),
            log=self._folder.path / f"asterisk-{self._generation}.out",
            env={"PATH": "/usr/bin:/bin", "TZ": "UTC", "HOME": str(self._folder.path), "MALLOC_ARENA_MAX": "2"},
            cwd=self._folder.path,
            account=self._folder.account,
        )
        self._child = child
        control = self._folder.path / "run" / "asterisk.ctl"
        await child.until(control.is_socket, "its control socket")
        await self.cli("core waitfullybooted")

    async def stop(self) -> None:
        """At once: calls are cut, as by `core stop now`."""
        if self._child:
            await self._child.stop()

    async def crash(self) -> None:
        """SIGKILL; the calls' RTP and SIP state is gone with it."""
        await self.child.kill()
        for name in ("asterisk.ctl", "asterisk.pid"):
            (self._folder.path / "run" / name).unlink(missing_ok=True)

    async def cli(self, command: str) -> str:
        """One command of its console, as its owner at the machine may give; the answer's text."""
        argv = self._programs.argv("-C", self._conf, "-rx", command)
        what = f"asterisk -rx '{command}'"
        return await run(argv, cwd=self._folder.path, account=self._folder.account, what=what)

    def configure(self, settings: AsteriskSettings) -> None:
        """Write the files of these settings; a running server reads them at `cli("core reload")`."""
        refuse_beyond_loopback(settings)
        self.settings = settings
        for name, text in render(settings).items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """One file of its configuration folder, as a site would change it by hand."""
        self._folder.folder("etc", *Path(name).parts[:-1])
        self._folder.write(f"etc/{name}", text)

    @property
    def _conf(self) -> Path:
        return self._folder.path / "etc" / "asterisk.conf"


def refuse_beyond_loopback(settings: AsteriskSettings) -> None:
    """StandError where anything of these settings could send a packet off this machine."""
    hosts = [settings.sip_host, settings.web_host, settings.media_host or "0.0.0.0", settings.manager.host]
    hosts += [seen for _, seen in settings.nat.addresses] + list(settings.nat.hosts)
    hosts += [trunk.host for trunk in settings.trunks] + [phone.host for phone in settings.phones if phone.host]
    for host in hosts:
        try:
            loopback = ipaddress.ip_address(host).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            raise StandError(f"the stand talks to this machine only, and {host} is not on it")


@asynccontextmanager
async def running_asterisk(
    trunks: Sequence[Trunk] = (), phones: Sequence[Phone] = (), say: Say = lambda text: None
) -> AsyncIterator[Asterisk]:
    """A fully booted Asterisk with these trunks and phones, all of them on loopback; gone at the end.

    Phones in browsers are left out where it was built without what they need, which is said.
    """
    programs = await find_asterisk(say)
    phones = _speakable(programs, phones, say)
    with PrivateFolder("dialer-ast-") as folder:
        reachable = programs.installed(folder)
        server = Asterisk(folder, reachable, _settings(folder, reachable, trunks, phones))
        try:
            await _start_on_free_ports(server)
            yield server
        finally:
            await server.stop()


async def _start_on_free_ports(server: Asterisk) -> None:
    """A port that was free may be taken before we have it: then again with others."""
    for left in reversed(range(START_TRIES)):
        server.configure(_with_free_ports(server.settings))
        await server.start()
        if not any(sign in server.log for sign in PORT_TAKEN):
            return
        await server.stop()
        if not left:
            raise StandError(f"no free ports in {START_TRIES} tries; Asterisk said:\n{server.log}")


def _settings(
    folder: PrivateFolder, programs: Programs, trunks: Sequence[Trunk], phones: Sequence[Phone]
) -> AsteriskSettings:
    made = {name: folder.folder(name) for name in ("etc", "var", "run", "log")}
    for name in ("spool", "keys"):
        folder.folder("var", name)
    folder.own(Path(shutil.copy(message.RECORDING, made["var"])))
    return AsteriskSettings(
        manager=Manager(secret=secrets.token_urlsafe(24), doctor_secret=secrets.token_urlsafe(24)),
        message=made["var"] / message.NAME,
        trunks=tuple(trunks),
        phones=tuple(phones),
        media_host=LOOPBACK,
        nat=Nat(addresses=tuple((own, LOOPBACK) for own in own_addresses())),  # else others would be offered for sound
        rtp_first=RTP_FIRST,
        rtp_last=RTP_LAST,
        folders=Folders(**made, modules=programs.modules, data=programs.data),
    )


def _speakable(programs: Programs, phones: Sequence[Phone], say: Say) -> Sequence[Phone]:
    missing = [name for name in BROWSER_MODULES if not (programs.modules / f"{name}.so").exists()]
    if missing and any(phone.browser for phone in phones):
        say(f"no phone in a browser: this Asterisk is without {', '.join(missing)}")
        return [phone for phone in phones if not phone.browser]
    return phones


def _with_free_ports(settings: AsteriskSettings) -> AsteriskSettings:
    manager = replace(settings.manager, port=free_tcp_port())
    return replace(settings, manager=manager, sip_port=free_udp_port(), web_port=free_tcp_port())
