"""After a run every metric of the running daemon that a run can move has moved: none is only declared."""

from random import Random

from prometheus_client.parser import text_string_to_metric_families

from sim.desks import Desks, Manners
from sim.sip.behaviour import answers
from sim.sip.carrier import Carrier
from tests.house.house import House

MANNERS = Manners(wrap_up_s=(0.2, 0.4), dispositions=(("agreed", 1.0),))
MOVED = (
    "dialer_attempts_total",
    "dialer_originates_total",
    "dialer_dial_rate",
    "dialer_agents",
    "dialer_answer_to_bridge_seconds_count",
    "dialer_pop_seconds_count",
    "dialer_lead_first_call_seconds_count",
    "dialer_occupancy_ratio",
    "dialer_ami_up",
    "dialer_database_up",
    "dialer_trunk_up",
    "dialer_loop_lag_seconds_count",
)
"""What a run of talks makes greater than nothing."""
SHOWN = ("dialer_calls", "dialer_abandonment_ratio", "dialer_ledger_imbalance", "dialer_orphans")
"""What is shown from the first, though it be 0."""


async def samples(house: House) -> dict[str, float]:
    """The greatest value of each name."""
    async with house.http() as http:
        text = (await http.get("/metrics")).text
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] = max(found.get(sample.name, 0.0), sample.value)
    return found


async def test_every_metric_is_fed(house: House, carrier: Carrier) -> None:
    await house.prepare([1001])
    carrier.on_ending("", answers(ring_s=0.2, talk_s=1.5))
    await house.add("9160000901", "9160000902", "9160000903")
    await house.start()
    async with Desks(house.url, house.work.token, [1001], Random(1), MANNERS) as team:
        await team.desks[1001].until_state("ready")
        await house.command("start")
        await house.until_settled(3)

        async def fed() -> bool:
            found = await samples(house)
            return all(found.get(name) for name in MOVED) and all(name in found for name in SHOWN)

        try:
            await house.until(fed, "every metric is fed", 90.0)
        except AssertionError:
            found = await samples(house)
            idle = [name for name in MOVED if not found.get(name)] + [name for name in SHOWN if name not in found]
            raise AssertionError(f"never fed: {idle}") from None
