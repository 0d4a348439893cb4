"""Files to raw rows: CSV of any kind, XLSX. A row is its cells as text; one that cannot be read says why.

Knows nothing of phones or columns. Memory stays flat for text; a workbook is read whole by its library, once it
has been weighed.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from itertools import chain, dropwhile, islice
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineError, load_workbook

from dialer.intake.scan import (
    LINE_LIMIT,
    ROWS_ABOVE,
    IsHeader,
    Look,
    UnreadableList,
    anything,
    blocks_of,
    look,
    without_separator,
)
from dialer.intake.table import Table, table_of
from dialer.intake.weigh import weigh

EXACT_FLOAT = 10**15
"""Whole floats below this lost no digit (IEEE 754 doubles carry 15 decimal digits)."""
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
ZIP_MAGIC = b"PK\x03\x04"
_LAST = "\x04"
ROWS_AT_ONCE = 256
"""Of those that are not read block by block."""
QUOTED_LINES = 50
"""Lines of one quoted cell; a quote still open after so many was never meant to open a cell."""

_new = tuple.__new__
"""Half of the time that a named tuple's own way takes."""


class RawRow(NamedTuple):
    """One data row, numbered from 1; `problem` says why its cells cannot be trusted."""

    row: int
    cells: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RawList:
    """A list opened: its header, its rows (to be read once), and about how many."""

    header: tuple[str, ...]
    pieces: "Iterator[Piece]"
    """The rows some hundred at a time, as columns where that is possible."""
    expected: int
    kind: str
    """For people: `CSV, cp1251, «;»` or `XLSX, sheet «…»`."""
    seen: Look | None = None
    """What was seen of a text: whoever opens it again need not look through it again."""

    @property
    def rows(self) -> Iterator[RawRow]:
        """One by one; instead of `pieces`."""
        for piece in self.pieces:
            yield from rows_of(piece) if isinstance(piece, Table) else piece


Piece = Table | Sequence[RawRow]


def cut(pieces: Iterable[Piece], size: int) -> Iterator[list[Piece]]:
    """The same rows, some pieces at a time: always `size` rows but for the last."""
    held, room = list[Piece](), size
    for piece in pieces:
        begin = 0
        while len(piece) - begin >= room:
            yield [*held, piece[begin : begin + room]]
            begin, held, room = begin + room, [], size
        if begin < len(piece):
            held.append(piece[begin:])
            room -= len(piece) - begin
    if held:
        yield held


def rows_of(table: Table) -> list[RawRow]:
    return [_new(RawRow, (at, cells, "")) for at, cells in enumerate(zip(*table.columns, strict=True), table.first)]


def open_list(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    keep_empty: bool = False,
    is_header: IsHeader = anything,
    seen: Look | None = None,
) -> RawList:
    """Open any list. UnreadableList, in words, where it is no list; the whole file has been looked through by then.

    What stands above the header (a title, a date) is passed over: the header is the first of the first `ROWS_ABOVE`
    rows for which `is_header` holds, or the very first where it holds for none.
    Rows of nothing but empty cells are passed over, or with `keep_empty` given and numbered like any other. `seen` is
    what was seen when the file was opened before: it is believed.
    """
    if not path.is_file():
        raise UnreadableList(f"there is no file {path}")
    if _is_zip(path):
        weigh(path)
    if is_workbook(path):
        return _workbook(path, sheet, keep_empty, is_header)
    return _text(path, seen or look(path, encoding, delimiter, is_header), keep_empty)


def is_workbook(path: Path) -> bool:
    """By what it holds, or by its name; the file is there."""
    return _is_zip(path) or path.suffix.lower() in WORKBOOKS


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == ZIP_MAGIC


# ---- text


def _text(path: Path, seen: Look, keep_empty: bool) -> RawList:
    wide = seen.encoding.startswith("utf-16")
    blocks = _utf16_blocks(path, seen.encoding) if wide else _blocks(path, seen.encoding)
    pieces = _Records(_below(_without_separator(blocks), seen.above), seen.delimiter, keep_empty).pieces()
    first = next((piece for piece in pieces if piece), [])
    assert not isinstance(first, Table)
    header = first[0].cells if first else ()
    if not any(map(str.strip, header)):
        raise UnreadableList(f"{path.name} has no header row; the first row must name the columns")
    shown = "tab" if seen.delimiter == "\t" else seen.delimiter
    names = tuple(cell.strip().lstrip("\ufeff") for cell in header)
    kind = f"CSV, {seen.encoding}, «{shown}»{_where(seen.above)}"
    return RawList(names, chain([first[1:]], pieces), max(0, seen.lines - 1 - seen.above), kind, seen)


