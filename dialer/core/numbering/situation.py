"""What one row says of its person, ready to be put beside each number found in it.

A list has far fewer situations (postcode, town, region, zone) than rows, and a situation meets few places of
the plan: what follows from the two is worked out once and kept.
"""

from typing import NamedTuple

from dialer.core.numbering.atlas import Scope
from dialer.core.numbering.homes import Home, Homes, kind_of
from dialer.core.numbering.records import Kind, NumberRecord, Reason, Source, Status
from dialer.core.numbering.restore import LocalMap

_new = tuple.__new__


class _Rest(NamedTuple):
    """The end of a record, which many numbers share; in the order of `NumberRecord`."""

    region: str
    place: str
    zone: str
    kind: Kind
    reason: Reason | str
    source: Source
    zones: tuple[str, ...]
    detail: str = ""


class Situation:
    """One row's place and zone; makes the records of its numbers."""

    __slots__ = ("_ambiguous", "_found", "_homes", "_list_zone", "_restored", "maps", "postcode", "scope")

    def __init__(self, scope: Scope, list_zone: str, postcode: str, homes: Homes) -> None:
        self.scope = scope
        self.postcode = postcode
        self.maps: dict[int, LocalMap] = {}
        """By the length of local numbers; filled by whoever restores."""
        self._list_zone = list_zone
        self._homes = homes
        self._found: dict[int | str, _Rest] = {}
        self._restored: dict[int, _Rest] = {}
        self._ambiguous: _Rest | None = None

    def found(self, number: str, place: int | None) -> NumberRecord:
        """A number whose code was written; `place` is its place in the plan, None when it is not allotted."""
        key = number[:3] if place is None else place
        rest = self._found.get(key)
        if rest is None:
            rest = self._found[key] = self._rest(number, place, Source.CELL)
        return _new(NumberRecord, (Status.OK, number, "", (), *rest))

    def restored(self, number: str, place: int, *, by_plan: bool) -> NumberRecord:
        """A number whose code followed from the place, or (`by_plan`) from what the plan has allotted."""
        rest = self._restored.get(place)
        if rest is None:
            source = Source.PLAN if by_plan else self.scope.source
            rest = self._restored[place] = self._rest(number, place, source)
        return _new(NumberRecord, (Status.RESTORED, number, "", (), *rest))

    def ambiguous(self, candidates: tuple[str, ...], ext: str) -> NumberRecord:
        """Several numbers it may be, or one that the place alone does not prove."""
        rest = self._ambiguous
        if rest is None:
            scope = self.scope
            zone, zones = self._zones(())
            rest = self._ambiguous = _Rest(scope.region, scope.place, zone, Kind.FIXED, "", scope.source, zones)
        return _new(NumberRecord, (Status.AMBIGUOUS, "", ext, candidates, *rest))

    def _rest(self, number: str, place: int | None, source: Source) -> _Rest:
        home = self._homes.of_code(number[:3]) if place is None else self._homes.of_place(place)
        kind = kind_of(number)
        notice = Reason.TOLLFREE if kind is Kind.TOLLFREE else Reason.UNALLOCATED if place is None else ""
        region, name = self._where(home)
        zone, zones = self._zones(home.zones)
        return _Rest(region, name, zone, kind, notice, source, zones)

    def _where(self, home: Home) -> tuple[str, str]:
        """The number's own region and place; the address's where the plan does not say, or says two regions."""
        scope = self.scope
        if not home.regions:
            return scope.region, scope.place
        if len(home.regions) > 1 and scope.region in home.regions:
            return scope.region, home.place
        return ", ".join(home.regions), home.place

    def _zones(self, of_number: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """The zone in order (list, address, plan), and all zones that must be open."""
        if self._list_zone:
            return self._list_zone, (self._list_zone,)
        of_address = self.scope.zones
        if len(of_address) == 1:
            return of_address[0], tuple(dict.fromkeys((*of_address, *of_number)))
        if of_number:
            return of_number[0], of_number
        return (of_address[0] if self.scope.region and of_address else ""), of_address
