"""Holds in the books: each once, however often it is told."""

from dialer.core.effects import BookHold
from dialer.core.ids import AgentId, AttemptId
from dialer.store import agents, holds
from dialer.store.agents import Agent
from dialer.store.db import Database

ATTEMPT = AttemptId("01890000-0000-7000-8000-000000000001")


async def test_a_hold_is_written_once(database: Database) -> None:
    hold = BookHold(attempt=ATTEMPT, agent=AgentId(1001), since=1000.0, until=1030.5)
    async with database.connection() as conn:
        await agents.save_agent(conn, Agent(AgentId(1001), "Ольга"))
        await holds.book(conn, [hold])
        await holds.book(conn, [hold, BookHold(attempt=ATTEMPT, agent=AgentId(1001), since=1050.0, until=1049.0)])
        rows = await conn.fetch("select extract(epoch from until - since)::float8 as s from dialer.hold order by since")
    assert [row["s"] for row in rows] == [30.5, 0.0]
