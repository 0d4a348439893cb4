"""The whole of the numbering behind one object: a cell and what the row says of the place → records.

`Numbering` is immutable; a new plan is a new `Numbering`. It needs no database, no clock and no network.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from itertools import islice
from typing import Self

from dialer.core.numbering.atlas import NO_SCOPE, Atlas, Scope
from dialer.core.numbering.cells import Found, Local, Piece, Refused, normalise
from dialer.core.numbering.digits import NATIONAL_DIGITS, NO_SUBSCRIBER, PREMIUM_CODES
from dialer.core.numbering.gazetteer import Gazetteer, GazetteerData
from dialer.core.numbering.homes import Homes
from dialer.core.numbering.layout import PLACEHOLDERS, Layouts
from dialer.core.numbering.plan import BLOCK_DIGITS, MIXED, Plan, PlanData
from dialer.core.numbering.records import NumberRecord, Reason, Status
from dialer.core.numbering.regions import Regions
from dialer.core.numbering.restore import Restorer
from dialer.core.numbering.situation import Rest, Situation, Surroundings
from dialer.core.numbering.zones import read_zone

_POSTCODE = re.compile(r"(?<!\d)[1-9]\d{5}(?!\d)")
_MAX_CELLS = 1 << 14
"""Unusual cells remembered: a shop's own phone stands in many rows."""
_MAX_SITUATIONS = 1 << 17
_MAX_SURROUNDINGS = 1 << 10

_new = tuple.__new__
_OK = Status.OK
"""A member asked of its class costs as much as half a record."""

BATCH_ROWS = 256
"""Cells looked at together by the bulk path."""

Row = tuple[str, str, str, str, str]
"""Cell, postcode, town, region, the list's zone; empty text where the list has none."""

About = tuple[str, str, str, str]
"""A row but for its cell."""


class _Situations(dict[About, Situation]):
    """Remembered as they are met. A dictionary answers in half of the time of `lru_cache`, and few lists fill it."""

    def __init__(self, make: Callable[[str, str, str, str], Situation]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, about: About) -> Situation:
        if len(self) >= _MAX_SITUATIONS:
            self.clear()
        made = self[about] = self._make(*about)
        return made


