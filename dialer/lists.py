"""Lists behind the HTTP interface: files tried and taken in beside the running floor, and doubtful numbers decided.

One file is imported at a time, by a task of the daemon; reading and numbering run beside it. A file that was taken
lies in a folder of its own and is removed with it when its import is over, whatever came of it.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from dialer.apart import WorkerLost
from dialer.clock import Clock
from dialer.core.dry_run import DryRun, dry_run
from dialer.core.ids import CampaignId, LeadId
from dialer.core.lead import CANDIDATES, NewPhone
from dialer.core.listing import (
    EVERY,
    Candidate,
    Checked,
    Decided,
    Filter,
    Job,
    JobState,
    ListRecord,
    ListWish,
    NotAList,
    ReaderLost,
    RowSums,
    Rule,
    Undecided,
)
from dialer.core.numbering.records import NumberRecord
from dialer.core.numbering.service import Numbering
from dialer.core.settings import CampaignSettings
from dialer.core.standing import Standing, by_list
from dialer.importer import import_list, list_named
from dialer.intake.columns import UnknownColumns, fold
from dialer.intake.scan import UnreadableList
from dialer.list_check import check_list
from dialer.logs import LogEvent, get_logger
from dialer.reading import Plan, Source, look_through
from dialer.store import column_choices
from dialer.store import undecided as books
from dialer.store.db import Database, DatabaseAway
from dialer.store.errors import Refused
from dialer.store.forgetting import recall
from dialer.store.lists import LeadList, lists, set_paused
from dialer.store.stock import rows_beside, stock
from dialer.store.undecided import Choice, Open

WAITING_LIMIT = 8
"""Files that may wait for their turn; each lies on the disk meanwhile."""
CHECKS_AT_ONCE = 2
DECISION_BATCH = 500
REST = 0.5
"""Of the time that the books need for a batch, before the next one: calls are booked meanwhile."""

log = get_logger()


@dataclass(slots=True)
class _Taken:
    """A file whose turn comes."""

    list_id: int
    campaign: CampaignId
    source: Source
    name: str


class Lists:
    """What the API's port `Lists` promises. `run` is a task of the daemon, ended by `close`."""

    def __init__(
        self,
        database: Database,
        numbering: Callable[[], Numbering],
        clock: Clock,
        added: Callable[[CampaignId], None],
        plan: Callable[[], Plan | None] = lambda: None,
    ) -> None:
        """`numbering` gives the newest; `added` is told the campaign after each batch, and when a list goes on.

        With a `plan`, where the newest is found, long lists are read by a process of their own.
        """
        self._database = database
        self._numbering = numbering
        self._clock = clock
        self._added = added
        self._plan = plan
        self._queue: asyncio.Queue[_Taken] = asyncio.Queue(WAITING_LIMIT)
        self._jobs: dict[int, Job] = {}
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._working: asyncio.Future[None] | None = None

    # ---- files

    async def check(self, campaign: CampaignId, file: Path, wish: ListWish) -> Checked:
        """What an import would make of the file. NotAList, ReaderLost; the file stays the caller's."""
        numbering = self._numbering()
        source = await self._source(campaign, file, wish)
        async with self._checks:
            with _as_told():
                return await check_list(
                    source,
                    self._database,
                    campaign,
                    wish.name,
                    numbering.check,
                    numbering.is_fresh,
                    numbering.region_of,
                    self._clock,
                    self._plan(),
                )

    async def take_in(self, campaign: CampaignId, file: Path, wish: ListWish) -> ListRecord:
        """Move the file away, make the list, and import it when its turn comes.

        NotAList and ReaderLost (nothing was written then); QueueFull where too many files wait.
        """
        if self._queue.full():
            raise asyncio.QueueFull
        source = await self._source(campaign, file, wish)
        with _as_told():
            opened = await look_through(source)
        list_id = await list_named(self._database, campaign, wish.name)
        async with self._database.connection() as conn:
            await column_choices.keep(conn, campaign, {fold(name): column for name, column in wish.chosen.items()})
        kept = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="dialer-list-")) / file.name
        await asyncio.to_thread(shutil.move, file, kept)
        self._queue.put_nowait(_Taken(list_id, campaign, replace(source, path=kept, seen=opened.seen), wish.name))
        self._jobs[list_id] = Job(JobState.WAITING, expected=opened.expected)
        return (await self._records(list_id=list_id))[0]

    async def _source(self, campaign: CampaignId, file: Path, wish: ListWish) -> Source:
        """The file, its columns as they were chosen for it, else for an earlier one of the project."""
        async with self._database.connection() as conn:
            remembered = await column_choices.of_campaign(conn, campaign)
        chosen = {**remembered, **{fold(name): column for name, column in wish.chosen.items()}}
        return Source(file, wish.encoding, wish.delimiter, wish.sheet, wish.mapped, wish.policy, chosen)

    async def run(self) -> None:
        """Import what was taken, one file after the other, until `close`; no file is left behind."""
        self._working = asyncio.ensure_future(self._work())
        with suppress(asyncio.CancelledError):
            await self._working
        while not self._queue.empty():
            await _remove(self._queue.get_nowait())

    def close(self) -> None:
        """The import under way stops after its batch; the same file again goes on from there."""
        if self._working is not None:
            self._working.cancel()

    async def _work(self) -> None:
        while True:
            taken = await self._queue.get()
            try:
                self._jobs[taken.list_id] = await self._imported(taken)
            finally:
                await _remove(taken)

    async def _imported(self, taken: _Taken) -> Job:
        """A file must not bring down the daemon: whatever goes wrong is the job's end, with its words."""

        def progress(rows: int, expected: int) -> None:
            self._jobs[taken.list_id] = Job(JobState.READING, rows, max(rows, expected))
            self._added(taken.campaign)

        numbering = self._numbering()
        try:
            done = await import_list(
                taken.source,
                self._database,
                taken.campaign,
                taken.name,
                numbering.check,
                self._clock,
                is_fresh=numbering.is_fresh,
                region_of=numbering.region_of,
                plan=self._plan(),
                progress=progress,
                rest=REST,
            )
        except DatabaseAway:
            return self._failed(taken, "the database went away; send the file again, no row is taken twice")
        except (UnreadableList, Refused, WorkerLost) as error:
            return self._failed(taken, str(error))
        except Exception as error:
            log.error(LogEvent.REQUEST_FAILED, route="import of a list", error=type(error).__name__)
            return self._failed(taken, "the import stopped at an error of ours; report it with the time of day")
        return Job(JobState.DONE, done.sums.rows, done.sums.rows)

    def _failed(self, taken: _Taken, why: str) -> Job:
        return replace(self._jobs[taken.list_id], state=JobState.FAILED, problem=why)

    # ---- lists

    async def of_campaign(self, campaign: CampaignId) -> Sequence[ListRecord]:
        return await self._records(campaign=campaign)

    async def one(self, list_id: int) -> ListRecord | None:
        return next(iter(await self._records(list_id=list_id)), None)

    async def dry_run(self, campaign: CampaignSettings) -> DryRun:
        """What it would do with its lists if it started now."""
        now = self._clock.now()
        async with self._database.connection() as conn:
            stocks = await stock(conn, campaign.id, now)
            beside = await rows_beside(conn, campaign.id)
        return dry_run(stocks, beside, campaign, now)

    async def standing(self, campaign: CampaignSettings) -> dict[int, tuple[Standing, ...]]:
        """Where its leads stand now, by list: every lead in one line."""
        now = self._clock.now()
        async with self._database.connection() as conn:
            return by_list(await stock(conn, campaign.id, now), campaign, now)

    async def pause(self, list_id: int, paused: bool) -> None:
        """No lead of a paused list is claimed; calls that are on go on. Resumed, its leads may be due."""
        await set_paused(self._database, list_id, paused)
        if not paused:
            async with self._database.connection() as conn:
                (found,) = await lists(conn, list_id=list_id)
            self._added(found.campaign)

    async def _records(self, campaign: CampaignId | None = None, list_id: int | None = None) -> list[ListRecord]:
        jobs = dict(self._jobs)  # first: what is done by now, the books know
        async with self._database.connection() as conn:
            found = await lists(conn, campaign, list_id)
            waiting = await books.count_undecided(conn, [one.id for one in found])
        return [_record(one, waiting.get(one.id, 0), jobs.get(one.id)) for one in found]

    # ---- decisions

    async def undecided(
        self, list_id: int, after: LeadId | None, bound: int, only: Filter = EVERY
    ) -> Sequence[Undecided]:
        async with self._database.connection() as conn:
            found = await books.undecided(conn, list_id, after, bound, only)
        return await asyncio.to_thread(lambda: [self._shown(one) for one in found])

    async def undecided_lead(self, lead: LeadId) -> Undecided | None:
        async with self._database.connection() as conn:
            found = await books.undecided_one(conn, lead)
        return None if found is None else self._shown(found)

    async def decide(self, lead: Undecided, number: str | None) -> Decided:
        """Call this candidate, or with None nobody. ValueError where it is no candidate."""
        chosen = [one for one in lead.candidates if one.number == number]
        if number is not None and not chosen:
            raise ValueError("this number is none of the lead's candidates")
        return await self._settle([Choice(lead.lead, _phones(chosen[:1]))])

    async def decide_all(self, list_id: int, rule: Rule, only: Filter = EVERY) -> Decided:
        """Every undecided lead of the list, or those meant, in batches; one without candidates is left for a person."""
        total, after = Decided(), None
        while found := await self.undecided(list_id, after, DECISION_BATCH, only):
            after = found[-1].lead
            choices = [_by_rule(one, rule) for one in found if one.candidates or rule is Rule.REFUSE]
            if choices:
                total += await self._settle(choices)
        return total

    async def _settle(self, choices: Sequence[Choice]) -> Decided:
        async with self._database.transaction() as conn:
            pseudonyms = self._database.pseudonyms
            await recall(conn, pseudonyms, (phone.number for choice in choices for phone in choice.phones))
            return await books.settle(conn, choices, self._clock.now())

    def _shown(self, lead: Open) -> Undecided:
        fields = dict(lead.fields)
        cells = fields.pop(CANDIDATES, "").split("|")
        place = (fields.get("postcode", ""), fields.get("town", ""), lead.region, fields.get("zone", ""))
        found = [record for cell in cells if cell for record in self._numbering().check(cell, *place)]
        candidates = tuple(_candidate(one) for one in found if one.callable)
        return Undecided(
            lead.lead,
            lead.campaign,
            lead.list,
            lead.external_id,
            lead.person,
            lead.region,
            lead.reason,
            candidates,
            fields,
        )


