"""Giving a local number its lost code.

A prefix P of 10 − L digits is a candidate when P + local number lies inside a range of the lead's place.
One P: restored. Several: candidates, a person decides. None: candidates of the region at most, never a
decision. No notion of a code's length is needed, and a code that was written is never corrected.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple

from dialer.core.numbering.atlas import Scope
from dialer.core.numbering.digits import has_area_code
from dialer.core.numbering.plan import Plan, Prefix

FRESH_DAYS = 365
"""A plan younger than this may decide between overlay codes and refuse what is not allotted."""

_OVERLAYS = {"Москва": ("495", "499")}
"""Regions where two codes cover one territory, so that the town does not tell which; the older code first."""
_OVERLAY_LOCAL_DIGITS = 7
_NONE: frozenset[int] = frozenset()
_MAX_AROUND = 4
"""So many candidates from the whole region help a person; more do not."""


class Choice(NamedTuple):
    """What may stand before a local number."""

    prefixes: tuple[str, ...]
    """Likeliest first."""
    place: int | None = None
    """Where the one prefix is allotted, in the lead's own place: then the code may be given, else it may not."""
    by_plan: bool = False
    """The plan's allotment decided between overlay codes."""


NO_CHOICE = Choice(())


Stretch = tuple[int, tuple[str, ...]]
"""The first local number, and the prefixes that fit from there."""


class LocalMap:
    """All local numbers of one length at one place: each stretch of them has one `Choice`, made when asked for."""

    __slots__ = ("_choices", "_decide", "_stretches", "bounds")

    def __init__(
        self, local_digits: int, stretches: Iterable[Stretch], decide: Callable[[int, tuple[str, ...]], Choice]
    ) -> None:
        """`stretches` ascending, from 0; `decide` makes the choice of one."""
        self._stretches = [stretch for stretch in stretches if stretch[0] < 10**local_digits]
        self._decide = decide
        self._choices: list[Choice | None] = [None] * len(self._stretches)
        self.bounds = [f"{first:0{local_digits}d}" for first, _ in self._stretches]

    def choice(self, local: str) -> Choice:
        """Digits of one length stand in the order of their numbers, and are compared as they are."""
        at = bisect_right(self.bounds, local) - 1
        found = self._choices[at]
        if found is None:
            found = self._choices[at] = self._decide(*self._stretches[at])
        return found


class Restorer:
    """The rule over one plan. `today` tells how old the plan is."""

    def __init__(self, plan: Plan, today: date) -> None:
        self._plan = plan
        self._today = today
        self._near = lru_cache(1 << 15)(self._near_map)
        self._around = lru_cache(1 << 10)(self._around_map)
        self._overlaid = lru_cache(16)(self._overlay_map)

    def map_of(self, scope: Scope, local_digits: int) -> LocalMap:
        """The choices at the lead's own place; where it gives none, `around` may suggest some."""
        codes = _OVERLAYS.get(scope.region)
        if codes and local_digits == _OVERLAY_LOCAL_DIGITS:
            return self._overlaid(codes, scope.near)
        return self._near(scope.near, local_digits)

    def around(self, local: str, scope: Scope) -> Choice:
        """What stands before this local number elsewhere in the region: candidates, never a decision."""
        return self._around(scope.around, len(local)).choice(local) if scope.around else NO_CHOICE

    def is_fresh(self, number: str) -> bool:
        """Whether the file that speaks of this number is younger than a year."""
        published = self._plan.published(number)
        return published is not None and (self._today - published).days < FRESH_DAYS

    def _near_map(self, places: tuple[int, ...], local_digits: int) -> LocalMap:
        stretches = _stretches(self._fixed_prefixes(places, local_digits))
        return LocalMap(local_digits, stretches, partial(self._near_choice, local_digits))

    def _near_choice(self, local_digits: int, first: int, prefixes: tuple[str, ...]) -> Choice:
        if len(prefixes) != 1:
            return Choice(prefixes)
        return Choice(prefixes, self._plan.place_of(f"{prefixes[0]}{first:0{local_digits}d}"))

    def _around_map(self, places: tuple[int, ...], local_digits: int) -> LocalMap:
        stretches = _stretches(self._fixed_prefixes(places, local_digits))
        return LocalMap(local_digits, stretches, _around_choice)

    def _overlay_map(self, codes: tuple[str, ...], places: tuple[int, ...]) -> LocalMap:
        allotted = self._plan.code_prefixes(codes)
        others = [
            prefix for prefix in self._fixed_prefixes(places, _OVERLAY_LOCAL_DIGITS) if prefix.digits not in codes
        ]
        stretches = _stretches([*allotted, *others])
        return LocalMap(_OVERLAY_LOCAL_DIGITS, stretches, partial(self._overlay_choice, codes))

    def _overlay_choice(self, codes: tuple[str, ...], first: int, prefixes: tuple[str, ...]) -> Choice:
        """All overlay codes are candidates, those which have the number allotted first."""
        allotted = tuple(code for code in codes if code in prefixes)
        if len(allotted) == 1 and self.is_fresh(allotted[0]):
            return Choice(
                allotted, self._plan.place_of(f"{allotted[0]}{first:0{_OVERLAY_LOCAL_DIGITS}d}"), by_plan=True
            )
        return Choice(tuple(dict.fromkeys((*allotted, *codes, *prefixes))))

    def _fixed_prefixes(self, places: tuple[int, ...], local_digits: int) -> list[Prefix]:
        """Prefixes of area codes only (a mobile number has no lost code), the most allotted first."""
        prefixes = [prefix for prefix in self._plan.prefixes(places, local_digits) if has_area_code(prefix.digits)]
        return sorted(prefixes, key=_allotted, reverse=True)


def _around_choice(_first: int, prefixes: tuple[str, ...]) -> Choice:
    return Choice(prefixes) if len(prefixes) <= _MAX_AROUND else NO_CHOICE


def _stretches(prefixes: list[Prefix]) -> Iterable[Stretch]:
    """Local numbers cut where any prefix begins or ceases to fit: (first local, prefixes that fit from there)."""
    begin: dict[int, set[int]] = {0: set()}
    cease: dict[int, set[int]] = {}
    for rank, prefix in enumerate(prefixes):
        for first, last in zip(prefix.first, prefix.last, strict=True):
            begin.setdefault(first, set()).add(rank)
            cease.setdefault(last + 1, set()).add(rank)
    fitting: set[int] = set()
    for bound in sorted(begin.keys() | cease.keys()):
        fitting = (fitting - cease.get(bound, _NONE)) | begin.get(bound, _NONE)
        yield bound, tuple(prefixes[rank].digits for rank in sorted(fitting))


def _allotted(prefix: Prefix) -> int:
    return sum(last - first + 1 for first, last in zip(prefix.first, prefix.last, strict=True))
