"""Some rows of a list seen as columns: a cell costs a tenth of what it does row by row.

Columns that the list does not have, and the ends of short rows, are empty cells.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple, Self

from dialer.intake.columns import Column, Columns

_PLACE = (Column.POSTCODE, Column.TOWN, Column.REGION, Column.ZONE)
_ABOUT = (Column.EXTERNAL_ID, Column.PRIORITY, Column.PERSON)


class Place(NamedTuple):
    """Where a row says the person lives."""

    postcode: str
    town: str
    region: str
    zone: str


class About(NamedTuple):
    """A row, but for its phones; everything is stripped but the fields."""

    place: Place
    external_id: str
    priority: str
    person: str
    fields: dict[str, str]
    """Everything else as it was given, and the place; without empty cells."""


_new = tuple.__new__
"""Half of the time that a named tuple's own way takes."""


class Chunk:
    """Cells column by column: `phones`; of `Place` and of the rest of `About` one column each."""

    def __init__(self, columns: Columns, cells: Sequence[Sequence[str]], rows: int) -> None:
        self._at = columns.places
        self._cells = cells
        self._empty = ("",) * rows
        self.phones = [self._column(at) for at in columns.phones]
        self.place = [self._stripped(column) for column in _PLACE]
        self.about = [self._stripped(column) for column in _ABOUT]
        named = [*((name, self._column(at)) for at, name in columns.rest), ("postcode", self.place[0])]
        named.append(("town", self.place[1]))
        self.fields = [(name, cells) for name, cells in named if any(map(str.strip, cells))]
        """By name, in their order; but for those without a cell that holds anything."""

    @classmethod
    def of_rows(cls, columns: Columns, rows: Sequence[Sequence[str]]) -> Self:
        return cls(columns, list(zip_longest(*rows, fillvalue="")), len(rows))

    @property
    def rows(self) -> list[About]:
        """Made anew each time."""
        places = [_new(Place, cells) for cells in zip(*self.place, strict=True)]
        return [_new(About, cells) for cells in zip(places, *self.about, self._fields(), strict=True)]

    def _column(self, at: int) -> Sequence[str]:
        return self._cells[at] if 0 <= at < len(self._cells) else self._empty

    def _stripped(self, column: Column) -> Sequence[str]:
        at = self._at.get(column, -1)
        return list(map(str.strip, self._column(at))) if at >= 0 else self._empty

    def _fields(self) -> list[dict[str, str]]:
        if not self.fields:
            return [{} for _ in self._empty]
        names = [name for name, _ in self.fields]
        rows = zip(*(cells for _, cells in self.fields), strict=True)
        if all(all(map(str.strip, cells)) for _, cells in self.fields):
            return [dict(zip(names, row, strict=True)) for row in rows]
        return [{name: cell for name, cell in zip(names, row, strict=True) if cell.strip()} for row in rows]