async def _remove(taken: _Taken) -> None:
    """The file of phones, from the disk; a `close` meanwhile waits until it is gone."""
    going = asyncio.ensure_future(asyncio.to_thread(shutil.rmtree, taken.source.path.parent, ignore_errors=True))
    try:
        await asyncio.shield(going)
    except asyncio.CancelledError:
        await going
        raise


@contextmanager
def _as_told() -> Iterator[None]:
    """What reading a file may end in, as whoever sent it is told."""
    try:
        yield
    except UnknownColumns as error:
        raise NotAList(error.why, error.header) from error
    except UnreadableList as error:
        raise NotAList(str(error)) from error
    except WorkerLost as error:
        raise ReaderLost(str(error)) from error


def _record(found: LeadList, undecided: int, job: Job | None) -> ListRecord:
    sums = found.sums
    told = RowSums(sums.accepted, sums.duplicate, sums.needs_decision, sums.rejected, dict(found.rejected_reasons))
    return ListRecord(found.id, found.campaign, found.name, found.state, told, undecided, job)


def _by_rule(lead: Undecided, rule: Rule) -> Choice:
    chosen = {Rule.FIRST: lead.candidates[:1], Rule.TRY: lead.candidates, Rule.REFUSE: ()}[rule]
    return Choice(lead.lead, _phones(chosen))


def _candidate(one: NumberRecord) -> Candidate:
    return Candidate(one.number, one.region, one.place, one.bound_zone, one.kind, one.ext)


def _phones(chosen: Sequence[Candidate]) -> tuple[NewPhone, ...]:
    return tuple(NewPhone(one.number, one.zone or None, one.kind, one.extension) for one in chosen)
