"""Where a lead lives, as far as the list says: postcode, town and region together → a `Scope`.

A town's name alone may belong to several places; region and postcode choose among them. What cannot be
chosen stays: the scope then holds every place it may be, and the numbering rule decides or flags.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dialer.core.numbering.address import Address, AddressReader
from dialer.core.numbering.gazetteer import Gazetteer, Locality
from dialer.core.numbering.names import fold_district, fold_town
from dialer.core.numbering.plan import Plan
from dialer.core.numbering.records import Source
from dialer.core.numbering.regions import Region, Regions

_CITY = "г. "
_MIN_STEM = 4


@dataclass(frozen=True, slots=True)
class Scope:
    """The places a lead may live in."""

    tiers: tuple[tuple[int, ...], ...] = ()
    """Plan places, nearest first: the town and its district; the whole region."""
    region: str = ""
    place: str = ""
    zones: tuple[str, ...] = ()
    """IANA zones possible there; more than one when the list does not say enough."""
    source: Source = Source.LIST


NO_SCOPE = Scope()


class Atlas:
    """Plan, gazetteer and regions asked together."""

    def __init__(self, plan: Plan, regions: Regions, gazetteer: Gazetteer | None) -> None:
        self._regions = regions
        self._gazetteer = gazetteer
        self._by_town: dict[str, list[tuple[str, int]]] = {}
        self._by_district: dict[tuple[str, str], list[int]] = {}
        self._region_wide: dict[str, list[int]] = {}
        self._cities: set[tuple[str, str]] = set()
        self._places = plan.data.places
        self._index()
        self._reader = AddressReader(regions, self._knows_town)
        self.scope = lru_cache(1 << 17)(self._scope)

    def _index(self) -> None:
        for index, place in enumerate(self._places):
            for region in place.regions:
                if place.town:
                    self._by_town.setdefault(fold_town(place.town), []).append((region, index))
                    if place.town.startswith(_CITY):
                        self._cities.add((region, fold_town(place.town)))
                if place.district:
                    self._by_district.setdefault((region, fold_district(place.district)), []).append(index)
                if not place.town and not place.district and len(place.regions) == 1:
                    self._region_wide.setdefault(region, []).append(index)

    def _knows_town(self, town: str) -> bool:
        return town in self._by_town or bool(self._gazetteer and self._gazetteer.named(town))

    def _scope(self, postcode: str, town: str, region: str) -> Scope:
        """The scope of one row's columns, each as written or empty."""
        address = self._reader.read(town)
        asked = address.region or (self._regions.find(region) if region else None)
        at_post = self._at_post(postcode or address.postcode, asked)
        in_town = self._in_town(address, asked)
        chosen, source = _choose(at_post, in_town)
        if not chosen:
            return self._whole_region(asked or self._regions.of_postcode(postcode), asked is None)
        return self._of(chosen, source)

    def _at_post(self, postcode: str, asked: Region | None) -> Locality | None:
        if len(postcode) != 6 or self._gazetteer is None:
            return None
        locality = self._gazetteer.of_postcode(postcode)
        return None if locality and asked and locality.region != asked.name else locality

    def _in_town(self, address: Address, asked: Region | None) -> Sequence[Locality]:
        for town in reversed(address.towns):
            found = [one for one in self._named(town) if asked is None or one.region == asked.name]
            near = [one for one in found if not address.district or fold_district(one.district) == address.district]
            if near or found:
                return self._prefer_cities(near or found, town)
        if address.district and asked:
            return (Locality(asked.name, address.district, "", ""),)
        return ()

    def _named(self, town: str) -> list[Locality]:
        posts = list(self._gazetteer.named(town)) if self._gazetteer else []
        known = {one.region for one in posts}
        for region, index in self._by_town.get(town, ()):
            if region not in known:
                place = self._places[index]
                posts.append(Locality(region, place.district, place.town, ""))
        return posts

    def _prefer_cities(self, found: list[Locality], town: str) -> list[Locality]:
        """«Калуга» is the city, not one of the villages of that name."""
        cities = [one for one in found if (one.region, town) in self._cities and not one.part]
        return cities or found

    def _of(self, chosen: Sequence[Locality], source: Source) -> Scope:
        near = tuple(sorted({index for one in chosen for index in self._near(one)}))
        regions = list(dict.fromkeys(one.region for one in chosen))
        wide = tuple(index for region in regions for index in self._region_wide.get(region, ()))
        first = chosen[0]
        return Scope(
            tiers=tuple(tier for tier in (near, wide) if tier),
            region=regions[0] if len(regions) == 1 else "",
            place=(first.part or first.town or first.district) if len(regions) == 1 else "",
            zones=self._zones(chosen),
            source=source,
        )

    def _near(self, one: Locality) -> Iterable[int]:
        for name in {fold_town(one.part), fold_town(one.town)} - {""}:
            yield from (index for region, index in self._by_town.get(name, ()) if region == one.region)
        if one.district:
            yield from self._by_district.get((one.region, fold_district(one.district)), ())
        if not one.district or not self._by_district.get((one.region, fold_district(one.district))):
            yield from self._stem_district(one.region, fold_town(one.district or one.town))

    def _stem_district(self, region: str, town: str) -> Iterable[int]:
        """«Лысьва» → «Лысьвенский»: the district that bears the town's stem."""
        best: Sequence[int] = ()
        length = 0
        for (of_region, district), places in self._by_district.items():
            if of_region == region:
                shared = _shared(district, town)
                if shared > length:
                    best, length = places, shared
        return best if length >= max(_MIN_STEM, len(town) - 2) else ()

    def _zones(self, chosen: Iterable[Locality]) -> tuple[str, ...]:
        zones: dict[str, None] = {}
        for one in chosen:
            region = self._regions.by_name[one.region]
            zones.update(dict.fromkeys(region.zones_of(fold_district(one.district or one.town))))
        return tuple(zones)

    def _whole_region(self, region: Region | None, by_postcode: bool) -> Scope:
        if region is None:
            return NO_SCOPE
        wide = tuple(index for index, place in enumerate(self._places) if region.name in place.regions)
        source = Source.POSTCODE if by_postcode else Source.LIST
        return Scope((wide,), region.name, "", region.zones_of(""), source)


def _choose(at_post: Locality | None, in_town: Sequence[Locality]) -> tuple[Sequence[Locality], Source]:
    if at_post is None:
        return in_town, Source.TOWN
    same_region = [one for one in in_town if one.region == at_post.region]
    if not same_region:
        return (*in_town, at_post) if in_town else (at_post,), Source.POSTCODE
    closer = [one for one in same_region if one.district == at_post.district or one.town == at_post.town]
    return closer or same_region, Source.POSTCODE


def _shared(left: str, right: str) -> int:
    at = 0
    for at, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return at
    return at + 1 if left and right else 0
