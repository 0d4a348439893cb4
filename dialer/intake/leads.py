"""Raw rows to leads: every row ends as a lead, as a lead that needs a decision, or refused with its reason.

The numbering is handed in; nothing is dialled or written here. Duplicates are told by the books, where all lists meet.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from dialer.core.ids import LeadId
from dialer.core.lead import DEFAULT_PRIORITY, HIGHEST_PRIORITY, LOWEST_PRIORITY, NewLead, NewPhone
from dialer.intake.columns import Column, Columns
from dialer.intake.rows import RawRow

NO_PHONE = "EMPTY"
UNALLOCATED = "UNALLOCATED"


class Ambiguous(StrEnum):
    """What becomes of a number whose lost code has several candidates."""

    ASK = "ask"
    """The lead waits until a person has decided."""
    TRY = "try"
    """The candidates are phones of the lead, best first, each attempt one in the books."""
    REFUSE = "refuse"


class Unallocated(StrEnum):
    """What becomes of a number that no operator was allotted, as far as the plan knows."""

    CALL = "call"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Policy:
    """Per list."""

    ambiguous: Ambiguous = Ambiguous.ASK
    unallocated: Unallocated = Unallocated.CALL


class Found(Protocol):
    """One record of the numbering: a number found in a cell, or why there is none."""

    @property
    def status(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def ext(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def candidates(self) -> Sequence[str]: ...


Check = Callable[[str, str, str, str, str], Sequence[Found]]
"""(cell, postcode, town, region, zone of the list) to every number found in the cell."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot become a lead."""

    row: int
    reason: str
    cells: tuple[str, ...]


def leads_of(
    rows: Iterable[RawRow], columns: Columns, check: Check, new_id: Callable[[], str], policy: Policy = Policy()
) -> Iterator[NewLead | Refusal]:
    """One answer a row, in order."""
    for raw in rows:
        if raw.problem:
            yield Refusal(raw.row, raw.problem, raw.cells)
        else:
            yield _lead(raw, columns, check, new_id, policy)


def _lead(raw: RawRow, columns: Columns, check: Check, new_id: Callable[[], str], policy: Policy) -> NewLead | Refusal:
    cells = raw.cells
    region, zone = columns.cell(cells, Column.REGION), columns.cell(cells, Column.ZONE)
    postcode, town = columns.cell(cells, Column.POSTCODE), columns.cell(cells, Column.TOWN)
    found: list[Found] = []
    for at in columns.phones:
        if at < len(cells) and cells[at].strip():
            found.extend(check(cells[at], postcode, town, region, zone))
    phones, question = _phones(found, policy)
    if not phones and not question:
        return Refusal(raw.row, str(next((record.reason for record in found if record.reason), NO_PHONE)), cells)
    return NewLead(
        id=LeadId(new_id()),
        phones=phones,
        question="" if phones else question,
        external_id=columns.cell(cells, Column.EXTERNAL_ID) or None,
        priority=_priority(columns.cell(cells, Column.PRIORITY)),
        person=columns.cell(cells, Column.PERSON),
        region=region or next((record.region for record in found if record.region), ""),
        fields=_fields(raw, columns, () if phones else found),
        row=raw.row,
    )


def _phones(found: Iterable[Found], policy: Policy) -> tuple[tuple[NewPhone, ...], str]:
    """Each number once, in the order in which it was written; and the question, where a person must decide."""
    phones: dict[str, NewPhone] = {}
    question = ""
    for record in found:
        asks = _question(record, policy)
        question = question or asks
        numbers = [record.number] if record.number else record.candidates
        if not asks and _may_be_called(record, policy):
            for number in numbers:
                phones.setdefault(number, NewPhone(number, record.zone or None, record.kind, record.ext))
    return tuple(phones.values()), question


def _question(record: Found, policy: Policy) -> str:
    """Why a person must decide about this number; empty where nobody must."""
    if record.candidates and policy.ambiguous is Ambiguous.ASK:
        return "ambiguous"
    if record.number and record.reason == UNALLOCATED and policy.unallocated is Unallocated.ASK:
        return "unallocated"
    return ""


def _may_be_called(record: Found, policy: Policy) -> bool:
    if record.candidates:
        return policy.ambiguous is Ambiguous.TRY
    return not (record.reason == UNALLOCATED and policy.unallocated is Unallocated.REFUSE)


def _fields(raw: RawRow, columns: Columns, undecided: Iterable[Found]) -> dict[str, str]:
    """Everything else as it was given; the place stays with it, and the candidates where a person must decide."""
    cells = raw.cells
    fields = {name: cells[at] for at, name in columns.rest if at < len(cells) and cells[at].strip()}
    for column in (Column.POSTCODE, Column.TOWN):
        value = columns.cell(cells, column)
        if value:
            fields[column.value] = value
    candidates = "|".join(number for record in undecided for number in record.candidates or (record.number,) if number)
    if candidates:
        fields["candidates"] = candidates
    return fields


def _priority(text: str) -> int:
    """0..9; anything else is the default: a bad priority must not cost an order."""
    if text.isdigit() and LOWEST_PRIORITY <= int(text) <= HIGHEST_PRIORITY:
        return int(text)
    return DEFAULT_PRIORITY
