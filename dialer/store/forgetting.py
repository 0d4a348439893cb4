"""Persons forgotten, and their numbers known again. Every method: DatabaseAway.

What is known of a number (how often it was called, that it must not be called) goes under a keyed digest when the last
lead that has it is forgotten, and comes back when the number does: so the statements that claim and settle know of
digests nothing, and a person who was forgotten is protected like any other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from dialer.core.forgetting import Forgotten, Rule, Terms
from dialer.core.ids import Instant, LeadId, ProjectId
from dialer.core.pseudonym import Pseudonyms
from dialer.store.db import Database
from dialer.store.errors import Refused, Unknown
from dialer.store.personal import EVENT_KEYS
from dialer.store.sql import Conn, load
from dialer.store.uuid7 import born_at

WINDOW = 500
"""Leads looked at in one statement."""
SLICE = 100
"""Leads forgotten in one transaction, in which whoever brings numbers in waits: 0.1 s on a busy machine."""
CLOCKS_S = 3600.0
"""How far the clocks of several daemons may differ: an attempt's id is never older than its lead's by more."""
LIMITS_KEPT_S = 366 * 24 * 3600.0
BEFORE_ALL = "00000000-0000-0000-0000-000000000000"
AFTER_ALL_S = 1e11
"""The year 5138."""

_Q = load("forgetting")


class KeyMissing(Refused):
    """Numbers were forgotten under a key that this program was not given: it would not know them again."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """A lead whose term is over."""

    lead: LeadId
    rule: Rule
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """What one look has found, and where the next one begins; None: there is no more."""

    doomed: tuple[Doomed, ...]
    after: tuple[Instant, LeadId] | None


@dataclass(frozen=True, slots=True)
class KeyCount:
    """How much is known under one key."""

    id: str
    since: Instant
    numbers: int
    forbidden: int


class ForgettingBooks:
    def __init__(self, database: Database) -> None:
        self._database = database

    # ---- terms

    async def terms(self, project: ProjectId) -> Terms:
        """Raises Unknown."""
        async with self._database.connection() as conn:
            row = await _Q["terms"].row(conn, project=project)
        if row is None:
            raise Unknown(f"there is no project {project}")
        return Terms(row["delivered_days"], row["closed_days"])

    async def set_terms(self, project: ProjectId, terms: Terms) -> None:
        """Raises Unknown."""
        async with self._database.connection() as conn:
            done = await _Q["set_terms"].value(
                conn, project=project, delivered_days=terms.delivered_days, closed_days=terms.closed_days
            )
        if done is None:
            raise Unknown(f"there is no project {project}")

    async def projects(self) -> list[ProjectId]:
        """Those that have a term."""
        async with self._database.connection() as conn:
            return [ProjectId(row["id"]) for row in await _Q["projects"].rows(conn)]

    # ---- forgetting

    async def look(self, project: ProjectId, now: Instant, after: tuple[Instant, LeadId] | None = None) -> Window:
        """The next leads of the project, in the order in which they were closed."""
        closed_at, lead = after or (0.0, BEFORE_ALL)
        async with self._database.connection() as conn:
            rows = await _Q["look"].rows(
                conn, project=project, now=now, after_closed_at=closed_at, after=lead, bound=WINDOW
            )
        doomed = tuple(Doomed(LeadId(row["lead"]), Rule(row["rule"]), row["days"]) for row in rows if row["rule"])
        goes_on = (rows[-1]["closed_at"], LeadId(rows[-1]["lead"])) if len(rows) == WINDOW else None
        return Window(doomed, goes_on)

    async def demanded(self) -> list[Doomed]:
        """Leads whose persons asked for it, and that are over now."""
        async with self._database.connection() as conn:
            rows = await _Q["demanded"].rows(conn, bound=SLICE)
        return [Doomed(LeadId(row["lead"]), Rule.DEMAND) for row in rows]

    async def forget(self, doomed: Sequence[Doomed], by: str, now: Instant) -> Mapping[Rule, int]:
        """Forget these leads, at most SLICE of them, each with its proof; how many by which rule.

        One that is open again, was forgotten meanwhile, or is in another daemon's hand is passed over.
        Raises KeyMissing, with nothing done, where there is no key to remember their numbers by.
        """
        async with self._database.transaction() as conn:
            return await forget(conn, self._database.pseudonyms, doomed, by, now)

    async def proofs(
        self, project: ProjectId, after: tuple[Instant, LeadId] | None, bound: int, *, newest: bool = False
    ) -> list[Forgotten]:
        """The next ones behind `after`, in the order of time, or the newest first."""
        async with self._database.connection() as conn:
            if newest:
                at, lead = after or (AFTER_ALL_S, BEFORE_ALL)
                rows = await _Q["newest_proofs"].rows(conn, project=project, before_at=at, before=lead, bound=bound)
            else:
                at, lead = after or (0.0, BEFORE_ALL)
                rows = await _Q["proofs"].rows(conn, project=project, after_at=at, after=lead, bound=bound)
        return [Forgotten(**{**row, "rule": Rule(row["rule"]), "erased": orjson.loads(row["erased"])}) for row in rows]

    # ---- upkeep

    async def prune(self, now: Instant) -> None:
        """What is known of numbers long uncalled, and keys that nothing is known under any longer."""
        async with self._database.transaction() as conn:
            await _Q["drop_old_numbers"].run(conn, before=now - LIMITS_KEPT_S)
            await _Q["drop_unused_keys"].run(conn, present=sorted(self._database.pseudonyms.key_ids))

    async def overdue(self, now: Instant) -> int:
        """Leads that should have been forgotten two days ago."""
        async with self._database.connection() as conn:
            found: int = await _Q["overdue"].value(conn, now=now)
        return found

    async def keys(self) -> list[KeyCount]:
        """The oldest first."""
        async with self._database.connection() as conn:
            return [KeyCount(**dict(row)) for row in await _Q["key_counts"].rows(conn)]

    async def drop_key(self, key: str) -> tuple[int, int]:
        """A key that is lost: what was known under it goes. How many numbers had limits, and stood on do-not-call."""
        async with self._database.transaction() as conn:
            row = await _Q["drop_key"].row(conn, id=key)
            await _Q["drop_unused_keys"].run(conn, present=sorted(self._database.pseudonyms.key_ids))
        assert row is not None
        return row["numbers"], row["forbidden"]


async def forget(
    conn: Conn, pseudonyms: Pseudonyms, doomed: Sequence[Doomed], by: str, now: Instant
) -> Mapping[Rule, int]:
    """The same within a transaction of the caller's."""
    if not pseudonyms:
        raise KeyMissing("nobody is forgotten without a key: limits and do-not-call would be forgotten with them")
    assert len(doomed) <= SLICE
    await _Q["hold_alone"].run(conn)
    free = {row["lead"] for row in await _Q["lock"].rows(conn, leads=[one.lead for one in doomed])}
    doomed = [one for one in doomed if one.lead in free]
    if not doomed:
        return {}
    leads = [one.lead for one in doomed]
    since = min(map(born_at, leads)) - CLOCKS_S
    numbers = [row["number"] for row in await _Q["numbers"].rows(conn, leads=leads, since=since)]
    done = await _Q["forget"].rows(
        conn,
        leads=leads,
        rules=[one.rule.value for one in doomed],
        days=[one.days for one in doomed],
        numbers=numbers,
        since=since,
        payload_keys=list(EVENT_KEYS),
        by=by,
        now=now,
    )
    await hide(conn, pseudonyms, numbers, now)
    rules = [Rule(row["rule"]) for row in done]
    return {rule: rules.count(rule) for rule in set(rules)}


