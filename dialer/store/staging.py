"""New leads as PostgreSQL takes them by COPY: two texts, made wherever there is a processor for it.

It is half of what an import costs, so it is apart from the connection: a process of its own makes it for long lists.
What only the list and the books know (the list itself, a zone's number) stands in the texts as a mark between two NULs,
which no cell holds; whoever writes them says what stands there.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from itertools import accumulate, chain, compress, starmap
from typing import NamedTuple, TypeAlias

import orjson

from dialer.core.ids import Instant, LeadId
from dialer.core.lead import CANDIDATES, LeadColumns, NewLead, NewPhone, PlainLead

LEAD_COLUMNS = (
    "id", "external_id", "state", "reason", "question", "priority", "person", "region", "fields", "number",
    "zone", "next_call_at", "expires_at", "list", "campaign", "project", "held", "is_fresh",
)  # fmt: skip
"""From `zone` on it is what a mark stands for."""
PHONE_COLUMNS = ("lead", "position", "number", "kind", "extension", "zone")

Lead: TypeAlias = NewLead | PlainLead

_NULL = "\\N"
_MARK = b"\0"
_TIMES = "\1"
_ID = 36
"""The letters of an id, with which each line begins."""
SLICE_ROWS = 256
"""Made at once: PostgreSQL takes these while the next are made, and the loop has a breath between."""
_SPECIAL = re.compile(r"[\\\t\n\r\0]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": None})
"""PostgreSQL's text has no NUL: one in a cell must not cost the whole batch."""


class Due(NamedTuple):
    """What a mark says of a lead: its zone's name, and its own times where it has any."""

    zone: str
    not_before: Instant | None = None
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Staged:
    """A batch of leads on its way into the books: their texts, and by what each is told from others."""

    leads_text: bytes
    phones_text: bytes
    rows: tuple[int, ...]
    external_ids: tuple[str, ...]
    """Empty where a lead has none."""
    numbers: tuple[str, ...]
    """Of the first phone; empty where a person must decide first."""
    questions: Mapping[int, int]
    """Of leads with neither of the two, by their place: what is asked about them (`question_of`)."""
    asking: frozenset[int]
    """The places of those that wait for a decision."""
    zones: frozenset[str] = frozenset({""})
    """Every zone that stands in it."""

    @property
    def leads(self) -> int:
        return len(self.rows)

    @property
    def ids(self) -> list[LeadId]:
        return [LeadId(head[:_ID].decode()) for head in self.leads_text.split(_MARK)[:-1:2]]

    @property
    def all_numbers(self) -> Iterator[str]:
        """The numbers of all phones, as often as they stand there; read as they are asked for."""
        for head in self.phones_text.split(_MARK)[:-1:2]:
            yield head.split(b"\t", 3)[2].decode()

    def leads_copy(self, line_end: Callable[[Due], str], without: frozenset[int] = frozenset()) -> Iterator[bytes]:
        """The text for `lead`, slice by slice as it is asked for, `line_end` in the place of each mark; but for the
        leads at these places."""
        heads, marks = _parted(self.leads_text)
        ends = {mark: line_end(_due(mark.decode())).encode() for mark in set(marks)}
        return _joined(heads, marks, ends, (place not in without for place in range(len(heads))) if without else None)

    def phones_copy(self, zone_id: Callable[[str], int], without: frozenset[int] = frozenset()) -> Iterator[bytes]:
        """The text for `phone`, likewise."""
        heads, marks = _parted(self.phones_text)
        ends = {mark: b"%d\n" % zone_id(mark.decode()) for mark in set(marks)}
        ids = self.ids if without else []
        gone = {ids[place].encode() for place in without}
        return _joined(heads, marks, ends, (head[:_ID] not in gone for head in heads) if without else None)


def _parted(text: bytes) -> tuple[list[bytes], list[bytes]]:
    parts = text.split(_MARK)
    return parts[:-1:2], parts[1::2]


