"""Scripts and forms as JSON in the books, and back. Read often and never changed, so that they are kept once read."""

from functools import lru_cache

import orjson

from dialer.core.form import FieldKind, Form, FormField
from dialer.core.script import Answer, Script, Step

KEPT = 256


def to_json(content: Script | Form) -> str:
    return orjson.dumps(content).decode()


@lru_cache(maxsize=KEPT)
def script_from_json(text: str) -> Script:
    """ValueError, KeyError or TypeError where someone has written something else into the books by hand."""
    told = orjson.loads(text)
    steps = (
        Step(step["id"], step["text"], tuple(Answer(**answer) for answer in step["answers"])) for step in told["steps"]
    )
    return Script(told["greeting"], tuple(steps))


@lru_cache(maxsize=KEPT)
def form_from_json(text: str) -> Form:
    """As `script_from_json`."""
    fields = (
        FormField(**{**field, "kind": FieldKind(field["kind"]), "options": tuple(field["options"])})
        for field in orjson.loads(text)["fields"]
    )
    return Form(tuple(fields))
