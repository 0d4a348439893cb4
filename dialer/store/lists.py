"""Lists: made, paused, and filled fast.

Of a batch of leads it is asked first which are there already; the others go by COPY straight into their tables, which
costs half of a way over a temporary table. Where somebody else has put one of them in between, the batch is begun anew.
Memory stays flat (a batch at a time), and the loop is never held for longer than it takes to turn one batch into rows,
so a caller passes batches of a few thousand.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
from asyncpg.exceptions import UniqueViolationError

from dialer.core.ids import CampaignId, Instant
from dialer.store.db import Database
from dialer.store.errors import NameTaken, Unknown
from dialer.store.forgetting import recall
from dialer.store.sql import Conn, load
from dialer.store.staging import LEAD_COLUMNS, PHONE_COLUMNS, Due, Lead, Staged, stage
from dialer.store.twins import Duplicate, Into, twins

ONE_BY_ONE = "api"
"""The name of a campaign's standing list."""

BATCH_ROWS = 5000
"""A good size of a batch: some 20 ms of the loop in slices, 100 ms of the database, one flush of its disk."""

HOLD_SLICE = 5000
RACES = 5
"""How often a batch is tried: each time it fails somebody else's leads have gone in."""
NEW_ROWS = 1000
"""A batch of a long list. Its orders are taken for new until one was there already: the index lets none in twice, and a
batch that it refuses is begun anew. To look for each costs a twentieth of an import."""
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
class Written:
    """The answer to one batch."""

    sums: Sums
    duplicates: tuple[Duplicate, ...] = ()


class _Flight:
    """A batch on its way into the books, as the batches after it see it."""

    def __init__(self, staged: Staged, before: Sequence["_Flight"]) -> None:
        self._before: Sequence[_Flight] = before
        """Begun earlier, and not over when this one began."""
        named = zip(staged.external_ids, staged.numbers, strict=True)
        names = {name or number for name, number in named} - {""}
        self.told_by = names | set(staged.questions.values())
        self.has_looked = asyncio.Event()
        self.is_over = asyncio.Event()

    async def clearance(self) -> None:
        """Wait until no batch before it can hold a twin of its leads that the books do not show."""
        for one in self._before:
            await one.has_looked.wait()
            if not one.told_by.isdisjoint(self.told_by):
                await one.is_over.wait()

    async def last(self) -> None:
        """Wait until it is the first of those on their way."""
        for one in self._before:
            await one.is_over.wait()

    def end(self) -> None:
        self._before = ()  # else each would keep all before it
        self.has_looked.set()
        self.is_over.set()


