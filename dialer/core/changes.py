"""What a change changed, in words for the audit log: `ceiling_ratio: 0.03 → 0.02`. Pure."""

from collections.abc import Mapping
from typing import Any

NOTHING = "—"
LONGEST = 200
"""Characters of one value: a calendar of a hundred dates is not read in a log."""


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """By dotted name what differs, old and new; a name that only one of them has stands against a dash."""
    old, new = _flat(before), _flat(after)
    return {
        name: f"{old.get(name, NOTHING)} → {new.get(name, NOTHING)}"
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    }


def _flat(values: Mapping[str, Any], under: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in values.items():
        name = f"{under}{key}"
        if isinstance(value, Mapping):
            found |= _flat(value, f"{name}.")
        else:
            found[name] = _written(value)
    return found


def _written(value: Any, between: str = ", ") -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, list | tuple):
        text = between.join(_written(one, " ") for one in value) or "[]"
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return str(value)
