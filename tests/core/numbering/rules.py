"""What must hold for every cell there is; the property tests and the fuzz target ask it."""

from dialer.core.numbering import Numbering, NumberRecord, Status
from dialer.core.numbering.fold import plain, read_lookalikes
from dialer.core.numbering.records import STATUSES, Kind


def broken_rule(numbering: Numbering, cell: str, town: str = "") -> str:
    """The rule which the records of this cell break, in words; empty when all hold."""
    records = numbering.check(cell, town=town)
    if not records:
        return "a cell gives at least one record"
    told = plain(cell).replace("http", " http")  # an address is cut off first: its letters are none of the number's
    digits = "".join(filter(str.isdigit, read_lookalikes(told)))
    for record in records:
        broken = _shape(record) or _support(record, digits) or _idempotent(numbering, record)
        if broken:
            return f"{broken}: {record}"
    return ""


def _shape(record: NumberRecord) -> str:
    if record.callable != (len(record.number) == 10 and record.number.isascii() and record.number.isdigit()):
        return "a number has ten digits, and only ok and restored have one"
    if record.callable and not (record.kind and record.source):
        return "a number has a kind and a source"
    if record.status is Status.REJECTED and not record.reason:
        return "a refusal has its code"
    if record.reason and record.status not in STATUSES[record.reason]:
        return "a code stands only with the statuses of the published table"
    if (record.status is Status.AMBIGUOUS) != bool(record.candidates):
        return "ambiguous means candidates"
    if record.zone and record.zone not in record.zones:
        return "the zone is one of those that must be open"
    return ""


def _support(record: NumberRecord, digits: str) -> str:
    """A code has three digits where it was written, up to five where the plan gave it."""
    code = 3 if record.status is Status.OK else 5
    for number in (record.number, *record.candidates):
        if number and not is_subsequence(number[code:], digits):
            return "the digits behind the code stand in the cell in that order"
    return ""


def _idempotent(numbering: Numbering, record: NumberRecord) -> str:
    if not record.number:
        return ""
    again = numbering.check(record.number)
    if [one.number for one in again] != [record.number] or again[0].status is not Status.OK:
        return "a number is itself"
    return "" if again[0].kind is record.kind or record.kind is Kind.TOLLFREE else "a number keeps its kind"


def is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(char in rest for char in part)