def _joined(
    heads: list[bytes], marks: list[bytes], ends: Mapping[bytes, bytes], kept: Iterable[bool] | None
) -> Iterator[bytes]:
    if kept is not None:
        places = [place for place, is_kept in enumerate(kept) if is_kept]
        heads, marks = [heads[place] for place in places], [marks[place] for place in places]
    for begin in range(0, len(heads), SLICE_ROWS):
        lines = slice(begin, begin + SLICE_ROWS)
        parts = [b""] * (2 * len(heads[lines]))
        parts[::2], parts[1::2] = heads[lines], [ends[mark] for mark in marks[lines]]
        yield b"".join(parts)


def _due(mark: str) -> Due:
    zone, *times = mark.split(_TIMES)
    not_before, expires_at = (float(text) if text else None for text in times or ("", ""))
    return Due(zone, not_before, expires_at)


# ---- made


def stage(leads: Sequence[Lead]) -> Staged:
    line = _usual_line if _is_plain_text(leads) else _line
    return Staged(
        "".join(map(line, leads)).encode(),
        "".join(map(_phone_lines, leads)).encode(),
        tuple([lead.row for lead in leads]),
        tuple([_clean(lead.external_id or "") for lead in leads]),
        tuple([lead.number for lead in leads]),
        {place: asked for place, lead in enumerate(leads) if lead.question and (asked := question_of(lead))},
        frozenset([place for place, lead in enumerate(leads) if lead.question]),
        frozenset(_zones(leads)),
    )


def stage_columns(leads: LeadColumns) -> Staged:
    """What `stage` makes of the same leads one by one."""
    fields = _json_texts(leads.fields, len(leads.ids))
    columns = zip(
        *(leads.ids, leads.external_ids, leads.priorities, leads.persons, leads.regions),
        *(fields, leads.numbers, leads.zones),
        strict=True,
    )
    lead_lines = list(starmap(_plain_line, columns))
    phones = zip(leads.ids, leads.numbers, leads.kinds, leads.zones, strict=True)
    phone_lines = list(starmap(_plain_phone, phones))
    external_ids, numbers, kept = list(leads.external_ids), list(leads.numbers), bytearray(b"\1") * len(leads.ids)
    for at, lead in leads.among.items():
        kept[at] = lead is not None
        lead_lines[at] = phone_lines[at] = ""
        if lead is not None:
            lead_lines[at], phone_lines[at] = _line(lead), _phone_lines(lead)
            external_ids[at], numbers[at] = _clean(lead.external_id or ""), lead.number
    places = list(accumulate(kept, initial=0))
    others = {places[at]: lead for at, lead in leads.among.items() if lead is not None and lead.question}
    return Staged(
        "".join(lead_lines).encode(),
        "".join(phone_lines).encode(),
        tuple(compress(leads.rows, kept)),
        tuple(compress(external_ids, kept)),
        tuple(compress(numbers, kept)),
        {place: asked for place, lead in others.items() if (asked := question_of(lead))},
        frozenset(others),
        frozenset({*leads.zones, *_zones([lead for lead in leads.among.values() if lead])}),
    )


def _json_texts(fields: Sequence[tuple[str, Sequence[str]]], count: int) -> Iterable[str]:
    """Of each lead the fields that hold anything, as JSON that COPY takes."""
    if not fields:
        return ["{}"] * count
    names = [_text(_json_name(name)) for name, _ in fields]
    cells = zip(*(cells for _, cells in fields), strict=True)
    if all(all(map(str.strip, cells)) for _, cells in fields):
        usual = "{" + ",".join([name.replace("%", "%%") + ':"%s"' for name in names]) + "}"
        return [usual % row for row in cells]
    rows = ([f'{name}:"{cell}"' for name, cell in zip(names, row, strict=True) if cell.strip()] for row in cells)
    return ["{" + ",".join(row) + "}" for row in rows]


def _json_name(name: str) -> str:
    return orjson.dumps(_clean(name)).decode()


def joined(parts: Sequence[Staged]) -> Staged:
    """One batch of several, in their order."""
    if len(parts) == 1:
        return parts[0]
    begins = [0, *accumulate(part.leads for part in parts)]
    placed = list(zip(begins, parts, strict=False))
    return Staged(
        b"".join([part.leads_text for part in parts]),
        b"".join([part.phones_text for part in parts]),
        tuple(chain.from_iterable([part.rows for part in parts])),
        tuple(chain.from_iterable([part.external_ids for part in parts])),
        tuple(chain.from_iterable([part.numbers for part in parts])),
        {begin + at: asked for begin, part in placed for at, asked in part.questions.items()},
        frozenset([begin + at for begin, part in placed for at in part.asking]),
        frozenset({""}.union(*[part.zones for part in parts])),
    )


