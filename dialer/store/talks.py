"""One talk in the books: the script and form shown, the person's open orders, what was typed and promised.

What a talk shows is pinned at its first look (`attempt_content`), so that a page that is loaded again, and the past,
show what the agent saw. What he types is kept edit by edit, each with its moment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import orjson
from asyncpg import Record

from dialer.core.card import DispositionChoice, Edit, Entry, Order, PastAttempt
from dialer.core.form import DEFAULT_FORM
from dialer.core.ids import AgentId, AttemptId, Instant, LeadId
from dialer.core.outcome import LeadEffect, LeadStep
from dialer.core.talk import OrderResult, Promise, Talk
from dialer.store.campaign_rows import calendar_from_json, rules_from_json
from dialer.store.content_rows import form_from_json, script_from_json
from dialer.store.db import Database
from dialer.store.errors import Unknown
from dialer.store.sql import Conn, load, together
from dialer.store.uuid7 import is_uuid

MOST_ORDERS = 8
"""Open orders on one card: a person with more has them one call after the other."""

MOST_PAST = 20

_Q = load("desk")

_PARTS = {
    "card": load("front")["card"],
    "orders": _Q["orders"],
    "past": _Q["past"],
    "entered": _Q["entered"],
    "dictionary": load("campaigns")["dispositions"],
}
_AROUND = together(_PARTS)

Row: TypeAlias = Mapping[str, Any] | Record

_calendar = lru_cache(maxsize=256)(calendar_from_json)
"""The same object for the same text: the hours remember their answers by the calendar's identity."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a talk. `card` are the columns of the statement of that name."""

    card: Row
    orders: tuple[Order, ...]
    history: tuple[PastAttempt, ...]
    entered: Mapping[LeadId, Mapping[str, Entry]]
    dictionary: tuple[DispositionChoice, ...]


async def talk(conn: Conn, attempt: AttemptId) -> Talk:
    """The talk of this attempt, its script and form pinned by the first look. Raises Unknown."""
    row = await _Q["talk"].row(conn, attempt=attempt) if is_uuid(attempt) else None
    if row is None:
        raise Unknown(f"there is no attempt {attempt}")
    told = dict(row)
    return Talk(
        **{
            **told,
            "attempt": attempt,
            "zone": told["zone"] or None,
            "calendar": _calendar(told["calendar"]),
            "rules": rules_from_json(told["rules"]),
            "script": None if told["script"] is None else script_from_json(told["script"]),
            "form": DEFAULT_FORM if told["form"] is None else form_from_json(told["form"]),
        }
    )


async def surroundings(conn: Conn, of: Talk) -> Surroundings:
    """What stands around a talk, in one round trip."""
    row = await _AROUND.row(
        conn,
        attempt=of.attempt,
        lead=of.lead,
        project=of.project,
        number=of.number,
        most_orders=MOST_ORDERS,
        most_past=MOST_PAST,
        all=False,
    )
    assert row is not None
    (card,), orders, past, entered, dictionary = (orjson.loads(row[name]) for name in _PARTS)
    return Surroundings(card, _orders(orders), _past(past), _entered(entered), tuple(map(_choice, dictionary)))


def _orders(rows: Iterable[Row]) -> tuple[Order, ...]:
    """The order that is called for, then the person's other open ones within the project."""
    return tuple(Order(**{**row, "fields": orjson.loads(row["fields"])}) for row in rows)


def _past(rows: Iterable[Row]) -> tuple[PastAttempt, ...]:
    """Earlier attempts at the person within the project, newest first, with what was written in them."""
    return tuple(PastAttempt(**{**row, "values": _shown(orjson.loads(row["values"]))}) for row in rows)


def _entered(rows: Iterable[Row]) -> dict[LeadId, dict[str, Entry]]:
    """The forms of an attempt as they stand, by order and field."""
    found: dict[LeadId, dict[str, Entry]] = {}
    for row in rows:
        found.setdefault(LeadId(row["lead"]), {})[row["field"]] = Entry(row["value"], row["at"])
    return found


