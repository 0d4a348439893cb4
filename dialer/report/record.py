"""A day read back from the books: calls, agents' states and starts of one campaign, to be lived again."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dialer.core.ids import AgentId, Instant
from dialer.core.record import DayRecord, RecordedCall, RecordedState
from dialer.core.settings import CampaignSettings
from dialer.core.states import AgentState
from dialer.report.statements import Conn, statement

MARGIN_S = 1.0


async def record_of(conn: Conn, settings: CampaignSettings, since: Instant, until: Instant) -> DayRecord:
    """What the books hold of [since, until)."""
    period = (settings.id, datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC))
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        calls = await conn.fetch(statement("record_calls"), *period)
        states = await conn.fetch(statement("record_states"), *period)
        starts = await conn.fetch(statement("record_starts"), *period)
    return DayRecord(
        settings=settings,
        begins=since,
        ends=until,
        calls=tuple(RecordedCall(**row) for row in calls),
        states=tuple(
            RecordedState(AgentId(row["agent"]), row["at"], AgentState(row["state"]), row["elsewhere"])
            for row in states
        ),
        starts=tuple((row["at"], row["calls_to_start"]) for row in starts),
    )


def trimmed(record: DayRecord) -> DayRecord:
    """The same from its first event to its last: a night in which nobody was there is not lived again."""
    times = [state.at for state in record.states]
    for call in record.calls:
        times += [call.dialled_at, call.ended_at or call.dialled_at]
    if not times:
        return record
    begins, ends = max(record.begins, min(times) - MARGIN_S), min(record.ends, max(times) + MARGIN_S)
    return DayRecord(record.settings, begins, ends, record.calls, record.states, record.starts)


async def dialled_campaigns(conn: Conn, since: Instant, until: Instant) -> Sequence[tuple[int, str, int]]:
    """(number, name, attempts) of each campaign that dialled in [since, until), the busiest first."""
    period = (datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC))
    rows = await conn.fetch(statement("dialled_campaigns"), *period)
    return [(row["campaign"], row["name"], row["attempts"]) for row in rows]
