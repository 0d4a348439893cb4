"""The books as the API asks them: leads in and out, campaigns, agents. Thin: what decides stands elsewhere.

Every method may raise DatabaseAway; what the books cannot take is a `Refused` (a ValueError) that says why in words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import orjson
from asyncpg.exceptions import CheckViolationError, UniqueViolationError

from dialer.core.admission import Admission
from dialer.core.board import AgentDay, FreshDay
from dialer.core.callback import PromisedCall
from dialer.core.effects import BookDecision
from dialer.core.ids import AgentId, CampaignId, GroupId, Instant, LeadId, Leg, ProjectId, ServerName
from dialer.core.lead import NewLead
from dialer.core.ledger import Counted
from dialer.core.memory import Memory
from dialer.core.order import BookedOrder, LeadAttempt, LeadRecord
from dialer.core.outcome import LeadState
from dialer.core.permit import Callee
from dialer.core.picks import Pick
from dialer.core.proof import Proof
from dialer.core.settings import AgentSession, CampaignSettings, Phone, PhoneKind
from dialer.core.sla import FirstCall
from dialer.core.staff import AgentRecord, ProjectRecord
from dialer.core.today import DayCounts
from dialer.core.turn import Queue
from dialer.store import (
    abandonment,
    admission,
    agents,
    board,
    callees,
    campaigns,
    days,
    first_calls,
    picks,
    promises,
    turns,
)
from dialer.store import decisions as pacing_log
from dialer.store import memories as learned
from dialer.store.db import Database
from dialer.store.errors import Refused, Unknown
from dialer.store.lists import ListWriter, standing_list
from dialer.store.sql import Conn, load
from dialer.store.twins import Duplicate
from dialer.store.uuid7 import is_uuid

BACKLOG_BOUND = 100_000
"""Nobody counts further on a wallboard, and a longer list must not be read through every few seconds."""

_Q = load("front")


class FrontLeads:
    """Orders in, leads out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, campaign: CampaignId, orders: Sequence[NewLead], at: Instant) -> list[BookedOrder]:
        """Book the orders, one answer each in the same order; one that was there already changes nothing.

        Every order has an external id; of two with the same one the first stands, and likewise of two with the same
        number within the project's days: that answer names the lead which came first. Raises Unknown for the campaign.
        """
        async with self._database.connection() as conn:
            target = await standing_list(conn, campaign)
            project = (await campaigns.campaign(conn, campaign)).project
        rows = [replace(lead, row=place) for place, lead in enumerate(orders, 1)]
        written = await ListWriter(self._database, target).write(rows, at)
        known = {duplicate.lead: duplicate for duplicate in written.duplicates}
        there = await self._by_external_ids(project, [one.external_id or "" for one in known.values()])
        first = await self._repeated([one.repeats for one in known.values() if one.repeats])
        return [
            _twin(known[lead.id], there, first) if lead.id in known else BookedOrder(lead.id, _first_state(lead))
            for lead in orders
        ]

    async def _repeated(self, leads: Sequence[LeadId]) -> Mapping[LeadId, LeadState]:
        if not leads:
            return {}
        async with self._database.connection() as conn:
            return await admission.states(conn, leads)

    async def _by_external_ids(self, project: ProjectId, names: Sequence[str]) -> dict[str, BookedOrder]:
        if not names:
            return {}
        async with self._database.connection() as conn:
            rows = await _Q["by_external_ids"].rows(conn, project=project, external_ids=list(names))
        return {
            row["external_id"]: BookedOrder(LeadId(row["lead"]), LeadState(row["state"]), duplicate=True)
            for row in rows
        }

    async def find(self, project: ProjectId, external_id: str) -> LeadId | None:
        found = await self._by_external_ids(project, [external_id])
        return found[external_id].lead if found else None

    async def callee(self, lead: LeadId) -> tuple[CampaignId, Callee] | None:
        """Its campaign, and what bears on whether it may be called."""
        async with self._database.connection() as conn:
            return await callees.callee(conn, lead)

    async def pick(self, lead: LeadId, now: Instant) -> Pick | None:
        """The lead as an agent may pick it."""
        async with self._database.connection() as conn:
            return await picks.pick(conn, lead, now)

    async def due_picks(
        self, among: Sequence[CampaignSettings], agent: AgentId, now: Instant, bound: int
    ) -> Sequence[Pick]:
        """Leads of these campaigns that are due: in each his own promised calls first."""
        async with self._database.connection() as conn:
            return await picks.due(conn, among, agent, now, bound)

    async def picks_called(
        self, among: Sequence[CampaignSettings], external_id: str, numbers: Sequence[str], now: Instant, bound: int
    ) -> Sequence[Pick]:
        """The order of this number and those with these phones, in these campaigns; open ones first."""
        async with self._database.connection() as conn:
            return await picks.called_so(conn, among, external_id, numbers, now, bound)

    async def queue(self, lead: LeadId, campaign: CampaignSettings, opens: Instant, now: Instant) -> Queue:
        """Its place among those who may be called at `opens`, and the campaign's pace."""
        async with self._database.connection() as conn:
            return await turns.queue(conn, lead, campaign, opens, now)

    async def lead(self, lead: LeadId) -> LeadRecord | None:
        if not is_uuid(lead):
            return None
        async with self._database.connection() as conn:
            row = await _Q["lead"].row(conn, lead=lead)
            if row is None:
                return None
            past = await _Q["lead_attempts"].rows(conn, lead=lead)
        return LeadRecord(
            **{
                **row,
                "state": LeadState(row["state"]),
                "numbers": tuple(row["numbers"]),
                "fields": orjson.loads(row["fields"]),
                "attempts": tuple(LeadAttempt(**one) for one in past),
            }
        )

    async def withdraw(self, lead: LeadId, reason: str) -> None:
        """A lead that waits is refused with this reason; one in a call is marked, the Floor decides."""
        async with self._database.connection() as conn:
            await _Q["withdraw"].run(conn, leads=[lead], reason=reason)


