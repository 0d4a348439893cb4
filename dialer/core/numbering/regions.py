"""The regions of Russia: how they are called, their codes, postcodes and time zones.

One region mostly has one zone. Yakutia and Sakhalin have several: there the district decides, and while
the district is unknown every zone of the region must be held open (`Region.zones_of`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dialer.core.numbering.names import fold, fold_district

_MIN_WORD = 3
"""A part of a region's name stands for it when it is a word, not initials."""
_TYPE_WORDS = frozenset(
    [
        "республика",
        "респ",
        "область",
        "обл",
        "край",
        "кр",
        "автономный",
        "автономная",
        "авт",
        "округ",
        "ао",
        "аобл",
        "народная",
        "город",
        "г",
    ]
)
_REGION_MARK = re.compile(
    r"(?<!\w)(?:республика|респ|область|обл|край|авт|автономн(?:ый|ая)|ао|аобл|народная)(?!\w)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Region:
    name: str
    zone: str
    """IANA name of the zone most of its people live in."""
    district_zones: Mapping[str, str]
    """Folded district → its zone, for districts that keep another time."""
    codes: tuple[str, ...]
    postcodes: tuple[str, ...]

    def zones_of(self, district: str) -> tuple[str, ...]:
        """Zones possible there, likeliest first; one when the (folded) district is known."""
        if not self.district_zones:
            return (self.zone,)
        if district:
            return (self.district_zones.get(district, self.zone),)
        return (self.zone, *sorted(set(self.district_zones.values())))


class Regions:
    """The table of regions and the ways to find one in it."""

    def __init__(self, regions: Iterable[Region], aliases: Mapping[str, Iterable[str]]) -> None:
        self.all = tuple(regions)
        self.by_name = {region.name: region for region in self.all}
        self._by_words: dict[frozenset[str], Region] = {}
        self._by_word: dict[str, set[str]] = {}
        for region in self.all:
            for called in (region.name, *aliases.get(region.name, ())):
                self._learn(called, region)
        self._by_code: dict[str, tuple[Region, ...]] = {}
        self._by_postcode: dict[str, Region] = {}
        for region in self.all:
            for code in region.codes:
                self._by_code[code] = (*self._by_code.get(code, ()), region)
            self._by_postcode.update(dict.fromkeys(region.postcodes, region))

    def _learn(self, called: str, region: Region) -> None:
        words = _words(called)
        self._by_words.setdefault(words, region)
        for word in words:
            self._by_word.setdefault(word, set()).add(region.name)

    def find(self, name: str) -> Region | None:
        """The region called so in any of its forms, or None; «Саха», «Якутия респ», «РЕСП. САХА /ЯКУТИЯ/» are one."""
        words = _words(name)
        if not words:
            return None
        exact = self._by_words.get(words)
        if exact is not None:
            return exact
        if min(map(len, words)) < _MIN_WORD:
            return None
        named = set.intersection(*(self._by_word.get(word, set()) for word in words))
        return self.by_name[named.pop()] if len(named) == 1 else None

    def find_all(self, names: str) -> tuple[Region, ...]:
        """Regions of «Город Москва, Московская область» or «Москва и Московская область»; empty if any is unknown."""
        found = [self.find(name) for name in re.split(r",\s*|\s+и\s+|\s*\*\s*", names) if name.strip()]
        return tuple(region for region in found if region) if all(found) else ()

    def of_code(self, code: str) -> tuple[Region, ...]:
        """Regions that own this three-digit area code."""
        return self._by_code.get(code, ())

    def of_postcode(self, postcode: str) -> Region | None:
        """The region of a postcode by its first three digits."""
        return self._by_postcode.get(postcode[:3])

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self._by_code)


def is_federal_city(name: str) -> bool:
    """«Москва», «Санкт-Петербург», «Севастополь», «Байконур»: a region and a town in one."""
    return " " not in name


def calls_itself_region(name: str) -> bool:
    """Whether the name carries a word such as «область» or «край»."""
    return _REGION_MARK.search(name) is not None


def _words(name: str) -> frozenset[str]:
    words = frozenset(fold(name).split())
    return (words - _TYPE_WORDS) or words


def read_regions(table: str) -> Regions:
    """From our own table: `region;aliases;zone;district_zones;codes;postcodes`, header first."""
    regions: list[Region] = []
    aliases: dict[str, list[str]] = {}
    for line in table.splitlines()[1:]:
        name, called, zone, district_zones, codes, postcodes = line.split(";")
        regions.append(
            Region(name, zone, _district_zones(district_zones), tuple(codes.split()), tuple(postcodes.split()))
        )
        aliases[name] = called.split("|") if called else []
    return Regions(regions, aliases)


def _district_zones(cell: str) -> dict[str, str]:
    zones: dict[str, str] = {}
    for part in filter(None, cell.split("|")):
        zone, districts = part.split("=")
        zones.update((fold_district(district), zone) for district in districts.split(","))
    return zones
