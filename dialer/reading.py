"""A list file read and numbered in portions ready for the books: in a thread, or a long one in a process of its own.

A long list is opened there too: to look through its bytes, or to unpack its sheet, takes a second or more, in which a
thread would contend with the loop that dials.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import cast

from dialer.apart import apart
from dialer.clock import Clock
from dialer.core.admission import RegionOf, nowhere
from dialer.core.numbering.policy import ListPolicy
from dialer.import_report import refused_text
from dialer.intake.bulk import Bulk
from dialer.intake.columns import Columns, header_test, match_columns
from dialer.intake.leads import Answer, Check, CheckMany, IsFresh, Maker, Refusal, answers_of
from dialer.intake.plan_folder import LiveNumbering, PlanFolder
from dialer.intake.rows import Piece, RawList, cut, is_workbook, open_list, rows_of
from dialer.intake.scan import Look
from dialer.intake.table import Table
from dialer.store.lists import BATCH_ROWS
from dialer.store.staging import Lead, Staged, joined, stage, stage_columns
from dialer.store.uuid7 import uuid7s

ID_STOCK = 4096
LONG_BYTES = 2 << 20
"""Below this a process would take longer to start than the reading takes."""
LONG_WORKBOOK_BYTES = 1 << 18
"""A workbook unpacks to ten times as much, and its library lets go of the interpreter only when it has read it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A list file, and what the user said about it."""

    path: Path
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    mapped: Mapping[str, str] = field(default_factory=dict)
    policy: ListPolicy = field(default_factory=ListPolicy)
    chosen: Mapping[str, str] = field(default_factory=dict)
    """Columns by hand, as `match_columns` takes them; so is `mapped`."""
    seen: Look | None = None
    """What was seen when it was opened for the first time."""
    tells: bool = False
    """Whether refused rows are wanted with their cells, for a report."""

    @property
    def is_long(self) -> bool:
        """Whether it takes longer than a process takes to start; not where there is no such file."""
        path = self.path
        if not path.is_file():
            return False
        return path.stat().st_size > (LONG_WORKBOOK_BYTES if is_workbook(path) else LONG_BYTES)


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbering by which a process of its own numbers: the folder of the imported plan, and today."""

    folder: Path
    """A table that is not there is the shipped one."""
    today: date

    def numbering(self) -> LiveNumbering:
        return LiveNumbering(PlanFolder(self.folder), self.today)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known of a list before its first row is numbered."""

    header: tuple[str, ...]
    columns: Columns
    expected: int
    """About how many rows."""
    kind: str
    seen: Look | None
    """For a `Source` that is to be opened again."""


@dataclass(frozen=True, slots=True)
class Portion:
    """A few thousand rows: leads ready for the books, and what a report tells of the others."""

    staged: Staged
    reasons: Counter[str]
    """Refused rows by reason."""
    told: str
    """Their lines of the report, where one is wanted."""
    asking: tuple[tuple[int, str], ...]
    """(row, question) of leads that wait for a decision."""


def open_source(source: Source) -> tuple[RawList, Columns]:
    """UnreadableList in words; takes as long as reading the file through, so not for a loop."""
    raw = open_list(
        source.path,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet,
        is_header=header_test(source.mapped, source.chosen),
        seen=source.seen,
    )
    return raw, match_columns(raw.header, source.mapped, source.chosen)


async def look_through(source: Source) -> Opened:
    """UnreadableList in words, WorkerLost."""
    if not source.is_long:
        return await asyncio.to_thread(lambda: next(_look(source)))
    async with aclosing(apart(_look, source)) as made:
        return await anext(made)


def _look(source: Source) -> Iterator[Opened]:
    yield _opened(*open_source(source))


def _opened(raw: RawList, columns: Columns) -> Opened:
    return Opened(raw.header, columns, raw.expected, raw.kind, raw.seen)


def batches_of(
    raw: RawList,
    columns: Columns,
    check: Check,
    clock: Clock,
    policy: ListPolicy,
    is_fresh: IsFresh,
    region_of: RegionOf = nowhere,
    check_many: CheckMany | None = None,
) -> Iterator[list[Answer]]:
    """What became of the rows, by batches of BATCH_ROWS; reads and numbers as it is asked."""
    answers = answers_of(raw.rows, columns, check, _ids(clock).__next__, policy, is_fresh, region_of, check_many)
    while batch := list(islice(answers, BATCH_ROWS)):
        yield batch


def parted(batch: Sequence[Answer]) -> tuple[list[Lead], list[Refusal]]:
    leads = [answer for answer in batch if not isinstance(answer, Refusal)]
    return leads, [answer for answer in batch if isinstance(answer, Refusal)]


@asynccontextmanager
async def reading(
    source: Source,
    check: Check,
    is_fresh: IsFresh,
    clock: Clock,
    plan: Plan | None,
    region_of: RegionOf = nowhere,
) -> AsyncIterator[tuple[Opened, AsyncGenerator[Portion, None]]]:
    """The list opened, and its portions; one is read ahead. With a `plan` a process of its own reads a long one.

    UnreadableList before the first portion, WorkerLost at any time.
    """
    if plan is not None and source.is_long:
        async with aclosing(apart(_read, source, plan)) as made:
            opened = await anext(made)
            assert isinstance(opened, Opened)
            yield opened, cast("AsyncGenerator[Portion, None]", made)  # nothing else follows
        return
    raw, columns = await asyncio.to_thread(open_source, source)
    batches = batches_of(raw, columns, check, clock, source.policy, is_fresh, region_of)
    async with aclosing(_beside(_portion_of(batch, source) for batch in batches)) as read:
        yield _opened(raw, columns), read


def _portion_of(batch: Sequence[Answer], source: Source) -> Portion:
    leads, refused = parted(batch)
    return _portion(stage(leads), refused, leads, source)


async def _beside(made: Iterator[Portion]) -> AsyncGenerator[Portion, None]:
    ready = await asyncio.to_thread(next, made, None)
    while ready is not None:
        following = asyncio.ensure_future(asyncio.to_thread(next, made, None))
        yield ready
        ready = await following


def _read(source: Source, plan: Plan) -> Iterator[Opened | Portion]:
    """The whole of it, in the process."""
    raw, columns = open_source(source)
    yield _opened(raw, columns)
    numbering, ids = plan.numbering().current, _ids(Clock())
    maker = Maker(columns, numbering.check_many, source.policy, numbering.is_fresh, numbering.region_of)
    bulk = Bulk(columns, maker, numbering.usual_many, ids)

    def staged_of(piece: Piece) -> tuple[Staged, list[Refusal], list[Lead]]:
        if isinstance(piece, Table) and bulk.fits:
            told, refused = bulk.leads_of(piece)
            return stage_columns(told), refused, [lead for lead in told.among.values() if lead]
        rows = rows_of(piece) if isinstance(piece, Table) else piece
        leads, refused = parted(list(maker.answers(rows, ids)))
        return stage(leads), refused, leads

    for pieces in cut(raw.pieces, BATCH_ROWS):
        staged, refused, leads = zip(*map(staged_of, pieces), strict=True)
        yield _portion(joined(staged), list(chain(*refused)), chain(*leads), source)


def _portion(staged: Staged, refused: Sequence[Refusal], leads: Iterable[Lead], source: Source) -> Portion:
    """`leads` are all that ask for a decision, at least."""
    asking = tuple([(lead.row, lead.question) for lead in leads if lead.question])
    reasons = Counter([refusal.reason for refusal in refused])
    return Portion(staged, reasons, refused_text(refused) if source.tells else "", asking)


def _ids(clock: Clock) -> Iterator[str]:
    while True:
        yield from uuid7s(clock.now(), ID_STOCK)
