"""A workbook weighed before its library opens it: the library unpacks it whole and holds a cell for every place
between the first and the last one, so a small file could take all the memory of the machine.

The sizes that an archive tells of itself are not believed: every part is inflated in pieces, and counted.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from dialer.intake.scan import UnreadableList

UNPACKED_LIMIT = 512 << 20
"""Bytes of all parts together: some two million rows of five cells, twice what a sheet can hold."""
CELLS_LIMIT = 24_000_000
"""Rows times columns of one sheet; its library takes some 30 bytes for each, filled or not."""
_PIECE = 1 << 18
_LOCAL_HEADER = 30
_CELL = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_CELL_BYTES = 16
"""The longest reference of a cell: pieces overlap by so much."""


def weigh(path: Path) -> None:
    """UnreadableList where the archive would unpack into more than the limits; one that is broken is left to others."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            for part in parts:
                if unpacked > UNPACKED_LIMIT:
                    break
                unpacked += max(0, _weighed(path, file, part, UNPACKED_LIMIT) - part.file_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        return
    if unpacked > UNPACKED_LIMIT:
        raise UnreadableList(
            f"{path.name} unpacks to more than {UNPACKED_LIMIT >> 20} MiB, too much for a workbook; "
            "save the list as CSV"
        )


def _weighed(path: Path, file: BinaryIO, part: zipfile.ZipInfo, limit: int) -> int:
    """The bytes of one part, at most a piece over `limit`."""
    weight, rows, columns, rest = 0, 0, 0, b""
    for piece in _inflated(file, part):
        weight += len(piece)
        if weight > limit:
            return weight
        text = rest + piece
        found = _CELL.findall(text)
        columns = max((columns, *(_column(name) for name in {name for name, _ in found})))
        rows = max((rows, *(int(row) for row in {row for _, row in found})))
        rest = text[-_CELL_BYTES:]
    if rows * columns > CELLS_LIMIT:
        raise UnreadableList(
            f"{path.name}: a sheet reaches over {rows:,} rows and {columns:,} columns; delete what stands far from the "
            "list, or save it as CSV"
        )
    return weight


def _inflated(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces, whatever size the archive tells."""
    file.seek(part.header_offset)
    head = file.read(_LOCAL_HEADER)
    if len(head) < _LOCAL_HEADER:
        raise EOFError
    file.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    left, inflate = part.compress_size, zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and (packed := file.read(min(_PIECE, left))):
        left -= len(packed)
        if part.compress_type == zipfile.ZIP_STORED:
            yield packed
        while part.compress_type == zipfile.ZIP_DEFLATED and packed:
            yield inflate.decompress(packed, _PIECE)
            packed = inflate.unconsumed_tail


def _column(name: bytes) -> int:
    """«A» is 1, «XFD» 16,384."""
    number = 0
    for letter in name:
        number = number * 26 + letter - ord("A") + 1
    return number