class FrontCampaigns:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[CampaignSettings]:
        async with self._database.connection() as conn:
            return await campaigns.campaigns(conn)

    async def campaign(self, campaign: CampaignId) -> CampaignSettings | None:
        async with self._database.connection() as conn:
            try:
                return await campaigns.campaign(conn, campaign)
            except Unknown:
                return None

    async def save(self, settings: CampaignSettings) -> CampaignSettings:
        """A new campaign (id 0) or a changed one, as it is now booked. Raises Unknown, NameTaken."""
        async with self._database.connection() as conn:
            if settings.id:
                await campaigns.update_campaign(conn, settings)
                return await campaigns.campaign(conn, settings.id)
            return await campaigns.campaign(conn, await campaigns.create_campaign(conn, settings))

    async def past(self, campaign: CampaignId, at: Instant) -> Sequence[Counted]:
        """The campaign's ledger of abandonments over its window, by minute."""
        async with self._database.connection() as conn:
            return (await abandonment.past(conn, [campaign], at)).get(campaign, [])

    async def memories(self, campaign: CampaignId) -> Sequence[Memory]:
        """What its strategies knew when they were last asked."""
        async with self._database.connection() as conn:
            return await learned.memories(conn, [campaign])

    async def proof(self, campaign: CampaignSettings, within: Instant) -> Proof:
        """Every abandoned call of the campaign's calendar day around this instant, with the budget before and after."""
        async with self._database.connection() as conn:
            return await abandonment.proof_of(conn, campaign, within)

    async def decisions(self, campaign: CampaignId, at: Instant | None, bound: int) -> Sequence[BookDecision]:
        """The sampled pacing decisions: those in force at this instant, one of each server, or the latest."""
        async with self._database.connection() as conn:
            if at is not None:
                return await pacing_log.in_force(conn, campaign, at)
            return await pacing_log.latest(conn, campaign, bound)

    async def backlog(self) -> Mapping[CampaignId, int]:
        """Leads that may still be called, of campaigns under way; counted to BACKLOG_BOUND."""
        async with self._database.connection() as conn:
            rows = await _Q["backlog"].rows(conn, bound=BACKLOG_BOUND)
        return {CampaignId(row["campaign"]): row["leads"] for row in rows}

    async def today(self, at: Instant) -> Mapping[CampaignId, DayCounts]:
        """What campaigns under way have done since midnight in their project's zone."""
        async with self._database.connection() as conn:
            return await days.today(conn, at)

    async def agent_days(self, at: Instant) -> Mapping[AgentId, AgentDay]:
        """Agents who had a talk since midnight in campaigns under way."""
        async with self._database.connection() as conn:
            return await board.agent_days(conn, at)

    async def fresh_days(self, at: Instant) -> Mapping[CampaignId, FreshDay]:
        """How campaigns under way keep their promise of a first call."""
        async with self._database.connection() as conn:
            return await board.fresh_days(conn, at)

    async def promised(self, campaign: CampaignId, before: Instant) -> Sequence[PromisedCall]:
        """Calls promised for a moment not after `before` and not made yet, the earliest first."""
        async with self._database.connection() as conn:
            return await promises.promised(conn, before, campaign)

    async def late_first_calls(self, campaign: CampaignSettings, now: Instant) -> Sequence[FirstCall]:
        """Fresh requests of the last day whose first call came too late, or is late now; the oldest first."""
        async with self._database.connection() as conn:
            return await first_calls.late(conn, campaign, now)

    async def projects(self) -> list[ProjectRecord]:
        async with self._database.connection() as conn:
            return await campaigns.projects(conn)

    async def save_project(self, project: ProjectRecord) -> ProjectRecord:
        """A new project, as it is now booked. Raises NameTaken."""
        async with self._database.connection() as conn:
            made = await campaigns.create_project(
                conn, project.name, zone=project.zone, greeting=project.greeting, script=project.script
            )
        return ProjectRecord(made, project.name, project.zone, project.greeting, project.script)

    async def share_lines(self, project: ProjectId, lines_share: float | None) -> None:
        """Raises Unknown."""
        async with self._database.connection() as conn:
            await campaigns.set_lines_share(conn, project, lines_share)


