"""The numbers that projects show to those whom they call. Every method: DatabaseAway."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from asyncpg.exceptions import ForeignKeyViolationError, UniqueViolationError

from dialer.core.callers import Caller, CallerReach
from dialer.core.ids import Instant, ProjectId
from dialer.store.campaign_rows import caller_from
from dialer.store.db import Database
from dialer.store.errors import NameTaken, Unknown
from dialer.store.sql import Conn, load

REACH_TIMEOUT_S = 60.0
"""Every attempt of the time that is asked about is looked at."""

_Q = load("callers")


class FrontCallers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, project: ProjectId) -> Sequence[Caller]:
        async with self._database.connection() as conn:
            return [caller_from(row) for row in await _Q["find"].rows(conn, project=project, id=None)]

    async def one(self, caller: int) -> Caller | None:
        async with self._database.connection() as conn:
            row = await _Q["find"].row(conn, project=None, id=caller)
        return None if row is None else caller_from(row)

    async def save(self, caller: Caller) -> Caller:
        """A new one (id 0) or a changed one. NameTaken, Unknown."""
        values = _columns(caller)
        try:
            async with self._database.connection() as conn:
                if caller.id:
                    saved = await _Q["change"].value(conn, id=caller.id, **values)
                else:
                    saved = await _Q["add"].value(conn, **values)
        except UniqueViolationError as error:
            raise NameTaken(f"the project has the number, or the name {caller.name!r}, already") from error
        except ForeignKeyViolationError as error:
            raise Unknown(f"there is no project {caller.project}") from error
        if saved is None:
            raise Unknown(f"there is no caller {caller.id} in project {caller.project}")
        return replace(caller, id=saved)

    async def reach(self, project: ProjectId, since: Instant, until: Instant) -> Sequence[CallerReach]:
        async with self._database.connection() as conn:
            return await reach_by_caller(conn, project, since, until)


async def reach_by_caller(conn: Conn, project: ProjectId, since: Instant, until: Instant) -> list[CallerReach]:
    """What became of the project's calls under each number, those that were claimed in [since, until)."""
    query = _Q["reach"]
    values = query.bind({"project": project, "since": since, "until": until})
    return [CallerReach(**row) for row in await conn.fetch(query.text, *values, timeout=REACH_TIMEOUT_S)]


def _columns(caller: Caller) -> dict[str, Any]:
    return {
        "project": caller.project,
        "number": caller.number,
        "name": caller.name,
        "label": caller.label,
        "contract": caller.contract,
        "label_from": caller.label_from,
        "label_until": caller.label_until,
        "regions": sorted(caller.regions),
        "trunks": sorted(caller.trunks),
        "is_active": caller.is_active,
    }
