"""A list file tried against the books: what an import would make of each row, with nothing written."""

import asyncio
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, TypeAlias

from dialer.apart import apart
from dialer.clock import Clock
from dialer.core.admission import RegionOf
from dialer.core.ids import CampaignId, ProjectId
from dialer.core.lead import CANDIDATES, NewLead, PlainLead
from dialer.core.listing import Checked, RowSums, SampleRow
from dialer.core.pseudonym import Pseudonyms
from dialer.importer import Progress
from dialer.intake.columns import Columns
from dialer.intake.leads import Check, CheckMany, IsFresh, Refusal
from dialer.reading import Plan, Source, batches_of, open_source, parted
from dialer.store import admission, campaigns
from dialer.store.db import Database
from dialer.store.lists import lists
from dialer.store.staging import question_of
from dialer.store.undecided import known_external_ids, known_numbers, known_questions

SAMPLES = 5
"""First rows shown of each kind."""
_Key: TypeAlias = tuple[str, str | int]

FIRST_ROWS = 8
"""Of the file, as they would be read."""


async def check_list(
    source: Source,
    database: Database,
    campaign: CampaignId,
    name: str,
    check: Check,
    is_fresh: IsFresh,
    region_of: RegionOf,
    clock: Clock,
    plan: Plan | None = None,
) -> Checked:
    """What an import into the campaign's list `name` would come to. UnreadableList, Unknown, DatabaseAway.

    With a `plan` a long list is tried by a process of its own, with a connection of its own (WorkerLost).
    """
    if plan is not None and source.is_long:
        async with aclosing(apart(_tried, source, database.dsn, database.pseudonyms, campaign, name, plan)) as made:
            return await anext(made)
    list_id, project = await _meant(database, campaign, name)
    return await check_for(source, database, project, list_id, check, is_fresh, region_of, clock)


def _tried(
    source: Source, dsn: str, pseudonyms: Pseudonyms, campaign: CampaignId, name: str, plan: Plan
) -> Iterator[Checked]:
    """The one answer, in the process."""

    async def tried() -> Checked:
        by = plan.numbering().current
        async with await Database.open(dsn, pseudonyms=pseudonyms) as database:
            list_id, project = await _meant(database, campaign, name)
            known = by.check, by.is_fresh, by.region_of
            return await check_for(source, database, project, list_id, *known, Clock(), check_many=by.check_many)

    yield asyncio.run(tried())


async def _meant(database: Database, campaign: CampaignId, name: str) -> tuple[int | None, ProjectId]:
    """The list of this name, where there is one, and the campaign's project. Unknown campaign."""
    async with database.connection() as conn:
        project = (await campaigns.campaign(conn, campaign)).project
        there = [one.id for one in await lists(conn, campaign) if one.name == name]
    return there[0] if there else None, project


async def check_for(
    source: Source,
    database: Database,
    project: ProjectId,
    list_id: int | None,
    check: Check,
    is_fresh: IsFresh,
    region_of: RegionOf,
    clock: Clock,
    progress: Progress = lambda done, expected: None,
    check_many: CheckMany | None = None,
) -> Checked:
    """The same for a list of the project, or for a new one. UnreadableList, Unknown, DatabaseAway."""
    raw, columns = await asyncio.to_thread(open_source, source)
    async with database.connection() as conn:
        rules = await admission.of_project(conn, project)
    policy = replace(source.policy, served=rules.served)
    books, tally = _Known(database, project, list_id, repeats=rules.repeat_days > 0), _Tally()
    batches = batches_of(raw, columns, check, clock, policy, is_fresh, region_of, check_many)
    while batch := await asyncio.to_thread(next, batches, None):
        answers, refused = parted(batch)
        leads = [lead.whole if isinstance(lead, PlainLead) else lead for lead in answers]
        tally.add(leads, await books.duplicates(leads), refused)
        progress(tally.sums.rows, raw.expected)
    return Checked(raw.kind, _matched(raw.header, columns), tally.sums, tally.samples, tally.first)


