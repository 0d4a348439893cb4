"""What one row says of its person, ready to be put beside each number found in it.

The end of a record (region, place, zones, kind) follows from the number's place in the plan and from the region
and zones of the address. Of the latter there are few: what follows is worked out once and shared (`Surroundings`).
"""

from typing import NamedTuple

from dialer.core.numbering.atlas import Scope
from dialer.core.numbering.homes import NOWHERE, Home, Homes, kind_of
from dialer.core.numbering.records import Kind, NumberRecord, Reason, Source, Status
from dialer.core.numbering.restore import LocalMap

_new = tuple.__new__
_OK, _RESTORED, _AMBIGUOUS = Status.OK, Status.RESTORED, Status.AMBIGUOUS
"""A member asked of its class costs as much as half a record."""


class Rest(NamedTuple):
    """The end of a record, in the order of `NumberRecord`. There are few: they are shared by the numbers of a place."""

    region: str
    place: str
    zone: str
    kind: Kind
    reason: Reason | str
    source: Source
    zones: tuple[str, ...]
    detail: str = ""


class Surroundings:
    """A region, its zones, those of a postcode that contradicts it, and the list's zone: all that situations of one
    region share."""

    __slots__ = ("_contradicting", "_homes", "_region", "_zones", "list_zone", "rests")

    def __init__(
        self, region: str, zones: tuple[str, ...], contradicting: tuple[str, ...], list_zone: str, homes: Homes
    ) -> None:
        self._region = region
        self._zones = zones
        self._contradicting = contradicting
        self.list_zone = list_zone
        self._homes = homes
        self.rests: dict[Source, dict[int, Rest]] = {source: {} for source in Source}
        """By the source of the code, then by the place of the plan."""

    def rest(self, number: str, place: int | None, source: Source, at: str) -> Rest:
        """Works it out; `at` is the address's place, told where the plan knows none."""
        home = self._homes.of_code(number[:3]) if place is None else self._homes.of_place(place)
        kind = kind_of(number)
        notice = Reason.TOLLFREE if kind is Kind.TOLLFREE else Reason.UNALLOCATED if place is None else ""
        region, name = self._where(home, at)
        zone, zones = self.zones(home)
        rest = Rest(region, name, zone, kind, notice, source, zones)
        if place is not None and home.regions:
            self.rests[source][place] = rest
        return rest

    def zones(self, home: Home) -> tuple[str, tuple[str, ...]]:
        """The zone in order (list, address, plan), and all zones that must be open.

        In a region of several zones, number and address tell each other's; elsewhere all of both must be open, and
        those of a contradicting postcode always.
        """
        if self.list_zone:
            return self.list_zone, (self.list_zone,)
        zone, zones = self._told(home)
        return zone, tuple(dict.fromkeys((*zones, *self._contradicting)))

    def _told(self, home: Home) -> tuple[str, tuple[str, ...]]:
        told = self._zones if self._region or len(self._zones) == 1 else home.zones
        if self._region in home.regions:
            shared = tuple(zone for zone in self._zones if zone in home.zones)
            return (shared or told)[0], shared or told
        return told[0] if told else "", tuple(dict.fromkeys((*self._zones, *home.zones)))

    def _where(self, home: Home, at: str) -> tuple[str, str]:
        """The number's own region and place; the address's where the plan does not say, or says two regions."""
        if not home.regions:
            return self._region, at
        if len(home.regions) > 1 and self._region in home.regions:
            return self._region, home.place
        return ", ".join(home.regions), home.place


class Situation:
    """One row's place and zone; makes the records of its numbers."""

    __slots__ = ("_ambiguous", "_restored", "_surroundings", "maps", "postcode", "rests", "scope")

    def __init__(self, scope: Scope, postcode: str, surroundings: Surroundings) -> None:
        self.scope = scope
        self.postcode = postcode
        self.maps: dict[int, LocalMap] = {}
        """By the length of local numbers; filled by whoever restores."""
        self._surroundings = surroundings
        self.rests = surroundings.rests[Source.CELL]
        """Ends of records of numbers whose code was written, by their place: as far as `found` has made them."""
        self._restored = surroundings.rests[scope.source]
        self._ambiguous: Rest | None = None

    @property
    def list_zone(self) -> str:
        return self._surroundings.list_zone

    def found(self, number: str, place: int | None) -> NumberRecord:
        """A number whose code was written; `place` is its place in the plan, None when it is not allotted."""
        rest = self.rests.get(place)  # type: ignore[arg-type] # None is never a key
        if rest is None:
            rest = self._surroundings.rest(number, place, Source.CELL, self.scope.place)
        return _new(NumberRecord, (_OK, number, "", ()) + rest)  # noqa: RUF005 - a third of the time

    def restored(self, number: str, place: int, by_plan: bool) -> NumberRecord:
        """A number whose code followed from the place, or (`by_plan`) from what the plan has allotted."""
        rest = None if by_plan else self._restored.get(place)
        if rest is None:
            source = Source.PLAN if by_plan else self.scope.source
            rest = self._surroundings.rest(number, place, source, self.scope.place)
        return _new(NumberRecord, (_RESTORED, number, "", ()) + rest)  # noqa: RUF005 - a third of the time

    def restored_again(self, local: str) -> tuple[str, Rest | None]:
        """A number restored without a record, and the end that its record would have, where both were made for its
        like before; else None for the end."""
        local_map = self.maps.get(len(local))
        if local_map is None:
            return "", None
        prefixes, place, by_plan = local_map.choice(local)
        if place is None or by_plan:
            return "", None
        return prefixes[0] + local, self._restored.get(place)

    def ambiguous(self, candidates: tuple[str, ...], ext: str) -> NumberRecord:
        """Several numbers it may be, or one that the place alone does not prove."""
        rest = self._ambiguous
        if rest is None:
            scope = self.scope
            zone, zones = self._surroundings.zones(NOWHERE)
            rest = self._ambiguous = Rest(scope.region, scope.place, zone, Kind.FIXED, "", scope.source, zones)
        return _new(NumberRecord, (_AMBIGUOUS, "", ext, candidates) + rest)  # noqa: RUF005 - a third of the time
