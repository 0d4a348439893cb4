"""What came of a campaign: queries in one snapshot of the books, put into plain values.

Denominators are part of the names. *Answered by a person*: the network answered, and no agent said that it was a
machine or a voice assistant. *Connected*: joined with an agent in time. *Abandonment* = abandoned / answered by a
person. *Occupancy* = (talk + wrap-up) / (signed in − paused).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from asyncpg import Record

from dialer.report.kept import Kept, split
from dialer.report.spells import nothing, seconds_by_state
from dialer.report.statements import Conn, statement

STATES = {
    "talk_s": ("talking",),
    "wrap_up_s": ("wrap_up",),
    "idle_s": ("ready", "previewing", "reserved"),
    "paused_s": ("paused",),
    "away_s": ("calling", "lost"),
}
"""Which states of an agent are which time of his; signed out is none."""


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
    """The report on attempts reserved in [since, until); without them, from the first to the last.

    Of whole days the kept sums are read, of what they do not hold the ledger.
    """
    async with conn.transaction(isolation="repeatable_read"):
        kept = await split(conn, campaign.id, since, until)
        rest, *reach = await _reach(conn, campaign.id, kept)
        (row,) = await conn.fetch(statement("totals"), campaign.id, *kept.days)
        totals = Totals(**row, leads_tried=rest.leads, leads_reached=rest.leads_reached)
        on_duty = (since or totals.first_at, until or totals.last_at)
        outcomes = await conn.fetch(statement("outcomes"), campaign.id, *kept.days)
        return CampaignReport(
            campaign=campaign,
            totals=totals,
            outcomes={row["outcome"]: row["attempts"] for row in outcomes},
            reach=tuple(reach),
            dispositions=tuple(
                Disposition(**row) for row in await conn.fetch(statement("dispositions"), campaign.id, *kept.days)
            ),
            agents=await _agents(conn, campaign.id, kept, *on_duty),
            lists=tuple(_list(row) for row in await conn.fetch(statement("lists"), campaign.id)),
            leads={row["state"]: row["leads"] for row in await conn.fetch(statement("leads"), campaign.id)},
        )


async def _reach(conn: Conn, campaign: int, kept: Kept) -> list[Reach]:
    """By attempt number; before them all attempts as number 0."""
    where = (*kept.days, kept.zone, kept.summed_until, kept.opens, kept.closes)
    rows = await conn.fetch(statement("reach"), campaign, *where)
    reach = [Reach(**row) for row in rows]
    return reach if reach and not reach[0].attempt_no else [Reach(0, 0, 0, 0), *reach]


async def _agents(
    conn: Conn, campaign: int, kept: Kept, since: datetime | None, until: datetime | None
) -> tuple[AgentTime, ...]:
    """Everyone of the campaign's groups; without a period nobody did anything."""
    spent = nothing()
    if since is not None and until is not None:
        spent = await seconds_by_state(conn, campaign, since, until, kept.summed_until)
    rows = await conn.fetch(statement("agents"), campaign, *kept.days, until)
    return tuple(AgentTime(**row, **_times(spent[row["agent"]])) for row in rows)


def _times(spent: Mapping[str, Decimal]) -> dict[str, Any]:
    return {name: float(sum(spent.get(state, Decimal(0)) for state in of)) for name, of in STATES.items()}


def ratio(part: float, whole: float) -> float | None:
    """None where there is nothing to divide by: no calls is not the same as none abandoned."""
    return part / whole if whole else None


def _list(row: Record) -> ImportedList:
    return ImportedList(**{**row, "rejected_reasons": orjson.loads(row["rejected_reasons"])})