async def hide(conn: Conn, pseudonyms: Pseudonyms, numbers: Iterable[str], now: Instant) -> None:
    """What is known of those of these numbers that no lead has any longer goes under their digests.

    To be called in a transaction, `hold_alone` having been taken.
    """
    free = [row["number"] for row in await _Q["nobodys"].rows(conn, numbers=list(numbers))]
    if free:
        await _Q["keep_key"].run(conn, id=pseudonyms.key_id, now=now)
        digests = [pseudonyms.digest(number) for number in free]
        await _Q["hide"].run(conn, numbers=free, digests=digests, key=pseudonyms.key_id)


async def hold_alone(conn: Conn) -> None:
    """From here to the transaction's end nobody brings a number in."""
    await _Q["hold_alone"].run(conn)


async def recall(conn: Conn, pseudonyms: Pseudonyms, numbers: Iterable[str]) -> None:
    """Before these numbers are written into `phone`, in the same transaction: what was known of them is again.

    They are read only where anybody was ever forgotten. Until the transaction ends nobody else is.
    Raises KeyMissing where numbers were forgotten under a key that is not at hand.
    """
    if await _anybody_forgotten(conn, pseudonyms):
        once = list(dict.fromkeys(numbers))
        for digests in zip(*map(pseudonyms.known_as, once), strict=True):  # key by key
            await _Q["recall"].run(conn, numbers=once, digests=list(digests))


async def may_be_called(conn: Conn, pseudonyms: Pseudonyms, numbers: Sequence[str], project: ProjectId | None) -> int:
    """Take forgotten numbers off the list of this project, or of all; how many stood there."""
    digests = [digest for number in numbers for digest in pseudonyms.known_as(number)]
    return len(await _Q["may_be_called"].rows(conn, digests=digests, project=project))


async def _anybody_forgotten(conn: Conn, pseudonyms: Pseudonyms) -> bool:
    """The lock comes first: what is looked at after it stays so."""
    await _Q["hold"].run(conn)
    used = {row["id"] for row in await _Q["keys"].rows(conn)}
    if missing := used - pseudonyms.key_ids:
        raise KeyMissing(
            f"numbers were forgotten under the key {min(missing)}, which [forgetting] does not name: whoever asked not "
            "to be called would be called. Name its file in previous_key_files, or give those numbers up for good with "
            f"`dialer person drop-key {min(missing)}`"
        )
    return bool(used)