class Numbering:
    """Restores, checks and places phone numbers. `load_default` makes one of the shipped tables."""

    def __init__(self, plan: PlanData, regions: Regions, gazetteer: GazetteerData | None, today: date) -> None:
        self.plan = Plan(plan)
        self.regions = regions
        self.gazetteer = Gazetteer(gazetteer) if gazetteer else None
        self.codes = self.plan.codes | regions.codes
        self._atlas = Atlas(self.plan, regions, self.gazetteer)
        self._homes = Homes(self.plan, regions)
        self._layouts = Layouts()
        self._pieces = lru_cache(_MAX_CELLS)(partial(normalise, codes=self.codes))
        self._blocks = _beyond_doubt(self.plan.blocks)
        self._callable_codes = self.codes - PREMIUM_CODES
        self._begin(today)

    def _begin(self, today: date) -> None:
        """What depends on the day, and what is remembered of it."""
        self._restorer = Restorer(self.plan, today)
        self._surroundings = lru_cache(_MAX_SURROUNDINGS)(self._surroundings_of)
        self._situations = _Situations(self._situation_of)
        self._beside = lru_cache(_MAX_CELLS)(self._beside_of)

    def on(self, today: date) -> Self:
        """The same tables on another day: a plan ages. Takes no time: nothing is built anew."""
        other = copy(self)
        other._begin(today)
        return other

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
        cell, about = cell or "", (postcode or "", town or "", region or "", list_zone or "")
        return self._answer(cell, self._layouts.read(cell), self._situations[about])

    def check_many(self, rows: Iterable[Row]) -> Iterator[list[NumberRecord]]:
        """`check` of each row, in order: the bulk path. Reads rows ahead, a batch at a time."""
        situations, blocks, answer = self._situations, self._blocks, self._answer
        rows = iter(rows)
        while batch := list(islice(rows, BATCH_ROWS)):
            read = self._layouts.read_many([row[0] for row in batch])
            for row, digits in zip(batch, read, strict=True):
                situation = situations[row[1:]]
                if len(digits) == NATIONAL_DIGITS:
                    rest = situation.rests.get(blocks[int(digits[:BLOCK_DIGITS])])
                    if rest is not None:  # `found` as it is made again and again: by far the most
                        yield [_new(NumberRecord, (_OK, digits, "", ()) + rest)]  # noqa: RUF005 - a third of the time
                        continue
                yield answer(row[0], digits, situation)

    def usual_many(self, cells: Sequence[str], abouts: Iterable[About]) -> tuple[list[str], list[Rest | Reason | None]]:
        """The one number of each cell, and the end of its record, for cells beyond doubt whose like was met before.

        Instead of the end the reason of a cell that is refused, or None: that `check` must be asked. What stands as
        the number then says nothing.
        """
        situations, blocks = self._situations, self._blocks
        numbers, rests = list[str](), list[Rest | Reason | None]()
        rest: Rest | Reason | None
        for cell, digits, about in zip(cells, self._layouts.read_many(cells), abouts, strict=True):
            situation = situations[about]
            if len(digits) == NATIONAL_DIGITS:
                number, rest = digits, situation.rests.get(blocks[int(digits[:BLOCK_DIGITS])])
            elif self._is_local(digits, situation):
                number, rest = situation.restored_again(digits)
            else:
                number, rest = "", self._refusal(cell)
            numbers.append(number)
            rests.append(rest)
        return numbers, rests

    def scope(self, postcode: str | None, town: str | None, region: str | None) -> Scope:
        """Where the row says the person lives."""
        return self._situations[postcode or "", town or "", region or "", ""].scope

    def region_of(self, postcode: str, town: str, region: str) -> str:
        """Our name of the region of an address; empty where it is unknown, or one of several."""
        return self._situations[postcode, town, region, ""].scope.region

    def region_kept(self, postcode: str, town: str, region: str) -> str:
        """The region that was told earlier; empty where postcode or town, told since, lie in another one.

        Each is asked alone and beside it, for a region that is told with them outranks both.
        """
        parts = ((postcode, ""), ("", town))
        return "" if any(self._lies_elsewhere(*part, region) for part in parts) else region

    def _lies_elsewhere(self, postcode: str, town: str, region: str) -> bool:
        alone, within = self.scope(postcode, town, ""), self.scope(postcode, town, region)
        return bool(alone.zones) and alone.region != within.region and not within.place

    def is_fresh(self, number: str) -> bool:
        """Whether the plan's file for this number is younger than a year: then «not allotted» may refuse."""
        return self._restorer.is_fresh(number)

    def _surroundings_of(
        self, region: str, zones: tuple[str, ...], contradicting: tuple[str, ...], list_zone: str
    ) -> Surroundings:
        return Surroundings(region, zones, contradicting, list_zone, self._homes)

    def _situated(self, scope: Scope, postcode: str, list_zone: str) -> Situation:
        return Situation(scope, postcode, self._surroundings(scope.region, scope.zones, scope.contradicting, list_zone))

    def _situation_of(self, postcode: str, town: str, region: str, list_zone: str) -> Situation:
        code = _POSTCODE.search(postcode) if postcode else None
        known = code or town or region
        scope = self._atlas.scope(code.group() if code else "", town, region) if known else NO_SCOPE
        zone = read_zone(list_zone) if list_zone else ""
        return self._situated(scope, postcode.strip(), zone)

    def _answer(self, cell: str, digits: str, situation: Situation) -> list[NumberRecord]:
        """`digits` are what `Layouts` read in the cell."""
        if len(digits) == NATIONAL_DIGITS:
            if self._is_beyond_doubt(digits):
                return [situation.found(digits, self.plan.place_of(digits))]
        elif self._is_local(digits, situation):
            return [self._restored(digits, "", situation)]
        pieces = self._pieces(cell)
        if any(isinstance(piece, Local) for piece in pieces):
            situation = self._beside(self._atlas.beside(cell), situation)
            if any(isinstance(piece, Found) for piece in pieces):
                pieces = tuple([self._unless_postcode(piece, cell) for piece in pieces])
        return [self._record(piece, situation) for piece in pieces]

    def _unless_postcode(self, piece: Piece, cell: str) -> Piece:
        """Six digits together which a post office has are no phone beside a whole number. One that takes the code of
        a fixed line is such only where the office lies in that line's region: second numbers look like that too."""
        if not isinstance(piece, Local) or piece.ext or piece.digits not in cell or self.gazetteer is None:
            return piece
        office = self.gazetteer.of_office(piece.digits)
        if office is None or (self._inherited(piece) and office.region not in self._regions_of(piece.heir_of)):
            return piece
        return Refused(Reason.NOT_PHONE, "a postcode")

    def _regions_of(self, number: str) -> tuple[str, ...]:
        place = self.plan.place_of(number)
        return (self._homes.of_code(number[:3]) if place is None else self._homes.of_place(place)).regions

    def _beside_of(self, place: str, situation: Situation) -> Situation:
        """The situation of numbers beside which `place` is written; the row's own where that is the same or nothing."""
        if not place:
            return situation
        own, scope = situation.scope, self._atlas.scope("", place, situation.scope.region)
        if own.near and not scope.near:
            scope = self._atlas.scope("", place, "")
        if own.near and (not scope.near or set(own.near) & set(scope.near)):
            return situation
        if own.near:
            scope = self._atlas.disputed(scope, own)
        elif own.contradicting:
            scope = replace(scope, contradicting=own.contradicting)
        return self._situated(scope, situation.postcode, situation.list_zone)

    def _refusal(self, cell: str) -> Reason | None:
        """Why nothing in the cell can be a number, whatever the row says beside it."""
        pieces = self._pieces(cell)
        only = pieces[0] if len(pieces) == 1 else None
        return only.reason if isinstance(only, Refused) else None

    def _is_local(self, digits: str, situation: Situation) -> bool:
        """Whether these are the digits of a number without its code, and need no second look."""
        return bool(
            digits
            and digits not in PLACEHOLDERS
            and digits != situation.postcode
            and not digits.endswith(NO_SUBSCRIBER)
        )

    def _is_beyond_doubt(self, number: str) -> bool:
        """Whether ten digits need no second look."""
        return number[:3] in self._callable_codes and number not in PLACEHOLDERS and not number.endswith(NO_SUBSCRIBER)

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
        if _is_nobodys(piece.digits):
            return _rejected(Refused(Reason.PLACEHOLDER))
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
        local_map = situation.maps.get(len(digits))
        if local_map is None:
            local_map = situation.maps[len(digits)] = self._restorer.map_of(situation.scope, len(digits))
        prefixes, place, by_plan = local_map.choice(digits)
        if not prefixes:
            prefixes, place, by_plan = self._restorer.around(digits, situation.scope)
        if place is not None:
            record = situation.restored(prefixes[0] + digits, place, by_plan)
            return record._replace(ext=ext) if ext else record
        if not prefixes:
            return _rejected(_no_code(digits))
        return situation.ambiguous(tuple([prefix + digits for prefix in prefixes]), ext)