def _where(above: int) -> str:
    """Said of a header that is not the first row."""
    return f", header in row {above + 1}" if above else ""


@dataclass(slots=True)
class _Line:
    text: str
    broken: bool


_Block = str | list[_Line]
"""Some hundred lines: their text where none is broken."""


def _blocks(path: Path, encoding: str) -> Iterator[_Block]:
    for number, block in enumerate(blocks_of(path)):
        codec = "utf-8" if encoding == "utf-8-sig" and number else encoding
        try:
            yield block.decode(codec)
        except UnicodeDecodeError:
            first, *others = block.splitlines(keepends=True)
            yield [_decoded(first, codec), *(_decoded(line, codec.removesuffix("-sig")) for line in others)]


def _decoded(line: bytes, codec: str) -> _Line:
    try:
        return _Line(line.decode(codec), broken=False)
    except UnicodeDecodeError:
        return _Line(line.decode(codec, "replace"), broken=True)


def _without_separator(blocks: Iterator[_Block]) -> Iterator[_Block]:
    for first in islice(blocks, 1):
        if isinstance(first, str):
            yield without_separator(first)
        else:
            yield from filter(None, [first if without_separator(first[0].text) else first[1:]])
    yield from blocks


def _below(blocks: Iterator[_Block], above: int) -> Iterator[_Block]:
    """The lines from the header on."""
    for block in blocks:
        if not above:
            yield block
            continue
        lines = _lines(block) if isinstance(block, str) else block
        if len(lines) > above:
            yield "".join(_lines(block)[above:]) if isinstance(block, str) else block[above:]
        above = max(0, above - len(lines))


def _utf16_blocks(path: Path, codec: str) -> Iterator[_Block]:
    with path.open(encoding=codec, errors="replace", newline="") as file:
        while text := file.readline(LINE_LIMIT):
            yield [_Line(text, broken="\ufffd" in text)]


class _OpenQuote(Exception):
    """The reader asks for one more line of a cell that nobody closes."""


class _Feed:
    """Lines for the reader. Those of the record in hand are kept, so that what a stray quote swallowed can be read."""

    def __init__(self, blocks: Iterator[_Block]) -> None:
        self._blocks = blocks
        self._ahead: deque[_Line] = deque()
        self.record: list[_Line] = []

    def block(self) -> _Block | None:
        """The next block as a whole; only where no line is left of the one before."""
        return None if self._ahead else next(self._blocks, None)

    def put(self, block: _Block) -> None:
        """Have the lines of this block read one by one."""
        self._ahead.extend([_Line(line, broken=False) for line in _lines(block)] if isinstance(block, str) else block)

    def __bool__(self) -> bool:
        return bool(self._ahead)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.record) >= QUOTED_LINES:
            raise _OpenQuote
        if not self._ahead:
            self.put(next(self._blocks, []))
        if not self._ahead:
            raise _OpenQuote if self.record else StopIteration
        line = self._ahead.popleft()
        self.record.append(line)
        return line.text

    def give_back(self) -> str:
        """The record's first line; the others will be read again, as records of their own."""
        first, *others = self.record
        self._ahead.extendleft(reversed(others))
        self.record = [first]
        return first.text


