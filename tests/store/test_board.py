"""Agents' days and fresh requests as the wallboard asks them: by the reports' own definitions, of the day only."""

from datetime import timedelta

from dialer.core.board import AgentDay
from dialer.store import board
from dialer.store.db import Database
from tests.report import books
from tests.store.scene import NOW, Scene
from tests.store.test_first_calls import ALLOWED_S, running


async def test_an_agents_day_counts_as_reports_do(database: Database) -> None:
    async with database.connection() as conn:
        await books.fill(conn)
        await conn.execute("update dialer.campaign set state = 'running'")
        first = await board.agent_days(conn, (books.NOON + timedelta(hours=6)).timestamp())
        second = await board.agent_days(conn, (books.NOON + timedelta(hours=30)).timestamp())
    assert sum(day.calls for day in first.values()) == 4, "three of the report's campaign and one of the other"
    assert sum(day.contacts for day in first.values()) == 3, "the machine is none"
    assert sum(day.agreements for day in first.values()) == 1
    assert sum(day.agreements for day in second.values()) == 3
    assert sum(day.talk_s for day in second.values()) == 61 + 5 + 120 + 7


def test_conversion_needs_a_contact() -> None:
    assert AgentDay(3, 0, 0, 10.0).conversion is None
    assert AgentDay(3, 2, 1, 10.0).conversion == 0.5


async def test_campaigns_at_rest_have_no_day(database: Database) -> None:
    async with database.connection() as conn:
        await books.fill(conn)
        assert await board.agent_days(conn, books.NOON.timestamp()) == {}
        assert await board.fresh_days(conn, books.NOON.timestamp()) == {}


async def test_fresh_requests_are_late_or_in_time(scene: Scene) -> None:
    await running(scene)
    async with scene.database.connection() as conn:
        [day] = (await board.fresh_days(conn, NOW + ALLOWED_S / 2)).values()
        assert (day.first_call_s, day.came, day.late, day.in_time_ratio) == (ALLOWED_S, 1, 0, 1.0)
        [day] = (await board.fresh_days(conn, NOW + ALLOWED_S + 60)).values()
        assert (day.late, day.late_now, day.in_time_ratio) == (1, 1, 0.0)
