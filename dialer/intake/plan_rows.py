"""The regulator's files of the numbering plan, in every shape they have been published in.

Six columns padded with tabs and an HTML tail (2014–15), six (2019–23), seven with ИНН (2022–23), eight with
«Территория ГАР» (since 2024), re-exports with other names; CSV, XLSX, and either inside a ZIP.
Columns are read by position; a row counts when its code and bounds are numbers.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import python_calamine

_MAX_UNPACKED_BYTES = 512 * 1024 * 1024
_HTML_MARKS = ("<!doctype html", "<html", "<head", "<body")
_GAR_COLUMN = 6
_REGION_COLUMN = 5


class NotAPlan(ValueError):
    """The file does not hold the numbering plan; the message says what it seems to be and the cure."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    code: str
    first: int
    """Inside the code: 0 … 9,999,999."""
    last: int
    capacity: int
    territory: str
    """The place as published: parts from small to large, split by «|»."""
    line: int


def read_plan(name: str, content: bytes) -> Iterator[PlanRow]:
    """Rows of one published file, by its content rather than its name. Raises NotAPlan."""
    found = 0
    for inner, body in unzipped(name, content):
        for row in _rows(inner, body):
            found += 1
            yield row
    if not found:
        raise NotAPlan(f"{name}: no row of a numbering plan in it; take the file anew from the regulator's site")


def tables(name: str, content: bytes) -> Iterator[Iterable[list[str]]]:
    """Every table in the file (ZIP members, the first sheet of XLSX, CSV), as rows of text cells. Raises NotAPlan."""
    for inner, body in unzipped(name, content):
        yield _table(inner, body)


def unzipped(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files inside an archive, or the file itself: (name, content). Raises NotAPlan."""
    if not content.startswith(b"PK") or _is_xlsx(content):
        yield name, content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if sum(info.file_size for info in members) > _MAX_UNPACKED_BYTES:
                raise NotAPlan(f"{name}: the archive unpacks to more than {_MAX_UNPACKED_BYTES >> 20} MiB")
            for info in members:
                yield f"{name}/{info.filename}", archive.read(info)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError) as error:
        raise NotAPlan(f"{name}: the archive cannot be read ({error}); download it again") from error


def _is_xlsx(content: bytes) -> bool:
    return b"[Content_Types].xml" in content[:4096] or b"xl/workbook" in content


def _table(name: str, content: bytes) -> Iterable[list[str]]:
    if content.startswith(b"PK"):
        return _sheet(name, content)
    text = decode(content)
    head = text[:2000].lstrip("\ufeff \t\r\n").lower()
    if head.startswith(_HTML_MARKS):
        raise NotAPlan(f"{name}: this is a web page, not data (the site's error page?); download it again")
    delimiter = max(";,\t", key=text.partition("\n")[0].count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _sheet(name: str, content: bytes) -> Iterator[list[str]]:
    try:
        sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    except Exception as error:  # the library raises several kinds for a damaged workbook
        raise NotAPlan(f"{name}: the workbook cannot be read ({error})") from error
    for row in sheet.iter_rows():
        yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def decode(content: bytes) -> str:
    """UTF-8 with or without BOM, else cp1251: the regulator has published both."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")


def _rows(name: str, content: bytes) -> Iterator[PlanRow]:
    for line, cells in enumerate(_table(name, content), start=1):
        row = _row([cell.strip() for cell in cells], line)
        if row is not None:
            yield row


def _row(cells: list[str], line: int) -> PlanRow | None:
    if len(cells) <= _REGION_COLUMN or not all(cell.isascii() and cell.isdigit() for cell in cells[:4]):
        return None
    code, first, last, capacity = cells[:4]
    return PlanRow(code, int(first), int(last), int(capacity), _territory(cells), line)


def _territory(cells: list[str]) -> str:
    """«Территория ГАР» where there is one: since 2026 «Регион» may be a dash, and where they differ ГАР is right."""
    gar = cells[_GAR_COLUMN] if len(cells) > _GAR_COLUMN else ""
    return gar if gar not in ("", "-") and not gar.isdigit() else cells[_REGION_COLUMN]
