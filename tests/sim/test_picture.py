"""The picture's figures: means by minute, the rolling share, and a file that is a picture."""

from pathlib import Path

import pytest

from dialer.core.ids import AgentId
from dialer.core.states import AgentState
from sim.picture import abandonment, draw_day
from sim.run import Day
from sim.scenario import Scenario
from sim.tally import BIN_S, Tally
from sim.world import Change, Team


def test_time_is_shared_among_minutes() -> None:
    tally = Tally(start=1000.0)
    tally.agent(AgentId(1), AgentState.READY, 1000.0)
    tally.agent(AgentId(1), AgentState.TALKING, 1000.0 + 90.0)
    tally.close(1000.0 + 150.0)
    assert tally.bins[0] == {AgentState.READY: BIN_S}
    assert tally.bins[1] == pytest.approx({AgentState.READY: 30.0, AgentState.TALKING: 30.0})
    assert tally.bins[2] == pytest.approx({AgentState.TALKING: 30.0})


def test_the_last_half_hour_forgets_what_is_older() -> None:
    tally = Tally(start=0.0, answers=[(60.0, 2.0, True), (120.0, 0.0, False), (1900.0, 0.0, False)])
    hours, rolling, whole = abandonment(tally)
    assert hours == pytest.approx([60 / 3600, 120 / 3600, 1900 / 3600])
    assert rolling == pytest.approx([100.0, 50.0, 0.0])
    assert whole == pytest.approx([100.0, 50.0, 100.0 / 3.0])


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_a_day_is_drawn(tmp_path: Path, suffix: str) -> None:
    leave = Change(at_s=120.0, team={"agents": 2})
    scenario = Scenario(name="mine", hours=0.1, team=Team(agents=3, talk_s=20.0), changes=(leave,))
    path = tmp_path / f"day.{suffix}"
    draw_day(Day(scenario).run(), scenario, path)
    assert (b"<svg" if suffix == "svg" else b"\x89PNG") in path.read_bytes()[:1000]


def test_a_day_on_which_nobody_answered_is_drawn_too(tmp_path: Path) -> None:
    scenario = Scenario(hours=0.01, leads=0)
    draw_day(Day(scenario).run(), scenario, tmp_path / "day.png")
    assert (tmp_path / "day.png").stat().st_size > 1000
