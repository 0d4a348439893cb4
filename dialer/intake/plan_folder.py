"""The folder where an imported plan lives, and the numbering that follows it while the daemon runs.

Each table is one compiled file, written beside and renamed over the old one: a reader sees the old table
or the new one, never a half. A running daemon asks `LiveNumbering.refresh` from time to time; what cannot
be read leaves the numbering as it was.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dialer.core.numbering.defaults import (
    PLAN_FILE,
    POSTCODES_FILE,
    default_gazetteer,
    default_plan,
    default_regions,
)
from dialer.core.numbering.gazetteer import GazetteerData
from dialer.core.numbering.plan import PlanData
from dialer.core.numbering.planfile import BadPlanFile, pack_gazetteer, pack_plan, unpack_gazetteer, unpack_plan
from dialer.core.numbering.records import NumberRecord
from dialer.core.numbering.service import Numbering

DEFAULT_PLAN_DIR = Path("/var/lib/dialer/plan")

_Seen = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """Where imported tables are kept; a table that is not there is the shipped one."""

    path: Path

    def plan(self) -> PlanData:
        """Raises BadPlanFile when the file there is damaged."""
        packed = self._read(PLAN_FILE)
        return unpack_plan(packed) if packed is not None else default_plan()

    def gazetteer(self) -> GazetteerData | None:
        """Raises BadPlanFile when the file there is damaged."""
        packed = self._read(POSTCODES_FILE)
        return unpack_gazetteer(packed) if packed is not None else default_gazetteer()

    def put_plan(self, data: PlanData) -> Path:
        return self._write(PLAN_FILE, pack_plan(data))

    def put_gazetteer(self, data: GazetteerData) -> Path:
        return self._write(POSTCODES_FILE, pack_gazetteer(data))

    def numbering(self, today: date) -> Numbering:
        """What the tables here and the shipped ones make together. Raises BadPlanFile."""
        return Numbering(self.plan(), default_regions(), self.gazetteer(), today)

    def seen(self) -> _Seen:
        """A value that changes whenever a table here is replaced."""
        return tuple(_identity(self.path / name) for name in (PLAN_FILE, POSTCODES_FILE))

    def _read(self, name: str) -> bytes | None:
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _write(self, name: str, content: bytes) -> Path:
        """Whole or not at all: written beside, flushed to the disk, renamed over."""
        self.path.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=self.path, prefix=f".{name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(beside, 0o644)
            os.replace(beside, self.path / name)
        except BaseException:
            os.unlink(beside)
            raise
        _flush_folder(self.path)
        return self.path / name


def _flush_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


class LiveNumbering:
    """The numbering of a folder that may change underneath: `check` always answers from one whole plan."""

    def __init__(self, folder: PlanFolder | None, today: date) -> None:
        """Without a folder: the shipped tables, for ever. Raises BadPlanFile."""
        self._folder = folder or PlanFolder(Path(os.devnull))
        self._seen = self._folder.seen()
        self._today = today
        self.current = self._folder.numbering(today)

    def check(
        self,
        cell: str | None,
        postcode: str | None = None,
        town: str | None = None,
        region: str | None = None,
        list_zone: str | None = None,
    ) -> Sequence[NumberRecord]:
        """As `Numbering.check`, by the newest plan."""
        return self.current.check(cell, postcode, town, region, list_zone)

    def refresh(self, today: date) -> str:
        """Take up a replaced plan, or a new day (a plan ages); returns why it could not, else an empty text.

        Reading a plan takes about half a second of processor time: call it from a thread. The swap itself is one
        assignment, so callers on other threads see the old numbering or the new.
        """
        seen = self._folder.seen()
        if seen == self._seen and today == self._today:
            return ""
        try:
            self.current = self.current.on(today) if seen == self._seen else self._folder.numbering(today)
        except BadPlanFile as error:
            return f"the numbering plan in {self._folder.path} cannot be used ({error}); the one before stays"
        finally:
            self._seen, self._today = seen, today
        return ""
