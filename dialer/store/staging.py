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
_NO_MORE = (_NULL,) * 4
_NOBODY = (_NULL, "", "", "")
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


def stage(leads: Sequence[NewLead]) -> Staged:
    return Staged("".join(map(_line, leads)).encode(), len(leads), sum(bool(lead.question) for lead in leads))


def _line(lead: NewLead) -> str:
    first, *more = lead.phones or (None,)
    parts = (
        str(lead.row),
        lead.id,
        _text(lead.external_id) if lead.external_id else _NULL,
        "needs_decision" if lead.question else "ready",
        lead.question,
        str(lead.priority),
        _NULL if lead.not_before is None else repr(float(lead.not_before)),
        _NULL if lead.expires_at is None else repr(float(lead.expires_at)),
        _text(lead.person),
        _text(lead.region),
        _text(_json(lead.fields)),
        *(_NOBODY if first is None else _phone(first)),
        *(_more(more) if more else _NO_MORE),
    )
    return "\t".join(parts) + "\n"


def _text(value: str) -> str:
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else value


def _json(fields: Mapping[str, str]) -> str:
    text = orjson.dumps(fields).decode()
    if "\\u0000" not in text:
        return text
    return orjson.dumps({_clean(name): _clean(value) for name, value in fields.items()}).decode()


def _clean(text: str) -> str:
    return text.replace("\0", "")


def _phone(phone: NewPhone) -> tuple[str, str, str, str]:
    return phone.number, _text(phone.zone or ""), phone.kind, _text(phone.extension)


def _more(phones: Sequence[NewPhone | None]) -> tuple[str, ...]:
    there = [phone for phone in phones if phone is not None]
    return (
        _array([phone.number for phone in there]),
        _array([phone.zone or "" for phone in there]),
        _array([phone.kind for phone in there]),
        _array([phone.extension for phone in there]),
    )


def _array(values: Sequence[str]) -> str:
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return _text("{" + ",".join(f'"{value}"' for value in quoted) + "}")
