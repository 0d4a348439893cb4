"""Requests with `{names}` in them, filled in so that no value can change what is asked. Pure.

Every value is written as its place demands: percent-encoded in a URL, as JSON text in a body, without a line break in a
header.
"""

import re
from collections.abc import Callable, Collection, Mapping
from urllib.parse import quote

import orjson

from dialer.core.slots import Template

_HOLE = re.compile(r"\{([a-z_]+)\}")
_SECRET = re.compile(r"\{secret:([A-Za-z0-9_]+)\}")


def flaw_of(template: Template, names: Collection[str]) -> str:
    """What is wrong with a template that may name these, in words; empty where it can be used."""
    strange = {name for text in (template.url, template.body) for name in _HOLE.findall(text)} - set(names)
    if strange:
        return f"{{{min(strange)}}} is not known; there are: {', '.join(sorted(names))}"
    if template.body:
        try:
            orjson.loads(_fill(template.body, dict.fromkeys(names, ""), _in_json))
        except orjson.JSONDecodeError:
            return "the body is no JSON; a {name} stands inside quotes"
    if "{" in template.url.split("://")[-1].split("/")[0]:
        return "the host must be written out"
    return ""


def filled(template: Template, values: Mapping[str, str], secret: Callable[[str], str]) -> Template:
    """The template with everything in it; `secret` gives the secret of a name, KeyError where there is none."""
    headers = {name: _SECRET.sub(lambda hole: secret(hole[1]), text) for name, text in template.headers.items()}
    return Template(
        template.method,
        _fill(template.url, values, lambda value: quote(value, safe="")),
        _fill(template.body, values, _in_json),
        {name: _one_line(text) for name, text in headers.items()},
    )


def _fill(text: str, values: Mapping[str, str], write: Callable[[str], str]) -> str:
    return _HOLE.sub(lambda hole: write(values[hole[1]]) if hole[1] in values else hole[0], text)


def _in_json(value: str) -> str:
    """As it stands between the quotes of a JSON text."""
    return orjson.dumps(value).decode()[1:-1]


def _one_line(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())
