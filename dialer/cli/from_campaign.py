"""`dialer simulate --from-campaign`: a scenario with the measured rates, agents, hours and list of a real campaign."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from dialer.cli.report import REPORT_TIMEOUT_S, the_one_campaign
from dialer.clock import Clock
from dialer.config import load_config
from dialer.core.ids import CampaignId
from dialer.core.ledger import DAY_S, CeilingMode
from dialer.core.modes import BY_HAND
from dialer.core.settings import CampaignSettings
from dialer.report.campaign import find_campaigns
from dialer.report.measured import Measured, MeasuredAgents, MeasuredCalls, measured
from dialer.store.campaigns import campaign as stored_campaign
from dialer.store.db import Database
from sim.scenario import Scenario
from sim.world import People, Plant, Team

T = TypeVar("T", Scenario, People, Team, Plant)

ENOUGH = 30
"""Calls, answers or talks under which the simulator's own figures are taken: a few say nothing."""


def scenario_of(name: str, days: int, config: Path | None) -> tuple[Scenario, list[str]]:
    """The campaign of this name or number as a scenario, and in words what was measured and what was not."""
    found = asyncio.run(_measured(load_config(config).database.dsn, name, days))
    return as_scenario(found), told(found, days)


def as_scenario(found: Measured) -> Scenario:
    """What was measured, in the simulator's words; what was not keeps the simulator's own figures."""
    settings = found.settings
    return _known(
        Scenario(
            name=settings.name,
            strategy="progressive" if settings.mode in BY_HAND else settings.mode,
            ceiling=settings.ceiling_ratio,
            hard=settings.ceiling_mode is CeilingMode.HARD,
            power_ratio=settings.power_ratio,
            cancel_surplus=settings.cancel_surplus,
            answer_limit_s=settings.answer_limit_s,
            rest_s=settings.rest_s,
            max_occupancy=settings.max_occupancy,
            people=_people(found.calls),
            team=_team(found.calls, found.agents),
            plant=_plant(found.calls, settings),
        ),
        hours=found.agents.hours,
        leads=found.leads or None,
    )


def told(found: Measured, days: int) -> list[str]:
    """For the person: every figure that is not of the books is named as such."""
    calls, agents, day = found.calls, found.agents, as_scenario(found)
    people, team = day.people, day.team
    own = " (not measured)"
    return [
        f"{found.settings.name}, measured over {days} days: {calls.calls} calls, {calls.answered} answered, "
        f"{calls.talks} talks, {agents.days} shifts",
        f"  answer {people.answer_ratio:.1%} after {people.ring_s:.0f} s of ringing"
        + ("" if calls.answered >= ENOUGH else own),
        f"  talk {team.talk_s:.0f} s" + ("" if calls.talks >= ENOUGH else own)
        + f", wrap-up {team.wrap_s:.0f} s" + ("" if agents.wrap_s is not None else own),
        f"  {team.agents} agents, {day.hours:.1f} h" + ("" if agents.days else own),
        f"  {found.leads} leads left" if found.leads else "  no leads are left: the list is taken to have no end",
    ]  # fmt: skip


async def _measured(dsn: str, name: str, days: int) -> Measured:
    async with (
        await Database.open(dsn, size=1, command_timeout_s=REPORT_TIMEOUT_S) as database,
        database.connection() as conn,
    ):
        found = the_one_campaign(name, await find_campaigns(conn, name))
        now = Clock().now()
        return await measured(conn, await stored_campaign(conn, CampaignId(found.id)), now - days * DAY_S, now)


def _people(calls: MeasuredCalls) -> People:
    people = People()
    if calls.calls - calls.answered >= ENOUGH:
        people = replace(
            people,
            busy_share=calls.of_unanswered(calls.busy),
            invalid_share=calls.of_unanswered(calls.invalid),
            congestion_share=calls.of_unanswered(calls.congestion),
            machine_share=0.0,
        )
    if calls.calls >= ENOUGH:
        people = replace(people, answer_ratio=calls.answered / calls.calls)
    if calls.answered >= ENOUGH and calls.ring_s:
        people = _known(people, ring_s=calls.ring_s, ring_cv=_spread(calls.ring_sd_s, calls.ring_s))
    return people


def _team(calls: MeasuredCalls, agents: MeasuredAgents) -> Team:
    team = Team()
    if calls.talks >= ENOUGH and calls.talk_s:
        team = _known(team, talk_s=calls.talk_s, talk_cv=_spread(calls.talk_sd_s, calls.talk_s))
    if agents.wrap_s:
        team = _known(team, wrap_s=agents.wrap_s, wrap_cv=_spread(agents.wrap_sd_s, agents.wrap_s))
    return replace(team, agents=max(1, round(agents.agents))) if agents.agents else team


def _plant(calls: MeasuredCalls, settings: CampaignSettings) -> Plant:
    return _known(
        Plant(),
        setup_low_s=calls.set_up_low_s,
        setup_high_s=calls.set_up_high_s,
        give_up_low_s=calls.give_up_low_s,
        give_up_high_s=calls.give_up_high_s,
        lines=settings.max_lines,
        calls_per_second=settings.calls_per_second,
    )


def _spread(deviation: float | None, mean: float) -> float | None:
    """The coefficient of variation; a law without any spread is none of people's."""
    return max(0.1, deviation / mean) if deviation else None


def _known(before: T, **values: Any) -> T:
    """The same with the figures that are known."""
    return replace(before, **{key: value for key, value in values.items() if value is not None})
