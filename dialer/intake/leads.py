"""Raw rows to leads: every row ends as a lead, as a lead that needs a decision, or refused with its reason.

The numbering is handed in; nothing is dialled or written here. Duplicates are told by the books, where all lists meet.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dialer.core.admission import NOT_SERVED, RegionOf, is_outside, nowhere
from dialer.core.ids import LeadId
from dialer.core.lead import CANDIDATES, DEFAULT_PRIORITY, HIGHEST_PRIORITY, LOWEST_PRIORITY, NewLead, NewPhone
from dialer.core.numbering.policy import ListPolicy, Verdict, judge
from dialer.core.numbering.records import NumberRecord, Reason
from dialer.intake.columns import Column, Columns
from dialer.intake.rows import RawRow

NO_PHONE = "EMPTY"
AMBIGUOUS = "AMBIGUOUS"
"""The refusal of a row whose number is ambiguous, where the list's policy is to refuse those."""

Check = Callable[[str, str, str, str, str], Sequence[NumberRecord]]
"""(cell, postcode, town, region, zone of the list) to every number found in the cell."""

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
) -> Iterator[NewLead | Refusal]:
    """One answer a row, in order."""
    served = policy.served
    for raw in rows:
        if raw.problem:
            yield Refusal(raw.row, raw.problem, raw.cells)
        else:
            place = _place(raw.cells, columns)
            found = _found(raw.cells, columns, place, check)
            answer = _lead(raw, place, found, columns, new_id, policy, is_fresh)
            if served is not None and isinstance(answer, NewLead) and is_outside(served, region_of(*place[:3]), found):
                answer = Refusal(raw.row, NOT_SERVED, raw.cells)
            yield answer


class _Place(NamedTuple):
    """Where the row says the person lives; read once, needed three times."""

    postcode: str
    town: str
    region: str
    zone: str


def _place(cells: Sequence[str], columns: Columns) -> _Place:
    cell = columns.cell
    return _Place(
        cell(cells, Column.POSTCODE), cell(cells, Column.TOWN), cell(cells, Column.REGION), cell(cells, Column.ZONE)
    )


def _found(cells: Sequence[str], columns: Columns, place: _Place, check: Check) -> Sequence[NumberRecord]:
    """Every number of every phone column."""
    texts = [cells[at] for at in columns.phones if at < len(cells) and cells[at].strip()]
    if len(texts) == 1:
        return check(texts[0], *place)
    return [record for text in texts for record in check(text, *place)]


def _lead(
    raw: RawRow,
    place: _Place,
    found: Sequence[NumberRecord],
    columns: Columns,
    new_id: Callable[[], str],
    policy: ListPolicy,
    is_fresh: IsFresh,
) -> NewLead | Refusal:
    cells = raw.cells
    phones, question, candidates = _phones(found, policy, is_fresh)
    if not phones and not question:
        return Refusal(raw.row, _refusal(found), cells)
    return NewLead(
        id=LeadId(new_id()),
        phones=phones,
        question="" if phones else question,
        external_id=columns.cell(cells, Column.EXTERNAL_ID) or None,
        priority=_priority(columns.cell(cells, Column.PRIORITY)),
        person=columns.cell(cells, Column.PERSON),
        region=place.region or next((record.region for record in found if record.region), ""),
        fields=_fields(cells, columns, place, () if phones else candidates),
        row=raw.row,
    )


def _phones(
    found: Iterable[NumberRecord], policy: ListPolicy, is_fresh: IsFresh
) -> tuple[tuple[NewPhone, ...], str, list[str]]:
    """Each number once, in the order in which it was written; where a person must decide, why, and between which."""
    phones: dict[str, NewPhone] = {}
    question, candidates = "", list[str]()
    for record in found:
        if record.number and not record.reason:  # nothing to judge: by far the most
            zone = record.zone if len(record.zones) < 2 else record.bound_zone
            phones.setdefault(record.number, NewPhone(record.number, zone or None, record.kind, record.ext))
            continue
        doubted = record.number and record.reason == Reason.UNALLOCATED
        judgement = judge(record, policy, fresh_plan=bool(doubted) and is_fresh(record.number))
        if judgement.verdict is Verdict.ASK:
            question = question or ("unallocated" if record.number else "ambiguous")
            candidates += [f"{number} доб. {record.ext}" if record.ext else number for number in judgement.numbers]
        elif judgement.verdict is Verdict.CALL:
            for number in judgement.numbers:
                phones.setdefault(number, NewPhone(number, record.bound_zone or None, record.kind, record.ext))
    return tuple(phones.values()), question, candidates


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
