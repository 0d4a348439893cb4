"""Lists: made, paused, and filled fast.

A batch of leads is streamed by COPY into a temporary table and moved from there with `on conflict do nothing`: what
does not arrive is a duplicate. Memory stays flat (a batch at a time), and the loop is never held for longer than it
takes to turn one batch into rows, so a caller passes batches of a few thousand.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from asyncpg.exceptions import UniqueViolationError

from dialer.core.ids import CampaignId, Instant, LeadId
from dialer.core.lead import NewLead
from dialer.store import admission
from dialer.store.db import Database
from dialer.store.errors import NameTaken, Unknown
from dialer.store.sql import Conn, load
from dialer.store.staging import COLUMNS, Staged, stage

ONE_BY_ONE = "api"
"""The name of a campaign's standing list."""

BATCH_ROWS = 5000
"""A good size of a batch: some 20 ms of the loop in slices, 100 ms of the database, one flush of its disk."""

SLICE = 64 * 1024
HOLD_SLICE = 5000
COPY_TIMEOUT_S = 60.0
ANALYZE_ROWS = 10_000
"""A list of this size changes what the planner believes of the table."""

_Q = load("lists")


@dataclass(frozen=True, slots=True)
class Sums:
    """What became of the rows: the four sums add up to the rows read."""

    accepted: int = 0
    duplicate: int = 0
    needs_decision: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        return self.accepted + self.duplicate + self.needs_decision + self.rejected

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.accepted + other.accepted,
            self.duplicate + other.duplicate,
            self.needs_decision + other.needs_decision,
            self.rejected + other.rejected,
        )


@dataclass(frozen=True, slots=True)
class LeadList:
    id: int
    campaign: CampaignId
    name: str
    state: str
    expires_at: Instant | None
    sums: Sums
    rejected_reasons: Mapping[str, int] = field(default_factory=dict)


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
class Written:
    """The answer to one batch."""

    sums: Sums
    duplicates: tuple[Duplicate, ...] = ()


class ListWriter:
    """Puts the rows of one list into the books, batch by batch; each batch is one transaction."""

    def __init__(self, database: Database, list_id: int) -> None:
        self._database = database
        self._list = list_id
        self._repeat_days: int | None = None
        self._zones: frozenset[str] = frozenset()
        """Those that the books know for certain."""
        self.sums = Sums()

    async def write(self, leads: Sequence[NewLead], now: Instant, rejected: Mapping[str, int] | None = None) -> Written:
        """Add a batch: `put` for one that is not staged yet; a few thousand leads hold the loop for some 20 ms."""
        return await self.put(stage(leads), now, rejected)

    async def put(self, staged: Staged, now: Instant, rejected: Mapping[str, int] | None = None) -> Written:
        """Add a batch, and count the rows `rejected` beside it (by reason). All of it is committed, or nothing.

        A duplicate has the external id of another lead of the project, or, without one, the first number of another
        lead of this list, or a number that came to the project within its days. Unknown where the list does not exist.
        """
        refused = Counter(rejected or {})
        async with self._database.transaction() as conn:
            duplicates = tuple(await self._move(conn, staged, now)) if staged.leads else ()
            sums = _sums(staged, duplicates, refused.total())
            await self._count(conn, sums, refused)
        self._zones |= staged.zones
        self.sums += sums
        return Written(sums, duplicates)

    async def finish(self) -> Sums:
        """Tell the planner of a big list; the sums of all batches."""
        if self.sums.rows >= ANALYZE_ROWS:
            async with self._database.connection() as conn:
                await conn.execute(_Q["analyze"].text, timeout=COPY_TIMEOUT_S)
        return self.sums

    async def _move(self, conn: Conn, staged: Staged, now: Instant) -> list[Duplicate]:
        await conn.execute(_Q["make_stage"].text)
        await conn.copy_to_table("lead_stage", source=_slices(staged.text), columns=COLUMNS, timeout=COPY_TIMEOUT_S)
        if unseen := staged.zones - self._zones:
            await _Q["add_zones"].run(conn, names=sorted(unseen))
        repeats = await self._repeats(conn)
        arrived = await self._step(conn, "move_stage", list=self._list, now=now)
        doubled = await _Q["drop_duplicates"].rows(conn) if arrived < staged.leads - len(repeats) else []
        await self._step(conn, "move_phones")
        if staged.has_more:
            await self._step(conn, "move_more_phones")
        return repeats + [Duplicate(row["lead"], row["row"], row["external_id"], row["asks"]) for row in doubled]

    async def _step(self, conn: Conn, name: str, **values: Any) -> int:
        """Run it; how many rows it wrote. Several plain statements cost a third less than one that does it all."""
        statement = _Q[name]
        done: str = await conn.execute(statement.text, *statement.bind(values), timeout=COPY_TIMEOUT_S)
        return int(done.rpartition(" ")[2])

    async def _repeats(self, conn: Conn) -> list[Duplicate]:
        """Asked once a list: most projects let a number come again at once."""
        if self._repeat_days is None:
            self._repeat_days = (await admission.of_list(conn, self._list)).repeat_days
        return [Duplicate(**row) for row in await admission.drop_repeats(conn, self._list)] if self._repeat_days else []

    async def _count(self, conn: Conn, sums: Sums, refused: Counter[str]) -> None:
        counted = await _Q["add_sums"].value(
            conn,
            list=self._list,
            accepted=sums.accepted,
            duplicate=sums.duplicate,
            needs_decision=sums.needs_decision,
            rejected=sums.rejected,
            reasons=orjson.dumps(refused).decode(),
        )
        if counted is None:
            raise Unknown(f"there is no list {self._list}")


