"""Peak memory of a process and of the one that reads a list for it, as the kernel counts them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.stage import children_of, cpu_s_of

READER = b"dialer.apart"
LOOK_S = 0.1


@dataclass(slots=True)
class Peaks:
    """MiB, and processor seconds of the reading process."""

    own: float = 0.0
    reader: float = 0.0
    reader_cpu_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.own:.0f} MiB + {self.reader:.0f} MiB of the reading process = {self.own + self.reader:.0f} MiB"


@asynccontextmanager
async def peaks_of(pid: int) -> AsyncIterator[Peaks]:
    """Counted anew from here to the end of the block (proc(5), clear_refs)."""
    _forget_peak(pid)
    peaks = Peaks()

    async def look() -> None:
        while True:
            for child in filter(_is_reader, children_of(pid)):
                peaks.reader = max(peaks.reader, _peak_mib(child))
                peaks.reader_cpu_s = max(peaks.reader_cpu_s, cpu_s_of(child))
            await asyncio.sleep(LOOK_S)

    looking = asyncio.ensure_future(look())
    try:
        yield peaks
    finally:
        looking.cancel()
        peaks.own = _peak_mib(pid)


def _forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _is_reader(pid: int) -> bool:
    try:
        return READER in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _peak_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0) / 1024
