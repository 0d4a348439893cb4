"""The tables that ship with the product, read from the package: the plan, the regions, the postcodes.

The postcode table is a file of its own that a packager may drop; then postcodes are known by region only.
"""

from datetime import date
from functools import lru_cache
from importlib.resources import files

from dialer.core.numbering.gazetteer import GazetteerData
from dialer.core.numbering.plan import PlanData
from dialer.core.numbering.planfile import unpack_gazetteer, unpack_plan
from dialer.core.numbering.regions import Regions, read_regions
from dialer.core.numbering.service import Numbering

PLAN_FILE = "plan.bin"
POSTCODES_FILE = "postcodes.bin"
_REGIONS_FILE = "regions.csv"
_DATA = files("dialer.core.numbering") / "data"


@lru_cache(1)
def default_regions() -> Regions:
    return read_regions((_DATA / _REGIONS_FILE).read_text("utf-8"))


@lru_cache(1)
def default_plan() -> PlanData:
    return unpack_plan((_DATA / PLAN_FILE).read_bytes())


@lru_cache(1)
def default_gazetteer() -> GazetteerData | None:
    """None when the packager dropped the table."""
    table = _DATA / POSTCODES_FILE
    return unpack_gazetteer(table.read_bytes()) if table.is_file() else None


def load_default(today: date) -> Numbering:
    """The numbering on the shipped tables. `today` tells how old they are."""
    return Numbering(default_plan(), default_regions(), default_gazetteer(), today)
