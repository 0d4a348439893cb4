"""The operator's own corrections to the production calendar. Every method: DatabaseAway."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from dialer.core.work_days import WorkDay
from dialer.store.db import Database
from dialer.store.sql import load

_Q = load("work_days")


class WorkDays:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[WorkDay]:
        """By day."""
        async with self._database.connection() as conn:
            return [WorkDay(**row) for row in await _Q["all"].rows(conn)]

    async def put(self, day: WorkDay) -> None:
        async with self._database.connection() as conn:
            await _Q["put"].run(conn, **asdict(day))

    async def drop(self, day: date) -> bool:
        """False where it was not corrected."""
        async with self._database.connection() as conn:
            return await _Q["drop"].value(conn, day=day) is not None
