"""One run of digits, already cut out of a cell: what number it is, if any.

Knows trunk and international prefixes, codes that went out of use, service, premium and foreign numbers.
Never adds a digit and never drops one that is not a prefix; the codes that exist come from the plan.
"""

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from dialer.core.numbering.records import Reason

NATIONAL_DIGITS = 10
NO_SUBSCRIBER = "0000000"
SHORTEST_LOCAL = 5
LONGEST_LOCAL = 9
"""Local numbers have 5–7 digits; 8 or 9 are a number whose code lost its first digits («235-25974» for 87235 25974)."""

_DOUBLED_PREFIXES = ("77", "78", "87", "88", "07", "08", "007", "008", "0078", "8107", "8108")
"""Prefixes people write twice or dial abroad with: «+7 8 495…», «8-10-7-495…», «007 495…»."""
_LONGEST_PREFIX = max(map(len, _DOUBLED_PREFIXES))
_KAZAKHSTAN = ("6", *(f"7{digit}" for digit in range(9)))
"""+7 6xx and +7 7xx belong to Kazakhstan; 79x is of nobody."""
_NEIGHBOURS = ("373", "374", "375", "380", "992", "993", "994", "995", "996", "998")
"""Countries whose numbers stand in Russian lists without a plus."""
PREMIUM_CODES = frozenset(("801", "802", "803", "805", "806", "807", "808", "809"))
"""National codes of services with a tariff of their own; 800 and 804 are free to call."""
TOLLFREE_CODES = frozenset(("800", "804"))
_OLD_CODES = (("0692", "8692"), ("011", "401"), ("065", "365"), ("07", "47"), ("08", "48"), ("09", "49"))
"""Codes until 2005 (Crimea until 2014) and what became of them, longest first."""
_SEQUENCES = ("0123456789", "1234567890")


@dataclass(frozen=True, slots=True)
class Full:
    """A whole national number."""

    number: str
    notice: Reason | None = None


@dataclass(frozen=True, slots=True)
class Bad:
    """Digits that are no Russian number that can be called."""

    reason: Reason
    detail: str = ""


def read_national(number: str, codes: frozenset[str]) -> Full | Bad:
    """Ten digits, prefixes gone: the number, or why it is none."""
    if is_placeholder(number):
        return Bad(Reason.PLACEHOLDER)
    if number.startswith(_KAZAKHSTAN):
        return Bad(Reason.FOREIGN, "Kazakhstan")
    if number[0] == "0":
        return _renamed(number, codes)
    code = number[:3]
    if code in PREMIUM_CODES:
        return Bad(Reason.PREMIUM)
    if code not in codes:
        return Bad(Reason.UNALLOCATED, f"code {code}")
    return Full(number)


def _renamed(number: str, codes: frozenset[str]) -> Full | Bad:
    for old, new in _OLD_CODES:
        if number.startswith(old):
            renamed = new + number[len(old) :]
            return Full(renamed, Reason.OBSOLETE_CODE) if renamed[:3] in codes else Bad(Reason.UNALLOCATED)
    return Bad(Reason.UNALLOCATED, f"code {number[:3]}")


def is_placeholder(digits: str) -> bool:
    """«0000000», «1234567», «9999999999», «495 000-00-00»: digits that stand for no number."""
    if any(sequence.startswith(digits) for sequence in _SEQUENCES):
        return True
    if len(digits) == NATIONAL_DIGITS:
        return len(set(digits)) == 1 or digits.endswith(NO_SUBSCRIBER)
    return len(set(digits)) == 1 and digits[0] in "0189"


def strip_prefix(digits: str, codes: frozenset[str]) -> str | None:
    """The ten digits behind a trunk or international prefix, or None when there is no such reading."""
    spare = len(digits) - NATIONAL_DIGITS
    if spare == 1:
        return digits[1:] if digits[0] in "78" else None
    if not 1 < spare <= _LONGEST_PREFIX:
        return None
    for prefix in _DOUBLED_PREFIXES:
        rest = digits[len(prefix) :]
        if len(rest) == NATIONAL_DIGITS and digits.startswith(prefix) and _exists(rest, codes):
            return rest
    return None


def _exists(number: str, codes: frozenset[str]) -> bool:
    return number[:3] in codes or number[:3] in PREMIUM_CODES


def is_valid_abroad(digits: str) -> bool:
    """Whether the digits behind a plus are a valid number of another country, not merely of a possible length."""
    parsed = phonenumbers.parse("+" + digits)
    return bool(phonenumbers.is_valid_number(parsed))


@lru_cache(4096)
def foreign_country(digits: str, *, written_abroad: bool) -> str:
    """The region code of a number of another country, or empty.

    `written_abroad` (a plus, 00 or 8-10 stood before) accepts a length that is merely possible there; bare
    digits must be a valid number of a neighbour.
    """
    if not 8 <= len(digits) <= 15 or digits[0] in "07" or not (written_abroad or digits.startswith(_NEIGHBOURS)):
        return ""
    try:
        parsed = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return ""
    fits = phonenumbers.is_possible_number if written_abroad else phonenumbers.is_valid_number
    region: str = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return region if fits(parsed) and region not in ("ZZ", "RU") else ""


def has_area_code(number: str) -> bool:
    """Whether its code is that of a place, which neighbours share: not a mobile's, nor a nationwide 80x."""
    return number[0] in "348" and not number.startswith("80")


def is_service(digits: str) -> bool:
    """Emergency and operators' short numbers: 01–04, 112, 1xx, 0xxx, 900."""
    if len(digits) == 2:
        return digits[0] == "0"
    if len(digits) == 3:
        return digits[0] in "01" or digits == "900"
    return len(digits) == 4 and digits[0] == "0"
