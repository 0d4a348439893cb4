"""The whole of the numbering behind one object: a cell and what the row says of the place → records.

`Numbering` is immutable; a new plan is a new `Numbering`. It needs no database, no clock and no network.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dialer.core.numbering.atlas import NO_SCOPE, Atlas, Scope
from dialer.core.numbering.cells import Found, Local, Piece, Refused, normalise
from dialer.core.numbering.digits import TOLLFREE_CODES
from dialer.core.numbering.gazetteer import Gazetteer, GazetteerData
from dialer.core.numbering.names import fold_district
from dialer.core.numbering.plan import Plan, PlanData
from dialer.core.numbering.records import Kind, NumberRecord, Reason, Source, Status
from dialer.core.numbering.regions import Regions
from dialer.core.numbering.restore import Restored, Restorer
from dialer.core.numbering.zones import read_zone

_POSTCODE = re.compile(r"(?<!\d)[1-6]\d{5}(?!\d)|(?<!\d)9\d{5}(?!\d)")


@dataclass(frozen=True, slots=True)
class _Home:
    """What the plan says of one of its places."""

    regions: tuple[str, ...]
    region: str
    place: str
    zones: tuple[str, ...]


_NOWHERE = _Home((), "", "", ())


class Numbering:
    """Restores, checks and places phone numbers. Make one with `load_default` or `from_tables`."""

    def __init__(self, plan: PlanData, regions: Regions, gazetteer: GazetteerData | None, today: date) -> None:
        self.plan = Plan(plan)
        self.regions = regions
        self.gazetteer = Gazetteer(gazetteer) if gazetteer else None
        self.codes = self.plan.codes | regions.codes
        self._atlas = Atlas(self.plan, regions, self.gazetteer)
        self._restorer = Restorer(self.plan, today)
        self._home = lru_cache(1 << 14)(self._home_of)
        self._pieces = lru_cache(1 << 14)(lambda cell: normalise(cell, self.codes))

    def check(
        self,
        cell: str | None,
        postcode: str | None = None,
        town: str | None = None,
        region: str | None = None,
        list_zone: str | None = None,
    ) -> list[NumberRecord]:
        """One record per number found in `cell`, in order; one `rejected` record when there is none.

        The other arguments are the row's columns as written, or None. `list_zone` is the list's own zone
        («Asia/Omsk», «МСК+3»); one it cannot read is passed over. Never raises on content.
        """
        scope = self.scope(postcode, town, region)
        zone = read_zone(list_zone) if list_zone else ""
        pieces = self._pieces(cell or "")
        return [self._record(piece, scope, zone, postcode or "") for piece in pieces]

    def scope(self, postcode: str | None, town: str | None, region: str | None) -> Scope:
        """Where the row says the person lives."""
        if not (postcode or town or region):
            return NO_SCOPE
        code = _POSTCODE.search(postcode) if postcode else None
        return self._atlas.scope(code.group() if code else "", town or "", region or "")

    def is_fresh(self, number: str) -> bool:
        """Whether the plan's file for this number is younger than a year: then «not allotted» may refuse."""
        return self._restorer.is_fresh(number)

    def _record(self, piece: Piece, scope: Scope, zone: str, postcode: str) -> NumberRecord:
        if isinstance(piece, Found):
            return self._found(piece.number, piece.ext, piece.notice, scope, zone, Status.OK, Source.CELL)
        if isinstance(piece, Local):
            return self._local(piece, scope, zone, postcode)
        return _rejected(piece)

    def _found(
        self,
        number: str,
        ext: str,
        notice: Reason | None,
        scope: Scope,
        list_zone: str,
        status: Status,
        source: Source,
    ) -> NumberRecord:
        place = self.plan.place_of(number)
        home = self._home(place, number[:3])
        zone, zones = _zone(list_zone, scope, home)
        kind = _kind(number)
        if notice is None and kind is Kind.TOLLFREE:
            notice = Reason.TOLLFREE
        if notice is None and place is None:
            notice = Reason.UNALLOCATED
        region, name = _where(home, scope)
        return NumberRecord(status, number, ext, (), region, name, zone, kind, notice or "", source, zones)

    def _local(self, piece: Local, scope: Scope, zone: str, postcode: str) -> NumberRecord:
        if piece.digits == postcode.strip():
            return _rejected(Refused(Reason.NOT_PHONE, "the postcode"))
        heir = self._inherited(piece)
        if heir:
            return self._found(heir, piece.ext, None, scope, zone, Status.OK, Source.CELL)
        restored = self._restorer.restore(piece.digits, scope)
        if restored.decided:
            number = restored.candidates[0]
            return self._found(number, piece.ext, None, scope, zone, Status.RESTORED, restored.source)
        if not restored.candidates:
            return _rejected(_no_code(piece.digits))
        return _ambiguous(piece, restored, scope, zone)

    def _inherited(self, piece: Local) -> str:
        """The number with the code of the one before it in the cell, when the two share it for certain."""
        if not piece.heir_of:
            return ""
        number = piece.heir_of[: 10 - len(piece.digits)] + piece.digits
        if piece.sure:
            return number
        place = self.plan.place_of(number)
        return number if place is not None and place == self.plan.place_of(piece.heir_of) else ""

    def _home_of(self, place: int | None, code: str) -> _Home:
        if place is None:
            owners = self.regions.of_code(code)
            if len(owners) != 1:
                return _NOWHERE
            return _Home((owners[0].name,), owners[0].name, "", owners[0].zones_of(""))
        found = self.plan.data.places[place]
        zones: dict[str, None] = {}
        known = fold_district(found.district or found.town)
        for name in found.regions:
            zones.update(dict.fromkeys(self.regions.by_name[name].zones_of(known)))
        label = found.town or (f"{found.district} р-н" if found.district else "")
        return _Home(found.regions, ", ".join(found.regions), label, tuple(zones))


