"""Compiling the numbering plan: published rows → checked, merged ranges → `PlanData`.

Each of the regulator's four files replaces its own section (first digit of the code) of the plan that was
there, so that a fresh DEF file can be taken without the fixed-line ones. Nothing is written here.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from dialer.core.numbering.plan import SECTION_NAMES, Place, PlanData, Section
from dialer.core.numbering.planfile import merge_neighbours
from dialer.core.numbering.regions import Regions
from dialer.intake.plan_places import place_of
from dialer.intake.plan_rows import PlanRow, read_plan

MIN_SHARE_OF_OLD = 0.8
"""A new section with fewer numbers than this share of the old one is refused: the plan only grows."""
_CODE = 10_000_000
_SHOWN_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class SourceFile:
    name: str
    content: bytes
    published: date
    source: str


@dataclass(slots=True)
class Report:
    """What an import found, for people: figures, and the rows that were refused with the reason."""

    files: dict[str, int] = field(default_factory=dict)
    """Rows read of each file."""
    sections: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Section → numbers allotted before and now."""
    ranges: int = 0
    refused: list[str] = field(default_factory=list)
    unknown_places: int = 0
    implausible: list[str] = field(default_factory=list)
    """Why the plan should not be taken; empty when it may."""


class _Refusals:
    """Counts by reason, keeps the first few examples of each."""

    def __init__(self) -> None:
        self._seen: dict[str, list[str]] = {}
        self._count: dict[str, int] = {}

    def add(self, reason: str, where: str) -> None:
        self._count[reason] = self._count.get(reason, 0) + 1
        examples = self._seen.setdefault(reason, [])
        if len(examples) < _SHOWN_EXAMPLES:
            examples.append(where)

    def lines(self) -> list[str]:
        return [f"{reason}: {self._count[reason]} ({'; '.join(self._seen[reason])})" for reason in self._count]


@dataclass(slots=True)
class _Draft:
    regions: Regions
    refusals: _Refusals = field(default_factory=_Refusals)
    places: dict[Place, int] = field(default_factory=dict)
    ranges: list[tuple[int, int, int]] = field(default_factory=list)
    sections: dict[str, Section] = field(default_factory=dict)
    _territories: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, row: PlanRow, where: str) -> str | None:
        """Takes one published row; returns its section, or None when it is refused."""
        refused = _refusal(row)
        if refused:
            self.refusals.add(refused, where)
            return None
        base = int(row.code) * _CODE
        self.ranges.append((base + row.first, base + row.last, self._place(row.territory, row.code)))
        return row.code[0]

    def _place(self, territory: str, code: str) -> int:
        known = self._territories.get((territory, code))
        if known is None:
            known = self.place_index(place_of(territory, code, self.regions))
            self._territories[territory, code] = known
        return known

    def place_index(self, place: Place) -> int:
        return self.places.setdefault(place, len(self.places))


def compile_plan(
    files: Sequence[SourceFile], regions: Regions, base: PlanData | None = None
) -> tuple[PlanData, Report]:
    """The plan made of `files` over `base`, and the report. Raises NotAPlan for a file that holds no plan."""
    draft, report = _Draft(regions), Report()
    for file in files:
        report.files[file.name] = _take(draft, file)
    fresh = set(draft.sections)
    if base is not None:
        _keep_old(draft, base, fresh)
    ranges = list(_without_overlaps(merge_neighbours(draft.ranges), draft.refusals))
    data = _data(draft, merge_neighbours(ranges))
    _judge(data, base, fresh, report)
    report.refused = draft.refusals.lines()
    report.unknown_places = sum(1 for place in data.places if not place.regions and (place.town or place.district))
    return data, report


def _take(draft: _Draft, file: SourceFile) -> int:
    counts: dict[str, int] = {}
    for row in read_plan(file.name, file.content):
        section = draft.add(row, f"{file.name} row {row.line}")
        if section is not None:
            counts[section] = counts.get(section, 0) + 1
    digest = hashlib.sha256(file.content).hexdigest()
    for section, rows in counts.items():
        draft.sections[section] = Section(file.source, file.published, rows, digest)
    return sum(counts.values())


def _refusal(row: PlanRow) -> str | None:
    if len(row.code) != 3 or row.code[0] not in SECTION_NAMES:
        return "the code is not of three digits 3xx, 4xx, 8xx or 9xx"
    if not 0 <= row.first <= row.last < _CODE:
        return "the bounds are not inside 0000000–9999999"
    if row.capacity != row.last - row.first + 1:
        return "the capacity is not To − From + 1"
    return None


def _keep_old(draft: _Draft, base: PlanData, fresh: set[str]) -> None:
    for first, last, place in zip(base.first, base.last, base.place, strict=True):
        if str(first)[0] not in fresh:
            draft.ranges.append((first, last, draft.place_index(base.places[place])))
    for key, section in base.sections.items():
        draft.sections.setdefault(key, section)


def _without_overlaps(ranges: Iterable[tuple[int, int, int]], refusals: _Refusals) -> Iterator[tuple[int, int, int]]:
    """Of ranges that overlap the first stands; the rest of the later one is kept, the overlap is reported."""
    end = -1
    for first, last, place in ranges:
        if first <= end:
            refusals.add("the range overlaps one before it", f"{first}–{last}")
            first = end + 1
        if first <= last:
            yield first, last, place
            end = last


def _data(draft: _Draft, ranges: Sequence[tuple[int, int, int]]) -> PlanData:
    return PlanData(
        sections=draft.sections,
        places=tuple(draft.places),
        first=tuple(first for first, _, _ in ranges),
        last=tuple(last for _, last, _ in ranges),
        place=tuple(place for _, _, place in ranges),
    )


def _judge(data: PlanData, base: PlanData | None, fresh: set[str], report: Report) -> None:
    report.ranges = len(data.first)
    before, now = allotted(base) if base else {}, allotted(data)
    for key in sorted(fresh):
        old, new = before.get(key, 0), now.get(key, 0)
        report.sections[key] = (old, new)
        if new < old * MIN_SHARE_OF_OLD:
            report.implausible.append(
                f"{SECTION_NAMES[key]}: {new:,} numbers where there were {old:,}; is the file whole?"
            )


def allotted(data: PlanData) -> dict[str, int]:
    """How many numbers each section allots."""
    counts: dict[str, int] = {}
    for first, last in zip(data.first, data.last, strict=True):
        key = str(first)[0]
        counts[key] = counts.get(key, 0) + last - first + 1
    return counts
