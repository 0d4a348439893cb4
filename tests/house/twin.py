"""The other half of a twin run: a scenario lived by the daemon on the real Asterisk, told as a story."""

from datetime import datetime
from random import Random
from typing import Any

from dialer.core.outcome import LeadState, Outcome
from sim.books import number_of
from sim.desks import Desks, Manners
from sim.run import ring_s_of
from sim.scenario import Scenario
from sim.story import Story, Told, story_of
from tests.house.house import House

FINAL = frozenset({LeadState.DONE, LeadState.REFUSED})


async def prepare(house: House, scenario: Scenario) -> None:
    """The campaign, the team and the list of this scenario, in the books of a daemon that is not started yet."""
    assert scenario.team.wrap_cv == 0.0, "desks write for the same time after every talk"
    await house.prepare(
        range(1001, 1001 + scenario.team.agents),
        mode=scenario.strategy,
        power_ratio=scenario.power_ratio,
        ceiling_ratio=scenario.ceiling,
        answer_limit_s=scenario.answer_limit_s,
        ring_s=ring_s_of(scenario.plant),
        wrap_up_s=60.0,
    )
    await house.add(*map(number_of, range(1, scenario.leads + 1)))


async def lived(house: House, scenario: Scenario, within_s: float) -> Story:
    """Start the daemon, seat the team, dial the list to its end."""
    await house.start()
    await house.until_servers_up()
    team = range(1001, 1001 + scenario.team.agents)
    wrap_s = scenario.team.wrap_s
    manners = Manners(wrap_up_s=(wrap_s, wrap_s), dispositions=(("agreed", 1.0),))
    async with Desks(house.url, house.work.token, team, Random(1), manners) as desks:
        for desk in desks.desks.values():
            await desk.until_state("ready")
        await house.command("start")
        await house.until(lambda: _called_to_the_end(house), "nobody on the list is left to call", within_s)
    rows = await house.attempts()
    return story_of([_told(row) for row in rows if row["outcome"] != Outcome.NOT_SENT], scenario.team.agents)


async def _called_to_the_end(house: House) -> bool:
    return all(lead["state"] in FINAL for lead in await house.leads())


def _told(row: dict[str, Any]) -> Told:
    return Told(
        outcome=row["outcome"],
        dialled_at=row["dialled_at"].timestamp(),
        abandoned=row["abandoned"],
        bridged_at=_instant(row["bridged_at"]),
        settled_at=_instant(row["settled_at"]),
    )


def _instant(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
