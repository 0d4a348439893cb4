"""What a gateway or a mail server made of one notice."""

from dataclasses import dataclass
from enum import StrEnum


class Said(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"
    """For good: the same again would be refused again."""
    NOT_NOW = "not_now"
    """It surely did not go; the same again may."""
    UNKNOWN = "unknown"
    """It may have gone."""


@dataclass(frozen=True, slots=True)
class Result:
    said: Said
    reason: str = ""
    """A code, without anything of the person."""
