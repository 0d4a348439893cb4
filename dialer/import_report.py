"""The report file of an import: the rows that were not simply accepted, one line each, for a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import IO

from dialer.intake.leads import Refusal

HEADER = ("row", "result", "reason")
"""Then the columns of the list."""
_FORMULA = frozenset("=+-@\t\r\n")
_NUMBER = re.compile(r"[+-][\d\s().-]*\d")
"""A signed number, or a telephone's as people write it: nothing in it can be called."""


class Report:
    """Nothing is written where no file is wanted."""

    def __init__(self, path: Path | None, header: Sequence[str], stack: ExitStack) -> None:
        self._file: IO[str] | None = None
        if path is not None:
            self._file = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
            self.add([(*HEADER, *map(harmless, header))])

    def add(self, lines: Iterable[Sequence[object]]) -> None:
        if self._file is not None:
            csv.writer(self._file, delimiter=";").writerows(lines)

    def add_text(self, text: str) -> None:
        """Lines that `refused_text` has made."""
        if self._file is not None:
            self._file.write(text)


def refused_text(refused: Iterable[Refusal]) -> str:
    """The lines of refused rows, with their cells."""
    text = StringIO()
    csv.writer(text, delimiter=";").writerows(map(_line, refused))
    return text.getvalue()


def _line(one: Refusal) -> Sequence[object]:
    cells = one.cells if _FORMULA.isdisjoint([cell[:1] for cell in one.cells]) else map(harmless, one.cells)
    return (one.row, "rejected", one.reason, *cells)


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    return "'" + cell if cell[:1] in _FORMULA and not _NUMBER.fullmatch(cell) else cell
