"""New leads as PostgreSQL takes them by COPY: one text, made wherever there is a processor for it.

It is half of what an import costs, so it is apart from the connection: a process of its own makes it for long lists.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from dialer.core.lead import NewLead, NewPhone

COLUMNS = (
    "row", "id", "external_id", "state", "reason", "priority", "not_before", "expires_at", "person", "region",
    "fields", "number", "zone", "kind", "extension", "more_numbers", "more_zones", "more_kinds", "more_extensions",
)  # fmt: skip

_NULL = "\\N"
_NO_MORE = "\t".join((_NULL,) * 4)
_NOBODY = f"{_NULL}\t\t\t"
_SPECIAL = re.compile(r"[\\\t\n\r\0]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": None})
"""PostgreSQL's text has no NUL: one in a cell must not cost the whole batch."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A batch of leads on its way into the books."""

    text: bytes
    leads: int
    asking: int
    """How many of them wait for a decision."""
    zones: frozenset[str] = frozenset()
    """Every zone that stands in it."""
    has_more: bool = False
    """Some lead has more than one phone."""


def stage(leads: Sequence[NewLead]) -> Staged:
    return Staged(
        "".join(map(_line, leads)).encode(),
        len(leads),
        sum(bool(lead.question) for lead in leads),
        frozenset(phone.zone or "" for lead in leads for phone in lead.phones) | {""},
        any(len(lead.phones) > 1 for lead in leads),
    )


def _line(lead: NewLead) -> str:
    phones = lead.phones
    fields = _json(lead.fields)
    person, region, external_id = lead.person, lead.region, lead.external_id or _NULL
    if not f"{person}{region}{fields}{lead.external_id}".isprintable() or "\\" in fields or "\\" in person + region:
        person, region, fields = _text(person), _text(region), _text(fields)
    if lead.external_id:
        external_id = _text(external_id)
    soon = lead.not_before is None and lead.expires_at is None
    times = f"{_NULL}\t{_NULL}" if soon else f"{_time(lead.not_before)}\t{_time(lead.expires_at)}"
    return (
        f"{lead.row}\t{lead.id}\t{external_id}\t{'needs_decision' if lead.question else 'ready'}\t{lead.question}\t"
        f"{lead.priority}\t{times}\t{person}\t{region}\t{fields}\t"
        f"{_phone(phones[0]) if phones else _NOBODY}\t{_more(phones[1:]) if len(phones) > 1 else _NO_MORE}\n"
    )


def _time(at: float | None) -> str:
    return _NULL if at is None else repr(float(at))


def _text(value: str) -> str:
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else value


def _json(fields: Mapping[str, str]) -> str:
    text = orjson.dumps(fields).decode()
    if "\\u0000" not in text:
        return text
    return orjson.dumps({_clean(name): _clean(value) for name, value in fields.items()}).decode()


def _clean(text: str) -> str:
    return text.replace("\0", "")


def _phone(phone: NewPhone) -> str:
    extension = _text(phone.extension) if phone.extension else ""
    return f"{phone.number}\t{_text(phone.zone or '')}\t{phone.kind}\t{extension}"


def _more(phones: Sequence[NewPhone]) -> str:
    return "\t".join(
        (
            _array([phone.number for phone in phones]),
            _array([phone.zone or "" for phone in phones]),
            _array([phone.kind for phone in phones]),
            _array([phone.extension for phone in phones]),
        )
    )


def _array(values: Sequence[str]) -> str:
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return _text("{" + ",".join(f'"{value}"' for value in quoted) + "}")
