"""Values: compared and hashed by what they hold; guarded in earnest where Python is asked to be strict."""

import subprocess
import sys
from dataclasses import replace

from strategies.base import BusyAgent, Phase

A_DAY_UNDER_GUARD = """
from dataclasses import FrozenInstanceError, replace
from strategies.base import Budget
from sim.run import Day
from sim.scenario import Scenario
from sim.world import Team

try:
    Budget().answered = 1
except FrozenInstanceError:
    for strategy in ("preview", "predictive"):
        team = Team(agents=8, talk_s=30.0, break_every_s=120.0, break_s=20.0, form_at=0.5)
        day = Day(Scenario(strategy=strategy, hours=0.1, team=team), checked=True)
        print(day.run().connected)
"""


def test_equal_values_are_one_key() -> None:
    agent = BusyAgent(Phase.TALK, since_s=3.0)
    assert {agent: "first", BusyAgent(Phase.TALK, since_s=3.0): "second"} == {agent: "second"}
    assert replace(agent, leaving=True) != agent


def test_nobody_writes_to_a_value_in_a_simulated_day() -> None:
    done = subprocess.run([sys.executable, "-X", "dev", "-c", A_DAY_UNDER_GUARD], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    by_preview, by_predictive = (int(connected) for connected in done.stdout.split())
    assert by_preview > 0
    assert by_predictive > 0