def question_of(lead: Lead) -> int | None:
    """What is asked about a lead that nothing else tells from others, as one number: a repeat asks the same."""
    candidates = "" if lead.external_id or lead.number else _clean(lead.fields.get(CANDIDATES, ""))
    if not candidates:
        return None
    return int.from_bytes(md5(candidates.encode(), usedforsecurity=False).digest()[:8], signed=True)


def _zones(leads: Sequence[Lead]) -> set[str]:
    """With the empty one, which leads without a phone have."""
    plain = {lead.zone for lead in leads if type(lead) is PlainLead}
    return plain | {_zone(phone) for lead in leads if isinstance(lead, NewLead) for phone in lead.phones} | {""}


def _is_plain_text(leads: Sequence[Lead]) -> bool:
    """Whether nothing but the fields can hold a character of which COPY makes something else; seldom not so."""
    text = "".join([f"{lead.external_id}{lead.person}{lead.region}" for lead in leads])
    return text.isprintable() and "\\" not in text


def _usual_line(lead: Lead) -> str:
    """`_line` of a plain lead, where nothing of it but its fields needs a look."""
    if type(lead) is not PlainLead or "\\" in (fields := orjson.dumps(lead.fields).decode()):
        return _line(lead)
    name, _, external_id, priority, person, region, _, number, zone, _ = lead
    return _plain_line(name, external_id, priority, person, region, fields, number, zone)


def _plain_line(
    name: str, external_id: str | None, priority: int, person: str, region: str, fields: str, number: str, zone: str
) -> str:
    """Of a lead that may be dialled and has no times of its own; its texts as COPY takes them."""
    return (
        f"{name}\t{external_id or _NULL}\tready\t\t\\N\t{priority}\t{person}\t{region}\t{fields}\t{number}\t\0{zone}\0"
    )


def _plain_phone(name: str, number: str, kind: str, zone: str) -> str:
    return f"{name}\t1\t{number}\t{kind}\t\t\0{zone}\0"


def _line(lead: Lead) -> str:
    question = question_of(lead) if lead.question else None
    if isinstance(lead, NewLead):
        zone, times = _zone(lead.phones[0]) if lead.phones else "", _times(lead)
    else:
        zone, times = lead.zone, ""
    external_id = _text(lead.external_id or "") or _NULL
    return (
        f"{lead.id}\t{external_id}\t{'needs_decision' if lead.question else 'ready'}\t{lead.question}\t"
        f"{_NULL if question is None else question}\t{lead.priority}\t{_text(lead.person)}\t{_text(lead.region)}\t"
        f"{_text(_json(lead.fields))}\t{lead.number or _NULL}\t\0{zone}{times}\0"
    )


def _times(lead: NewLead) -> str:
    if lead.not_before is None and lead.expires_at is None:
        return ""
    return "".join(f"{_TIMES}{'' if at is None else repr(float(at))}" for at in (lead.not_before, lead.expires_at))


def _phone_lines(lead: Lead) -> str:
    if type(lead) is PlainLead:
        return _plain_phone(lead.id, lead.number, lead.kind, lead.zone)
    assert isinstance(lead, NewLead)
    return "".join([_phone(lead.id, at, phone) for at, phone in enumerate(lead.phones, 1)])


def _phone(lead: LeadId, at: int, phone: NewPhone) -> str:
    extension = _text(phone.extension) if phone.extension else ""
    return f"{lead}\t{at}\t{phone.number}\t{phone.kind}\t{extension}\t\0{_zone(phone)}\0"


def _zone(phone: NewPhone) -> str:
    return _clean(phone.zone or "")


def _text(value: str) -> str:
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else value


def _json(fields: Mapping[str, str]) -> str:
    text = orjson.dumps(fields).decode()
    if "\\u0000" not in text:
        return text
    return orjson.dumps({_clean(name): _clean(value) for name, value in fields.items()}).decode()


def _clean(text: str) -> str:
    return text.replace("\0", "")
