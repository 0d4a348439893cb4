"""One cell with a place («Забайкальский край, Чернышевск», «г. Казань», «СПб») taken apart.

It decides only what each part calls itself; where the place lies is the atlas's question.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from dialer.core.numbering.names import fold, fold_district, fold_town, is_city, is_district
from dialer.core.numbering.regions import Region, Regions, calls_itself_region, is_federal_city

_SPLIT = re.compile(r"[,;|()\n\t]+")
_POSTCODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_STREET = re.compile(
    r"(?<!\w)(?:ул|улица|пр-?кт|пр-т|проспект|пер|переулок|пл|площадь|ш|шоссе|д|дом|кв|корп|стр|б-р|наб)\.?\s", re.I
)
_SHORT_NAMES = {
    "екб": "екатеринбург",
    "ебург": "екатеринбург",
    "нск": "новосибирск",
    "комсомольск н а": "комсомольск на амуре",
    "ростов н д": "ростов на дону",
    "ростов н дону": "ростов на дону",
    "р н д": "ростов на дону",
}
"""Names that are spoken but stand in no table."""


@dataclass(frozen=True, slots=True)
class Address:
    region: Region | None = None
    district: str = ""
    """Folded."""
    towns: tuple[str, ...] = ()
    """Folded, in the order written; mostly one."""
    city: bool = False
    """The town calls itself a city («г. …»)."""
    postcode: str = ""


NOWHERE = Address()


class AddressReader:
    """Reads place cells; `knows_town` says whether a folded name is a town anywhere,
    `expand` gives the city of a shortened one («в новгород»)."""

    def __init__(
        self, regions: Regions, knows_town: Callable[[str], bool], expand: Callable[[str], str | None]
    ) -> None:
        self._regions = regions
        self.knows_town = knows_town
        self._expand = expand
        self.read = lru_cache(1 << 16)(self._read)

    def _read(self, text: str) -> Address:
        address = NOWHERE
        parts = [part.strip() for part in _SPLIT.split(text) if part.strip()]
        for at, part in enumerate(parts):
            address = self._take(address, part, alone=len(parts) == 1, first=at == 0)
        return address

    def _take(self, address: Address, part: str, *, alone: bool, first: bool) -> Address:
        postcode = _POSTCODE.search(part)
        if postcode is not None:
            address = replace(address, postcode=postcode.group())
            part = part.replace(postcode.group(), " ").strip()
        if not part or (_STREET.search(part) and address.towns):
            return address
        region = self._region(part, alone=alone, first=first)
        if region is not None:
            town = _federal_city(region)
            return replace(address, region=region, towns=(town,) if town else address.towns, city=bool(town))
        if is_district(part):
            return replace(address, district=fold_district(part))
        town = self._town(part)
        return replace(address, towns=(*address.towns, town), city=address.city or is_city(part)) if town else address

    def _town(self, part: str) -> str:
        town = fold_town(part)
        if self.knows_town(town):
            return town
        whole = fold(part)
        return _SHORT_NAMES.get(whole) or self._expand(town) or self._expand(whole) or town

    def _region(self, part: str, *, alone: bool, first: bool) -> Region | None:
        if is_district(part) and not calls_itself_region(part):
            return None
        region = self._regions.find(part)
        if region is None or calls_itself_region(part) or _federal_city(region):
            return region
        if is_city(part):
            return None
        return region if (first and not alone) or not self.knows_town(fold_town(part)) else None


def _federal_city(region: Region) -> str:
    return fold(region.name) if is_federal_city(region.name) else ""
