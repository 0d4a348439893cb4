"""Effects: everything that the Floor may want done. The daemon performs them for real, the simulator in virtual time.

An effect never returns a value: what comes of it arrives as an event. The core never awaits.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from dialer.core.ids import AgentId, AttemptId, CampaignId, Instant, LeadId, Leg, ServerName, SpyId, TrunkName
from dialer.core.outcome import Clearing, LeadStep, Outcome
from dialer.core.states import AgentState, CampaignState, LineState, SpyMode
from dialer.core.timer import Timer
from dialer.core.wishes import CampaignCommand
from strategies.base import Decision
from strategies.values import value

NO_TRUNK = TrunkName("")


@value(frozen=True, slots=True, kw_only=True)
class Effect:
    pass


# ---- to Asterisk


@value(frozen=True, slots=True, kw_only=True)
class Originate(Effect):
    """Dial the customer: ActionID = ChannelId = `dlr-<attempt>`; sent at most once, ever."""

    attempt: AttemptId
    server: ServerName
    trunk: TrunkName
    number: str
    caller: str | None
    ring_s: float
    answer_limit_s: float
    """How long the dialplan lets an answered customer wait for an agent before the message."""


@value(frozen=True, slots=True, kw_only=True)
class Connect(Effect):
    """Move the answered customer to the agent: one Redirect (nailed-up) or a Dial of the phone (per call)."""

    attempt: AttemptId
    server: ServerName
    agent: AgentId
    endpoint: str
    per_call: bool


@value(frozen=True, slots=True, kw_only=True)
class HangUp(Effect):
    """End the customer's channel."""

    attempt: AttemptId
    server: ServerName


@value(frozen=True, slots=True, kw_only=True)
class CallAgent(Effect):
    """Ring the agent's phone once and nail it up in hold."""

    agent: AgentId
    server: ServerName
    endpoint: str
    leg: Leg


@value(frozen=True, slots=True, kw_only=True)
class DropAgent(Effect):
    """End the agent's leg."""

    agent: AgentId
    server: ServerName
    leg: Leg


@value(frozen=True, slots=True, kw_only=True)
class Hold(Effect):
    """Put the customer on hold; the agent's leg goes back to its own hold."""

    attempt: AttemptId
    server: ServerName
    agent: AgentId


@value(frozen=True, slots=True, kw_only=True)
class Take(Effect):
    """Join the customer to this agent's leg, wherever both are; where that fails he stays on hold."""

    attempt: AttemptId
    server: ServerName
    agent: AgentId


@value(frozen=True, slots=True, kw_only=True)
class Consult(Effect):
    """Join the agent's leg to the colleague's."""

    server: ServerName
    leg: Leg
    colleague: AgentId


@value(frozen=True, slots=True, kw_only=True)
class Confer(Effect):
    """Bring the colleague's leg into the talk of customer and agent."""

    server: ServerName
    leg: Leg
    attempt: AttemptId
    agent: AgentId


@value(frozen=True, slots=True, kw_only=True)
class BackToHold(Effect):
    """Take a leg out of a consultation or a conference."""

    server: ServerName
    leg: Leg


@value(frozen=True, slots=True, kw_only=True)
class SendDigits(Effect):
    attempt: AttemptId
    server: ServerName
    digits: str


@value(frozen=True, slots=True, kw_only=True)
class Mute(Effect):
    """What the agent says is heard by nobody, or again; MuteSet follows."""

    agent: AgentId
    server: ServerName
    leg: Leg
    muted: bool


LineEffect: TypeAlias = Hold | Take | Consult | Confer | BackToHold | SendDigits | Mute
"""What is done to a line in talk."""


@value(frozen=True, slots=True, kw_only=True)
class CallSpy(Effect):
    """Ring the supervisor's phone, and put it on the agent's leg."""

    spy: SpyId
    server: ServerName
    endpoint: str
    leg: Leg
    mode: SpyMode


@value(frozen=True, slots=True, kw_only=True)
class TurnSpy(Effect):
    spy: SpyId
    server: ServerName
    mode: SpyMode


@value(frozen=True, slots=True, kw_only=True)
class DropSpy(Effect):
    spy: SpyId
    server: ServerName


SpyEffect: TypeAlias = CallSpy | TurnSpy | DropSpy
"""What is done to a supervisor's phone."""


@value(frozen=True, slots=True, kw_only=True)
class Resync(Effect):
    """Ask the server again what lives on it (Status): something that must have been heard was not."""

    server: ServerName


# ---- to the books


@value(frozen=True, slots=True, kw_only=True)
class ReserveLeads(Effect):
    """Claim up to `count` leads due now whose zone is open, and commit an `intended` attempt row for each."""

    campaign: CampaignId
    server: ServerName
    trunk: TrunkName
    count: int
    open_zones: tuple[str, ...]
    """IANA names open now; the empty name stands for leads of unknown zone."""
    asked_since: Instant | None = None
    """Who asked for a call since then is called where the hours are closed too; None: nobody is."""
    agents: tuple[AgentId, ...] = ()
    """Who is free: a call that one of them promised to make himself may come."""
    previewer: AgentId | None = None
    """The one lead is for him to look at: its attempt is booked as `previewing`."""
    lead: LeadId | None = None
    """This one and no other: the previewer has picked it."""
    asked_at: Instant | None = None
    """When it was decided: on whoever was seen to be free, or to come free, by then these calls count."""
    head_starts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """By open zone: for each stratum, how many seconds before their time leads are taken to be due among equals in
    priority (`core.reach`). Nobody is claimed before he is due. Empty: longest due first."""


