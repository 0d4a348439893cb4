"""Where a lead lives, as far as the list says: postcode, town and region together → a `Scope`.

A town's name alone may belong to several places; region and postcode choose among them. What cannot be
chosen stays: the scope then holds every place it may be, and the numbering rule decides or flags.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from dialer.core.numbering.address import Address, AddressReader
from dialer.core.numbering.beside import PlacesBeside
from dialer.core.numbering.gazetteer import Gazetteer, Locality
from dialer.core.numbering.names import fold_district, fold_town
from dialer.core.numbering.plan import Plan
from dialer.core.numbering.records import Source
from dialer.core.numbering.regions import Region, Regions, is_federal_city

_CITY = "г. "
_CITY_OFFICES = 3
"""A place with so many post offices is a town of its own weight, not a village of that name."""
_MIN_STEM = 4


@dataclass(frozen=True, slots=True)
class Scope:
    """The places a lead may live in, as indexes into the plan's places."""

    near: tuple[int, ...] = ()
    """The town and its district."""
    around: tuple[int, ...] = ()
    """Its region, and regions which share a code with it: good for candidates, never for a decision."""
    region: str = ""
    """Canonical name; empty when unknown or one of several."""
    place: str = ""
    zones: tuple[str, ...] = ()
    """IANA zones possible there; more than one when the list does not say enough."""
    contradicting: tuple[str, ...] = ()
    """Zones of a postcode in another region than the one that was told: they bind the hours and nothing else."""
    source: Source = Source.LIST


NO_SCOPE = Scope()


class Atlas:
    """Plan, gazetteer and regions asked together."""

    def __init__(self, plan: Plan, regions: Regions, gazetteer: Gazetteer | None) -> None:
        self._regions = regions
        self._gazetteer = gazetteer
        self._index = _PlaceIndex(plan)
        self._reader = AddressReader(regions, self._knows_town, self._index.expand)
        self._around = lru_cache(256)(self._places_around)
        cities = frozenset(name for _, name in self._index.cities)
        self.beside = lru_cache(1 << 12)(PlacesBeside(regions, self._reader, cities).find)
        """The place that a phone cell names itself; empty where it names none for certain."""

    def _knows_town(self, town: str) -> bool:
        return town in self._index.towns or bool(self._gazetteer and self._gazetteer.named(town))

    def scope(self, postcode: str, town: str, region: str) -> Scope:
        """The scope of one row's columns, each as written or empty.

        A region that is told outranks the postcode, whose zones then bind the hours beside its own. Where the town
        is known in the postcode's region too, the region's column has two against it, and nothing is decided.
        """
        address = self._reader.read(town)
        asked = address.region or (self._regions.find(region) if region else None)
        posted = self._of_postcode(postcode or address.postcode)
        if posted is None or asked is None or posted.region == asked.name:
            return self._agreed(address, asked, posted if self._gazetteer else None, postcode)
        told = self._agreed(address, asked, None, postcode)
        if address.region is None and any(one.region == posted.region for one in self._in_town(address, None)):
            other = self._agreed(address, None, posted if self._gazetteer else None, postcode)
            return replace(told, near=(), around=(*told.near, *other.near), contradicting=other.zones)
        return replace(told, contradicting=self._zones((posted,)))

    def _agreed(self, address: Address, asked: Region | None, at_post: Locality | None, postcode: str) -> Scope:
        """The scope where the postcode does not lie outside the region."""
        town_named = self._in_town(address, asked)
        if at_post is None:
            chosen, source = self._prefer_cities(town_named), Source.TOWN
        else:
            chosen, source = _confirmed(at_post, town_named), Source.POSTCODE
        if chosen:
            return self._of(chosen, source)
        if at_post is not None:
            return _disputed(self._of([*self._prefer_cities(town_named), at_post], source))
        return self._whole_region(asked or self._regions.of_postcode(postcode), by_postcode=asked is None)

    def disputed(self, one: Scope, other: Scope) -> Scope:
        """Two places told of one number: what either allows is a candidate, and nothing is decided."""
        region = one.region if one.region == other.region else ""
        zones = tuple(dict.fromkeys((*one.zones, *other.zones)))
        contradicting = (*one.contradicting, *other.contradicting)
        return Scope((), (*one.near, *other.near), region, "", zones, contradicting, one.source)

    def _of_postcode(self, postcode: str) -> Locality | None:
        """Its place; only its region, by the first digits, where the post's table is absent."""
        if len(postcode) != 6:
            return None
        if self._gazetteer is not None:
            return self._gazetteer.of_postcode(postcode)
        region = self._regions.of_postcode(postcode)
        return Locality(region.name, "", "", "") if region else None

    def _in_town(self, address: Address, asked: Region | None) -> Sequence[Locality]:
        for town in reversed(address.towns):
            found = [one for one in self._named(town) if asked is None or one.region == asked.name]
            near = [one for one in found if not address.district or fold_district(one.district) == address.district]
            if found:
                return near or found
        if address.district and asked:
            return (Locality(asked.name, address.district, "", ""),)
        city = address.region is not None and is_federal_city(address.region.name)
        return (Locality(address.region.name, "", address.region.name, ""),) if address.region and city else ()

    def _named(self, town: str) -> list[Locality]:
        """Localities of this name: the post's, and the plan's where the post knows none in that region."""
        posts = list(self._gazetteer.named(town)) if self._gazetteer else []
        known = {one.region for one in posts}
        for region, index in self._index.towns.get(town, ()):
            if region not in known:
                place = self._index.places[index]
                posts.append(Locality(region, place.district, place.town, ""))
        return posts

    def _prefer_cities(self, named: Sequence[Locality]) -> Sequence[Locality]:
        """«Калуга» is the city, not a village of that name; places of some weight all stay."""
        if len(named) < 2 or not any(map(self._is_city, named)):
            return named
        return [one for one in named if not one.part and self._has_weight(one)]

    def _is_city(self, one: Locality) -> bool:
        return not one.part and (one.region, fold_town(one.town)) in self._index.cities

    def _has_weight(self, one: Locality) -> bool:
        """A city of the plan, the centre of the district that bears its name, or a place of several offices."""
        if self._is_city(one) or self._gazetteer is None:
            return True
        centre = _bears_stem(fold_district(one.district), fold_town(one.town))
        return centre or self._gazetteer.offices(one) >= _CITY_OFFICES

    def _of(self, chosen: Sequence[Locality], source: Source) -> Scope:
        names = list(dict.fromkeys(one.region for one in chosen))
        first = chosen[0]
        one_region = len(names) == 1
        return Scope(
            near=tuple(sorted({index for one in chosen for index in self._index.near(one)})),
            around=self._around(names[0]) if one_region else (),
            region=names[0] if one_region else "",
            place=(first.part or first.town or first.district) if one_region else "",
            zones=self._zones(chosen),
            source=source,
        )

    def _zones(self, chosen: Iterable[Locality]) -> tuple[str, ...]:
        zones: dict[str, None] = {}
        for one in chosen:
            region = self._regions.by_name[one.region]
            zones.update(dict.fromkeys(region.zones_of(fold_district(one.district or one.town))))
        return tuple(zones)

    def _whole_region(self, region: Region | None, *, by_postcode: bool) -> Scope:
        if region is None:
            return NO_SCOPE
        near = self._index.region_wide.get(region.name, ()) if is_federal_city(region.name) else ()
        source = Source.POSTCODE if by_postcode else Source.LIST
        zones = region.zones_of("")
        return Scope(tuple(near), self._around(region.name), region.name, "", zones, source=source)

    def _places_around(self, name: str) -> tuple[int, ...]:
        codes = set(self._regions.by_name[name].codes)
        sharing = {region.name for region in self._regions.all if codes & set(region.codes)}
        places = self._index.places
        return tuple(index for index, place in enumerate(places) if sharing & set(place.regions))


