"""What people ask of the Floor, in the shapes of `core.events`: agents, supervisors, whoever runs the daemon.

Names say what is wanted; whether and when it becomes so is told by Asterisk.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from dialer.core.events import Event
from dialer.core.ids import AgentId, AttemptId, CampaignId, GroupId, Instant, LeadId, SpyId
from dialer.core.ledger import Counted
from dialer.core.states import SpyMode
from strategies.values import value

if TYPE_CHECKING:
    from dialer.core.memory import Memory
    from dialer.core.outcome import LeadEffect
    from dialer.core.settings import AgentSession, CampaignSettings, Site


# ---- the agent


@value(frozen=True, slots=True, kw_only=True)
class DeskEvent(Event):
    agent: AgentId


@value(frozen=True, slots=True, kw_only=True)
class AgentSignedIn(Event):
    session: "AgentSession"


@value(frozen=True, slots=True, kw_only=True)
class AgentReady(DeskEvent):
    """The agent asks for calls."""


@value(frozen=True, slots=True, kw_only=True)
class AgentPaused(DeskEvent):
    """Pause now where idle, else after this call (finish after this call)."""

    reason: str


@value(frozen=True, slots=True, kw_only=True)
class AgentSignedOut(DeskEvent):
    """Leave now where idle, else after this call and its wrap-up."""


@value(frozen=True, slots=True, kw_only=True)
class AgentPhoneBack(DeskEvent):
    """The agent's phone has started anew (his page was loaded again): an earlier leg, if any, leads nowhere."""


@value(frozen=True, slots=True, kw_only=True)
class DialAsked(DeskEvent):
    """The agent has looked at the lead and asks for the call."""

    attempt: AttemptId


@value(frozen=True, slots=True, kw_only=True)
class SkipAsked(DeskEvent):
    """The agent does not want to call this lead now; `reason`: one of `core.previewing.SkipReason`."""

    attempt: AttemptId
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class LeadPicked(DeskEvent):
    """The agent wants this lead called (`core.picking`)."""

    campaign: CampaignId
    lead: LeadId


@value(frozen=True, slots=True, kw_only=True)
class AgentHinted(DeskEvent):
    """How far his talk is, as his page shows by itself (`core.hinting`)."""

    attempt: AttemptId
    hint: str


@value(frozen=True, slots=True, kw_only=True)
class AgentRegrouped(DeskEvent):
    """A supervisor has put the agent into other groups: from now on he serves their campaigns."""

    groups: frozenset[GroupId]


@value(frozen=True, slots=True, kw_only=True)
class AgentHungUp(DeskEvent):
    """The agent ends the talk."""


@value(frozen=True, slots=True, kw_only=True)
class HoldAsked(DeskEvent):
    """The agent puts the customer on hold."""


@value(frozen=True, slots=True, kw_only=True)
class TakeAsked(DeskEvent):
    """The agent takes the customer back: out of hold, or out of a consultation, which is over then."""


@value(frozen=True, slots=True, kw_only=True)
class ConsultAsked(DeskEvent):
    """The agent wants to speak with a colleague while the customer is on hold."""

    colleague: AgentId


@value(frozen=True, slots=True, kw_only=True)
class TransferAsked(DeskEvent):
    """The agent gives the customer away: to this colleague, or to the one with whom he speaks."""

    colleague: AgentId | None = None


@value(frozen=True, slots=True, kw_only=True)
class ConferenceAsked(DeskEvent):
    """The agent joins the customer and the colleague with whom he speaks."""


@value(frozen=True, slots=True, kw_only=True)
class ColleagueLeft(DeskEvent):
    """The consultation or the conference is over: said by the agent, or by the colleague himself."""


@value(frozen=True, slots=True, kw_only=True)
class DigitsAsked(DeskEvent):
    """Keys for the machine at the customer's end."""

    digits: str


@value(frozen=True, slots=True, kw_only=True)
class MuteAsked(DeskEvent):
    muted: bool


@value(frozen=True, slots=True, kw_only=True)
class Disposed(DeskEvent):
    """The agent said how it ended; during the talk or in wrap-up."""

    attempt: AttemptId
    disposition: str
    effect: "LeadEffect"
    call_at: Instant | None = None
    """The call that was promised; only with an effect that calls back."""


# ---- a supervisor's phone on an agent's line


@value(frozen=True, slots=True, kw_only=True)
class SpyAsked(Event):
    """A supervisor (`by`: his user's name) wants to be on this agent's line, at this phone."""

    spy: SpyId
    agent: AgentId
    endpoint: str
    mode: SpyMode
    by: str


@value(frozen=True, slots=True, kw_only=True)
class SpyTurned(Event):
    """He wants another mode."""

    spy: SpyId
    mode: SpyMode


@value(frozen=True, slots=True, kw_only=True)
class SpyStopped(Event):
    """He has heard enough."""

    spy: SpyId


# ---- campaigns and the daemon


@value(frozen=True, slots=True, kw_only=True)
class CampaignChanged(Event):
    """A campaign was made, or its settings were changed, live."""

    settings: "CampaignSettings"
    past: Sequence[Counted] = ()
    """The ledger of its window as the books have it: read where the campaign was at rest, or its window has grown."""
    memories: Sequence["Memory"] = ()
    """What its strategies had learned: read where the campaign was at rest."""


class CampaignCommand(StrEnum):
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


@value(frozen=True, slots=True, kw_only=True)
class CampaignCommanded(Event):
    campaign: CampaignId
    command: CampaignCommand


@value(frozen=True, slots=True, kw_only=True)
class SiteChanged(Event):
    """Servers, trunks and limits after a reload."""

    site: "Site"


@value(frozen=True, slots=True, kw_only=True)
class Draining(Event):
    """The daemon is asked to stop: no new calls, talks finish."""
