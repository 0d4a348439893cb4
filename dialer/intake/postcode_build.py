"""Compiling the post's reference table of offices (DBF as published, or CSV) into the gazetteer.

Wanted columns, by name: INDEX/postcode, REGION, AUTONOM, AREA, CITY, CITY_1/city1. Technical offices are
kept: their codes stand in addresses by mistake.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator
from datetime import date

from dialer.core.numbering.gazetteer import GazetteerData, Locality
from dialer.core.numbering.plan import Section
from dialer.core.numbering.regions import Regions
from dialer.intake.plan_rows import NotAPlan, tables

_COLUMNS = {
    "postcode": ("postcode", "index", "opsindex"),
    "region": ("region",),
    "autonom": ("autonom",),
    "area": ("area",),
    "city": ("city",),
    "city1": ("city1", "city_1"),
}
_DBF_MARKS = (0x03, 0x30, 0x31, 0x83, 0x8B)
_DBF_ENCODINGS = {0x26: "cp866", 0x65: "cp866", 0xC9: "cp1251", 0x57: "cp1251"}


def compile_gazetteer(name: str, content: bytes, published: date, source: str, regions: Regions) -> GazetteerData:
    """Raises NotAPlan when the file is no table of post offices."""
    localities: dict[Locality, int] = {}
    offices: dict[str, int] = {}
    for postcode, locality in _offices(read_offices(name, content), regions):
        offices.setdefault(postcode, localities.setdefault(locality, len(localities)))
    if not offices:
        raise NotAPlan(f"{name}: no post office with a six-digit code and a known region in it")
    ordered = sorted(offices)
    return GazetteerData(
        section=Section(source, published, len(ordered), hashlib.sha256(content).hexdigest()),
        localities=tuple(localities),
        postcodes=tuple(ordered),
        locality=tuple(offices[postcode] for postcode in ordered),
    )


def holds_offices(content: bytes) -> bool:
    """Whether this looks like the post's table rather than the regulator's: a DBF, or its column names."""
    header = content[:300].lower()
    return _is_dbf(content) or (b"region" in header and any(name.encode() in header for name in _COLUMNS["postcode"]))


def _is_dbf(content: bytes) -> bool:
    return content[:1] != b"" and content[0] in _DBF_MARKS and b"\r" in content[:4096]


def read_offices(name: str, content: bytes) -> Iterator[dict[str, str]]:
    """Rows with the wanted columns, by their own names. Raises NotAPlan."""
    if _is_dbf(content):
        yield from _named(name, _dbf(name, content))
        return
    for table in tables(name, content):
        yield from _named(name, table)


def _named(name: str, table: Iterable[list[str]]) -> Iterator[dict[str, str]]:
    rows = iter(table)
    header = [cell.strip().lower().lstrip("\ufeff") for cell in next(rows, [])]
    at = {
        wanted: header.index(found)
        for wanted, names in _COLUMNS.items()
        for found in [next((one for one in names if one in header), "")]
        if found
    }
    if not {"postcode", "region"} <= at.keys():
        raise NotAPlan(f"{name}: the columns of post code (INDEX) and REGION are wanted; found {', '.join(header[:8])}")
    for row in rows:
        yield {wanted: row[index].strip() if index < len(row) else "" for wanted, index in at.items()}


def _offices(rows: Iterable[dict[str, str]], regions: Regions) -> Iterator[tuple[str, Locality]]:
    for row in rows:
        postcode = row["postcode"]
        region = regions.find(row.get("autonom") or row["region"]) or regions.find(row["region"])
        if region is not None and len(postcode) == 6 and postcode.isdigit():
            yield postcode, Locality(region.name, row.get("area", ""), row.get("city", ""), row.get("city1", ""))


def _dbf(name: str, content: bytes) -> Iterator[list[str]]:
    """Rows of a dBase table, the field names first; deleted records are left out."""
    try:
        count, start, width = struct.unpack("<IHH", content[4:12])
        encoding = _DBF_ENCODINGS.get(content[29], "cp866")
        fields = [content[at : at + 32] for at in range(32, start - 1, 32) if content[at : at + 1] != b"\r"]
        names = [one[:11].split(b"\0")[0].decode("ascii") for one in fields]
        widths = [one[16] for one in fields]
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        raise NotAPlan(f"{name}: the DBF header is damaged ({error}); download the file again") from error
    if start + count * width > len(content) + 1:
        raise NotAPlan(f"{name}: the DBF file is cut short; download it again")
    yield names
    for record in range(count):
        at = start + record * width
        if content[at : at + 1] != b"*":
            yield _cells(content[at + 1 : at + width], widths, encoding)


def _cells(record: bytes, widths: list[int], encoding: str) -> list[str]:
    cells, at = [], 0
    for width in widths:
        cells.append(record[at : at + width].decode(encoding, errors="replace").strip())
        at += width
    return cells
