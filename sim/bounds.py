"""What values a field of a scenario may have, said once, beside the field: `answer_ratio: Share = 0.30`.

A field whose type is `Annotated[…, Bounds(…)]` holds a finite number within them; every other field holds what its type
says. `refused` finds the first value that is neither, and says what would do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Bounds:
    """From `least` to `most`, both allowed."""

    least: float
    most: float
    whole: bool = False
    changed_least: float | None = None
    """The least that a change of the day may bring, where that is another."""

    def holds(self, value: object, changed: bool = False) -> bool:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return False
        return isfinite(value) and self._least(changed) <= value <= self.most

    def words(self, changed: bool = False) -> str:
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} is wanted, from {self._least(changed):,.12g} to {self.most:,.12g}"

    def _least(self, changed: bool) -> float:
        return self.changed_least if changed and self.changed_least is not None else self.least


MOST_S = 10_000_000.0
"""Some hundred days: longer than any day is lived."""

Share: TypeAlias = Annotated[float, Bounds(0.0, 1.0)]
Seconds: TypeAlias = Annotated[float, Bounds(0.0, MOST_S)]
SomeSeconds: TypeAlias = Annotated[float, Bounds(0.001, MOST_S)]
"""Never none."""
Spread: TypeAlias = Annotated[float, Bounds(0.0, 100.0)]
"""A coefficient of variation; 0: always the same."""


def refused(kind: type, values: Mapping[str, object], changed: bool = False) -> str | None:
    """The first of these values that no field of the class may have, as "key = value: what is wanted"; None: all may.

    `changed`: they are what a change of the day brings.
    """
    for key, value in values.items():
        wanted = _wanted(_types(kind)[key], value, changed)
        if wanted is not None:
            return f"{key} = {value!r}: {wanted}"
    return None


@cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _wanted(told: Any, value: object, changed: bool) -> str | None:
    """What this type wants in place of the value; None: nothing."""
    parts = get_args(told)
    if get_origin(told) is Annotated:
        bounds: Bounds = told.__metadata__[0]
        return None if bounds.holds(value, changed) else bounds.words(changed)
    if type(None) in parts:
        return None if value is None else _wanted(parts[0], value, changed)
    if told is bool:
        return None if isinstance(value, bool) else "true or false is wanted"
    if told is str:
        return None if isinstance(value, str) else "a text is wanted"
    return None
