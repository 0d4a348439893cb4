"""What came of a campaign: read-only queries in one snapshot of the books, put into plain values.

Denominators are part of the names. *Answered by a person*: the network answered, and no agent said that it was a
machine or a voice assistant. *Connected*: joined with an agent in time. *Abandonment* = abandoned / answered by a
person. *Occupancy* = (talk + wrap-up) / (signed in − paused).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import orjson
from asyncpg import Connection, Record
from asyncpg.pool import PoolConnectionProxy

from dialer.report.statements import statement

Conn: TypeAlias = "Connection[Record] | PoolConnectionProxy[Record]"


@dataclass(frozen=True, slots=True)
class Campaign:
    id: int
    name: str
    project: str
    zone: str
    """The project's: days are counted in it."""
    mode: str
    state: str
    ceiling_ratio: float


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of attempts, unless the name says otherwise."""

    attempts: int
    live: int
    dialled: int
    answered: int
    answered_by_person: int
    connected: int
    abandoned: int
    silent: int
    caller_left: int
    late_joined: int
    leads_tried: int
    leads_reached: int
    talk_s: float
    wait_median_s: float | None
    """From the answer to the agent's voice."""
    wait_p99_s: float | None
    first_at: datetime | None
    last_at: datetime | None

    @property
    def abandonment_ratio(self) -> float | None:
        return ratio(self.abandoned, self.answered_by_person)


@dataclass(frozen=True, slots=True)
class Reach:
    """One attempt number: leads tried so often, and how many of them talked with an agent that time."""

    attempt_no: int
    attempts: int
    leads: int
    leads_reached: int


@dataclass(frozen=True, slots=True)
class Disposition:
    code: str
    label: str
    attempts: int


@dataclass(frozen=True, slots=True)
class AgentTime:
    """An agent's seconds by state in the period, in all campaigns; `connected` and `campaign_talk_s` in this one."""

    agent: int
    connected: int
    campaign_talk_s: float
    talk_s: float
    wrap_up_s: float
    idle_s: float
    paused_s: float
    away_s: float
    """Signed in with the phone not in hold: being rung, or lost."""

    @property
    def occupancy_ratio(self) -> float | None:
        busy_s = self.talk_s + self.wrap_up_s
        return ratio(busy_s, busy_s + self.idle_s + self.away_s)


@dataclass(frozen=True, slots=True)
class ImportedList:
    """The four sums of one import."""

    name: str
    accepted: int
    duplicate: int
    needs_decision: int
    rejected: int
    rejected_reasons: Mapping[str, int]

    @property
    def rows(self) -> int:
        return self.accepted + self.duplicate + self.needs_decision + self.rejected


@dataclass(frozen=True, slots=True)
class CampaignReport:
    campaign: Campaign
    totals: Totals
    outcomes: Mapping[str, int]
    reach: tuple[Reach, ...]
    dispositions: tuple[Disposition, ...]
    agents: tuple[AgentTime, ...]
    lists: tuple[ImportedList, ...]
    leads: Mapping[str, int]

    @property
    def occupancy_ratio(self) -> float | None:
        busy_s = sum(agent.talk_s + agent.wrap_up_s for agent in self.agents)
        return ratio(busy_s, busy_s + sum(agent.idle_s + agent.away_s for agent in self.agents))


async def find_campaigns(conn: Conn, name_or_id: str) -> tuple[Campaign, ...]:
    """The campaigns so called: names are unique within a project only; a number is tried as an id too."""
    number = int(name_or_id) if name_or_id.isascii() and name_or_id.isdigit() and len(name_or_id) < 10 else None
    return tuple(Campaign(**row) for row in await conn.fetch(statement("campaigns"), name_or_id, number))


async def campaign_report(
    conn: Conn, campaign: Campaign, since: datetime | None = None, until: datetime | None = None
) -> CampaignReport:
    """The report on attempts reserved in [since, until); without them, from the first to the last."""
    period = (campaign.id, since, until)
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        (totals,) = [Totals(**row) for row in await conn.fetch(statement("totals"), *period)]
        on_duty = (campaign.id, since or totals.first_at, until or totals.last_at)
        return CampaignReport(
            campaign=campaign,
            totals=totals,
            outcomes={row["outcome"]: row["attempts"] for row in await conn.fetch(statement("outcomes"), *period)},
            reach=tuple(Reach(**row) for row in await conn.fetch(statement("reach"), *period)),
            dispositions=tuple(Disposition(**row) for row in await conn.fetch(statement("dispositions"), *period)),
            agents=tuple(AgentTime(**row) for row in await conn.fetch(statement("agents"), *on_duty)),
            lists=tuple(_list(row) for row in await conn.fetch(statement("lists"), campaign.id)),
            leads={row["state"]: row["leads"] for row in await conn.fetch(statement("leads"), campaign.id)},
        )


def ratio(part: float, whole: float) -> float | None:
    """None where there is nothing to divide by: no calls is not the same as none abandoned."""
    return part / whole if whole else None


def _list(row: Record) -> ImportedList:
    return ImportedList(**{**row, "rejected_reasons": orjson.loads(row["rejected_reasons"])})