class FrontAdmissions:
    """Whom projects take in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, project: ProjectId) -> Admission:
        """Raises Unknown."""
        async with self._database.connection() as conn:
            return await admission.of_project(conn, project)

    async def save(self, project: ProjectId, wanted: Admission) -> None:
        """Raises Unknown."""
        async with self._database.connection() as conn:
            await admission.set_admission(conn, project, wanted)


class FrontAgents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[AgentRecord]:
        async with self._database.connection() as conn:
            return _with_phones(await agents.agents(conn), await _phones(conn, None))

    async def agent(self, agent: AgentId) -> AgentRecord | None:
        async with self._database.connection() as conn:
            found = await agents.agents(conn, [agent])
            return _with_phones(found, await _phones(conn, agent))[0] if found else None

    async def groups(self) -> Mapping[GroupId, str]:
        async with self._database.connection() as conn:
            return await agents.groups(conn)

    async def add_group(self, name: str) -> GroupId:
        """Raises NameTaken."""
        async with self._database.connection() as conn:
            return await agents.create_group(conn, name)

    async def names(self) -> Mapping[AgentId, str]:
        """For the wallboard."""
        async with self._database.connection() as conn:
            return {agent.id: agent.name for agent in await agents.agents(conn)}

    async def save(self, agent: AgentRecord) -> bool:
        """Add the agent, or change his name, groups and phones; true where he is signed in and in other groups now.

        Raises Unknown (group), Refused.
        """
        try:
            async with self._database.transaction() as conn:
                await agents.save_agent(
                    conn,
                    agents.Agent(
                        agent.id,
                        agent.name,
                        frozenset(agent.groups),
                        agent.is_active,
                        tuple(sorted(agent.skills.items())),
                    ),
                )
                await _Q["clear_phones"].run(conn, agent=agent.id)
                await _Q["add_phones"].run(
                    conn,
                    agent=agent.id,
                    servers=[phone.server for phone in agent.phones],
                    endpoints=[phone.endpoint for phone in agent.phones],
                    kinds=[phone.kind.value for phone in agent.phones],
                    browsers=[phone.browser for phone in agent.phones],
                )
                return await agents.regroup(conn, agent.id, agent.groups)
        except UniqueViolationError as error:
            raise Refused("a phone is named twice") from error
        except CheckViolationError as error:
            raise Refused("an endpoint is letters, digits and . _ -") from error

    async def sign_in(self, agent: AgentId, phone: Phone, leg: Leg, at: Instant) -> AgentSession:
        """Book the sign-in. Raises AlreadySignedIn, PhoneTaken, Unknown."""
        async with self._database.connection() as conn:
            return await agents.sign_in(conn, agent, phone, leg, at)


def _twin(duplicate: Duplicate, there: Mapping[str, BookedOrder], first: Mapping[LeadId, LeadState]) -> BookedOrder:
    if duplicate.repeats is None:
        return there[duplicate.external_id or ""]
    return BookedOrder(duplicate.repeats, first[duplicate.repeats], duplicate=True)


def _first_state(lead: NewLead) -> LeadState:
    return LeadState.NEEDS_DECISION if lead.question else LeadState.READY


async def _phones(conn: Conn, agent: AgentId | None) -> dict[AgentId, tuple[Phone, ...]]:
    found: dict[AgentId, tuple[Phone, ...]] = {}
    for row in await _Q["agent_phones"].rows(conn, agent=agent):
        phone = Phone(ServerName(row["server"]), row["endpoint"], PhoneKind(row["kind"]), row["browser"])
        found[AgentId(row["agent"])] = (*found.get(AgentId(row["agent"]), ()), phone)
    return found


def _with_phones(found: Sequence[agents.Agent], phones: Mapping[AgentId, tuple[Phone, ...]]) -> list[AgentRecord]:
    return [
        AgentRecord(
            agent.id,
            agent.name,
            tuple(sorted(agent.groups)),
            phones.get(agent.id, ()),
            agent.is_active,
            dict(agent.skills),
        )
        for agent in found
    ]
