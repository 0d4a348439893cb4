"""What strategies have learned, in the books: one row for each campaign and server, written every minute."""

from collections.abc import Iterable, Sequence

import orjson

from dialer.core.ids import CampaignId, ServerName
from dialer.core.memory import Memory
from dialer.store.sql import Conn, load

_Q = load("memories")


async def save(conn: Conn, memories: Sequence[Memory]) -> None:
    """The newest stands."""
    await _Q["save"].run(
        conn,
        campaigns=[memory.campaign for memory in memories],
        servers=[memory.server for memory in memories],
        strategies=[memory.strategy for memory in memories],
        at=[memory.at for memory in memories],
        learned=[orjson.dumps(memory.learned).decode() for memory in memories],
    )


async def memories(conn: Conn, campaigns: Iterable[CampaignId]) -> list[Memory]:
    """What strategies of these campaigns knew when they were last asked, whenever that was."""
    rows = await _Q["of"].rows(conn, campaigns=list(campaigns))
    return [
        Memory(
            CampaignId(row["campaign"]),
            ServerName(row["server"]),
            row["strategy"],
            row["at"],
            orjson.loads(row["learned"]),
        )
        for row in rows
    ]
