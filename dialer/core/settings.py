"""What the Floor is set up with: the site (servers, trunks, limits), campaigns, agents' sessions. Plain values."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from dialer.core.hours import Calendar
from dialer.core.ids import (
    AgentId,
    AttemptId,
    CampaignId,
    GroupId,
    Instant,
    Leg,
    ProjectId,
    ServerName,
    TrunkName,
)
from dialer.core.ledger import CeilingMode, LedgerWindow
from dialer.core.outcome import AttemptRules
from dialer.core.states import AgentState, CampaignState

if TYPE_CHECKING:
    from dialer.core.callers import Caller


@dataclass(frozen=True, slots=True)
class Trunk:
    name: TrunkName
    server: ServerName
    endpoint: str
    lines: int
    calls_per_second: float
    loopback: bool = False
    """Its contact is on 127.0.0.0/8: nothing dialled here leaves the machine."""
    silent_failures_limit: int = 5
    """The trunk is taken for dead after so many attempts in a row with no provisional answer at all."""
    blocked_codes: tuple[int, ...] = ()
    """SIP codes with which its operator refuses calls for the caller's number, beside 607 and 608."""


@dataclass(frozen=True, slots=True)
class Server:
    name: ServerName
    calls_per_second: float = 100.0


@dataclass(frozen=True, slots=True)
class Site:
    """Servers and trunks of this installation."""

    servers: tuple[Server, ...]
    trunks: tuple[Trunk, ...]


Skills: TypeAlias = tuple[tuple[str, int], ...]
"""Names and levels of what an agent can do, by name."""


class PhoneKind(StrEnum):
    NAILED_UP = "nailed_up"
    PER_CALL = "per_call"


@dataclass(frozen=True, slots=True)
class Phone:
    server: ServerName
    endpoint: str
    kind: PhoneKind = PhoneKind.NAILED_UP
    browser: bool = False
    """The agent's page is the phone. Known of the phones he may use; a session at one does not ask."""


@dataclass(frozen=True, slots=True)
class AgentSession:
    """One agent at one phone, from sign-in to sign-out."""

    agent: AgentId
    phone: Phone
    groups: frozenset[GroupId]
    leg: Leg
    """The ChannelId of his nailed-up leg, made at the edge at sign-in."""
    state: AgentState = AgentState.PAUSED
    """The state to come back to after a restart of the daemon."""
    since: Instant = 0.0
    reason: str = ""
    attempt: AttemptId | None = None
    skills: Skills = ()
    """What he could do when he signed in."""


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    id: CampaignId
    project: ProjectId
    name: str
    groups: frozenset[GroupId]
    mode: str
    """manual | preview | progressive | power | predictive, or a strategy of a third party."""
    calendar: Calendar
    state: CampaignState = CampaignState.DRAFT
    weight: float = 1.0
    skill: str | None = None
    """Its calls go to agents with this skill only, at `skill_level` or above (`core.skills`)."""
    skill_level: int = 1
    power_ratio: float = 1.0
    """Calls per free agent in power mode."""
    ceiling_ratio: float = 0.03
    ceiling_window: LedgerWindow = LedgerWindow.ROLLING_24H
    ceiling_mode: CeilingMode = CeilingMode.TARGET
    cancel_surplus: bool = False
    """Calls that have rung for fifteen seconds though nobody will be free for them may be hung up."""
    zone: str = "Europe/Moscow"
    """The project's: days are counted in it. Not a setting of the campaign."""
    max_lines: int | None = None
    calls_per_second: float | None = None
    """Starts over all trunks and servers; None: as many as those allow."""
    ring_s: float = 30.0
    answer_limit_s: float = 1.8
    wrap_up_s: float = 30.0
    rest_s: float = 0.0
    """The least time between an agent's wrap-up and his next call."""
    max_occupancy: float = 1.0
    """An agent who has worked a larger part of his time, ratio over 0 to 1, rests before his next call."""
    preview_s: float = 120.0
    """Manual and preview mode: how long an agent may look at a lead; then it is given back, and he is paused."""
    preview_skip_s: float = 900.0
    """Preview mode: when a lead that was skipped is offered again."""
    caller: str | None = None
    """The one number that it shows; None: one of `callers` for each lead."""
    lines_share: float | None = None
    """The largest part of all trunks' lines that the calls of its project may take, ratio over 0 to 1; None: all of
    them. The project's. Not a setting of the campaign."""
    callers: "tuple[Caller, ...]" = ()
    """The project's. Not a setting of the campaign."""
    needs_label: bool = False
    """No number is shown without a good label, also where the law does not ask it."""
    rules: AttemptRules = field(default_factory=AttemptRules)
    script_version: int | None = None
    """Keep to this version of the project's script; None: the newest approved."""
    law: str = "custom"
    """The law profile (`core.law`)."""
    form_version: int | None = None
    """The same for the result form."""
    loopback_only: bool = False
    """Demo campaigns: refused on any trunk that is not loopback."""

    @property
    def strategy_terms(self) -> tuple[str, float, float, bool]:
        """What a strategy is made of: where it changes, another one is made."""
        return self.mode, self.ceiling_ratio, self.power_ratio, self.cancel_surplus