@value(frozen=True, slots=True, kw_only=True)
class ConfirmLead(Effect):
    """Commit the previewed attempt as `intended`, and say what bears on the call now (LeadConfirmed)."""

    attempt: AttemptId


@value(frozen=True, slots=True, kw_only=True)
class BookProgress(Effect):
    """The attempt's state moved on (dialled, ringing, answered, talking, wrap_up)."""

    attempt: AttemptId
    state: str
    at: Instant
    agent: AgentId | None = None
    abandoned: bool = False


@value(frozen=True, slots=True)
class CallTimes:
    """When each step of the attempt happened; None where it did not."""

    reserved_at: Instant
    dialled_at: Instant | None = None
    ringing_at: Instant | None = None
    answered_at: Instant | None = None
    bridged_at: Instant | None = None
    ended_at: Instant | None = None


@value(frozen=True, slots=True, kw_only=True)
class Settle(Effect):
    """Write the outcome, the lead's next step and the outbox row in one transaction."""

    attempt: AttemptId
    lead: LeadId
    campaign: CampaignId
    outcome: Outcome
    step: LeadStep
    times: CallTimes
    trunk: TrunkName = NO_TRUNK
    caller: str | None = None
    """The number that was shown, where one was chosen."""
    reason: str = ""
    clearing: Clearing | None = None
    agent: AgentId | None = None
    disposition: str | None = None
    abandoned: bool = False
    silent: bool = False
    late_joined: bool = False
    caller_left: bool = False


@value(frozen=True, slots=True, kw_only=True)
class BookAgentState(Effect):
    """The agent's state changed: the state log, the desk and the wallboard are told."""

    agent: AgentId
    state: AgentState
    since: Instant
    reason: str = ""
    leg: Leg | None = None
    attempt: AttemptId | None = None


@value(frozen=True, slots=True, kw_only=True)
class BookHold(Effect):
    """The customer was on hold from then to then, for this agent; a consultation's time is in it."""

    attempt: AttemptId
    agent: AgentId
    since: Instant
    until: Instant


@value(frozen=True, slots=True, kw_only=True)
class BookCampaignState(Effect):
    campaign: CampaignId
    state: CampaignState
    reason: str = ""


@value(frozen=True, slots=True, kw_only=True)
class CommandPassedOver(Effect):
    """Another command was faster: in the state that it left this one makes no sense. Nothing was done; for the log."""

    campaign: CampaignId
    command: CampaignCommand
    state: CampaignState


@value(frozen=True, slots=True, kw_only=True)
class BookDecision(Effect):
    """A pacing decision with its inputs and its reason in words."""

    campaign: CampaignId
    server: ServerName
    at: Instant
    decision: Decision


# ---- to people


@value(frozen=True, slots=True, kw_only=True)
class ScreenPop(Effect):
    """The agent is (about to be) on the line with this lead: show it."""

    agent: AgentId
    attempt: AttemptId
    lead: LeadId
    campaign: CampaignId
    answered_at: Instant


@value(frozen=True, slots=True, kw_only=True)
class PreviewShown(Effect):
    """Show the agent the lead that he may call: the call begins when he asks for it (DialAsked)."""

    agent: AgentId
    attempt: AttemptId
    lead: LeadId
    campaign: CampaignId
    until: Instant
    """Then the lead is given back and the agent paused."""


@value(frozen=True, slots=True, kw_only=True)
class PreviewOver(Effect):
    """The lead is not called now: its card goes away. `reason`: a word for the screens."""

    agent: AgentId
    attempt: AttemptId
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class PickRefused(Effect):
    """The lead that he has picked is not shown. `reason`: a word for the screens."""

    agent: AgentId
    lead: LeadId
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class CallEnded(Effect):
    """The talk is over; the agent's form stays until it is disposed."""

    agent: AgentId
    attempt: AttemptId


@value(frozen=True, slots=True, kw_only=True)
class LineTold(Effect):
    """Who hears whom in this agent's call; for the desk, the wallboard and the books.

    A colleague (`guest`) is told too, and LineState.OVER when he is out of it.
    """

    agent: AgentId
    attempt: AttemptId
    state: LineState
    since: Instant
    colleague: AgentId | None = None
    """Of a guest: the agent who asked him."""
    guest: bool = False
    muted: bool = False
    trouble: str = ""
    """Why what was asked for did not happen: a word for the screens (`core.line.Trouble`)."""


@value(frozen=True, slots=True, kw_only=True)
class Alarm(Effect):
    """A person must look: what happened and what to do next, in words; `name` is constant, for logs and metrics.

    Screens word it themselves, in the reader's language, from `name` and `facts`; `text` is for logs and the CLI.
    """

    name: str
    text: str
    attempt: AttemptId | None = None
    server: ServerName | None = None
    trunk: TrunkName | None = None
    facts: Mapping[str, str | int | float] = field(default_factory=dict)
    """What the words need beside server and trunk: names, counts."""

    def told(self) -> Mapping[str, str | int | float]:
        """All facts, with server and trunk among them where they are known."""
        places = {"server": self.server, "trunk": self.trunk}
        return {**{key: place for key, place in places.items() if place is not None}, **self.facts}


# ---- time


@value(frozen=True, slots=True, kw_only=True)
class SetTimer(Effect):
    timer: Timer
    at: Instant


@value(frozen=True, slots=True, kw_only=True)
class CancelTimer(Effect):
    timer: Timer
