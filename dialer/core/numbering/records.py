"""What the numbering says: statuses, refusal codes, and one record per number found.

Which code may stand with which status is one table, `STATUSES`; docs/numbers.md shows it and a test holds both equal.
"""

from enum import StrEnum
from typing import Literal, NamedTuple

from dialer.core.numbering.zones import binding_zone


class Status(StrEnum):
    OK = "ok"
    RESTORED = "restored"
    AMBIGUOUS = "ambiguous"
    REJECTED = "rejected"


class Kind(StrEnum):
    FIXED = "fixed"
    MOBILE = "mobile"
    TOLLFREE = "tollfree"


class Reason(StrEnum):
    EMPTY = "EMPTY"
    NO_DIGITS = "NO_DIGITS"
    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    BAD_LENGTH = "BAD_LENGTH"
    LOST_PRECISION = "LOST_PRECISION"
    PLACEHOLDER = "PLACEHOLDER"
    SERVICE = "SERVICE"
    FOREIGN = "FOREIGN"
    UNALLOCATED = "UNALLOCATED"
    NO_PLACE = "NO_PLACE"
    NOT_PHONE = "NOT_PHONE"
    PREMIUM = "PREMIUM"
    TOLLFREE = "TOLLFREE"
    OBSOLETE_CODE = "OBSOLETE_CODE"
    LETTERS = "LETTERS"


class Source(StrEnum):
    """Where a number's code came from."""

    CELL = "cell"
    LIST = "list"
    POSTCODE = "postcode"
    TOWN = "town"
    PLAN = "plan"


_REFUSED = frozenset({Status.REJECTED})

STATUSES = {
    Reason.EMPTY: _REFUSED,
    Reason.NO_DIGITS: _REFUSED,
    Reason.TOO_SHORT: _REFUSED,
    Reason.TOO_LONG: _REFUSED,
    Reason.BAD_LENGTH: _REFUSED,
    Reason.LOST_PRECISION: _REFUSED,
    Reason.PLACEHOLDER: _REFUSED,
    Reason.SERVICE: _REFUSED,
    Reason.FOREIGN: _REFUSED,
    Reason.UNALLOCATED: frozenset({Status.OK, Status.REJECTED}),
    Reason.NO_PLACE: _REFUSED,
    Reason.NOT_PHONE: _REFUSED,
    Reason.PREMIUM: _REFUSED,
    Reason.TOLLFREE: frozenset({Status.OK}),
    Reason.OBSOLETE_CODE: frozenset({Status.OK}),
    Reason.LETTERS: frozenset({Status.OK, Status.RESTORED, Status.AMBIGUOUS, Status.REJECTED}),
}
"""With which status a code may stand: beside a number it is a notice, with `rejected` a refusal."""


class NumberRecord(NamedTuple):
    """One number found in a cell, or why there is none. The first twelve columns of `dialer numbers` after `input`."""

    status: Status
    number: str
    """10 digits; empty unless ok or restored."""
    ext: str
    candidates: tuple[str, ...]
    """10-digit numbers, best first; for ambiguous ones only."""
    region: str
    place: str
    zone: str
    """IANA name, or empty when unknown: then only hours open in every zone of Russia count as open."""
    kind: Kind | Literal[""]
    reason: Reason | Literal[""]
    """A notice beside a number, the refusal of a rejected one, or empty."""
    source: Source | Literal[""]
    zones: tuple[str, ...] = ()
    """Every zone that must be open: the address's and the number's where they differ; empty = all of Russia's."""
    detail: str = ""
    """A few words for a person: «12 digits»."""

    @property
    def bound_zone(self) -> str:
        """All of `zones` as one: what the books keep, and the hours are asked about. Empty: every zone of Russia."""
        return self.zone if len(self.zones) < 2 else binding_zone(self.zones)

    @property
    def spoken_candidates(self) -> tuple[str, ...]:
        """As a lead keeps them: each with the extension, to be read again when one is chosen."""
        return tuple(f"{one} доб. {self.ext}" for one in self.candidates) if self.ext else self.candidates

    @property
    def callable(self) -> bool:
        """Whether there is a number that may be dialled as it is."""
        return self.status in (Status.OK, Status.RESTORED)