def _choice(row: Row) -> DispositionChoice:
    return DispositionChoice(**{**row, "effect": LeadEffect(row["effect"])})


class Talks:
    """Over one database; every method may raise DatabaseAway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def talk(self, attempt: AttemptId) -> Talk:
        """Raises Unknown."""
        async with self._database.connection() as conn:
            return await talk(conn, attempt)

    async def agent_of(self, attempt: AttemptId) -> AgentId | None:
        """Who had this attempt; None where nobody had it, or it does not exist."""
        if not is_uuid(attempt):
            return None
        async with self._database.connection() as conn:
            found = await _Q["agent_of"].value(conn, attempt=attempt)
        return None if found is None else AgentId(found)

    async def orders(self, of: Talk) -> tuple[Order, ...]:
        wanted = {"lead": of.lead, "project": of.project, "number": of.number, "most_orders": MOST_ORDERS}
        async with self._database.connection() as conn:
            return _orders(await _Q["orders"].rows(conn, **wanted))

    async def entered(self, attempt: AttemptId) -> Mapping[LeadId, Mapping[str, Entry]]:
        """The forms of this attempt as they stand, by order and field."""
        async with self._database.connection() as conn:
            return _entered(await _Q["entered"].rows(conn, attempt=attempt))

    async def edits(self, attempt: AttemptId) -> Sequence[Edit]:
        """Every edit, in the order of time."""
        async with self._database.connection() as conn:
            return [Edit(**dict(row)) for row in await _Q["edits"].rows(conn, attempt=attempt)]

    async def record(self, edits: Sequence[Edit]) -> None:
        """Keep these edits; one that is there already changes nothing."""
        async with self._database.connection() as conn:
            await _Q["record"].run(
                conn,
                attempts=[edit.attempt for edit in edits],
                leads=[edit.lead for edit in edits],
                fields=[edit.field for edit in edits],
                at=[edit.at for edit in edits],
                values=[edit.value for edit in edits],
                agents=[edit.agent for edit in edits],
            )

    async def conclude(
        self, of: Talk, agent: AgentId, promises: Sequence[Promise], results: Sequence[OrderResult], at: Instant
    ) -> frozenset[LeadId]:
        """Promised calls, and the results of the person's other orders with what follows for each: all or nothing.

        Returns the orders that were settled: one that is not open any more is left alone, its promise too.
        """
        steps: list[LeadStep] = [result.step for result in results]
        async with self._database.transaction() as conn:
            rows = await _Q["settle_orders"].rows(
                conn,
                attempt=of.attempt,
                agent=agent,
                now=at,
                leads=[result.lead for result in results],
                dispositions=[result.disposition for result in results],
                number=of.number,
                phone_is_bad=[step.phone_is_bad for step in steps],
                states=[step.state.value for step in steps],
                reasons=[step.reason for step in steps],
                next_calls=[step.next_call_at for step in steps],
                do_not_call=[step.do_not_call for step in steps],
            )
            settled = frozenset(LeadId(row["lead"]) for row in rows)
            kept = [promise for promise in promises if promise.lead in {of.lead, *settled}]
            await _Q["promise"].run(
                conn,
                attempt=of.attempt,
                now=at,
                leads=[promise.lead for promise in kept],
                call_at=[promise.call_at for promise in kept],
                agents=[promise.agent for promise in kept],
            )
        return settled

    async def concluded(self, attempt: AttemptId) -> frozenset[LeadId]:
        """The person's other orders that have had a result in this talk."""
        async with self._database.connection() as conn:
            rows = await _Q["concluded"].rows(conn, attempt=attempt)
        return frozenset(LeadId(row["lead"]) for row in rows)


def _shown(values: Mapping[str, str]) -> dict[str, str]:
    """Without the desk's own fields."""
    return {name: value for name, value in values.items() if not name.startswith(".")}
