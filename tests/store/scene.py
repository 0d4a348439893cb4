"""A campaign with leads, and short words for what is done to them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from dialer.core.effects import BookProgress, CallTimes, ReserveLeads, Settle
from dialer.core.events import LeadsReserved, Reservation
from dialer.core.hours import Calendar
from dialer.core.ids import CampaignId, GroupId, LeadId, ProjectId, ServerName, TrunkName
from dialer.core.lead import NewLead, NewPhone
from dialer.core.outcome import Clearing, LeadState, LeadStep, Outcome
from dialer.core.settings import CampaignSettings
from dialer.store import agents, attempts, campaigns, lists
from dialer.store.attempts import Settled
from dialer.store.db import Database
from dialer.store.uuid7 import uuid7
from tests.conftest import BUILT_AT

NOW = BUILT_AT
MOSCOW = "Europe/Moscow"
OMSK = "Asia/Omsk"
BUSY = LeadStep(LeadState.WAITING, "busy", next_call_at=NOW + 600)
DONE = LeadStep(LeadState.DONE, "agreed")

_made = count()
"""Leads made so far: each is a millisecond younger than the one before, so their ids sort."""


@dataclass(frozen=True, slots=True)
class Scene:
    database: Database
    project: ProjectId
    campaign: CampaignId
    list: int
    group: GroupId

    async def add(self, *leads: NewLead, at: float = NOW) -> lists.Written:
        return await lists.ListWriter(self.database, self.list).write(leads, at)

    async def reserve(self, count: int = 10, *, at: float = NOW, zones: Sequence[str] = (MOSCOW,)) -> LeadsReserved:
        return await self.reserve_wish(self.wish(count, zones), at=at)

    async def reserve_wish(self, wish: ReserveLeads, *, at: float = NOW) -> LeadsReserved:
        async with self.database.connection() as conn:
            return await attempts.reserve(conn, wish, at)

    def wish(self, count: int, zones: Sequence[str] = (MOSCOW,)) -> ReserveLeads:
        return ReserveLeads(
            campaign=self.campaign,
            server=ServerName("pbx1"),
            trunk=TrunkName("carrier"),
            count=count,
            open_zones=tuple(zones),
        )

    async def settle(self, *told: Settle, at: float = NOW + 30) -> list[Settled]:
        async with self.database.connection() as conn:
            return await attempts.settle(conn, told, at)

    async def progress(self, *steps: BookProgress) -> None:
        async with self.database.connection() as conn:
            await attempts.progress(conn, steps)

    async def imbalance(self) -> attempts.Imbalance:
        async with self.database.connection() as conn:
            return await attempts.imbalance(conn)

    async def tally(self) -> dict[str, int]:
        async with self.database.connection() as conn:
            return await attempts.tally(conn, self.campaign)

    async def lead(self, lead: LeadId | str) -> dict[str, Any]:
        """The row, `next_call_at` as epoch seconds."""
        return await self.row(
            "select l.*, extract(epoch from next_call_at)::float8 as due from dialer.lead l where id = $1", lead
        )

    async def attempt(self, attempt: str) -> dict[str, Any]:
        return await self.row("select * from dialer.attempt where id = $1", attempt)

    async def row(self, query: str, *values: Any) -> dict[str, Any]:
        async with self.database.connection() as conn:
            found = await conn.fetchrow(query, *values)
        assert found is not None
        return dict(found)

    async def run(self, statement: str, *values: Any) -> None:
        async with self.database.connection() as conn:
            await conn.execute(statement, *values)


def lead(number: int | str, zone: str | None = MOSCOW, *more: NewPhone, at: float = NOW, **rest: Any) -> NewLead:
    """A lead with this number; an integer stands for 9000000000 + itself."""
    return NewLead(LeadId(uuid7(at + next(_made) / 1000)), (phone(number, zone), *more), **rest)


def phone(number: int | str, zone: str | None = MOSCOW) -> NewPhone:
    return NewPhone(f"9{number:09}" if isinstance(number, int) else number, zone)


def settlement(of: Reservation, step: LeadStep = BUSY, outcome: Outcome = Outcome.BUSY, **rest: Any) -> Settle:
    told = Settle(
        attempt=of.attempt,
        lead=of.lead,
        campaign=of.campaign,
        outcome=outcome,
        step=step,
        times=CallTimes(reserved_at=NOW, dialled_at=NOW + 1, ended_at=NOW + 20),
        clearing=Clearing(cause=17, tech_cause=486, rang=True, progress=False, answered=False),
    )
    return replace(told, **rest)


async def build_scene(database: Database, name: str = "спасибо") -> Scene:
    async with database.connection() as conn:
        project = await campaigns.create_project(conn, f"магазин {name}")
        group = await agents.create_group(conn, f"первая линия {name}")
        settings = CampaignSettings(
            CampaignId(0), project, name, frozenset({group}), mode="progressive", calendar=Calendar()
        )
        campaign = await campaigns.create_campaign(conn, settings)
        made = await lists.create_list(conn, campaign, "список")
    return Scene(database, project, campaign, made, group)
