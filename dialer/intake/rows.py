"""Files to raw rows: CSV of any kind, XLSX. A row is its cells as text; one that cannot be read says why.

Knows nothing of phones or columns. Memory stays flat for text; a workbook is read whole by its library.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineError, load_workbook

from dialer.intake.scan import LINE_LIMIT, Look, UnreadableList, lines_of, look

EXACT_FLOAT = 10**15
"""Whole floats below this lost no digit (IEEE 754 doubles carry 15 decimal digits)."""
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
ZIP_MAGIC = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class RawRow:
    """One data row, numbered from 1; `problem` says why its cells cannot be trusted."""

    row: int
    cells: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RawList:
    """A list opened: its header, its rows (to be read once), and about how many."""

    header: tuple[str, ...]
    rows: Iterator[RawRow]
    expected: int
    kind: str
    """For people: `CSV, cp1251, «;»` or `XLSX, sheet «…»`."""


def open_list(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    keep_empty: bool = False,
) -> RawList:
    """Open any list. UnreadableList, in words, where it is no list; the whole file has been looked through by then.

    Rows of nothing but empty cells are passed over, or with `keep_empty` given and numbered like any other.
    """
    if not path.is_file():
        raise UnreadableList(f"there is no file {path}")
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == ZIP_MAGIC or path.suffix.lower() in WORKBOOKS:
        return _workbook(path, sheet, keep_empty)
    return _text(path, look(path, encoding, delimiter), keep_empty)


# ---- text


def _text(path: Path, seen: Look, keep_empty: bool) -> RawList:
    lines = _utf16_lines(path) if seen.encoding == "utf-16" else _lines(path, seen.encoding)
    rows = _records(lines, seen.delimiter, keep_empty)
    header = next(rows, None)
    if header is None or not any(cell.strip() for cell in header.cells):
        raise UnreadableList(f"{path.name} has no header row; the first row must name the columns")
    numbered = (RawRow(number, row.cells, row.problem) for number, row in enumerate(rows, 1))
    shown = "tab" if seen.delimiter == "\t" else seen.delimiter
    names = tuple(cell.strip().lstrip("\ufeff") for cell in header.cells)
    return RawList(names, numbered, max(0, seen.lines - 1), f"CSV, {seen.encoding}, «{shown}»")


@dataclass(slots=True)
class _Line:
    text: str
    broken: bool


def _lines(path: Path, encoding: str) -> Iterator[_Line]:
    for number, raw in enumerate(lines_of(path)):
        codec = "utf-8" if encoding == "utf-8-sig" and number else encoding
        try:
            yield _Line(raw.decode(codec), broken=False)
        except UnicodeDecodeError:
            yield _Line(raw.decode(codec, "replace"), broken=True)


def _utf16_lines(path: Path) -> Iterator[_Line]:
    with path.open(encoding="utf-16", errors="replace", newline="") as file:
        while text := file.readline(LINE_LIMIT):
            yield _Line(text, broken="\ufffd" in text)


def _records(lines: Iterator[_Line], delimiter: str, keep_empty: bool) -> Iterator[RawRow]:
    """Rows of cells; blank lines are passed over. A row with a broken line keeps its cells and names the problem."""
    broken = False

    def texts() -> Iterator[str]:
        nonlocal broken
        for line in lines:
            broken = broken or line.broken
            yield line.text

    reader = csv.reader(texts(), delimiter=delimiter)
    while True:
        broken = False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield RawRow(0, (), f"BAD_ROW: {error}")
            continue
        if any(cell.strip() for cell in cells) or (keep_empty and cells):
            yield RawRow(0, tuple(cells), "BAD_ENCODING" if broken else "")


# ---- workbooks


def _workbook(path: Path, sheet: str | None, keep_empty: bool) -> RawList:
    try:
        book = load_workbook(str(path))
    except (CalamineError, OSError, ValueError) as error:
        cure = "save it again as XLSX or CSV"
        raise UnreadableList(f"{path.name} cannot be read as a workbook ({error}); {cure}") from None
    names = book.sheet_names
    if not names:
        raise UnreadableList(f"{path.name} has no sheets")
    if sheet is not None and sheet not in names:
        raise UnreadableList(f"{path.name} has no sheet {sheet!r}; it has: {', '.join(names)}")
    chosen = book.get_sheet_by_name(sheet or names[0])
    rows = iter(chosen.iter_rows())
    header = next((cells for cells in map(_texts, rows) if any(cells)), None)
    if header is None:
        raise UnreadableList(f"sheet {sheet or names[0]!r} of {path.name} is empty")
    filled = (cells for cells in map(_texts, rows) if keep_empty or any(cells))
    numbered = (RawRow(number, cells) for number, cells in enumerate(filled, 1))
    return RawList(header, numbered, max(0, chosen.height - 1), f"XLSX, sheet «{sheet or names[0]}»")


def _texts(cells: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(cell_text, cells))


def cell_text(value: object) -> str:
    """A typed cell as the text that a person saw in it; a whole float only where no digit can have been lost."""
    show = _SHOW.get(type(value))
    return show(value) if show is not None else str(value)


def _float(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < EXACT_FLOAT else repr(value)


def _day(value: date) -> str:
    return value.strftime("%d.%m.%Y")


def _moment(value: datetime) -> str:
    plain = value.hour == value.minute == value.second == 0
    return value.strftime("%d.%m.%Y" if plain else "%d.%m.%Y %H:%M")


_SHOW: dict[type, Callable[..., str]] = {
    str: str.strip,
    float: _float,
    date: _day,
    datetime: _moment,
    bool: lambda value: "да" if value else "нет",
}
