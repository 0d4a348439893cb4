"""Which leads of a batch are there already: in the books, or earlier in the batch itself."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from dialer.core.ids import CampaignId, Instant, LeadId, ProjectId
from dialer.store import admission
from dialer.store.sql import Conn
from dialer.store.staging import Staged
from dialer.store.undecided import known_external_ids, known_numbers, known_questions


@dataclass(frozen=True, slots=True)
class Into:
    """The list that is filled, and what its leads get from it."""

    list: int
    campaign: CampaignId
    project: ProjectId
    expires_at: Instant | None
    is_paused: bool
    is_standing: bool
    repeat_days: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A lead that was there already: in the books, or earlier in the same batch."""

    lead: LeadId
    row: int
    external_id: str | None
    asks: bool
    """It would have waited for a decision."""
    repeats: LeadId | None = None
    """The lead of another order whose number came within the project's days."""


@dataclass(frozen=True, slots=True)
class _Booked:
    """What the books know of a batch."""

    external_ids: AbstractSet[str]
    numbers: AbstractSet[str]
    questions: AbstractSet[int]
    lately: Mapping[str, LeadId]
    """Numbers that came within the project's days."""

    def __bool__(self) -> bool:
        return bool(self.external_ids or self.numbers or self.questions or self.lately)


async def twins(conn: Conn, staged: Staged, into: Into, names_are_new: bool = False) -> dict[int, Duplicate]:
    """The duplicates by their places in the batch. Nobody may see the batch between this and its COPY.

    With `names_are_new` the books are not asked for external ids: where one is there after all, the COPY fails.
    """
    nameless = [number for name, number in zip(staged.external_ids, staged.numbers, strict=True) if not name and number]
    booked = await _booked(conn, staged, nameless, into, names_are_new)
    if not booked and _all_differ(staged, nameless, into):
        return {}
    return _told(staged, booked, into)


async def _booked(conn: Conn, staged: Staged, nameless: Sequence[str], into: Into, names_are_new: bool) -> _Booked:
    names = [] if names_are_new else [name for name in staged.external_ids if name]
    asked = list(staged.questions.values())
    numbers = [number for number in staged.numbers if number] if into.repeat_days else []
    return _Booked(
        await known_external_ids(conn, into.project, names) if names else set(),
        await known_numbers(conn, into.list, nameless) if nameless else set(),
        await known_questions(conn, into.list, asked) if asked else set(),
        await admission.came_lately(conn, into.project, numbers) if numbers else {},
    )


def _all_differ(staged: Staged, nameless: Sequence[str], into: Into) -> bool:
    names = [name for name in staged.external_ids if name]
    numbers = [number for number in staged.numbers if number] if into.repeat_days else nameless
    return all(len(set(told)) == len(told) for told in (names, numbers, staged.questions.values()))


def _told(staged: Staged, booked: _Booked, into: Into) -> dict[int, Duplicate]:
    """Lead by lead, in their order: the first of several stands."""
    found: dict[int, Duplicate] = {}
    seen: set[tuple[bool, str | int]] = set()
    brought: dict[str, LeadId] = dict(booked.lately)
    ids = staged.ids
    for place, (name, number) in enumerate(zip(staged.external_ids, staged.numbers, strict=True)):
        repeats = None
        if is_known := name in booked.external_ids:
            pass
        elif into.repeat_days and number in brought:
            is_known, repeats = True, brought[number]
        else:
            key = name or number or staged.questions.get(place, -place)
            is_known = (bool(name), key) in seen or (not name and (key in booked.numbers or key in booked.questions))
            seen.add((bool(name), key))
        if is_known:
            asks = place in staged.asking
            found[place] = Duplicate(ids[place], staged.rows[place], name or None, asks, repeats)
        elif into.repeat_days and number:
            brought[number] = ids[place]
    return found
