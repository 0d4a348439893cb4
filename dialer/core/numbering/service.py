"""The whole of the numbering behind one object: a cell and what the row says of the place → records.

`Numbering` is immutable; a new plan is a new `Numbering`. It needs no database, no clock and no network.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache, partial

from dialer.core.numbering.atlas import NO_SCOPE, Atlas, Scope
from dialer.core.numbering.cells import Found, Local, Piece, Refused, normalise
from dialer.core.numbering.digits import NATIONAL_DIGITS, NO_SUBSCRIBER, PREMIUM_CODES
from dialer.core.numbering.gazetteer import Gazetteer, GazetteerData
from dialer.core.numbering.homes import Homes
from dialer.core.numbering.layout import PLACEHOLDERS, Layouts
from dialer.core.numbering.plan import Plan, PlanData
from dialer.core.numbering.records import NumberRecord, Reason, Status
from dialer.core.numbering.regions import Regions
from dialer.core.numbering.restore import Choice, Restorer
from dialer.core.numbering.situation import Situation, Surroundings
from dialer.core.numbering.zones import read_zone

_POSTCODE = re.compile(r"(?<!\d)[1-9]\d{5}(?!\d)")
_MAX_CELLS = 1 << 14
"""Unusual cells remembered: a shop's own phone stands in many rows."""
_MAX_SITUATIONS = 1 << 17
_MAX_SURROUNDINGS = 1 << 10

Row = tuple[str, str, str, str, str]
"""Cell, postcode, town, region, the list's zone; empty text where the list has none."""


class Numbering:
    """Restores, checks and places phone numbers. `load_default` makes one of the shipped tables."""

    def __init__(self, plan: PlanData, regions: Regions, gazetteer: GazetteerData | None, today: date) -> None:
        self.plan = Plan(plan)
        self.regions = regions
        self.gazetteer = Gazetteer(gazetteer) if gazetteer else None
        self.codes = self.plan.codes | regions.codes
        self._atlas = Atlas(self.plan, regions, self.gazetteer)
        self._restorer = Restorer(self.plan, today)
        self._homes = Homes(self.plan, regions)
        self._layouts = Layouts()
        self._pieces = lru_cache(_MAX_CELLS)(partial(normalise, codes=self.codes))
        self._callable_codes = self.codes - PREMIUM_CODES
        self._surroundings = lru_cache(_MAX_SURROUNDINGS)(self._surroundings_of)
        self._situation = lru_cache(_MAX_SITUATIONS)(self._situation_of)

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
        («Asia/Omsk», «МСК+3»); one that cannot be read is passed over. Never raises on content.
        """
        return self._check(cell or "", self._situation(postcode or "", town or "", region or "", list_zone or ""))

    def check_many(self, rows: Iterable[Row]) -> Iterator[list[NumberRecord]]:
        """`check` of each row, in order: the bulk path."""
        situation = self._situation
        check = self._check
        for cell, postcode, town, region, zone in rows:
            yield check(cell, situation(postcode, town, region, zone))

    def scope(self, postcode: str | None, town: str | None, region: str | None) -> Scope:
        """Where the row says the person lives."""
        return self._situation(postcode or "", town or "", region or "", "").scope

    def region_of(self, postcode: str, town: str, region: str) -> str:
        """Our name of the region of an address; empty where it is unknown, or one of several."""
        return self._situation(postcode, town, region, "").scope.region

    def is_fresh(self, number: str) -> bool:
        """Whether the plan's file for this number is younger than a year: then «not allotted» may refuse."""
        return self._restorer.is_fresh(number)

    def _surroundings_of(self, region: str, zones: tuple[str, ...], list_zone: str) -> Surroundings:
        return Surroundings(region, zones, list_zone, self._homes)

    def _situation_of(self, postcode: str, town: str, region: str, list_zone: str) -> Situation:
        code = _POSTCODE.search(postcode) if postcode else None
        known = code or town or region
        scope = self._atlas.scope(code.group() if code else "", town, region) if known else NO_SCOPE
        zone = read_zone(list_zone) if list_zone else ""
        return Situation(scope, postcode.strip(), self._surroundings(scope.region, scope.zones, zone))

    def _check(self, cell: str, situation: Situation) -> list[NumberRecord]:
        digits = self._layouts.read(cell)
        if digits and digits not in PLACEHOLDERS:
            if len(digits) < NATIONAL_DIGITS:
                if digits != situation.postcode:
                    return [self._restored(digits, "", situation)]
            elif digits[:3] in self._callable_codes and not digits.endswith(NO_SUBSCRIBER):
                return [situation.found(digits, self.plan.place_of(digits))]
        return [self._record(piece, situation) for piece in self._pieces(cell)]

    def _record(self, piece: Piece, situation: Situation) -> NumberRecord:
        match piece:
            case Found(number, ext, notice):
                record = situation.found(number, self.plan.place_of(number))
                return record._replace(ext=ext, reason=notice or record.reason)
            case Local(notice=notice):
                record = self._local(piece, situation)
                return record._replace(reason=notice) if notice and not record.reason else record
        return _rejected(piece)

    def _local(self, piece: Local, situation: Situation) -> NumberRecord:
        heir = self._inherited(piece)
        if heir:
            return situation.found(heir, self.plan.place_of(heir))._replace(ext=piece.ext)
        if piece.digits == situation.postcode:
            return _rejected(Refused(Reason.NOT_PHONE, "the postcode"))
        return self._restored(piece.digits, piece.ext, situation)

    def _inherited(self, piece: Local) -> str:
        """The number with the code of the one before it in the cell, when the two share it for certain."""
        if not piece.heir_of:
            return ""
        number = piece.heir_of[: 10 - len(piece.digits)] + piece.digits
        if piece.sure:
            return number
        place = self.plan.place_of(number)
        return number if place is not None and place == self.plan.place_of(piece.heir_of) else ""

    def _restored(self, digits: str, ext: str, situation: Situation) -> NumberRecord:
        choice = self._choice(digits, situation)
        if choice.place is not None:
            record = situation.restored(choice.prefixes[0] + digits, choice.place, by_plan=choice.by_plan)
            return record._replace(ext=ext) if ext else record
        if not choice.prefixes:
            return _rejected(_no_code(digits))
        return situation.ambiguous(tuple([prefix + digits for prefix in choice.prefixes]), ext)

    def _choice(self, digits: str, situation: Situation) -> Choice:
        local_map = situation.maps.get(len(digits))
        if local_map is None:
            local_map = situation.maps[len(digits)] = self._restorer.map_of(situation.scope, len(digits))
        choice = local_map.choice(int(digits))
        return choice if choice.prefixes else self._restorer.around(digits, situation.scope)


def _no_code(digits: str) -> Refused:
    if len(digits) > 7:
        return Refused(Reason.BAD_LENGTH, f"{len(digits)} digits")
    return Refused(Reason.NO_PLACE, f"{len(digits)} digits without a code")


def _rejected(refused: Refused) -> NumberRecord:
    return NumberRecord(Status.REJECTED, "", "", (), "", "", "", "", refused.reason, "", (), refused.detail)
