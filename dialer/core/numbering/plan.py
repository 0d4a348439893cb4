"""The numbering plan in memory: which number range belongs to which place. Immutable, pure.

A place is what the regulator wrote beside a range: a region, a district of it, a town. The plan answers
two questions: whose is this 10-digit number, and which prefixes make a number of this place out of
so many local digits (the rule that restores a lost code).
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

_CODE = 10_000_000
BLOCK_DIGITS = 6
_BLOCK = 10_000
"""Ranges mostly begin and end at whole blocks of ten thousand."""
MIXED = -1
"""In place of a place: the numbers of a block have several."""
_NOBODYS = -2
"""In place of a place: no number of a block is allotted."""

SECTION_NAMES = {"3": "ABC-3xx", "4": "ABC-4xx", "8": "ABC-8xx", "9": "DEF-9xx"}
"""The regulator's four files, by the first digit of their codes."""


@dataclass(frozen=True, slots=True)
class Place:
    regions: tuple[str, ...]
    """Canonical names; two when one range serves both («Москва», «Московская область»), none when all of Russia."""
    district: str = ""
    """As written without «р-н»: «Казанский»."""
    town: str = ""
    """As written, with its kind: «г. Казань», «пгт. Краснобродский»."""


@dataclass(frozen=True, slots=True)
class Section:
    """One of the regulator's files inside the plan."""

    source: str
    published: date
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PlanData:
    """What a compiled plan holds: merged ranges in order, as columns."""

    sections: Mapping[str, Section]
    places: tuple[Place, ...]
    first: tuple[int, ...]
    """First 10-digit number of each range, ascending."""
    last: tuple[int, ...]
    place: tuple[int, ...]
    """Index into `places`."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """Digits that may stand before a local number, and the local numbers for which they may."""

    digits: str
    first: tuple[int, ...]
    last: tuple[int, ...]

    def covers(self, local: int) -> bool:
        at = bisect_right(self.first, local) - 1
        return at >= 0 and local <= self.last[at]


class _CodeRanges(NamedTuple):
    """The ranges of one three-digit code, as `PlanData` has them."""

    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    place: tuple[int, ...] = ()


class Plan:
    """Lookups over `PlanData`. Built once, read by anyone."""

    def __init__(self, data: PlanData) -> None:
        self.data = data
        self._codes = _by_code(data)
        self._of_place: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.blocks = _blocks(data)
        """For every six digits the place of all numbers that begin with them; below 0 where there is not one."""
        for first, last, place in zip(data.first, data.last, data.place, strict=True):
            self._of_place[place].append((first, last))

    @property
    def codes(self) -> frozenset[str]:
        """Three-digit codes in which any range is allotted."""
        return frozenset(self._codes)

    def place_of(self, number: str) -> int | None:
        """Index of the place of the range which holds this 10-digit number, or None when not allotted."""
        place = self.blocks[int(number[:BLOCK_DIGITS])]
        if place != MIXED:
            return place if place != _NOBODYS else None
        ranges, value = self._codes[number[:3]], int(number)
        at = bisect_right(ranges.first, value) - 1
        return ranges.place[at] if at >= 0 and value <= ranges.last[at] else None

    def published(self, number: str) -> date | None:
        """The date of the file that speaks of this number's code."""
        section = self.data.sections.get(number[:1])
        return section.published if section else None

    def prefixes(self, places: Iterable[int], local_digits: int) -> tuple[Prefix, ...]:
        """Every prefix of 10 − `local_digits` digits with which a local number may belong to one of `places`."""
        span = 10**local_digits
        by_prefix: dict[int, list[tuple[int, int]]] = {}
        for place in places:
            for first, last in self._of_place.get(place, ()):
                for prefix in range(first // span, last // span + 1):
                    base = prefix * span
                    local = (max(first, base) - base, min(last, base + span - 1) - base)
                    by_prefix.setdefault(prefix, []).append(local)
        return tuple(_prefix(digits, by_prefix[digits], 10 - local_digits) for digits in sorted(by_prefix))

    def code_prefixes(self, codes: Iterable[str]) -> tuple[Prefix, ...]:
        """All that is allotted under these three-digit codes, whoever's place it is."""
        found = []
        for code in codes:
            ranges = self._codes.get(code, _CodeRanges())
            base = int(code) * _CODE
            first, last = (tuple(value - base for value in bounds) for bounds in (ranges.first, ranges.last))
            found.append(Prefix(code, first, last))
        return tuple(found)


def _by_code(data: PlanData) -> dict[str, _CodeRanges]:
    codes: dict[str, _CodeRanges] = {}
    start = 0
    while start < len(data.first):
        code = data.first[start] // _CODE
        end = bisect_left(data.first, (code + 1) * _CODE, start)
        codes[f"{code:03d}"] = _CodeRanges(data.first[start:end], data.last[start:end], data.place[start:end])
        start = end
    return codes


def _blocks(data: PlanData) -> "array[int]":
    """An array, not a dictionary: a number of a long list finds its block in one step in memory, not in four."""
    blocks = array("i", [_NOBODYS]) * 1_000_000
    for first, last, place in zip(data.first, data.last, data.place, strict=True):
        low, high = -(-first // _BLOCK), (last + 1) // _BLOCK
        if low < high:
            blocks[low:high] = array("i", [place]) * (high - low)
        for at in {first // _BLOCK, last // _BLOCK}.difference(range(low, high)):
            blocks[at] = MIXED
    return blocks


def _prefix(digits: int, ranges: list[tuple[int, int]], width: int) -> Prefix:
    ranges.sort()
    return Prefix(f"{digits:0{width}d}", tuple(first for first, _ in ranges), tuple(last for _, last in ranges))
