"""A list into the books, end to end: read, numbers put in order, written batch by batch, reported row by row.

The whole file is looked through before anything is written; then a bad row stops nothing. Reading and numbering run
beside the database (`dialer.reading`), so memory stays flat and a loop that serves others is not held up.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from dialer.clock import Clock
from dialer.core.admission import REPEATED, RegionOf, nowhere
from dialer.core.ids import CampaignId
from dialer.import_report import Report, harmless
from dialer.intake.leads import Check, IsFresh
from dialer.reading import Plan, Portion, Source, batches_of, open_source, parted, reading
from dialer.store import admission
from dialer.store.db import Database
from dialer.store.lists import ListWriter, Sums, Written, create_list, lists
from dialer.store.news import announce_leads
from dialer.store.twins import Duplicate

Progress = Callable[[int, int], None]
"""(rows done, rows expected)"""


AT_ONCE = 2
"""Batches on their way into the books."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows; the four sums add up to `sums.rows`."""

    kind: str
    sums: Sums
    reasons: Mapping[str, int]
    """Refused rows by reason."""
    list_id: int | None = None


async def import_list(
    source: Source,
    database: Database,
    campaign: CampaignId,
    name: str,
    check: Check,
    clock: Clock,
    *,
    is_fresh: IsFresh = lambda number: False,
    region_of: RegionOf = nowhere,
    plan: Plan | None = None,
    report: Path | None = None,
    progress: Progress = lambda done, expected: None,
    rest: float = 0.0,
) -> Imported:
    """Read the list into the campaign's list `name`, which is made, or filled further where it exists.

    UnreadableList where the file is no list (nothing was written then); Unknown campaign; DatabaseAway, WorkerLost:
    what was written stays, the same import again counts those rows as duplicates. With a `plan` a long list is read by
    a process of its own, which numbers by that plan instead of `check`. After each batch the books `rest`, by the
    share of the time that it took them.
    """
    source = replace(await admitted(source, database, campaign), tells=report is not None)
    reasons: Counter[str] = Counter()
    with ExitStack() as stack:
        async with reading(source, check, is_fresh, clock, plan, region_of) as (opened, portions):
            list_id = await list_named(database, campaign, name)
            writer = ListWriter(database, list_id)
            told = Report(report, opened.header, stack)
            async with aclosing(_put(portions, writer, clock, rest)) as put:
                async for portion, written in put:
                    reasons += portion.reasons
                    _tell(told, portion, written.duplicates)
                    progress(writer.sums.rows, opened.expected)
        sums = await writer.finish()
    async with database.connection() as conn:
        await announce_leads(conn, campaign)
    return Imported(opened.kind, sums, reasons, list_id)


async def _put(
    portions: AsyncIterable[Portion], writer: ListWriter, clock: Clock, rest: float
) -> AsyncGenerator[tuple[Portion, Written], None]:
    """Each portion with what became of it, in their order. Two are written at once unless the books are to rest:
    PostgreSQL does most of the work of an import, and has one core for each connection."""
    flying: deque[tuple[Portion, asyncio.Future[Written]]] = deque()
    try:
        async for portion in portions:
            began = clock.monotonic()
            flying.append((portion, asyncio.ensure_future(writer.put(portion.staged, clock.now(), portion.reasons))))
            if rest or len(flying) == AT_ONCE:
                first, written = flying[0][0], await flying[0][1]
                took_s = clock.monotonic() - began
                flying.popleft()
                yield first, written
                await asyncio.sleep(rest * took_s)  # noqa: TID251 - the edge: a processor is left to the calls
        while flying:
            yield flying[0][0], await flying[0][1]
            flying.popleft()
    finally:
        for _, task in flying:
            task.cancel()
        await asyncio.gather(*(task for _, task in flying), return_exceptions=True)


def try_list(
    source: Source,
    check: Check,
    clock: Clock,
    progress: Progress = lambda done, expected: None,
    is_fresh: IsFresh = lambda number: False,
) -> Imported:
    """The same without a database: what would become of the rows (duplicates are known to the books alone)."""
    raw, columns = open_source(source)
    sums, reasons = Sums(), Counter[str]()
    for batch in batches_of(raw, columns, check, clock, source.policy, is_fresh):
        leads, refused = parted(batch)
        asking = sum(bool(lead.question) for lead in leads)
        sums += Sums(accepted=len(leads) - asking, needs_decision=asking, rejected=len(refused))
        reasons.update(refusal.reason for refusal in refused)
        progress(sums.rows, raw.expected)
    return Imported(raw.kind, sums, reasons)


async def admitted(source: Source, database: Database, campaign: CampaignId) -> Source:
    """The source with the regions that the campaign's project serves. Unknown campaign."""
    async with database.connection() as conn:
        served = (await admission.of_campaign(conn, campaign)).served
    return replace(source, policy=replace(source.policy, served=served))


async def list_named(database: Database, campaign: CampaignId, name: str) -> int:
    """The campaign's list of this name, made where there is none. Unknown campaign."""
    async with database.connection() as conn:
        for there in await lists(conn, campaign):
            if there.name == name:
                return there.id
        return await create_list(conn, campaign, name)


def _tell(told: Report, portion: Portion, duplicates: Sequence[Duplicate]) -> None:
    told.add_text(portion.told)
    told.add((one.row, "duplicate", REPEATED if one.repeats else harmless(one.external_id or "")) for one in duplicates)
    known = {duplicate.row for duplicate in duplicates}
    told.add((row, "needs_decision", question) for row, question in portion.asking if row not in known)
