"""Lists: made, paused, and filled fast.

A batch of leads is streamed by COPY into a temporary table and moved from there with `on conflict do nothing`: what
does not arrive is a duplicate. Memory stays flat (a batch at a time), and the loop is never held for longer than it
takes to turn one batch into rows, so a caller passes batches of a few thousand.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from asyncpg.exceptions import UniqueViolationError

from dialer.core.ids import CampaignId, Instant
from dialer.core.lead import NewLead, NewPhone
from dialer.store.db import Database
from dialer.store.errors import NameTaken, Unknown
from dialer.store.sql import Conn, load

ONE_BY_ONE = "api"
"""The name of a campaign's standing list."""

BATCH_ROWS = 5000
"""A good size of a batch: some 20 ms of the loop in slices, 100 ms of the database, one flush of its disk."""

HOLD_SLICE = 5000
COPY_TIMEOUT_S = 60.0
ANALYZE_ROWS = 10_000
"""A list of this size changes what the planner believes of the table."""

_Q = load("lists")
_COLUMNS = (
    "row", "id", "external_id", "state", "reason", "priority", "not_before", "expires_at", "person", "region",
    "fields", "number", "zone", "kind", "extension", "more_numbers", "more_zones", "more_kinds", "more_extensions",
)  # fmt: skip
_NO_MORE = (None, None, None, None)


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
    duplicates: tuple[NewLead, ...] = ()
    """Those which were there already: in the books, or earlier in the same batch."""


class ListWriter:
    """Puts the rows of one list into the books, batch by batch; each batch is one transaction."""

    def __init__(self, database: Database, list_id: int) -> None:
        self._database = database
        self._list = list_id
        self.sums = Sums()

    async def write(self, leads: Sequence[NewLead], now: Instant, rejected: Mapping[str, int] | None = None) -> Written:
        """Add a batch, and count the rows `rejected` beside it (by reason). All of it is committed, or nothing.

        A duplicate has the external id of another lead of the project, or, without one, the first number of another
        lead of this list. Unknown where the list does not exist.
        """
        refused = Counter(rejected or {})
        async with self._database.transaction() as conn:
            known = {row["lead"] for row in await self._move(conn, leads, now)} if leads else set()
            duplicates = tuple(lead for lead in leads if lead.id in known)
            sums = _sums(leads, duplicates, refused.total())
            await self._count(conn, sums, refused)
        self.sums += sums
        return Written(sums, duplicates)

    async def finish(self) -> Sums:
        """Tell the planner of a big list; the sums of all batches."""
        if self.sums.rows >= ANALYZE_ROWS:
            async with self._database.connection() as conn:
                await conn.execute(_Q["analyze"].text, timeout=COPY_TIMEOUT_S)
        return self.sums

    async def _move(self, conn: Conn, leads: Sequence[NewLead], now: Instant) -> list[Any]:
        await conn.execute(_Q["make_stage"].text)
        await conn.copy_records_to_table(
            "lead_stage", records=_records(leads), columns=_COLUMNS, timeout=COPY_TIMEOUT_S
        )
        await _Q["add_zones"].run(conn)
        return await conn.fetch(
            _Q["move_stage"].text, *_Q["move_stage"].bind({"list": self._list, "now": now}), timeout=COPY_TIMEOUT_S
        )

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


def _sums(leads: Sequence[NewLead], duplicates: Sequence[NewLead], rejected: int) -> Sums:
    asking = sum(bool(lead.question) for lead in leads) - sum(bool(lead.question) for lead in duplicates)
    return Sums(
        accepted=len(leads) - len(duplicates) - asking,
        duplicate=len(duplicates),
        needs_decision=asking,
        rejected=rejected,
    )


def _records(leads: Sequence[NewLead]) -> Iterator[tuple[Any, ...]]:
    for lead in leads:
        first, *more = lead.phones or (None,)
        yield (
            lead.row,
            lead.id,
            _clean(lead.external_id) if lead.external_id else None,
            "needs_decision" if lead.question else "ready",
            lead.question,
            lead.priority,
            lead.not_before,
            lead.expires_at,
            _clean(lead.person),
            _clean(lead.region),
            _json(lead.fields),
            *_phone(first),
            *(_more(more) if more else _NO_MORE),
        )


def _clean(text: str) -> str:
    """PostgreSQL's text has no NUL: one in a cell must not cost the whole batch."""
    return text.replace("\0", "")


def _json(fields: Mapping[str, str]) -> str:
    text = orjson.dumps(fields).decode()
    if "\\u0000" not in text:
        return text
    return orjson.dumps({_clean(name): _clean(value) for name, value in fields.items()}).decode()


def _phone(phone: NewPhone | None) -> tuple[str | None, str, str, str]:
    if phone is None:
        return None, "", "", ""
    return phone.number, phone.zone or "", phone.kind, phone.extension


def _more(phones: Sequence[NewPhone | None]) -> tuple[list[str | None], list[str], list[str], list[str]]:
    numbers, zones, kinds, extensions = zip(*map(_phone, phones), strict=True)
    return list(numbers), list(zones), list(kinds), list(extensions)
