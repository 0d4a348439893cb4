"""Our own compact form of the numbering plan and of the postcode table: bytes in, values out.

A file is zlib-packed JSON with columns instead of rows; numbers are stored as steps from the one before,
which packs 220,000 published ranges into a few hundred kilobytes. The same input gives the same bytes.
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from typing import Any

from dialer.core.numbering.gazetteer import GazetteerData, Locality
from dialer.core.numbering.plan import Place, PlanData, Section

_PLAN_FORMAT = "dialer-plan-1"
_GAZETTEER_FORMAT = "dialer-postcodes-1"
_CODE_NUMBERS = 10_000_000


class BadPlanFile(ValueError):
    """The bytes are not a table of ours, or are damaged; the message says which."""


def pack_plan(data: PlanData) -> bytes:
    return _pack(
        {
            "format": _PLAN_FORMAT,
            "sections": {key: _section_out(section) for key, section in sorted(data.sections.items())},
            "places": [[list(place.regions), place.district, place.town] for place in data.places],
            "first": _steps(data.first),
            "length": [last - first for first, last in zip(data.first, data.last, strict=True)],
            "place": list(data.place),
        }
    )


def unpack_plan(packed: bytes) -> PlanData:
    """Raises BadPlanFile."""
    body = _unpack(packed, _PLAN_FORMAT)
    first = tuple(accumulate(body["first"]))
    return PlanData(
        sections={key: _section_in(section) for key, section in body["sections"].items()},
        places=tuple(Place(tuple(regions), district, town) for regions, district, town in body["places"]),
        first=first,
        last=tuple(start + length for start, length in zip(first, body["length"], strict=True)),
        place=tuple(body["place"]),
    )


def pack_gazetteer(data: GazetteerData) -> bytes:
    return _pack(
        {
            "format": _GAZETTEER_FORMAT,
            "section": _section_out(data.section),
            "localities": [list(locality) for locality in data.localities],
            "postcode": _steps([int(postcode) for postcode in data.postcodes]),
            "locality": list(data.locality),
        }
    )


def unpack_gazetteer(packed: bytes) -> GazetteerData:
    """Raises BadPlanFile."""
    body = _unpack(packed, _GAZETTEER_FORMAT)
    return GazetteerData(
        section=_section_in(body["section"]),
        localities=tuple(Locality(*locality) for locality in body["localities"]),
        postcodes=tuple(f"{postcode:06d}" for postcode in accumulate(body["postcode"])),
        locality=tuple(body["locality"]),
    )


def _pack(body: dict[str, Any]) -> bytes:
    return zlib.compress(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), 9)


def _unpack(packed: bytes, expected: str) -> dict[str, Any]:
    try:
        body = json.loads(zlib.decompress(packed))
    except (zlib.error, ValueError) as error:
        raise BadPlanFile(f"not a compiled table, or damaged: {error}") from error
    if not isinstance(body, dict) or body.get("format") != expected:
        raise BadPlanFile(f"not a table of the form {expected}")
    return body


def _steps(values: Sequence[int]) -> list[int]:
    return [value - before for value, before in zip(values, (0, *values), strict=False)]


def _section_out(section: Section) -> dict[str, Any]:
    return {
        "source": section.source,
        "published": section.published.isoformat(),
        "rows": section.rows,
        "sha256": section.sha256,
    }


def _section_in(section: dict[str, Any]) -> Section:
    return Section(section["source"], date.fromisoformat(section["published"]), section["rows"], section["sha256"])


def merge_neighbours(ranges: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Sorted (first, last, place); ranges of one place that touch made into one, never across two codes."""
    merged: list[tuple[int, int, int]] = []
    for first, last, place in sorted(ranges):
        touches = bool(merged) and merged[-1][1] + 1 == first and first % _CODE_NUMBERS != 0
        if touches and merged[-1][2] == place:
            merged[-1] = (merged[-1][0], last, place)
        else:
            merged.append((first, last, place))
    return merged
