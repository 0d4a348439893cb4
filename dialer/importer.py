"""A list into the books, end to end: read, numbers put in order, written batch by batch, reported row by row.

The whole file is looked through before anything is written; then a bad row stops nothing. Reading and numbering run in
a thread beside the database, so memory stays flat and a loop that serves others is not held up.
"""

import asyncio
import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from dialer.clock import Clock
from dialer.core.ids import CampaignId
from dialer.core.lead import NewLead
from dialer.core.numbering.policy import ListPolicy
from dialer.intake.columns import Columns, match_columns
from dialer.intake.leads import Check, IsFresh, Refusal, leads_of
from dialer.intake.rows import RawList, open_list
from dialer.store.db import Database
from dialer.store.lists import BATCH_ROWS, ListWriter, Sums, create_list, lists
from dialer.store.news import announce_leads
from dialer.store.uuid7 import uuid7s

ID_STOCK = 4096

Progress = Callable[[int, int], None]
"""(rows done, rows expected)"""


@dataclass(frozen=True, slots=True)
class Source:
    """A list file, and what the user said about it."""

    path: Path
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    mapped: Mapping[str, str] = field(default_factory=dict)
    policy: ListPolicy = field(default_factory=ListPolicy)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows; the four sums add up to `sums.rows`."""

    kind: str
    sums: Sums
    reasons: Mapping[str, int]
    """Refused rows by reason."""
    list_id: int | None = None


class Report:
    """The rows that were not simply accepted, one line each; nothing where no file is wanted."""

    def __init__(self, path: Path | None, header: Sequence[str], stack: ExitStack) -> None:
        self._writer: Any = None
        if path is not None:
            file = stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
            self._writer = csv.writer(file, delimiter=";")
            self._writer.writerow(["row", "result", "reason", *header])

    def add(self, row: int, result: str, reason: str, cells: Sequence[str] = ()) -> None:
        if self._writer is not None:
            self._writer.writerow([row, result, reason, *(_harmless(cell) for cell in cells)])


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not cell[1:2].isdigit() else cell


async def import_list(
    source: Source,
    database: Database,
    campaign: CampaignId,
    name: str,
    check: Check,
    clock: Clock,
    *,
    is_fresh: IsFresh = lambda number: False,
    report: Path | None = None,
    progress: Progress = lambda done, expected: None,
) -> Imported:
    """Read the list into the campaign's list `name`, which is made, or filled further where it exists.

    UnreadableList where the file is no list (nothing was written then); Unknown campaign; DatabaseAway: what was
    written stays, the same import again counts those rows as duplicates.
    """
    raw = await asyncio.to_thread(open_source, source)
    columns = match_columns(raw.header, source.mapped)
    list_id = await list_named(database, campaign, name)
    writer = ListWriter(database, list_id)
    reasons: Counter[str] = Counter()
    with ExitStack() as stack:
        told = Report(report, raw.header, stack)
        batches = batches_of(raw, columns, check, clock, source.policy, is_fresh)
        batch = await asyncio.to_thread(next, batches, None)
        while batch:
            leads, refused = parted(batch)
            following = asyncio.ensure_future(asyncio.to_thread(next, batches, None))
            written = await writer.write(leads, clock.now(), Counter(refusal.reason for refusal in refused))
            reasons.update(refusal.reason for refusal in refused)
            _tell(told, leads, refused, written.duplicates)
            progress(writer.sums.rows, raw.expected)
            batch = await following
    sums = await writer.finish()
    async with database.connection() as conn:
        await announce_leads(conn, campaign)
    return Imported(raw.kind, sums, reasons, list_id)


def try_list(
    source: Source,
    check: Check,
    clock: Clock,
    progress: Progress = lambda done, expected: None,
    is_fresh: IsFresh = lambda number: False,
) -> Imported:
    """The same without a database: what would become of the rows (duplicates are known to the books alone)."""
    raw = open_source(source)
    columns = match_columns(raw.header, source.mapped)
    sums, reasons = Sums(), Counter[str]()
    for batch in batches_of(raw, columns, check, clock, source.policy, is_fresh):
        leads, refused = parted(batch)
        asking = sum(bool(lead.question) for lead in leads)
        sums += Sums(accepted=len(leads) - asking, needs_decision=asking, rejected=len(refused))
        reasons.update(refusal.reason for refusal in refused)
        progress(sums.rows, raw.expected)
    return Imported(raw.kind, sums, reasons)


def open_source(source: Source) -> RawList:
    """UnreadableList in words; takes as long as reading the file through, so not for a loop."""
    return open_list(source.path, encoding=source.encoding, delimiter=source.delimiter, sheet=source.sheet)


async def list_named(database: Database, campaign: CampaignId, name: str) -> int:
    """The campaign's list of this name, made where there is none. Unknown campaign."""
    async with database.connection() as conn:
        for there in await lists(conn, campaign):
            if there.name == name:
                return there.id
        return await create_list(conn, campaign, name)


def batches_of(
    raw: RawList, columns: Columns, check: Check, clock: Clock, policy: ListPolicy, is_fresh: IsFresh
) -> Iterator[list[NewLead | Refusal]]:
    """What became of the rows, by batches of BATCH_ROWS; reads and numbers as it is asked."""
    answers = leads_of(raw.rows, columns, check, _ids(clock).__next__, policy, is_fresh)
    while batch := list(islice(answers, BATCH_ROWS)):
        yield batch


def _ids(clock: Clock) -> Iterator[str]:
    while True:
        yield from uuid7s(clock.now(), ID_STOCK)


def parted(batch: Sequence[NewLead | Refusal]) -> tuple[list[NewLead], list[Refusal]]:
    leads = [answer for answer in batch if isinstance(answer, NewLead)]
    return leads, [answer for answer in batch if isinstance(answer, Refusal)]


def _tell(told: Report, leads: Sequence[NewLead], refused: Sequence[Refusal], duplicates: Sequence[NewLead]) -> None:
    for refusal in refused:
        told.add(refusal.row, "rejected", refusal.reason, refusal.cells)
    known = {lead.id for lead in duplicates}
    for lead in leads:
        if lead.id in known:
            told.add(lead.row, "duplicate", lead.external_id or "")
        elif lead.question:
            told.add(lead.row, "needs_decision", lead.question)