async def create_list(conn: Conn, campaign: CampaignId, name: str, expires_at: Instant | None = None) -> int:
    """A new, empty list of the campaign; NameTaken, Unknown (campaign)."""
    try:
        made: int | None = await _Q["create_list"].value(conn, campaign=campaign, name=name, expires_at=expires_at)
    except UniqueViolationError as error:
        raise NameTaken(f"the campaign has a list {name!r} already") from error
    if made is None:
        raise Unknown(f"there is no campaign {campaign}")
    return made


async def standing_list(conn: Conn, campaign: CampaignId) -> int:
    """The campaign's list for leads that come one by one, made at the first; Unknown (campaign)."""
    found: int | None = await _Q["standing_list"].value(conn, campaign=campaign, name=ONE_BY_ONE)
    if found is None:
        raise Unknown(f"there is no campaign {campaign}")
    return found


async def lists(conn: Conn, campaign: CampaignId | None = None, list_id: int | None = None) -> list[LeadList]:
    """All lists, those of one campaign, or one of them, by id."""
    rows = await _Q["lists"].rows(conn, campaign=campaign, id=list_id)
    return [
        LeadList(
            row["id"],
            CampaignId(row["campaign"]),
            row["name"],
            row["state"],
            row["expires_at"],
            Sums(row["accepted"], row["duplicate"], row["needs_decision"], row["rejected"]),
            orjson.loads(row["rejected_reasons"]),
        )
        for row in rows
    ]


async def set_paused(database: Database, list_id: int, paused: bool) -> None:
    """Pause a list (no lead of it is claimed; calls that are on go on), or let it go on. Unknown."""
    async with database.connection() as conn:
        state = "paused" if paused else "active"
        if await _Q["set_list_state"].value(conn, list=list_id, state=state) is None:
            raise Unknown(f"there is no list {list_id}")
        while len(await _Q["hold"].rows(conn, list=list_id, held=paused, bound=HOLD_SLICE)) == HOLD_SLICE:
            pass


def _sums(staged: Staged, duplicates: Sequence[Duplicate], rejected: int) -> Sums:
    asking = staged.asking - sum(duplicate.asks for duplicate in duplicates)
    return Sums(
        accepted=staged.leads - len(duplicates) - asking,
        duplicate=len(duplicates),
        needs_decision=asking,
        rejected=rejected,
    )


async def _slices(text: bytes) -> AsyncIterator[bytes]:
    """Small enough that the loop has a breath between two."""
    for start in range(0, len(text), SLICE):
        yield text[start : start + SLICE]
