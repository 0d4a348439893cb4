"""Raw rows to leads: every row ends as a lead, as a lead that needs a decision, or refused with its reason.

The numbering is handed in; nothing is dialled or written here. Duplicates are told by the books, where all lists meet.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, starmap
from typing import TypeAlias

from dialer.core.admission import NOT_SERVED, RegionOf, is_outside, nowhere
from dialer.core.ids import LeadId
from dialer.core.lead import (
    CANDIDATES,
    DEFAULT_PRIORITY,
    HIGHEST_PRIORITY,
    LOWEST_PRIORITY,
    NewLead,
    NewPhone,
    PlainLead,
)
from dialer.core.numbering.policy import ListPolicy, Verdict, judge
from dialer.core.numbering.records import NumberRecord, Reason, Status
from dialer.intake.chunk import About, Chunk
from dialer.intake.columns import Columns
from dialer.intake.rows import RawRow

NO_PHONE = "EMPTY"
ROWS_AT_ONCE = 256
AMBIGUOUS = "AMBIGUOUS"
"""The refusal of a row whose number is ambiguous, where the list's policy is to refuse those."""

Check = Callable[[str, str, str, str, str], Sequence[NumberRecord]]
"""(cell, postcode, town, region, zone of the list) to every number found in the cell."""

CheckMany = Callable[[Iterable[tuple[str, str, str, str, str]]], Iterable[Sequence[NumberRecord]]]
"""`Check` of each, in order."""

IsFresh = Callable[[str], bool]
"""Whether the plan for this number is young enough for «not allotted» to count on fixed lines."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot become a lead."""

    row: int
    reason: str
    cells: tuple[str, ...]


Answer: TypeAlias = PlainLead | NewLead | Refusal

_REJECTED = Status.REJECTED
"""A member asked of its class costs as much as a record's look."""

_new = tuple.__new__
"""Half of the time that a named tuple's own way takes."""


def answers_of(
    rows: Iterable[RawRow],
    columns: Columns,
    check: Check,
    new_id: Callable[[], str],
    policy: ListPolicy,
    is_fresh: IsFresh,
    region_of: RegionOf = nowhere,
    check_many: CheckMany | None = None,
) -> Iterator[Answer]:
    """One answer a row, in order; the usual ones in short. `check_many` has some hundred cells put to it at a time."""
    rows, ids = iter(rows), iter(new_id, None)
    maker = Maker(columns, check_many or partial(starmap, check), policy, is_fresh, region_of)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield from maker.answers(batch, ids)