class ListWriter:
    """Puts the rows of one list into the books, batch by batch; each batch is one transaction.

    Two may be put at once: the result is that of one after the other, as they were begun.
    """

    def __init__(self, database: Database, list_id: int) -> None:
        self._database = database
        self._list = list_id
        self._flights: list[_Flight] = []
        self._all_new = True
        """No order of this list was there already, as far as it is known."""
        self._zones: Mapping[str, int] = {}
        """Numbers of those that the books know for certain."""
        self.sums = Sums()

    async def write(self, leads: Sequence[Lead], now: Instant, rejected: Mapping[str, int] | None = None) -> Written:
        """Add a batch: `put` for one that is not staged yet; a few thousand leads hold the loop for some 20 ms."""
        return await self.put(stage(leads), now, rejected)

    async def put(self, staged: Staged, now: Instant, rejected: Mapping[str, int] | None = None) -> Written:
        """Add a batch, and count the rows `rejected` beside it (by reason). All of it is committed, or nothing.

        A duplicate has the external id of another lead of the project, or, without one, the first number of another
        lead of this list or the very candidates that one is asked about, or a number that came to the project within
        its days. Unknown where the list does not exist.
        """
        flight = _Flight(staged, tuple(self._flights))
        self._flights.append(flight)
        try:
            await flight.clearance()
            for _ in range(RACES - 1):
                with suppress(UniqueViolationError):  # somebody was quicker with one of them; now it can be seen
                    return await self._put(staged, now, rejected or {}, flight)
                self._all_new = False
            return await self._put(staged, now, rejected or {}, flight)
        finally:
            self._flights.remove(flight)
            flight.end()

    async def finish(self) -> Sums:
        """Tell the planner of a big list; the sums of all batches."""
        if self.sums.rows >= ANALYZE_ROWS:
            async with self._database.connection() as conn:
                await conn.execute(_Q["analyze"].text, timeout=COPY_TIMEOUT_S)
        return self.sums

    async def _put(self, staged: Staged, now: Instant, rejected: Mapping[str, int], flight: _Flight) -> Written:
        refused = Counter(rejected)
        async with self._database.transaction() as conn:
            into = await self._into(conn)
            if into.repeat_days:
                await flight.last()  # then numbers tell leads from one another, too
            zones = await self._zone_ids(conn, staged.zones)
            duplicates = await self._add(conn, staged, into, zones, now, flight) if staged.leads else ()
            sums = _sums(staged, duplicates, refused.total())
            await self._count(conn, sums, refused)
        self._zones = {**self._zones, **zones}
        self.sums += sums
        return Written(sums, duplicates)

    async def _into(self, conn: Conn) -> Into:
        row = await _Q["fill"].row(conn, list=self._list)
        if row is None:
            raise Unknown(f"there is no list {self._list}")
        return Into(**row)

    async def _add(
        self, conn: Conn, staged: Staged, into: Into, zones: Mapping[str, int], now: Instant, flight: _Flight
    ) -> tuple[Duplicate, ...]:
        await recall(conn, self._database.pseudonyms, staged.all_numbers)
        names_are_new = self._all_new and staged.leads >= NEW_ROWS and not into.repeat_days
        found = await twins(conn, staged, into, names_are_new)
        flight.has_looked.set()
        if len(found) < staged.leads:
            without = frozenset(found)
            leads = staged.leads_copy(lambda due: _line_end(into, zones[due.zone], due, now), without)
            await _copy(conn, "lead", LEAD_COLUMNS, leads)
            await _copy(conn, "phone", PHONE_COLUMNS, staged.phones_copy(zones.__getitem__, without))
        return tuple(found.values())

    async def _zone_ids(self, conn: Conn, names: frozenset[str]) -> Mapping[str, int]:
        """All known ones with these; one that comes for the first time is added."""
        unseen = sorted(names - self._zones.keys())
        if not unseen:
            return self._zones
        await _Q["add_zones"].run(conn, names=unseen)
        rows = await _Q["zone_ids"].rows(conn, names=unseen)
        return {**self._zones, **{row["name"]: row["id"] for row in rows}}

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
    asking = len(staged.asking) - sum(duplicate.asks for duplicate in duplicates)
    return Sums(
        accepted=staged.leads - len(duplicates) - asking,
        duplicate=len(duplicates),
        needs_decision=asking,
        rejected=rejected,
    )


def _line_end(into: Into, zone: int, due: Due, now: Instant) -> str:
    """What the marks of `LEAD_COLUMNS` stand for."""
    ends = [at for at in (due.expires_at, into.expires_at) if at is not None]
    times = (now if due.not_before is None else due.not_before, min(ends, default=None))
    values = (into.list, into.campaign, into.project, into.is_paused, into.is_standing)
    return "\t".join((str(zone), *map(_moment, times), *map(str, values))) + "\n"


def _moment(at: Instant | None) -> str:
    """In the form that PostgreSQL reads quickest; it does so once a row."""
    return "\\N" if at is None else f"{datetime.fromtimestamp(at, UTC).replace(tzinfo=None)}Z"


async def _copy(conn: Conn, table: str, columns: Sequence[str], slices: Iterable[bytes]) -> None:
    text = _in_turn(slices)
    await conn.copy_to_table(table, schema_name="dialer", source=text, columns=columns, timeout=COPY_TIMEOUT_S)


async def _in_turn(slices: Iterable[bytes]) -> AsyncIterator[bytes]:
    for one in slices:
        yield one
