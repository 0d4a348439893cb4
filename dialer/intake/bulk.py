"""A table of a list to leads without an object for each row: the bulk path of a long list.

A row of one number about which there is nothing to be said (by far the most) is told by columns. Every other row goes
the way of `leads`, among them: both give the same.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from operator import attrgetter, itemgetter
from typing import TypeAlias

from dialer.core.lead import LeadColumns, NewLead, PlainLead
from dialer.core.numbering.records import Reason
from dialer.core.numbering.situation import Rest
from dialer.core.numbering.zones import binding_zone
from dialer.intake.chunk import Chunk
from dialer.intake.columns import Column, Columns
from dialer.intake.leads import Maker, Refusal, priority_of
from dialer.intake.rows import RawRow
from dialer.intake.table import Table

Said: TypeAlias = Rest | Reason | None
"""What a record says of its number, or why there is none; None where `Check` is to be asked."""
UsualMany = Callable[[Sequence[str], Iterable[tuple[str, str, str, str]]], tuple[list[str], list[Said]]]
"""(cells, and (postcode, town, region, zone of the list) of each) to the one number of each cell and what is said."""

_End = tuple[str, str, str]
"""Region, zone and kind of a number."""
_ODD: _End = ("", "", "")
"""Of a row that goes the long way."""
_REFUSED: _End = ("", "", "refused")
_MAX_KNOWN = 1 << 16


class Bulk:
    """Of one list, as its `maker`."""

    def __init__(self, columns: Columns, maker: Maker, usual_many: UsualMany, ids: Iterator[str]) -> None:
        self._columns = columns
        self._maker = maker
        self._usual_many = usual_many
        self._ids = ids
        self._has_regions = Column.REGION in columns.places
        self._known: dict[int, tuple[_End, Said]] = {}
        """By the identity of the rest, which is kept so that nothing else gets it: to hash one costs more than all."""

    @property
    def fits(self) -> bool:
        """Whether tables of this list can go this way."""
        names = [*map(itemgetter(1), self._columns.rest), "postcode", "town"]
        return len(self._columns.phones) == 1 and len(set(names)) == len(names) and not self._maker.is_choosy

    def leads_of(self, table: Table) -> tuple[LeadColumns, list[Refusal]]:
        chunk = Chunk(self._columns, table.columns, len(table))
        numbers, rests = self._usual_many(chunk.phones[0], zip(*chunk.place, strict=True))
        ends = self._ends(rests)
        regions, zones, kinds = zip(*ends, strict=True)
        if self._has_regions:
            regions = tuple([own or region for own, region in zip(chunk.place[2], regions, strict=True)])
        ids = list(islice(self._ids, len(table)))
        among, refused = self._odd(table, ends, ids)
        for at in [at for at, end in enumerate(ends) if end is _REFUSED]:
            among[at] = None
            refused.append(Refusal(table.first + at, str(rests[at]), _cells(table, at)))
        refused.sort(key=attrgetter("row"))
        external_ids, priorities, persons = chunk.about
        leads = LeadColumns(
            ids=ids,
            rows=range(table.first, table.first + len(table)),
            external_ids=external_ids,
            priorities=list(map(priority_of, priorities)),
            persons=persons,
            regions=regions,
            fields=tuple(chunk.fields),
            numbers=numbers,
            zones=zones,
            kinds=kinds,
            among=among,
        )
        return leads, refused

    def _ends(self, rests: Sequence[Said]) -> list[_End]:
        known = self._known
        if len(known) > _MAX_KNOWN:
            known.clear()
        met = dict(zip(map(id, rests), rests, strict=True))
        known.update((at, (_end(met[at]), met[at])) for at in met.keys() - known.keys())
        return [known[at][0] for at in map(id, rests)]

    def _odd(
        self, table: Table, ends: Sequence[_End], ids: Sequence[str]
    ) -> tuple[dict[int, NewLead | PlainLead | None], list[Refusal]]:
        places = [at for at, end in enumerate(ends) if end is _ODD]
        rows = [RawRow(table.first + at, _cells(table, at)) for at in places]
        answers = list(self._maker.answers(rows, [ids[at] for at in places]))
        among = {
            at: None if isinstance(answer, Refusal) else answer for at, answer in zip(places, answers, strict=True)
        }
        return among, [answer for answer in answers if isinstance(answer, Refusal)]


def _cells(table: Table, at: int) -> tuple[str, ...]:
    return tuple([column[at] for column in table.columns])


def _end(rest: Said) -> _End:
    if isinstance(rest, Reason):
        return _REFUSED
    if rest is None or rest.reason:
        return _ODD
    zone = rest.zone if len(rest.zones) < 2 else binding_zone(rest.zones)
    return rest.region, zone, str(rest.kind)
