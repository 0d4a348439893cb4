"""What a provider's templates may name, and from its answers to intervals. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import orjson

from dialer.core import template
from dialer.core.slots import Interval, Order, Provider, SlotState, Template

NAMES = frozenset(
    {"date", "interval", "opens", "closes", "reservation", "order", "lead", "postcode", "town", "region", "address"}
)
"""What a template may name."""

MOST_INTERVALS = 100
_INTERVAL = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")


def flaw_of(wanted: Template) -> str:
    """What is wrong with a template, in words; empty where it can be used."""
    return template.flaw_of(wanted, NAMES)


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
