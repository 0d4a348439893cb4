"""Small duties that come round: gauges and the watchdog each second, totals each minute, partitions each hour.

A duty that meets an absent database is left for its next turn; any other failure is a bug and ends the daemon.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from dialer.store.db import DatabaseAway

Duty: TypeAlias = Callable[[], Awaitable[None]]


class Housekeeping:
    """Does each duty in its round. `run` is a task of the daemon, ended by being cancelled."""

    def __init__(self, *, every_second: Duty, every_minute: Duty, every_hour: Duty) -> None:
        self._rounds: Sequence[tuple[float, Duty]] = ((1.0, every_second), (60.0, every_minute), (3600.0, every_hour))

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for period_s, duty in self._rounds:
                tasks.create_task(self._round(period_s, duty))

    async def _round(self, period_s: float, duty: Duty) -> None:
        while True:
            with suppress(DatabaseAway):
                await duty()
            await asyncio.sleep(period_s)  # noqa: TID251 - a round is a matter of time