def _kind(number: str) -> Kind:
    if number[0] == "9":
        return Kind.MOBILE
    return Kind.TOLLFREE if number[:3] in TOLLFREE_CODES else Kind.FIXED


def _where(home: _Home, scope: Scope) -> tuple[str, str]:
    """The number's own region and place; the address's where the plan does not say, or says two regions."""
    if len(home.regions) == 1 or (home.regions and scope.region not in home.regions):
        return home.region, home.place
    return (scope.region, home.place) if home.regions else (scope.region, scope.place)


def _zone(list_zone: str, scope: Scope, home: _Home) -> tuple[str, tuple[str, ...]]:
    """The zone by order (list, address, plan), and all zones that must be open."""
    if list_zone:
        return list_zone, (list_zone,)
    if len(scope.zones) == 1:
        return scope.zones[0], tuple(dict.fromkeys((*scope.zones, *home.zones)))
    if home.zones:
        return home.zones[0], home.zones
    return (scope.zones[0] if scope.region and scope.zones else ""), scope.zones


def _ambiguous(piece: Local, restored: Restored, scope: Scope, list_zone: str) -> NumberRecord:
    zone, zones = _zone(list_zone, scope, _NOWHERE)
    return NumberRecord(
        status=Status.AMBIGUOUS,
        number="",
        ext=piece.ext,
        candidates=restored.candidates,
        region=scope.region,
        place=scope.place,
        zone=zone,
        kind=Kind.FIXED,
        reason="",
        source=restored.source,
        zones=zones,
    )


def _no_code(digits: str) -> Refused:
    if len(digits) > 7:
        return Refused(Reason.BAD_LENGTH, f"{len(digits)} digits")
    return Refused(Reason.NO_PLACE, f"{len(digits)} digits without a code")


def _rejected(refused: Refused) -> NumberRecord:
    return NumberRecord(Status.REJECTED, "", "", (), "", "", "", "", refused.reason, "", (), refused.detail)
