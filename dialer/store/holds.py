"""How long customers waited on hold, written when each hold is over."""

from collections.abc import Sequence

from dialer.core.effects import BookHold
from dialer.store.sql import Conn, load

_Q = load("holds")


async def book(conn: Conn, holds: Sequence[BookHold]) -> None:
    """Write these; one that is there already changes nothing."""
    await _Q["book"].run(
        conn,
        attempts=[hold.attempt for hold in holds],
        agents=[hold.agent for hold in holds],
        since=[hold.since for hold in holds],
        until=[hold.until for hold in holds],
    )
