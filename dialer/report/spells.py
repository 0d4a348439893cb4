"""How long agents were in each state: whole hours from the kept sums, the edges of the period from the log itself."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from asyncpg import Record

from dialer.report.statements import Conn, statement

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Seconds: TypeAlias = defaultdict[int, defaultdict[str, Decimal]]
"""Of each agent by state."""


async def seconds_by_state(
    conn: Conn, campaign: int, since: datetime, until: datetime, summed_until: datetime
) -> Seconds:
    """Of the agents of the campaign's groups within [since, until), in all campaigns. A state lasts until the agent's
    next entry, or to `until`. `summed_until`: the watermark of the kept sums."""
    kept_until = summed_until - DAY  # an hour is summed a day after its end
    first, last = _ceil(since, HOUR), _floor(min(until, kept_until), HOUR)
    if first >= last:
        return _added(await conn.fetch(statement("spells"), campaign, since, until))
    days = min(_ceil(first, DAY), last)
    return _added(
        [
            *await conn.fetch(statement("spells"), campaign, since, first),
            *await conn.fetch(statement("kept_spells"), campaign, first, last, days, max(days, _floor(last, DAY))),
            *await conn.fetch(statement("spells"), campaign, last, until),
        ]
    )


def nothing() -> Seconds:
    return defaultdict(lambda: defaultdict(Decimal))


def _added(rows: list[Record]) -> Seconds:
    """Added up as the decimals they are: no figure depends on where the period was cut."""
    spent: Seconds = nothing()
    for row in rows:
        spent[row["agent"]][row["state"]] += row["seconds"]
    return spent


def _floor(at: datetime, step: timedelta) -> datetime:
    """The last whole hour or day of UTC, not after."""
    return at - (at - EPOCH) % step


def _ceil(at: datetime, step: timedelta) -> datetime:
    return at + (EPOCH - at) % step
