"""Whom a project takes in: the regions it serves, and for how long the same number is a repeat. Plain values, pure.

A lead that is turned away for its region is refused as `not_served`, which is no fault of its phone: it is none of the
refusal codes of numbers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dialer.core.numbering.records import NumberRecord
from dialer.core.numbering.regions import Regions

NOT_SERVED = "not_served"
REPEATED = "repeated_number"
"""Why a row is a duplicate whose order is new: its number came within the project's days."""
LONGEST_REPEAT_DAYS = 366

RegionOf = Callable[[str, str, str], str]
"""(postcode, town, region) to our name of the region where that is; empty where it is unknown or one of several."""


def nowhere(postcode: str, town: str, region: str) -> str:
    """A `RegionOf` that knows no place."""
    return ""


@dataclass(frozen=True, slots=True)
class Admission:
    """The settings of a project."""

    served: frozenset[str] | None = None
    """Our names of regions; None: all of Russia."""
    repeat_days: int = 0
    """A number that came within so many days is a repeat; 0: it may come again at once."""


ALL_COMERS = Admission()


def is_outside(served: frozenset[str], address: str, found: Iterable[NumberRecord]) -> bool:
    """Whether a lead lies outside the served regions.

    Its address decides, by its region; without one the regions of its numbers, of which one inside is enough. Where
    nothing tells, it is inside: nobody is turned away on a guess.
    """
    if address:
        return address not in served
    told = {region for record in found if record.region for region in record.region.split(", ")}
    return bool(told) and told.isdisjoint(served)


def read_served(names: Iterable[str], regions: Regions) -> frozenset[str]:
    """Regions as people call them by our names. ValueError names the ones that are none."""
    asked = {name: regions.find(name) for name in names}
    unknown = [name for name, region in asked.items() if region is None]
    if unknown:
        raise ValueError(f"no region of Russia is called {', '.join(map(repr, unknown))}")
    return frozenset(region.name for region in asked.values() if region)