def _beyond_doubt(blocks: "array[int]") -> "array[int]":
    """`Plan.blocks` but for those in which a number needs a second look."""
    sure = blocks[:]
    per_code = 10 ** (BLOCK_DIGITS - 3)
    for code in map(int, PREMIUM_CODES):
        sure[code * per_code : (code + 1) * per_code] = array("i", [MIXED]) * per_code
    for block in (
        *range(0, len(sure), per_code),
        *(int(one[:BLOCK_DIGITS]) for one in PLACEHOLDERS if len(one) == NATIONAL_DIGITS),
    ):
        sure[block] = MIXED  # NO_SUBSCRIBER is in the first of each code
    return sure


def _is_nobodys(local: str) -> bool:
    """Whether no code makes a subscriber's number of it: «5000-00-00» would be 495 000-00-00."""
    return local.endswith(NO_SUBSCRIBER)


def _no_code(digits: str) -> Refused:
    if len(digits) > 7:
        return Refused(Reason.BAD_LENGTH, f"{len(digits)} digits")
    return Refused(Reason.NO_PLACE, f"{len(digits)} digits without a code")


def _rejected(refused: Refused) -> NumberRecord:
    return NumberRecord(Status.REJECTED, "", "", (), "", "", "", "", refused.reason, "", (), refused.detail)
