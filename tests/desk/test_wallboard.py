"""The wallboard's picture: rates over the last minute, reach, points for the plots, names asked once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
import pytest

from dialer.core.board import AgentDay, FreshDay
from dialer.core.effects import Alarm
from dialer.core.ids import AgentId, CampaignId, Instant, ServerName
from dialer.core.today import DayCounts
from dialer.core.view import FloorView
from dialer.desk.wallboard import POINT_S, POINTS, Wallboard
from tests.api.scene import busy_floor


class Floor:
    """A view whose clock and figures the test turns."""

    def __init__(self) -> None:
        self.view: FloorView = busy_floor(1000.0)
        self.away = False
        self.day: dict[CampaignId, DayCounts] = {}
        self.asked_days = 0

    async def names(self) -> Mapping[AgentId, str]:
        if self.away:
            raise ConnectionError("away")
        return {agent.agent: f"agent {agent.agent}" for agent in self.view.agents}

    async def backlog(self) -> Mapping[CampaignId, int]:
        return {CampaignId(1): 4711}

    async def today(self, at: Instant) -> Mapping[CampaignId, DayCounts]:
        if self.away:
            raise ConnectionError("away")
        return self.day

    async def agent_days(self, at: Instant) -> Mapping[AgentId, AgentDay]:
        self.asked_days += 1
        return {AgentId(1001): AgentDay(calls=12, contacts=10, agreements=4, talk_s=1500.0)}

    async def fresh_days(self, at: Instant) -> Mapping[CampaignId, FreshDay]:
        return {CampaignId(1): FreshDay(1200.0, came=20, late=3, late_now=1)}

    def later(self, seconds: float, attempts: int = 0) -> None:
        first, *rest = self.view.campaigns
        outcomes = {**first.outcomes, "busy": first.outcomes["busy"] + attempts}
        campaigns = (replace(first, outcomes=outcomes), *rest)
        self.view = replace(self.view, at=self.view.at + seconds, campaigns=campaigns)


@pytest.fixture
def floor() -> Floor:
    return Floor()


@pytest.fixture
def board(floor: Floor) -> Wallboard:
    return Wallboard(lambda: floor.view, floor)


def picture(board: Wallboard) -> Any:
    return orjson.loads(board.picture())


async def test_the_dial_rate_is_that_of_the_last_minute(floor: Floor, board: Wallboard) -> None:
    assert picture(board)["campaigns"][0]["dial_rate"] == 0
    for _ in range(300):
        floor.later(1, attempts=2)
        await board.tick()
    assert picture(board)["campaigns"][0]["dial_rate"] == pytest.approx(2.0, rel=0.02)
    for _ in range(61):
        floor.later(1)
        await board.tick()
    assert picture(board)["campaigns"][0]["dial_rate"] == 0


def test_reach_counts_people_over_attempts_that_were_used(floor: Floor, board: Wallboard) -> None:
    first, *rest = floor.view.campaigns
    outcomes = {"answered": 30, "abandoned": 10, "no_answer": 60, "not_sent": 500, "trunk_down": 500}
    floor.view = replace(floor.view, campaigns=(replace(first, outcomes=outcomes), *rest))
    assert picture(board)["campaigns"][0]["reach_ratio"] == pytest.approx(0.4)


async def test_names_and_backlog_come_from_the_books_and_stay_while_they_are_away(
    floor: Floor, board: Wallboard
) -> None:
    floor.away = True
    await board.ask_books()
    assert picture(board)["agents"][0]["name"] == ""
    assert picture(board)["campaigns"][0]["backlog"] == 4812, "what the Floor itself knows"
    for is_away in (False, True):
        floor.away = is_away
        await board.ask_books()
        assert picture(board)["agents"][0]["name"] == "agent 1001"
        assert [campaign["backlog"] for campaign in picture(board)["campaigns"]] == [4711, 1967]


async def test_a_day_of_points_comes_with_the_first_message(floor: Floor, board: Wallboard) -> None:
    for _ in range(POINTS + 10):
        floor.later(POINT_S)
        await board.tick()
    hello = orjson.loads(await board.join().get() or b"")
    assert hello["type"] == "hello"
    assert len(hello["points"]) == POINTS
    assert hello["points"][-1]["talking"] == 6
    assert hello["points"][-1]["abandonment"] == pytest.approx(40 / 1554)


async def test_a_slow_reader_gets_the_newest_picture_only(floor: Floor, board: Wallboard) -> None:
    box = board.join()
    for _ in range(5):
        floor.later(1)
        await board.tick()
    assert orjson.loads(await box.get() or b"")["type"] == "hello"
    assert orjson.loads(await box.get() or b"")["at"] == 1005.0
    board.close()
    assert await box.get() is None


async def test_alarms_are_shown_newest_first(board: Wallboard) -> None:
    board.alarm(Alarm(name="first", text="one"))
    board.alarm(Alarm(name="second", text="two"))
    board.alarm(Alarm(name="third", text="3", server=ServerName("pbx1"), facts={"reason": "why"}))
    assert [alarm["name"] for alarm in picture(board)["alarms"]] == ["third", "second", "first"]
    assert picture(board)["alarms"][0]["facts"] == {"server": "pbx1", "reason": "why"}


async def test_the_day_goes_on_where_the_daemon_was_restarted(floor: Floor, board: Wallboard) -> None:
    floor.day = {CampaignId(1): DayCounts({"answered": 100, "lost": 7}, 90, ends_at=floor.view.at + 3600)}
    floor.view = replace(floor.view, campaigns=(replace(floor.view.campaigns[0], outcomes={}, joined=0),))
    await board.begin()
    assert outcomes(board) == {"answered": 100, "lost": 7}
    first = replace(floor.view.campaigns[0], outcomes={"answered": 3, "busy": 2}, joined=3)
    floor.view = replace(floor.view, at=floor.view.at + 60, campaigns=(first,))
    floor.day = {}
    await board.ask_books()
    assert outcomes(board) == {"answered": 103, "lost": 7, "busy": 2}
    shown = picture(board)["campaigns"][0]
    assert (shown["attempts"], shown["joined"]) == (112, 93)


async def test_at_midnight_the_day_begins_anew_and_the_dial_rate_does_not_notice(
    floor: Floor, board: Wallboard
) -> None:
    await board.begin()
    floor.day = {CampaignId(1): DayCounts({"answered": 5}, 5, ends_at=floor.view.at + 10)}
    await board.ask_books()
    assert outcomes(board) == {"answered": 5}
    for _ in range(60):
        floor.later(1, attempts=1)
        await board.tick()
    floor.day = {CampaignId(1): DayCounts({"busy": 2}, 0, ends_at=floor.view.at + 86400)}
    await board.ask_books()
    assert outcomes(board) == {"busy": 2}
    floor.later(1, attempts=1)
    assert outcomes(board)["busy"] == 3
    assert picture(board)["campaigns"][0]["dial_rate"] == pytest.approx(1.0, rel=0.05)


async def test_while_the_books_are_away_the_floors_own_counts_are_shown(floor: Floor, board: Wallboard) -> None:
    floor.away = True
    await board.begin()
    await board.ask_books()
    assert outcomes(board) == floor.view.campaigns[0].outcomes


async def test_agents_days_and_fresh_requests_are_asked_while_somebody_watches(floor: Floor, board: Wallboard) -> None:
    await board.ask_books()
    assert floor.asked_days == 0
    board.join()
    for _ in range(13):
        await board.ask_books()
        floor.later(5.0)
    assert floor.asked_days == 3, "at once, and every half minute"
    shown = picture(board)
    assert (shown["agents"][0]["calls"], shown["agents"][0]["conversion"]) == (12, 0.4)
    assert (shown["agents"][1]["calls"], shown["agents"][1]["conversion"]) == (0, None)
    fresh = shown["campaigns"][0]["fresh"]
    assert (fresh["in_time_ratio"], fresh["late_now"]) == (0.85, 1)
    assert shown["campaigns"][1]["fresh"] is None


async def test_nobody_watching_costs_a_point_now_and_then(floor: Floor) -> None:
    views = 0

    def view() -> FloorView:
        nonlocal views
        views += 1
        return floor.view

    board = Wallboard(view, floor, now=lambda: floor.view.at)
    for _ in range(300):
        floor.later(0.5)
        await board.tick()
    assert views == 10, "one for each point of the plots"
    board.join()
    for _ in range(100):
        floor.later(0.5)
        await board.tick()
    assert views == 111


def outcomes(board: Wallboard) -> dict[str, int]:
    return dict(picture(board)["campaigns"][0]["outcomes"])
