"""Programs that tests need from Debian: the machine's own where it has them, else fetched; never skipped, never absent.

Each function gives what starts the program. StandError says why it cannot be had and what to install.
"""

import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.stand.debs import Archive, Rootfs, Say
from sim.stand.postgres import Release
from sim.stand.process import StandError

STABLE = "bookworm"
"""The release that the programs are taken from: what they print and understand does not change under the tests."""

LIBC = frozenset({"libc.so", "libm.so", "libdl.so", "libpthread.so", "librt.so", "libresolv.so", "libutil.so"})
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
"""


@dataclass(frozen=True, slots=True)
class Program:
    """How to start it: `argv` before its own arguments, `env` above the usual environment."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


async def postgres_15(say: Say = lambda text: None) -> Release:
    """The oldest PostgreSQL that the dialer supports, as its distribution ships it."""
    own = Path("/usr/lib/postgresql/15/bin")
    if (own / "initdb").exists():
        return Release(Path("/"), str(own.relative_to("/")))
    tree = await Archive(STABLE, say).fetch("postgresql-15")
    parts = ("usr/lib/postgresql", "usr/share/postgresql", "libraries")
    return Release(tree.path, "usr/lib/postgresql/15/bin", parts, str(_beside_libc(tree).relative_to(tree.path)))


async def sipp(say: Say = lambda text: None) -> Program:
    """An independent SIP peer."""
    return await _program("sipp", "sip-tester", say)


async def promtool(say: Say = lambda text: None) -> Program:
    """Prometheus' own checker."""
    return await _program("promtool", "prometheus", say)


async def chromium(say: Say = lambda text: None) -> Program:
    """A browser with fonts of its own; as root it wants `--no-sandbox`."""
    own = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if own:
        return Program((own,))
    tree = await Archive(_this_debian(), say).fetch("chromium", "fonts-dejavu-core")
    fonts = tree.file("fonts.conf")
    fonts.write_text(FONTS_CONF.format(fonts=tree.file("usr/share/fonts")))
    env = {"LD_LIBRARY_PATH": str(_beside_libc(tree)), "FONTCONFIG_FILE": str(fonts)}
    return Program((str(tree.file("usr/lib/chromium/chromium")),), env)


async def _program(name: str, package: str, say: Say) -> Program:
    own = shutil.which(name)
    if own:
        return Program((own,))
    tree = await Archive(STABLE, say).fetch(package)
    return Program(tuple(tree.run_argv(f"/usr/bin/{name}")))


def _this_debian() -> str:
    """The codename of this machine's Debian: a browser starts itself again, so it needs this machine's own libc."""
    release = platform.freedesktop_os_release()
    if release.get("ID") != "debian" or "VERSION_CODENAME" not in release:
        raise StandError("no Chromium on this machine, and Debian's needs a Debian: install chromium")
    return release["VERSION_CODENAME"]


def _beside_libc(tree: Rootfs) -> Path:
    """A folder with all shared libraries of the tree but libc's own, for a program that runs on this machine's libc."""
    folder = tree.file("libraries")
    if not folder.exists():
        folder.mkdir()
        for place in tree.library_path.split(":"):
            for library in Path(place).glob("lib*.so*"):
                _link(folder, library)
    return folder


def _link(folder: Path, library: Path) -> None:
    """By the file itself, since the tree may be moved; the first of a name wins, as on a library path."""
    name = f"{library.name.split('.so')[0]}.so"
    place = folder / library.name
    if name not in LIBC and library.is_file() and not place.exists():
        place.hardlink_to(library.resolve())
