"""Giving a local number its lost code.

A prefix P of 10 − L digits is a candidate when P + local number lies inside a range of the lead's place.
One P: restored. Several: candidates, a person decides. None: no code. No notion of a code's length is
needed, and a code that was written is never corrected by the town.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dialer.core.numbering.atlas import Scope
from dialer.core.numbering.plan import Plan, Prefix
from dialer.core.numbering.records import Source

FRESH_DAYS = 365
"""A plan younger than this may decide between overlay codes and refuse what is not allotted."""

_OVERLAYS = {"Москва": ("495", "499")}
"""Regions where two codes cover one territory, so that the town does not tell which; the older code first."""
_OVERLAY_LOCAL_DIGITS = 7
_MAX_AROUND = 4
"""So many candidates from the whole region help a person; more do not."""


@dataclass(frozen=True, slots=True)
class Restored:
    candidates: tuple[str, ...]
    """Ten-digit numbers, likeliest first."""
    source: Source
    decided: bool
    """One candidate, and from the lead's own place: the code may be given."""


class Restorer:
    """The rule over one plan. `today` tells how old the plan is."""

    def __init__(self, plan: Plan, today: date) -> None:
        self._plan = plan
        self._today = today
        self._prefixes = lru_cache(1 << 15)(self._fixed_prefixes)

    def restore(self, local: str, scope: Scope) -> Restored:
        """Candidates for a local number of somebody in `scope`; none when no range there holds it."""
        near = self._candidates(local, scope.near)
        overlay = _OVERLAYS.get(scope.region, ()) if len(local) == _OVERLAY_LOCAL_DIGITS else ()
        if overlay:
            return self._overlaid(local, overlay, near, scope.source)
        if near:
            return Restored(near, scope.source, decided=len(near) == 1)
        around = self._candidates(local, scope.around)
        return Restored(around if len(around) <= _MAX_AROUND else (), scope.source, decided=False)

    def _candidates(self, local: str, places: tuple[int, ...]) -> tuple[str, ...]:
        value = int(local)
        return tuple(prefix.digits + local for prefix in self._prefixes(places, len(local)) if prefix.covers(value))

    def _overlaid(self, local: str, codes: tuple[str, ...], found: tuple[str, ...], source: Source) -> Restored:
        both = tuple(code + local for code in codes)
        allotted = tuple(number for number in both if self._plan.place_of(number) is not None)
        if len(allotted) == 1 and self.is_fresh(allotted[0]):
            return Restored(allotted, Source.PLAN, decided=True)
        return Restored(tuple(dict.fromkeys((*allotted, *both, *found))), source, decided=False)

    def is_fresh(self, number: str) -> bool:
        """Whether the file that speaks of this number is younger than a year."""
        published = self._plan.published(number)
        return published is not None and (self._today - published).days < FRESH_DAYS

    def _fixed_prefixes(self, places: tuple[int, ...], local_digits: int) -> tuple[Prefix, ...]:
        """Prefixes of area codes only (a mobile number has no lost code), the most allotted first."""
        prefixes = [prefix for prefix in self._plan.prefixes(places, local_digits) if _is_area(prefix.digits)]
        return tuple(sorted(prefixes, key=_allotted, reverse=True))


def _is_area(prefix: str) -> bool:
    return prefix[0] in "348" and not prefix.startswith("80")


def _allotted(prefix: Prefix) -> int:
    return sum(last - first + 1 for first, last in zip(prefix.first, prefix.last, strict=True))
