"""Names of places as people write them, brought to one shape so that they can be compared.

«г. Ростов-на-Дону», «РОСТОВ НА ДОНУ» and «Ростов-на-Дону г» are one name. Folding drops what does not
tell places apart (case, ё, hyphens, the words for "town" and "district"), and nothing else.
"""

import re
from functools import lru_cache

_CACHE = 1 << 16
_SPACES = re.compile(r"[\s\-‐‑‒–—―−_/\\«»\"'`]+")
_STOPS = re.compile(r"[.,;:()|*]+")
_DISTRICT_MARK = re.compile(
    r"(?<!\w)(?:муниципальн(?:ый|ое)|р-он|р-н|рн|район|улус|у\.|г\.\s?о\.|м\.\s?о\.|м\.\s?р-н|"
    r"городской округ|округ|образование|национальный)(?!\w)",
    re.IGNORECASE,
)
_TOWN_MARK = re.compile(
    r"(?<![\w-])(?:г\.\s?о|р\.\s?п|ст-ца|ж/д\s?ст|с/с|г|гор|город|пос|пос[её]лок|п|пгт|рп|с|село|д|дер|деревня|ст|"
    r"станица|х|хут|хутор|сл|слобода|аул|а|нп|дп|кп|тер|мкр|у)(?:\.\s*|\s+|$)",
    re.IGNORECASE,
)
_CITY_MARK = re.compile(r"(?<![\w-])(?:г|гор|город)(?:\.|\s|$)", re.IGNORECASE)


@lru_cache(_CACHE)
def fold(name: str) -> str:
    """Lower case, ё as е, hyphens and punctuation as single spaces."""
    text = _STOPS.sub(" ", name.lower().replace("ё", "е"))
    return _SPACES.sub(" ", text).strip()


def is_district(part: str) -> bool:
    """Whether this part of an address calls itself a district («Казанский р-н», «Намский улус»)."""
    return _DISTRICT_MARK.search(part) is not None


def is_city(part: str) -> bool:
    """Whether this part of an address calls itself a city («г. Мирный», «Мирный г»)."""
    return _CITY_MARK.search(part) is not None


@lru_cache(_CACHE)
def fold_district(name: str) -> str:
    """«р-н Казанский», «Казанский район», «у. Горный» → «казанский», «горный»."""
    return fold(_DISTRICT_MARK.sub(" ", name)) or fold(name)


@lru_cache(_CACHE)
def fold_town(name: str) -> str:
    """«г. Казань», «КАЗАНЬ г», «с. 1-е Мая» → «казань», «1 е мая»; a name that is only a mark stays."""
    return fold(_TOWN_MARK.sub(" ", name)) or fold(name)
