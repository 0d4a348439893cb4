"""Files to raw rows: CSV of any kind, XLSX. A row is its cells as text; one that cannot be read says why.

Knows nothing of phones or columns. Memory stays flat for text; a workbook is read whole by its library.
"""

import csv
from collections import deque
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
QUOTED_LINES = 50
"""Lines of one quoted cell; a quote still open after so many was never meant to open a cell."""


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


class _OpenQuote(Exception):
    """The reader asks for one more line of a cell that nobody closes."""


class _Feed:
    """Lines for the reader. Those of the record in hand are kept, so that what a stray quote swallowed can be read."""

    def __init__(self, lines: Iterator[_Line]) -> None:
        self._lines = lines
        self._back: deque[_Line] = deque()
        self.record: list[_Line] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.record) >= QUOTED_LINES:
            raise _OpenQuote
        line = self._back.popleft() if self._back else next(self._lines, None)
        if line is None:
            raise _OpenQuote if self.record else StopIteration
        self.record.append(line)
        return line.text

    def give_back(self) -> str:
        """The record's first line; the others will be read again, as records of their own."""
        first, *others = self.record
        self._back.extendleft(reversed(others))
        self.record = [first]
        return first.text


def _records(lines: Iterator[_Line], delimiter: str, keep_empty: bool) -> Iterator[RawRow]:
    """Rows of cells; blank lines are passed over. A row with a broken line keeps its cells and names the problem.

    A quote that is never closed, or closed in another row's cell, costs at most its own line.
    """
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter)
    width = 0
    while True:
        feed.record.clear()
        problem = ""
        try:
            cells = next(reader)
            strayed = len(feed.record) > 1 and _strayed(feed.record, cells, delimiter, width)
        except StopIteration:
            return
        except (csv.Error, _OpenQuote) as error:
            cells, strayed, problem = [], len(feed.record) > 1 or isinstance(error, _OpenQuote), f"BAD_ROW: {error}"
        if strayed:
            cells = feed.give_back().rstrip("\r\n").split(delimiter)
            problem = "" if len(cells) == width else "BAD_ROW: a quote is not closed"
        if any(line.broken for line in feed.record):
            problem = "BAD_ENCODING"
        width = width or len(cells)
        if problem or any(cell.strip() for cell in cells) or (keep_empty and cells):
            yield RawRow(0, tuple(cells), problem)


def _strayed(record: Sequence[_Line], cells: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether these lines are no one row: a quote closes in the middle of a cell, or the first line was a whole row."""
    try:
        next(csv.reader((line.text for line in record), delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return len(cells) != width and record[0].text.count(delimiter) == width - 1


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
