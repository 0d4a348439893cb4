"""From a provider's templates to requests, and from its answers to intervals. Pure.

Every value is written as its place demands: percent-encoded in a URL, as JSON text in a body, without a line break in a
header. So no order, whatever it holds, can change what is asked.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

import orjson

from dialer.core.slots import Interval, Order, Provider, SlotState, Template

NAMES = frozenset(
    {"date", "interval", "opens", "closes", "reservation", "order", "lead", "postcode", "town", "region", "address"}
)
"""What a template may name."""

MOST_INTERVALS = 100
_HOLE = re.compile(r"\{([a-z_]+)\}")
_SECRET = re.compile(r"\{secret:([A-Za-z0-9_]+)\}")
_INTERVAL = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


def flaw_of(template: Template) -> str:
    """What is wrong with a template, in words; empty where it can be used."""
    strange = {name for text in (template.url, template.body) for name in _HOLE.findall(text)} - NAMES
    if strange:
        return f"{{{min(strange)}}} is not known; there are: {', '.join(sorted(NAMES))}"
    if template.body:
        try:
            orjson.loads(_fill(template.body, dict.fromkeys(NAMES, ""), _in_json))
        except orjson.JSONDecodeError:
            return "the body is no JSON; a {name} stands inside quotes"
    if "{" in template.url.split("://")[-1].split("/")[0]:
        return "the host must be written out"
    return ""


def values_of(order: Order, day: date, interval: str = "", reservation: str = "") -> Mapping[str, str]:
    """What the names stand for."""
    opens, _, closes = interval.partition("-")
    fields = {name.casefold(): value for name, value in order.fields.items()}
    return {
        "date": day.isoformat(),
        "interval": interval,
        "opens": opens,
        "closes": closes,
        "reservation": reservation,
        "order": order.external_id,
        "lead": order.lead,
        "postcode": fields.get("postcode", ""),
        "town": fields.get("town", ""),
        "region": order.region,
        "address": fields.get("address") or fields.get("адрес", ""),
    }


def filled(template: Template, values: Mapping[str, str], secret: Callable[[str], str]) -> Template:
    """The template with everything in it; `secret` gives the secret of a name, KeyError where there is none."""
    headers = {name: _SECRET.sub(lambda hole: secret(hole[1]), text) for name, text in template.headers.items()}
    return Template(
        template.method,
        _fill(template.url, values, lambda value: quote(value, safe="")),
        _fill(template.body, values, _in_json),
        {name: _one_line(text) for name, text in headers.items()},
    )


def intervals_of(provider: Provider, body: bytes) -> tuple[Interval, ...]:
    """The intervals of an answer; ValueError where it is not what the provider's settings say."""
    found = orjson.loads(body)
    for part in filter(None, provider.items.split(".")):
        found = found[part] if isinstance(found, dict) and part in found else None
    if not isinstance(found, list):
        raise ValueError(f"there is no list at {provider.items!r}")
    return tuple(_intervals(provider, found[:MOST_INTERVALS]))


def _intervals(provider: Provider, items: list[Any]) -> Iterator[Interval]:
    for item in items:
        name = _name(provider, item) if isinstance(item, dict) else ""
        if name:
            yield Interval(name, *_state(item.get(provider.free)))


def _name(provider: Provider, item: Mapping[str, Any]) -> str:
    """HH:MM-HH:MM, however its parts are written; empty where there are none."""
    keys = (provider.interval,) if provider.interval else (provider.opens, provider.closes)
    times = _INTERVAL.findall(" ".join(str(item.get(key, "")) for key in keys))
    return "-".join(f"{int(hour):02}:{minute}" for hour, minute in times) if len(times) == 2 else ""


def _state(free: Any) -> tuple[SlotState, int | None]:
    if isinstance(free, bool):
        return (SlotState.FREE if free else SlotState.FULL), None
    if isinstance(free, int):
        return (SlotState.FREE if free > 0 else SlotState.FULL), max(0, free)
    return SlotState.UNKNOWN, None


def _fill(text: str, values: Mapping[str, str], write: Callable[[str], str]) -> str:
    return _HOLE.sub(lambda hole: write(values[hole[1]]) if hole[1] in values else hole[0], text)


def _in_json(value: str) -> str:
    """As it stands between the quotes of a JSON text."""
    return orjson.dumps(value).decode()[1:-1]


def _one_line(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())
