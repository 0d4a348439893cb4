"""A simulated day written to real books, as the daemon would have written it: claims, progress, settlements, states."""

from dataclasses import replace
from typing import TypeVar

from dialer.core.effects import BookAgentState, BookDecision, BookProgress, Effect, ReserveLeads, Settle
from dialer.core.events import Event, LeadsReserved
from dialer.core.hours import Calendar
from dialer.core.ids import AgentId, AttemptId, CampaignId, LeadId, ProjectId, ServerName, TrunkName
from dialer.core.lead import NewLead, NewPhone
from dialer.core.settings import CampaignSettings
from dialer.store import agents, attempts, campaigns, lists
from dialer.store.db import Database
from dialer.store.sql import Conn
from dialer.store.uuid7 import uuid7s
from sim.books import ZONE
from sim.run import START, Day
from sim.scenario import Scenario

Story = list[tuple[Event, list[Effect]]]
E = TypeVar("E", bound=Effect)


def lived(scenario: Scenario) -> tuple[Day, Story]:
    """A day, and all that happened in it."""
    story: Story = []
    day = Day(scenario, journal=lambda event, effects: story.append((event, list(effects))))
    day.run()
    return day, story


async def write_day(database: Database, scenario: Scenario, story: Story) -> CampaignSettings:
    """The campaign under which the day now stands in the books."""
    async with database.connection() as conn:
        settings = await _campaign(conn, scenario)
        made = await lists.create_list(conn, settings.id, "список")
        ids = await _claims(database, conn, settings.id, made, story)
        await attempts.progress(conn, [replace(e, attempt=ids[e.attempt][0]) for e in _of(BookProgress, story)])
        settled = [
            replace(e, attempt=ids[e.attempt][0], lead=ids[e.attempt][1], campaign=settings.id)
            for e in _of(Settle, story)
        ]
        await attempts.settle(conn, settled, START + scenario.hours * 3600)
        states = _of(BookAgentState, story)
        await agents.book_states(conn, [replace(e, attempt=e.attempt and ids[e.attempt][0]) for e in states])
        await campaigns.book_decisions(conn, [replace(e, campaign=settings.id) for e in _of(BookDecision, story)])
    return settings


async def _campaign(conn: Conn, scenario: Scenario) -> CampaignSettings:
    project: ProjectId = await campaigns.create_project(conn, "Лавка")
    group = await agents.create_group(conn, "день")
    blank = CampaignSettings(
        CampaignId(0), project, "заказы", frozenset({group}), mode=scenario.strategy, calendar=Calendar(), ring_s=39.0
    )
    for place in range(scenario.team.agents):
        await agents.save_agent(conn, agents.Agent(AgentId(1001 + place), "…", frozenset({group})))
    return await campaigns.campaign(conn, await campaigns.create_campaign(conn, blank))


async def _claims(
    database: Database, conn: Conn, campaign: CampaignId, list_id: int, story: Story
) -> dict[AttemptId, tuple[AttemptId, LeadId]]:
    """Every claim of the day made in the books, at its instant; the simulator's attempts to those of the books."""
    told = [event for event, _ in story if isinstance(event, LeadsReserved) and event.reservations]
    wanted = sum(len(event.reservations) for event in told)
    leads = [
        NewLead(LeadId(lead), (NewPhone(f"9{place:09}", ZONE),))
        for place, lead in enumerate(uuid7s(START - 60, wanted))
    ]
    await lists.ListWriter(database, list_id).write(leads, START - 60)
    ids: dict[AttemptId, tuple[AttemptId, LeadId]] = {}
    for event in told:
        wish = ReserveLeads(
            campaign=campaign,
            server=ServerName("sim"),
            trunk=TrunkName("sim"),
            count=len(event.reservations),
            open_zones=(ZONE,),
        )
        booked = await attempts.reserve(conn, wish, event.at)
        for mine, theirs in zip(event.reservations, booked.reservations, strict=True):
            ids[mine.attempt] = (theirs.attempt, theirs.lead)
    return ids


def _of(kind: type[E], story: Story) -> list[E]:
    return [effect for _, effects in story for effect in effects if isinstance(effect, kind)]
