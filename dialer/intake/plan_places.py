"""From what the regulator writes beside a range to a place: region, district, town.

Files up to 2015 name no region («р-н Казанский»): it follows from the code. Since 2024 the last part of
«г. Улан-Удэ|г.о. город Улан-Удэ|Республика Бурятия» is the region, or two («Город Москва, Московская область»).
"""

from dialer.core.numbering.names import fold_district, fold_town, is_district
from dialer.core.numbering.plan import Place
from dialer.core.numbering.regions import Region, Regions, calls_itself_region

_ALL_RUSSIA = "Российская Федерация"
_NATIONWIDE = "80"
"""800–809 serve the whole country, wherever their operator sits."""

_NENETS = frozenset({"нарьян мар", "искателей", "заполярный"})
"""Code 818 serves two regions; these are the Nenets ones."""


def place_of(territory: str, code: str, regions: Regions) -> Place:
    """The place of a published range."""
    parts = [part.strip() for part in territory.split("|") if part.strip()]
    if not parts or parts == [_ALL_RUSSIA] or code.startswith(_NATIONWIDE):
        return Place(())
    named = _regions_named(parts[-1], regions)
    if named and (len(parts) > 1 or _is_region(parts[-1], regions)):
        return _inside(tuple(region.name for region in named), parts[:-1])
    owner = _owner(parts, code, regions)
    return _inside((owner.name,) if owner else (), parts)


def _regions_named(part: str, regions: Regions) -> tuple[Region, ...]:
    return regions.find_all(part) if part else ()


def _is_region(part: str, regions: Regions) -> bool:
    """A single part is a region when it says so or is a federal city; «г. Мирный» is not."""
    found = regions.find_all(part)
    return calls_itself_region(part) or (bool(found) and all(" " not in region.name for region in found))


def _inside(regions: tuple[str, ...], parts: list[str]) -> Place:
    district = next((part for part in parts if is_district(part) or part.startswith("у. ")), "")
    towns = [part for part in parts if part is not district]
    return Place(regions, _bare_district(district), towns[0] if towns else "")


def _bare_district(district: str) -> str:
    for mark in ("р-н ", "у. ", "м.р-н ", "м.о. ", "г.о. "):
        district = district.removeprefix(mark)
    return district.removesuffix(" район").strip()


def _owner(parts: list[str], code: str, regions: Regions) -> Region | None:
    owners = regions.of_code(code)
    if len(owners) < 2:
        return owners[0] if owners else None
    names = {fold_town(part) for part in parts} | {fold_district(part) for part in parts}
    by_name = {owner.name: owner for owner in owners}
    if "Ненецкий автономный округ" in by_name:
        return by_name["Ненецкий автономный округ" if names & _NENETS else "Архангельская область"]
    cities = [owner for owner in owners if " " not in owner.name]
    return next((city for city in cities if fold_town(city.name) in names), _not_city(owners))


def _not_city(owners: tuple[Region, ...]) -> Region:
    return next((owner for owner in owners if " " in owner.name), owners[0])
