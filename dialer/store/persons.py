"""A person's demand: all that is held of him, and to be forgotten now. Every method: DatabaseAway."""

from typing import Any

import orjson

from dialer.core.forgetting import Erased, Rule
from dialer.core.ids import Instant, LeadId
from dialer.store.db import Database
from dialer.store.forgetting import SLICE, Doomed, KeyMissing, forget, hide, hold_alone
from dialer.store.sql import Conn, Statement, load

SCAN_S = 60.0
"""The ledger of years is read through for the number: it is no everyday question."""

_Q = load("persons")


class Persons:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def held(self, number: str) -> dict[str, Any]:
        """Everything that the books hold of this number of 10 digits, as it stands there."""
        digests = list(self._database.pseudonyms.known_as(number))
        async with self._database.connection() as conn:
            leads = await _leads(conn, number)
            of_leads = [orjson.loads(row["held"]) for row in await _Q["of_lead"].rows(conn, leads=leads)]
            of_number = orjson.loads(await _Q["of_number"].value(conn, number=number, digests=digests))
            answers = [orjson.loads(row["answer"]) for row in await _rows(conn, _Q["receipts"], number=number)]
        return {"number": number, "leads": of_leads, "about_the_number": of_number, "answers_of_today": answers}

    async def erase(self, number: str, by: str, now: Instant, *, do_not_call: bool = False) -> Erased:
        """Take his leads out of dialling and forget them, whatever their project's term; those on a call follow.

        `do_not_call`: and he must not be called again, which is then kept under the digest of his number.
        Raises KeyMissing, with nothing done, where there is no key to remember that by.
        """
        pseudonyms = self._database.pseudonyms
        if not pseudonyms:
            raise KeyMissing("nobody is forgotten without a key: see [forgetting] in docs/forgetting.md")
        async with self._database.transaction() as conn:
            leads = await _leads(conn, number)
            await hold_alone(conn)  # before any row is locked: nobody can wait for us in a ring
            marked = await _Q["demand"].rows(conn, leads=leads, by=by)
            await _run(conn, _Q["drop_receipts"], number=number, leads=leads)
            if do_not_call:
                await _Q["forbid"].run(conn, number=number, now=now)
            over = [Doomed(LeadId(row["lead"]), Rule.DEMAND) for row in marked if row["state"] in _OVER]
            done = [await forget(conn, pseudonyms, part, by, now) for part in _sliced(over)]
            await hide(conn, pseudonyms, [number], now)
        withdrawn = tuple(LeadId(row["lead"]) for row in marked if row["is_withdrawn"])
        return Erased(sum(part.get(Rule.DEMAND, 0) for part in done), len(marked) - len(over), withdrawn)


_OVER = frozenset({"done", "refused", "expired"})


def _sliced(doomed: list[Doomed]) -> list[list[Doomed]]:
    return [doomed[start : start + SLICE] for start in range(0, len(doomed), SLICE)]


async def _leads(conn: Conn, number: str) -> list[str]:
    return [row["lead"] for row in await _rows(conn, _Q["leads"], number=number)]


async def _rows(conn: Conn, statement: Statement, **values: Any) -> list[Any]:
    return list(await conn.fetch(statement.text, *statement.bind(values), timeout=SCAN_S))


async def _run(conn: Conn, statement: Statement, **values: Any) -> None:
    await conn.execute(statement.text, *statement.bind(values), timeout=SCAN_S)
