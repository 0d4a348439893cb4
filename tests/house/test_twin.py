"""One world, two ways: what virtual time says of a list and what the real Asterisk makes of it."""

from pathlib import Path

import pytest

from sim.scenario import Scenario
from sim.sip.carrier import Carrier
from sim.sip.people import crowd
from sim.sip.phones import Phones
from sim.stand.postgres import Postgres
from sim.story import A_PERSON, Band, Story, virtual_band, virtual_story
from sim.world import People, Plant, Team
from tests.conftest import Switch, copied, dropped
from tests.house.books import balanced
from tests.house.house import house_of
from tests.house.twin import lived, prepare

SHORT = Scenario(
    name="twin",
    strategy="power",
    power_ratio=2.5,
    ceiling=0.5,
    hours=0.05,
    leads=50,
    seed=3,
    team=Team(agents=6, talk_s=2.5, talk_cv=0.6, wrap_s=0.5, wrap_cv=0.0),
    people=People(
        answer_ratio=0.5, ring_s=1.0, machine_share=0.0, busy_share=0.2, invalid_share=0.1, congestion_share=0.0
    ),
    plant=Plant(setup_low_s=0.2, setup_high_s=0.5, give_up_low_s=3.0, give_up_high_s=4.0),
)
"""Short rings and talks, so that a minute of it is a story; half of those who answer find the team busy at times. A
congested call uses no attempt and is made again two minutes later, so there is none."""
OTHER_ORDERS = 40
OCCUPANCY_WITHIN = 0.10
"""A short run on a machine that may be busy; the long one (`python -m tests.bench.twin`) is held to 0.03."""


RUNS = 3
"""A pause of the machine is no part of the story: of so many days one is told without any."""


@pytest.mark.timeout(RUNS * 300)
async def test_virtual_time_and_the_real_asterisk_tell_the_same_story(
    switch: Switch, template: Postgres, phones: Phones, tmp_path: Path
) -> None:
    virtual, band = virtual_story(SHORT), virtual_band(SHORT, OTHER_ORDERS)
    for run in range(1, RUNS + 1):
        folder = tmp_path / str(run)
        folder.mkdir()
        real = await _day(switch, template, folder)
        try:
            _same(real, virtual, band)
        except AssertionError:
            if run == RUNS:
                raise
        else:
            break


async def _day(switch: Switch, template: Postgres, folder: Path) -> Story:
    """The scenario in a house of its own; its books balance whatever the story."""
    dsn = await copied(template)
    others = crowd(SHORT.seed, SHORT.people, SHORT.team, SHORT.plant)
    async with Carrier(bind=switch.carrier, others=others) as carrier:
        async with house_of(switch, dsn, folder) as house:
            await prepare(house, SHORT)
            real = await lived(house, SHORT, within_s=240.0)
            await balanced(house, carrier)
        await switch.asterisk.cli("channel request hangup all")
    await dropped(template, dsn)
    return real


def _same(real: Story, virtual: Story, band: Band) -> None:
    assert real.outcomes == virtual.outcomes
    assert real.outcomes[A_PERSON] > 20
    assert band.abandoned[0] - 1 <= real.abandoned <= band.abandoned[1] + 1
    low, high = min(band.occupancy[0], virtual.occupancy), max(band.occupancy[1], virtual.occupancy)
    assert low - OCCUPANCY_WITHIN <= real.occupancy <= high + OCCUPANCY_WITHIN