class _Known:
    """Rows that are duplicates: of the books, or of an earlier row of the file. Holds a hash of each row's key."""

    def __init__(self, database: Database, project: ProjectId, list_id: int | None, *, repeats: bool) -> None:
        self._database = database
        self._project = project
        self._list = list_id
        self._repeats = repeats
        """Whether a number of the project's days is one, whatever its order."""
        self._seen: set[int] = set()

    async def duplicates(self, leads: Sequence[NewLead]) -> set[str]:
        """The ids of those that an import would not take."""
        booked = await self._booked(leads)
        found = set[str]()
        for lead in leads:
            keys = self._keys(lead)
            if any(key in booked or hash(key) in self._seen for key in keys):
                found.add(lead.id)
            self._seen.update(map(hash, keys))
        return found

    async def _booked(self, leads: Sequence[NewLead]) -> set[_Key]:
        asked = defaultdict[str, list[Any]](list)
        for kind, value in (key for lead in leads for key in self._keys(lead)):
            asked[kind].append(value)
        async with self._database.connection() as conn:
            known: dict[str, Iterable[str | int]] = {
                "order": await known_external_ids(conn, self._project, asked["order"])
            }
            if self._list is not None:
                known["number"] = await known_numbers(conn, self._list, asked["number"])
                known["question"] = await known_questions(conn, self._list, asked["question"])
            if self._repeats:
                known["person"] = await admission.came_lately(conn, self._project, asked["person"])
        return {(kind, value) for kind, values in known.items() for value in values}

    def _keys(self, lead: NewLead) -> list[_Key]:
        """By what the books tell it from others; nothing for one that they always take."""
        question = question_of(lead)
        keys: list[_Key] = []
        if lead.external_id is not None:
            keys.append(("order", lead.external_id))
        elif lead.number:
            keys.append(("number", lead.number))
        elif question is not None:
            keys.append(("question", question))
        if lead.number and self._repeats:
            keys.append(("person", lead.number))
        return keys


class _Tally:
    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._samples: dict[str, list[SampleRow]] = {}
        self._first: list[tuple[str, SampleRow]] = []

    def add(self, leads: Sequence[NewLead], duplicates: set[str], refused: Sequence[Refusal]) -> None:
        for lead in leads:
            kind = "duplicate" if lead.id in duplicates else "needs_decision" if lead.question else "accepted"
            self._count(kind, _sample(lead))
        for refusal in refused:
            self._reasons[refusal.reason] += 1
            self._count("rejected", SampleRow(refusal.row, refusal.cells, reason=refusal.reason))

    def _count(self, kind: str, row: SampleRow) -> None:
        self._counts[kind] += 1
        if row.row <= FIRST_ROWS:
            insort(self._first, (kind, row), key=lambda one: one[1].row)
        if self._counts[kind] <= SAMPLES:
            self._samples.setdefault(kind, []).append(row)

    @property
    def sums(self) -> RowSums:
        counts = self._counts
        return RowSums(
            counts["accepted"], counts["duplicate"], counts["needs_decision"], counts["rejected"], dict(self._reasons)
        )

    @property
    def first(self) -> tuple[tuple[str, SampleRow], ...]:
        return tuple(self._first)

    @property
    def samples(self) -> dict[str, tuple[SampleRow, ...]]:
        return {kind: tuple(rows) for kind, rows in self._samples.items()}


def _sample(lead: NewLead) -> SampleRow:
    numbers = tuple(phone.number for phone in lead.phones) or tuple(lead.fields.get(CANDIDATES, "").split("|"))
    zone = next((phone.zone for phone in lead.phones if phone.zone), "")
    fields = {name: text for name, text in lead.fields.items() if name != CANDIDATES and text}
    return SampleRow(
        lead.row,
        numbers=numbers,
        zone=zone,
        person=lead.person,
        reason=lead.question,
        external_id=lead.external_id or "",
        region=lead.region,
        fields=fields,
    )


def _matched(header: Sequence[str], columns: Columns) -> tuple[tuple[str, str], ...]:
    known = {at: column.value for column, at in columns.places.items()} | dict.fromkeys(columns.phones, "phone")
    return tuple((name, known.get(at, "")) for at, name in enumerate(header))
