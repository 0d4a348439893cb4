"""Postcodes and towns: which region and district a lead's place lies in. Immutable, pure.

It comes from the post's reference table and may be absent (a packager can drop it): then towns are known
only as far as the numbering plan names them, and postcodes only by their region.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dialer.core.numbering.names import fold_town
from dialer.core.numbering.plan import Section


class Locality(NamedTuple):
    """One place of the post's table; empty text where the table has none."""

    region: str
    """Canonical name."""
    district: str
    town: str
    part: str
    """A settlement that belongs to the town's district but is not the town."""


@dataclass(frozen=True, slots=True)
class GazetteerData:
    section: Section
    localities: tuple[Locality, ...]
    postcodes: tuple[str, ...]
    """Ascending."""
    locality: tuple[int, ...]
    """For each postcode its index into `localities`."""


class Gazetteer:
    """Lookups over `GazetteerData`."""

    def __init__(self, data: GazetteerData) -> None:
        self.data = data
        self._named: dict[str, list[Locality]] = {}
        self._offices = Counter(data.locality)
        self._number = {locality: number for number, locality in enumerate(data.localities)}
        for locality in data.localities:
            for name in dict.fromkeys((locality.town, locality.part)):
                if name:
                    self._named.setdefault(fold_town(name), []).append(locality)

    def named(self, town: str) -> Sequence[Locality]:
        """Every locality whose town or part has this folded name."""
        return self._named.get(town, ())

    def offices(self, locality: Locality) -> int:
        """How many post offices it has."""
        return self._offices[self._number.get(locality, -1)]

    def of_office(self, postcode: str) -> Locality | None:
        """The locality of a postcode that a post office has."""
        at = bisect_left(self.data.postcodes, postcode)
        known = at < len(self.data.postcodes) and self.data.postcodes[at] == postcode
        return self.data.localities[self.data.locality[at]] if known else None

    def of_postcode(self, postcode: str) -> Locality | None:
        """The locality of a six-digit postcode; of an unknown one, what its neighbours have in common."""
        office = self.of_office(postcode)
        if office is not None:
            return office
        for known in (5, 4, 3):
            shared = self._shared(postcode[:known])
            if shared is not None:
                return shared
        return None

    def _shared(self, prefix: str) -> Locality | None:
        start = bisect_left(self.data.postcodes, prefix)
        end = bisect_left(self.data.postcodes, prefix + ":")  # ":" follows "9" in ASCII
        near = {self.data.localities[index] for index in self.data.locality[start:end]}
        regions = Counter(locality.region for locality in near)
        if not regions:
            return None
        region, count = regions.most_common(1)[0]
        if count < len(near):
            return None if len(prefix) > 3 else Locality(region, "", "", "")
        district = _one({locality.district for locality in near})
        return Locality(region, district, _one({locality.town for locality in near}), "")


def _one(values: set[str]) -> str:
    return values.pop() if len(values) == 1 else ""