class _Records:
    """Rows of cells; blank lines are passed over. A row with a broken line keeps its cells and names the problem.

    A block in which every line is a row of its own is read whole; any other line by line, with an eye to its quotes:
    one that is never closed, or closed in another row's cell, costs at most its own line. A row with more cells than
    the header is not trusted either: some cell was cut in two, and what stands behind it is in another's column.
    """

    def __init__(self, blocks: Iterator[_Block], delimiter: str, keep_empty: bool) -> None:
        self._feed = _Feed(blocks)
        self._delimiter = delimiter
        self._keep_empty = keep_empty
        self._width = 0

    def pieces(self) -> Iterator[Piece]:
        """The rows, numbered from 0. The first is the header, and not in a table."""
        number = 0
        while (block := self._feed.block()) is not None:
            table = table_of(block, self._delimiter, self._width, number) if number and isinstance(block, str) else None
            for piece in self._rows(block, number) if table is None else [table]:
                yield piece
                number += len(piece)

    def _rows(self, block: _Block, number: int) -> Iterator[list[RawRow]]:
        rows = _plain(block, self._delimiter)
        if rows is not None:
            self._width = self._width or next((len(cells) for cells in rows if _says(cells)), 0)
            wanted = filter(self._wanted, rows)
            yield [_new(RawRow, (at, tuple(cells), self._surplus(cells))) for at, cells in enumerate(wanted, number)]
            return
        self._feed.put(block)
        careful = enumerate(self._with_care(), number)
        yield from _some(RawRow(at, tuple(cells), problem) for at, (cells, problem) in careful)

    def _wanted(self, cells: Sequence[str]) -> bool:
        return _says(cells) or (self._keep_empty and bool(cells))

    def _surplus(self, cells: Sequence[str]) -> str:
        return "MANY_CELLS" if _says(cells[self._width :]) else ""

    def _with_care(self) -> Iterator[tuple[list[str], str]]:
        reader = csv.reader(self._feed, delimiter=self._delimiter)
        while self._feed:
            cells, problem = self._next(reader)
            self._width = self._width or (len(cells) if _says(cells) else 0)
            if problem or self._wanted(cells):
                yield cells, problem or self._surplus(cells)

    def _next(self, reader: Iterator[list[str]]) -> tuple[list[str], str]:
        feed, problem = self._feed, ""
        feed.record.clear()
        try:
            cells = next(reader)
            strayed = len(feed.record) > 1 and _strayed(feed.record, cells, self._delimiter, self._width)
        except (csv.Error, _OpenQuote) as error:
            cells, strayed, problem = [], len(feed.record) > 1 or isinstance(error, _OpenQuote), f"BAD_ROW: {error}"
        if strayed:
            cells = feed.give_back().rstrip("\r\n").split(self._delimiter)
            problem = "" if len(cells) == self._width else "BAD_ROW: a quote is not closed"
        if any(line.broken for line in feed.record):
            problem = "BAD_ENCODING"
        return cells, problem


def _plain(block: _Block, delimiter: str) -> list[list[str]] | None:
    """The rows of a block of which each line is one; None where a line is broken or a quote runs on behind its end.

    A line of ours behind the others shows whether the last one was complete.
    """
    if not isinstance(block, str):
        return None
    lines = _lines(block)
    try:
        rows = list(csv.reader([*lines, _LAST], delimiter=delimiter))
    except csv.Error:
        return None
    return rows if rows.pop() == [_LAST] and len(rows) == len(lines) else None


def _says(cells: Sequence[str]) -> bool:
    return bool("".join(cells).strip())


def _lines(block: str) -> list[str]:
    return list(StringIO(block, newline="\n"))


def _strayed(record: Sequence[_Line], cells: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether these lines are no one row: a quote closes in the middle of a cell, or the first line was a whole row."""
    try:
        next(csv.reader((line.text for line in record), delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return len(cells) != width and record[0].text.count(delimiter) == width - 1


# ---- workbooks


def _workbook(path: Path, sheet: str | None, keep_empty: bool, is_header: IsHeader) -> RawList:
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
    rows = dropwhile(lambda row: not any(row[1]), enumerate(map(_texts, chosen.iter_rows())))
    top = list(islice(rows, ROWS_ABOVE))
    if not top:
        raise UnreadableList(f"sheet {sheet or names[0]!r} of {path.name} is empty")
    above, header = next(((at, cells) for at, cells in top if is_header(cells)), top[0])
    below = ((at, cells) for at, cells in chain(top, rows) if at > above)
    filled = (cells for _, cells in below if keep_empty or any(cells))
    numbered = (RawRow(number, cells) for number, cells in enumerate(filled, 1))
    kind = f"XLSX, sheet «{sheet or names[0]}»{_where(above)}"
    return RawList(header, _some(numbered), max(0, chosen.height - 1 - above), kind)


def _some(rows: Iterator[RawRow]) -> Iterator[list[RawRow]]:
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield some


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
