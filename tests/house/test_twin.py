"""One world, two ways: what virtual time says of a list and what the real Asterisk makes of it."""

from sim.scenario import Scenario
from sim.sip.carrier import Carrier
from sim.sip.people import crowd
from sim.story import A_PERSON, virtual_band, virtual_story
from sim.world import People, Plant, Team
from tests.house.books import balanced
from tests.house.house import House
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


async def test_virtual_time_and_the_real_asterisk_tell_the_same_story(house: House, carrier: Carrier) -> None:
    virtual, band = virtual_story(SHORT), virtual_band(SHORT, OTHER_ORDERS)
    carrier.others = crowd(SHORT.seed, SHORT.people, SHORT.team, SHORT.plant)
    await prepare(house, SHORT)
    real = await lived(house, SHORT, within_s=240.0)
    assert real.outcomes == virtual.outcomes
    assert real.outcomes[A_PERSON] > 20
    assert band.abandoned[0] - 1 <= real.abandoned <= band.abandoned[1] + 1
    low, high = min(band.occupancy[0], virtual.occupancy), max(band.occupancy[1], virtual.occupancy)
    assert low - OCCUPANCY_WITHIN <= real.occupancy <= high + OCCUPANCY_WITHIN
    await balanced(house, carrier)
