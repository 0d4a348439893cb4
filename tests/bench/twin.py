"""`python -m tests.bench.twin [--agents N] [--minutes N]`: one world in virtual time and on the real Asterisk.

The same people, team and trunk are lived twice; outcomes must be equal to the last call, occupancy within three points,
and the abandoned among the middle 99 % of virtual days that differ in nothing but the order of the list.
"""

import argparse
import asyncio
from dataclasses import asdict

from sim.scenario import Scenario
from sim.story import A_PERSON, Band, Story, virtual_band, virtual_story
from sim.world import People, Plant, Team
from tests.bench.stage import describe, load_text, stage_of
from tests.house.twin import lived, prepare

OTHER_ORDERS = 60
LEADS_PER_AGENT_MINUTE = 5.6
"""About what the team can call at 40 % answers and talks of 20 s."""
OCCUPANCY_WITHIN = 0.03


def scenario_of(agents: int, minutes: float) -> Scenario:
    """Predictive, with short rings and talks, so that ten minutes hold what an hour does elsewhere."""
    return Scenario(
        name="twin",
        strategy="predictive",
        hours=3.0 * minutes / 60.0 + 0.05,
        leads=int(LEADS_PER_AGENT_MINUTE * agents * minutes),
        seed=4,
        team=Team(agents=agents, talk_s=20.0, wrap_s=3.0, wrap_cv=0.0),
        people=People(answer_ratio=0.4, ring_s=4.0, machine_share=0.0, busy_share=0.15, congestion_share=0.0),
        plant=Plant(setup_low_s=0.3, setup_high_s=0.8, give_up_low_s=8.0, give_up_high_s=10.0),
    )


def world_of(scenario: Scenario) -> dict[str, object]:
    """The carrier's behaviour file for these people."""
    parts = {"people": asdict(scenario.people), "team": asdict(scenario.team), "plant": asdict(scenario.plant)}
    return {"world": {"seed": scenario.seed, **parts}}


def table(virtual: Story, band: Band, real: Story) -> str:
    """The two days side by side."""
    answered = virtual.outcomes[A_PERSON]
    low, high = (100 * value / answered for value in band.abandoned)
    return "\n".join(
        (
            "| | virtual time | middle 99 % of other orders | real Asterisk |",
            "|---|---|---|---|",
            *(
                f"| {name} | {virtual.outcomes.get(name, 0)} | the same | {real.outcomes.get(name, 0)} |"
                for name in sorted({*virtual.outcomes, *real.outcomes})
            ),
            f"| abandoned, % | {virtual.abandonment:.1%} | {low:.1f}–{high:.1f}% | {real.abandonment:.1%} |",
            f"| occupancy | {virtual.occupancy:.1%} | {band.occupancy[0]:.1%}–{band.occupancy[1]:.1%} "
            f"| {real.occupancy:.1%} |",
        )
    )


def verdict(virtual: Story, band: Band, real: Story) -> str:
    """What the two days agree on, in words."""
    same = virtual.outcomes == real.outcomes
    apart = abs(real.occupancy - virtual.occupancy)
    within = band.abandoned[0] <= real.abandoned <= band.abandoned[1]
    return (
        f"outcomes {'equal' if same else 'DIFFER'}; occupancy {100 * apart:.1f} points apart "
        f"({'within' if apart <= OCCUPANCY_WITHIN else 'OVER'} 3); abandoned "
        f"{'within' if within else 'OUTSIDE'} the 99 % of virtual days"
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--quick", action="store_true", help="two minutes")
    options = parser.parse_args()
    scenario = scenario_of(options.agents, 2.0 if options.quick else options.minutes)
    virtual, band = virtual_story(scenario), virtual_band(scenario, OTHER_ORDERS)
    async with stage_of(options.agents) as stage:
        print(await describe(stage))
        await stage.sip.ask("script", script=world_of(scenario))
        await prepare(stage.house, scenario)
        real = await lived(stage.house, scenario, within_s=4.0 * 60.0 * options.minutes + 120.0)
        await stage.house.stop()
    print(f"{options.agents} agents, {scenario.leads} leads\n\n{table(virtual, band, real)}\n")
    print(verdict(virtual, band, real))
    print(load_text())


if __name__ == "__main__":
    asyncio.run(main())
