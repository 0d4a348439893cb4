"""Raw rows to leads: every row ends as a lead, as a lead that needs a decision, or refused with its reason.

The numbering is handed in; nothing is dialled or written here. Duplicates are told by the books, where all lists meet.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, starmap
from typing import NamedTuple

from dialer.core.admission import NOT_SERVED, RegionOf, is_outside, nowhere
from dialer.core.ids import LeadId
from dialer.core.lead import CANDIDATES, DEFAULT_PRIORITY, HIGHEST_PRIORITY, LOWEST_PRIORITY, NewLead, NewPhone
from dialer.core.numbering.policy import ListPolicy, Verdict, judge
from dialer.core.numbering.records import NumberRecord, Reason
from dialer.intake.columns import Column, Columns
from dialer.intake.rows import RawRow

NO_PHONE = "EMPTY"
ROWS_AT_ONCE = 256
_PLACE = (Column.POSTCODE, Column.TOWN, Column.REGION, Column.ZONE)
_ABOUT = (Column.EXTERNAL_ID, Column.PRIORITY, Column.PERSON)
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


def leads_of(
    rows: Iterable[RawRow],
    columns: Columns,
    check: Check,
    new_id: Callable[[], str],
    policy: ListPolicy,
    is_fresh: IsFresh,
    region_of: RegionOf = nowhere,
    check_many: CheckMany | None = None,
) -> Iterator[NewLead | Refusal]:
    """One answer a row, in order. Where `check_many` is given, some hundred cells at a time are put to it."""
    rows, many = iter(rows), check_many or partial(starmap, check)
    maker = _Maker(columns, new_id, policy, is_fresh, region_of)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        places = [maker.place(raw.cells) for raw in batch]
        cells = [maker.phone_cells(raw) for raw in batch]
        asked = [(cell, *place) for place, some in zip(places, cells, strict=True) for cell in some]
        answers = iter(many(asked))
        for raw, place, some in zip(batch, places, cells, strict=True):
            found = next(answers) if len(some) == 1 else [record for _ in some for record in next(answers)]
            yield Refusal(raw.row, raw.problem, raw.cells) if raw.problem else maker.answer(raw, place, found)


class _Place(NamedTuple):
    """Where the row says the person lives; read once, needed three times."""

    postcode: str
    town: str
    region: str
    zone: str


class _Maker:
    """What all rows of a list have in common, and how a row becomes a lead."""

    def __init__(
        self,
        columns: Columns,
        new_id: Callable[[], str],
        policy: ListPolicy,
        is_fresh: IsFresh,
        region_of: RegionOf,
    ) -> None:
        self._columns = columns
        self._new_id = new_id
        self._policy = policy
        self._is_fresh = is_fresh
        self._region_of = region_of
        self._place = tuple(columns.places.get(column, -1) for column in _PLACE)
        self._about = tuple(columns.places.get(column, -1) for column in _ABOUT)

    def place(self, cells: Sequence[str]) -> _Place:
        return _Place(*_stripped(cells, self._place))

    def phone_cells(self, raw: RawRow) -> list[str]:
        """Those with something in them; none of a row that cannot be trusted."""
        cells = raw.cells
        return (
            [] if raw.problem else [cells[at] for at in self._columns.phones if at < len(cells) and cells[at].strip()]
        )

    def answer(self, raw: RawRow, place: _Place, found: Sequence[NumberRecord]) -> NewLead | Refusal:
        """`found` are the numbers of all phone columns."""
        phones, question, candidates = _phones(found, self._policy, self._is_fresh)
        if not phones and not question:
            return Refusal(raw.row, _refusal(found), raw.cells)
        served = self._policy.served
        if served is not None and is_outside(served, self._region_of(*place[:3]), found):
            return Refusal(raw.row, NOT_SERVED, raw.cells)
        external_id, priority, person = _stripped(raw.cells, self._about)
        return NewLead(
            id=LeadId(self._new_id()),
            phones=phones,
            question="" if phones else question,
            external_id=external_id or None,
            priority=_priority(priority),
            person=person,
            region=place.region or found[0].region or next((record.region for record in found if record.region), ""),
            fields=_fields(raw.cells, self._columns, place, () if phones else candidates),
            row=raw.row,
        )


def _stripped(cells: Sequence[str], places: Iterable[int]) -> list[str]:
    """The cells at these places; empty where the list has no such column (-1) or the row is short."""
    width = len(cells)
    return [cells[at].strip() if 0 <= at < width else "" for at in places]


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


def _fields(cells: Sequence[str], columns: Columns, place: _Place, candidates: Sequence[str]) -> dict[str, str]:
    """Everything else as it was given; the place stays with it, and the candidates where a person must decide."""
    width = len(cells)
    fields = {name: cells[at] for at, name in columns.rest if at < width and cells[at].strip()}
    if place.postcode:
        fields["postcode"] = place.postcode
    if place.town:
        fields["town"] = place.town
    if candidates:
        fields[CANDIDATES] = "|".join(candidates)
        if place.zone:
            fields["zone"] = place.zone
    return fields


def _priority(text: str) -> int:
    """0..9; anything else is the default: a bad priority must not cost an order."""
    if text.isdigit() and LOWEST_PRIORITY <= int(text) <= HIGHEST_PRIORITY:
        return int(text)
    return DEFAULT_PRIORITY
