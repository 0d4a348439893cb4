"""What the plan says of the place of a number: region, place in words, zones, kind."""

from dataclasses import dataclass
from functools import lru_cache

from dialer.core.numbering.digits import TOLLFREE_CODES
from dialer.core.numbering.names import fold_district
from dialer.core.numbering.plan import Place, Plan
from dialer.core.numbering.records import Kind
from dialer.core.numbering.regions import Regions, is_federal_city


@dataclass(frozen=True, slots=True)
class Home:
    regions: tuple[str, ...]
    place: str
    zones: tuple[str, ...]
    """Zones possible there, likeliest first; none when the plan does not say."""


NOWHERE = Home((), "", ())


class Homes:
    """Homes by place of the plan; a number that is not allotted has the home of its code, if one region owns it."""

    def __init__(self, plan: Plan, regions: Regions) -> None:
        self._places = plan.data.places
        self._regions = regions
        self.of_place = lru_cache(1 << 14)(self._of_place)
        self.of_code = lru_cache(1 << 10)(self._of_code)

    def _of_place(self, index: int) -> Home:
        place = self._places[index]
        known = fold_district(place.district or place.town)
        zones: dict[str, None] = {}
        for name in place.regions:
            zones.update(dict.fromkeys(self._regions.by_name[name].zones_of(known)))
        return Home(place.regions, _in_words(place), tuple(zones))

    def _of_code(self, code: str) -> Home:
        owners = self._regions.of_code(code)
        return Home((owners[0].name,), "", owners[0].zones_of("")) if len(owners) == 1 else NOWHERE


def _in_words(place: Place) -> str:
    if place.town or place.district:
        return place.town or f"{place.district} р-н"
    return place.regions[0] if len(place.regions) == 1 and is_federal_city(place.regions[0]) else ""


def kind_of(number: str) -> Kind:
    if number[0] == "9":
        return Kind.MOBILE
    return Kind.TOLLFREE if number[:3] in TOLLFREE_CODES else Kind.FIXED
