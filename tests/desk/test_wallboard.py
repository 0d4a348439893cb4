"""The wallboard's picture: rates over the last minute, reach, points for the plots, names asked once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
import pytest

from dialer.core.effects import Alarm
from dialer.core.ids import AgentId, CampaignId
from dialer.core.view import FloorView
from dialer.desk.wallboard import POINTS, Wallboard
from tests.api.scene import busy_floor


class Floor:
    """A view whose clock and figures the test turns."""

    def __init__(self) -> None:
        self.view: FloorView = busy_floor(1000.0)
        self.away = False

    async def names(self) -> Mapping[AgentId, str]:
        if self.away:
            raise ConnectionError("away")
        return {agent.agent: f"agent {agent.agent}" for agent in self.view.agents}

    async def backlog(self) -> Mapping[CampaignId, int]:
        return {CampaignId(1): 4711}

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


async def test_an_hour_of_points_comes_with_the_first_message(floor: Floor, board: Wallboard) -> None:
    for _ in range(POINTS + 10):
        floor.later(5)
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
    assert [alarm["name"] for alarm in picture(board)["alarms"]] == ["second", "first"]