class Maker:
    """What all rows of a list have in common, and how a row becomes a lead."""

    def __init__(
        self, columns: Columns, many: CheckMany, policy: ListPolicy, is_fresh: IsFresh, region_of: RegionOf
    ) -> None:
        self._columns = columns
        self._many = many
        self._policy = policy
        self._is_fresh = is_fresh
        self._region_of = region_of

    @property
    def is_choosy(self) -> bool:
        """Whether a row may be refused for what is no fault of its number."""
        return self._policy.served is not None

    def answers(self, batch: Sequence[RawRow], ids: Iterable[str]) -> Iterator[Answer]:
        """Column by column what can be done so, then row by row. One of the `ids` for each row, lead or not."""
        chunk = Chunk.of_rows(self._columns, [raw.cells for raw in batch])
        abouts = chunk.rows
        plain = None if self.is_choosy else self._plain
        for raw, about, found, lead in zip(batch, abouts, self._found(chunk, abouts), ids, strict=False):
            if raw.problem:
                yield Refusal(raw.row, raw.problem, raw.cells)
            elif len(found) == 1 and found[0].status is _REJECTED:  # no policy takes it
                yield Refusal(raw.row, _refusal(found), raw.cells)
            else:
                yield (plain and plain(raw, about, found, lead)) or self._answer(raw, about, found, lead)

    def _plain(self, raw: RawRow, about: About, found: Sequence[NumberRecord], lead: str) -> PlainLead | None:
        """By far the most rows: one number, and nothing to be said about it."""
        if len(found) != 1:
            return None
        _, number, extension, _, region, _, zone, kind, reason, _, zones, _ = found[0]
        if not number or reason or extension:
            return None
        place, external_id, priority, person, fields = about
        if len(zones) > 1:
            zone = found[0].bound_zone
        told = (external_id, priority_of(priority), person, place.region or region, fields, number, zone, kind)
        return _new(PlainLead, (lead, raw.row, *told))

    def _found(self, chunk: Chunk, abouts: Iterable[About]) -> Iterable[Sequence[NumberRecord]]:
        """The numbers of each row, whichever of its phone columns they stand in."""
        places, many = [about.place for about in abouts], self._many
        if len(chunk.phones) == 1:
            return many([(cell, *place) for cell, place in zip(chunk.phones[0], places, strict=True)])
        cells = [[cell for cell in row if cell.strip()] for row in zip(*chunk.phones, strict=True)]
        answers = iter(many([(cell, *place) for place, some in zip(places, cells, strict=True) for cell in some]))
        return [[record for _ in some for record in next(answers)] for some in cells]

    def _answer(self, raw: RawRow, about: About, found: Sequence[NumberRecord], lead: str) -> NewLead | Refusal:
        phones, question, candidates = _phones(found, self._policy, self._is_fresh)
        if not phones and not question:
            return Refusal(raw.row, _refusal(found), raw.cells)
        served, place, fields = self._policy.served, about.place, about.fields
        if served is not None and is_outside(served, self._region_of(*place[:3]), found):
            return Refusal(raw.row, NOT_SERVED, raw.cells)
        if not phones and candidates:
            fields = fields | {CANDIDATES: "|".join(candidates)} | ({"zone": place.zone} if place.zone else {})
        return NewLead(
            id=LeadId(lead),
            phones=phones,
            question="" if phones else question,
            external_id=about.external_id or None,
            priority=priority_of(about.priority),
            person=about.person,
            region=place.region or found[0].region or next((record.region for record in found if record.region), ""),
            fields=fields,
            row=raw.row,
        )


def _phones(
    found: Sequence[NumberRecord], policy: ListPolicy, is_fresh: IsFresh
) -> tuple[tuple[NewPhone, ...], str, list[str]]:
    """Each number once, in the order in which it was written; where a person must decide, why, and between which."""
    if len(found) == 1 and found[0].number and not found[0].reason:  # by far the most
        return (_phone(found[0], found[0].number),), "", []
    phones: dict[str, NewPhone] = {}
    question, candidates = "", list[str]()
    for record in found:
        if record.number and not record.reason:  # nothing to judge
            phones.setdefault(record.number, _phone(record, record.number))
            continue
        doubted = record.number and record.reason == Reason.UNALLOCATED
        judgement = judge(record, policy, fresh_plan=bool(doubted) and is_fresh(record.number))
        if judgement.verdict is Verdict.ASK:
            question = question or ("unallocated" if record.number else "ambiguous")
            candidates += [f"{number} доб. {record.ext}" if record.ext else number for number in judgement.numbers]
        elif judgement.verdict is Verdict.CALL:
            for number in judgement.numbers:
                phones.setdefault(number, _phone(record, number))
    return tuple(phones.values()), question, candidates


def _phone(record: NumberRecord, number: str) -> NewPhone:
    zone = record.zone if len(record.zones) < 2 else record.bound_zone
    return NewPhone(number, zone or None, record.kind, record.ext)


def _refusal(found: Iterable[NumberRecord]) -> str:
    reasons = (str(record.reason) or AMBIGUOUS for record in found)
    return next(reasons, NO_PHONE)


_PRIORITIES = {str(priority): priority for priority in range(LOWEST_PRIORITY, HIGHEST_PRIORITY + 1)}


def priority_of(text: str) -> int:
    """0..9; anything else is the default: a bad priority must not cost an order."""
    return _PRIORITIES.get(text, DEFAULT_PRIORITY)
