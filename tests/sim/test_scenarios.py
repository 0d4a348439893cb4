"""The shipped days that take seconds are lived and keep their limits; the others are for `dialer simulate`."""

from pathlib import Path

import pytest

from dialer.core.dialling import RING_LEASE_S
from dialer.core.effects import Effect, Originate
from dialer.core.events import Event
from sim.run import START, Day, ring_s_of
from sim.scenario import Scenario, broken_limits, read_scenario
from sim.world import Change, Team

FOLDER = Path(__file__).parents[2] / "sim" / "scenarios"
PROBE_EVERY_S = 30.0


@pytest.mark.parametrize("name", ["bad_link", "dead_trunk"])
def test_a_quick_day_keeps_its_limits(name: str) -> None:
    scenario = read_scenario(FOLDER / f"{name}.toml")
    assert broken_limits(scenario.limits, Day(scenario).run().figures()) == []


def test_a_dead_trunk_does_not_burn_the_list_and_is_found_alive() -> None:
    dies_s, back_s, ends_s = 300.0, 900.0, 1800.0
    scenario = Scenario(
        strategy="progressive",
        hours=ends_s / 3600.0,
        team=Team(agents=5, talk_s=30.0),
        changes=(Change(dies_s, plant={"silent_share": 1.0}), Change(back_s, plant={"silent_share": 0.0})),
    )
    dialled_s: list[float] = []

    def journal(event: Event, effects: list[Effect]) -> None:
        dialled_s.extend(event.at - START for effect in effects if isinstance(effect, Originate))

    Day(scenario, journal=journal, checked=True).run()
    noticed_s = dies_s + 2 * (ring_s_of(scenario.plant) + RING_LEASE_S)
    probes = [at for at in dialled_s if noticed_s < at < back_s]
    assert 0 < len(probes) <= (back_s - noticed_s) / PROBE_EVERY_S + 1
    assert len([at for at in dialled_s if at > back_s + 120.0]) > 50