class _PlaceIndex:
    """The plan's places by the names in them."""

    def __init__(self, plan: Plan) -> None:
        self.places = plan.data.places
        self.towns: dict[str, list[tuple[str, int]]] = {}
        """Folded town → (region, place)."""
        self.cities: set[tuple[str, str]] = set()
        self.region_wide: dict[str, list[int]] = {}
        self._city_ends: dict[str, set[str]] = {}
        self._districts: dict[str, dict[str, list[int]]] = {}
        self._stems: dict[tuple[str, str], set[str]] = {}
        """(Region, first letters) → its folded districts that begin so."""
        for index, place in enumerate(self.places):
            for region in place.regions:
                self._add(index, region, place.town, place.district)

    def _add(self, index: int, region: str, town: str, district: str) -> None:
        if town:
            name = fold_town(town)
            self.towns.setdefault(name, []).append((region, index))
            if town.startswith(_CITY):
                self.cities.add((region, name))
                self._city_ends.setdefault(name.partition(" ")[2], set()).add(name)
        if district:
            name = fold_district(district)
            self._districts.setdefault(region, {}).setdefault(name, []).append(index)
            self._stems.setdefault((region, name[:_MIN_STEM]), set()).add(name)
        if not town and not district:
            self.region_wide.setdefault(region, []).append(index)

    def expand(self, town: str) -> str | None:
        """«в новгород» → «великий новгород»: the one city whose first word was cut short so."""
        begins, _, rest = town.partition(" ")
        named = [name for name in self._city_ends.get(rest, ()) if name.startswith(begins)] if rest else []
        return named[0] if len(named) == 1 else None

    def near(self, one: Locality) -> Iterable[int]:
        """Plan places of this locality: those of its names, and its district's."""
        names = {fold_town(one.part), fold_town(one.town)} - {""}
        for name in names:
            yield from (index for region, index in self.towns.get(name, ()) if region == one.region)
        if is_federal_city(one.region):
            yield from self.region_wide.get(one.region, ())
        districts = self._districts.get(one.region, {})
        exact = districts.get(fold_district(one.district)) if one.district else None
        yield from exact or self._by_stem(one.region, fold_town(one.district))
        # The post counts some centres to a neighbour of the district that bears their name: both may be right.
        yield from self._by_stem(one.region, fold_town(one.town))

    def _by_stem(self, region: str, town: str) -> Sequence[int]:
        """«Лысьва» → «Лысьвенский»: the places of the district that bears the town's stem, if one does."""
        alike = self._stems.get((region, town[:_MIN_STEM]), ())
        name = max(sorted(alike), key=lambda district: _shared(district, town), default="")
        return self._districts[region][name] if _bears_stem(name, town) else ()


def _bears_stem(district: str, town: str) -> bool:
    return _shared(district, town) >= max(_MIN_STEM, len(town) - 2)


def _shared(left: str, right: str) -> int:
    """Length of the common beginning."""
    return next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def _confirmed(at_post: Locality, in_town: Sequence[Locality]) -> Sequence[Locality]:
    """The town's places which the postcode confirms; without a town the postcode's own; none where they contradict."""
    if not in_town:
        return (at_post,)
    same_region = [one for one in in_town if one.region == at_post.region]
    closer = [one for one in same_region if one.district == at_post.district or one.town == at_post.town]
    return closer or same_region


def _disputed(scope: Scope) -> Scope:
    """Postcode and town contradict: what either allows is a candidate, and nothing is decided."""
    return replace(scope, near=(), around=scope.near)
