"""A list file read and numbered in portions ready for the books: in a thread, or in a process of its own.

A long list costs minutes of processor time in which a thread would contend with the loop that dials; the process runs
at a lower priority, sends its portions through a pipe, and ends with it.
"""

import asyncio
import gc
import os
import pickle
import struct
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from dialer.clock import Clock
from dialer.core.admission import RegionOf, nowhere
from dialer.core.numbering.policy import ListPolicy
from dialer.import_report import refused_text
from dialer.intake.columns import Columns, match_columns
from dialer.intake.leads import Answer, Check, CheckMany, IsFresh, Refusal, answers_of
from dialer.intake.plan_folder import LiveNumbering, PlanFolder
from dialer.intake.rows import RawList, open_list
from dialer.intake.scan import Look
from dialer.store.lists import BATCH_ROWS
from dialer.store.staging import Lead, Staged, stage
from dialer.store.uuid7 import uuid7s

ID_STOCK = 4096
LONG_BYTES = 2 << 20
"""Below this a process would take longer to start than the reading takes."""
NICENESS = 10
"""Behind whatever dials."""
PIPE_BYTES = 1 << 20
"""Read ahead of the portion in hand."""
_LENGTH = struct.Struct(">I")
_PROGRAM = f"from {__name__} import serve_portions; serve_portions()"
"""Not `-m`: what is sent would then be of a module `__main__` that is another one here."""


class ReaderLost(RuntimeError):
    """The process that read the list is gone without a word."""


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


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbering by which a process of its own numbers: the folder of the imported plan, and today."""

    folder: Path
    """A table that is not there is the shipped one."""
    today: date

    def numbering(self) -> LiveNumbering:
        return LiveNumbering(PlanFolder(self.folder), self.today)


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
        seen=source.seen,
    )
    return raw, match_columns(raw.header, source.mapped, source.chosen)


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


async def portions(
    source: Source,
    raw: RawList,
    columns: Columns,
    check: Check,
    is_fresh: IsFresh,
    clock: Clock,
    plan: Plan | None,
    region_of: RegionOf = nowhere,
) -> AsyncGenerator[Portion, None]:
    """The list in portions; one is read ahead. Where `plan` is given, a long text is read by a process of its own."""
    if plan is not None and source.path.stat().st_size > LONG_BYTES:
        async with aclosing(_apart(replace(source, seen=raw.seen), plan)) as read:
            async for portion in read:
                yield portion
        return
    batches = batches_of(raw, columns, check, clock, source.policy, is_fresh, region_of)
    made = (_portion(batch, source) for batch in batches)
    ready = await asyncio.to_thread(_next, made)
    while ready is not None:
        following = asyncio.ensure_future(asyncio.to_thread(_next, made))
        yield ready
        ready = await following


def _next(made: Iterator[Portion]) -> Portion | None:
    return next(made, None)


async def _apart(source: Source, plan: Plan) -> AsyncGenerator[Portion, None]:
    """The pipe holds the process back when the books are slower than it."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PROGRAM), stdin=pipe, stdout=pipe, limit=PIPE_BYTES
    )
    assert process.stdin is not None
    assert process.stdout is not None
    following = asyncio.ensure_future(_received(process.stdout))
    try:
        process.stdin.write(pickle.dumps((source, plan)))
        process.stdin.close()
        while portion := await following:
            following = asyncio.ensure_future(_received(process.stdout))
            yield portion
    finally:
        following.cancel()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _received(pipe: asyncio.StreamReader) -> Portion | None:
    try:
        (length,) = _LENGTH.unpack(await pipe.readexactly(_LENGTH.size))
        found: Portion | None = pickle.loads(await pipe.readexactly(length))
    except asyncio.IncompleteReadError as error:
        raise ReaderLost("the process that read the list has ended early; send the list again") from error
    return found


def _portion(batch: Sequence[Answer], source: Source) -> Portion:
    leads, refused = parted(batch)
    asking = tuple([(lead.row, lead.question) for lead in leads if lead.question])
    reasons = Counter([refusal.reason for refusal in refused])
    return Portion(stage(leads), reasons, refused_text(refused) if source.tells else "", asking)


def _ids(clock: Clock) -> Iterator[str]:
    while True:
        yield from uuid7s(clock.now(), ID_STOCK)


# ---- the process


def serve_portions() -> None:
    """Read the list that stands in standard input, and send its portions to standard output."""
    os.nice(NICENESS)
    source, plan = pickle.load(sys.stdin.buffer)
    numbering = plan.numbering().current
    raw, columns = open_source(source)
    gc.disable()  # what a row becomes is in no circle: collections would cost a tenth, and find nothing
    with suppress(BrokenPipeError):
        known = numbering.is_fresh, numbering.region_of, numbering.check_many
        for batch in batches_of(raw, columns, numbering.check, Clock(), source.policy, *known):
            _send(_portion(batch, source))
        _send(None)


def _send(what: Any) -> None:
    content = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.write(_LENGTH.pack(len(content)) + content)
    sys.stdout.buffer.flush()
