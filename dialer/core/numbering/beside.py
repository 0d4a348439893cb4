"""A place written in the phone cell itself: «Кострома 49-68-98», «49-68-98 (г. Кострома)».

Names of people stand there too, and many towns are called like them. A word counts as a town when a mark says so
(«г. Пушкин»), or when it stands alone, is a city of the plan and has not the form of a surname or an adjective. Two
different places in one cell tell nothing.
"""

import re

from dialer.core.numbering.address import Address, AddressReader
from dialer.core.numbering.fold import plain
from dialer.core.numbering.names import fold, is_district
from dialer.core.numbering.notphone import EMAIL_OR_SITE
from dialer.core.numbering.regions import Regions, calls_itself_region, is_federal_city

_LETTER = re.compile(r"[^\W\d_]")
_PART = re.compile(r"[^\d,;:|()\[\]/\\\n+*#]*[^\W\d_][^\d,;:|()\[\]/\\\n+*#]*")
_MARK = re.compile(
    r"(?<![\w-])(?:(?:г|гор|с|п|пос|пгт|рп|р\.\s?п|д|дер|х|сл|ст)\.|г\s|город\s|село\s|пос[её]лок\s|пгт\s|деревня\s|"
    r"станица\s|хутор\s)\s*[^\W\d_]",
    re.IGNORECASE,
)
_LABELS = (
    r"(?:тел(?:ефон)?|т|моб(?:ильный)?|сот(?:овый)?|раб(?:очий)?|дом(?:ашний)?|факс|городской|номер|доб|звонить|"
    r"tel|phone|fax|mob|cell|whatsapp|viber)"
)
_LABEL_BEFORE = re.compile(rf"^(?:{_LABELS}\b[\s.]*)+", re.IGNORECASE)
_LABEL_BEHIND = re.compile(rf"(?:[\s.]+{_LABELS}\.?)+$", re.IGNORECASE)
_LIKE_A_PERSON = re.compile(r"(?:ов|ев|ин|ын|ский|ый|ий|ой|ая|ое|ие|ые)$")
"""Endings of surnames and adjectives; a city after which its region is named («Саратов») is known all the same."""
_GIVEN_NAMES = frozenset({"владимир", "артем"})
_EDGES = " .-—–_\"'"


class PlacesBeside:
    """Finds them. `cities` are the folded names of the plan's cities."""

    def __init__(self, regions: Regions, reader: AddressReader, cities: frozenset[str]) -> None:
        self._regions = regions
        self._reader = reader
        self._cities = cities
        self._named_after = frozenset(
            city for city in cities for region in regions.all if fold(region.name).startswith(city)
        )

    def find(self, cell: str) -> str:
        """The place as it is written, to be read like a town's column; empty where there is none, or are several."""
        if not _LETTER.search(cell):
            return ""
        text = EMAIL_OR_SITE.sub(";", plain(cell))
        parts = [_bare(part) for part in _PART.findall(text)]
        told = [part for part in dict.fromkeys(parts) if part and self._is_place(part)]
        read = self._reader.read(", ".join(told))
        return ", ".join(told) if told and len(set(read.towns)) < 2 else ""

    def _is_place(self, part: str) -> bool:
        if calls_itself_region(part):
            return self._regions.find(part) is not None
        if is_district(part):
            return True
        read = self._reader.read(part)
        if _MARK.search(part):
            return bool(read.towns) and self._reader.knows_town(read.towns[-1])
        return _is_federal(read) or (len(read.towns) == 1 and self._is_city_alone(read.towns[0]))

    def _is_city_alone(self, town: str) -> bool:
        if town not in self._cities or town in _GIVEN_NAMES:
            return False
        return town in self._named_after or not _LIKE_A_PERSON.search(town)


def _bare(part: str) -> str:
    """Without the labels of the number: «тел. Кострома», «Кострома тел.»"""
    text = _LABEL_BEHIND.sub("", _LABEL_BEFORE.sub("", part.strip(_EDGES)))
    return text.strip(_EDGES)


def _is_federal(read: Address) -> bool:
    return read.region is not None and is_federal_city(read.region.name)
