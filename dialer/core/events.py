"""Events: everything that the Floor may be told, each a frozen value with the instant at which it happened.

They come from Asterisk (`dialer.ami.translate`), the books (`dialer.store`), people (`core.wishes`), timers or, with
the same shapes, the simulator. Names say what happened, never what to do about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from dialer.core.ids import AgentId, AttemptId, CampaignId, Instant, LeadId, Leg, ServerName, SpyId, TrunkName
from dialer.core.ledger import Counted
from dialer.core.states import SpyMode
from dialer.core.timer import Timer
from strategies.values import value

if TYPE_CHECKING:
    from dialer.core.memory import Memory
    from dialer.core.outcome import Tried
    from dialer.core.permit import Facts
    from dialer.core.settings import AgentSession, CampaignSettings


@value(frozen=True, slots=True, kw_only=True)
class Event:
    at: Instant


# ---- the network, about one attempt


@value(frozen=True, slots=True, kw_only=True)
class CallEvent(Event):
    attempt: AttemptId


@value(frozen=True, slots=True, kw_only=True)
class OriginateRefused(CallEvent):
    """Asterisk said no to the action, or it was surely never written to the link: no call exists."""

    reason: str


@value(frozen=True, slots=True, kw_only=True)
class OriginateFailed(CallEvent):
    """OriginateResponse Failure. HungUp follows or has come where a channel existed."""


@value(frozen=True, slots=True, kw_only=True)
class Ringing(CallEvent):
    """180: the far end is alerting."""


@value(frozen=True, slots=True, kw_only=True)
class Progress(CallEvent):
    """183 with early media: something is heard, no word of alerting."""


@value(frozen=True, slots=True, kw_only=True)
class Answered(CallEvent):
    """200 OK seen; the dialplan's answer clock runs from here."""


@value(frozen=True, slots=True, kw_only=True)
class Bridged(CallEvent):
    """Customer and agent hear each other."""

    agent: AgentId


@value(frozen=True, slots=True, kw_only=True)
class BridgeFailed(CallEvent):
    """The join did not happen (agent's channel gone); the customer waits on, inside the same deadline."""

    agent: AgentId
    result: str


@value(frozen=True, slots=True, kw_only=True)
class MessageStarted(CallEvent):
    """Nobody was free in time: the dialplan plays the message."""


@value(frozen=True, slots=True, kw_only=True)
class MessageEnded(CallEvent):
    """The message is over; not `heard`: Asterisk could not play it."""

    heard: bool


@value(frozen=True, slots=True, kw_only=True)
class CustomerHeld(CallEvent):
    """The customer is on hold, out of the agent's bridge; `agent` holds him."""

    agent: AgentId


@value(frozen=True, slots=True, kw_only=True)
class HungUp(CallEvent):
    """The customer's channel is gone. `cause` is Q.850, `tech_cause` the SIP code or 0."""

    cause: int
    tech_cause: int


# ---- the network, about an agent's leg


@value(frozen=True, slots=True, kw_only=True)
class LegEvent(Event):
    agent: AgentId
    leg: Leg


@value(frozen=True, slots=True, kw_only=True)
class AgentHeld(LegEvent):
    """The leg is (back) in hold: at sign-in, and after every talk."""


@value(frozen=True, slots=True, kw_only=True)
class AgentLegDown(LegEvent):
    """The leg is gone: hung up, refused, or silent for rtp_timeout (cause 44)."""

    cause: int


@value(frozen=True, slots=True, kw_only=True)
class Consulting(LegEvent):
    """The agent and a colleague hear each other."""

    colleague: AgentId


@value(frozen=True, slots=True, kw_only=True)
class ConsultFailed(LegEvent):
    """The agent's leg could not be joined to the colleague's: that is gone."""


@value(frozen=True, slots=True, kw_only=True)
class ConsultOver(LegEvent):
    """The agent's leg is no longer with the colleague's."""


@value(frozen=True, slots=True, kw_only=True)
class InConference(LegEvent):
    """The colleague's leg is on the customer's line."""


@value(frozen=True, slots=True, kw_only=True)
class MuteSet(LegEvent):
    """Asterisk has muted the agent's leg, or opened it again."""

    muted: bool


# ---- a supervisor's phone on an agent's line


@value(frozen=True, slots=True, kw_only=True)
class SpyOn(Event):
    """His phone is on the line, in this mode."""

    spy: SpyId
    mode: SpyMode


@value(frozen=True, slots=True, kw_only=True)
class SpyGone(Event):
    """His phone is not on the line any more, or was never picked up."""

    spy: SpyId


# ---- servers


@value(frozen=True, slots=True)
class LiveCall:
    """A customer's channel seen alive at a resync."""

    attempt: AttemptId
    answered: bool
    talking_to: AgentId | None = None
    held_by: AgentId | None = None
    """The agent who has put him on hold."""


@value(frozen=True, slots=True)
class LiveLeg:
    """An agent's channel seen alive at a resync; `held` = waits in hold."""

    agent: AgentId
    leg: Leg
    held: bool
    consults: AgentId | None = None
    """The colleague with whom he speaks."""
    confers: AgentId | None = None
    """The agent on whose line he is, as a colleague."""
    muted: bool = False


@value(frozen=True, slots=True, kw_only=True)
class ServerUp(Event):
    """Logged in and resynchronised: all that is not listed here no longer exists on that server."""

    server: ServerName
    booted_at: Instant
    calls: tuple[LiveCall, ...] = ()
    legs: tuple[LiveLeg, ...] = ()
    spies: tuple[SpyId, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class DialplanSeen(Event):
    """Whether the server's dialplan knows hold, consultation and the rest: a redirect to a place that is not there
    would end the customer's call."""

    server: ServerName
    knows_lines: bool


@value(frozen=True, slots=True, kw_only=True)
class ServerDown(Event):
    server: ServerName
    reason: str


@value(frozen=True, slots=True, kw_only=True)
class TrunkSeen(Event):
    """The trunk's own OPTIONS contact went up or down."""

    trunk: TrunkName
    reachable: bool


# ---- the books


@value(frozen=True, slots=True)
class Known:
    """What a claim knew of its lead besides the number: by it is foreseen who will answer (`core.reach`)."""

    came_at: Instant
    """When the lead came into the books."""
    region: str = ""
    list_id: int = 0
    last: str = ""
    """What the attempt before came to: an outcome or a disposition; empty at the first."""


@value(frozen=True, slots=True)
class Reservation:
    """A lead claimed, its attempt row committed as `intended`. Nothing has been dialled yet."""

    attempt: AttemptId
    lead: LeadId
    campaign: CampaignId
    number: str
    """10 digits."""
    zone: str | None
    """IANA name, or None where unknown."""
    attempt_no: int
    caller: str | None = None
    answer_ratio: float | None = None
    """Predicted probability that a person answers, 0..1, where a model gives one."""
    tried: "tuple[Tried, ...]" = ()
    """The attempts of this work cycle that count, oldest first."""
    promised_by: AgentId | None = None
    """Only with this agent reserved: he promised the call, and it is not yet anybody's."""
    prefers: AgentId | None = None
    """Who promised the call, also once anybody may make it: of those free at the answer, he gets it."""
    rests_until: Instant | None = None
    """The number was called meanwhile, and must rest: found after the claim had taken it."""
    expires_at: Instant | None = None
    forbidden: bool = False
    """The number was put on a do-not-call list while it was being claimed."""
    has_consent: bool = False
    """A record of consent stands with the lead."""
    kept_caller: str | None = None
    """The number that the lead was shown at its last call."""
    asked_at: Instant | None = None
    """Claimed though the hours are closed, because the customer asked for the call then."""
    segment: str = ""
    previewer: AgentId | None = None
    """The agent who looks at the lead before the call: he alone may have it."""
    reserved_agent_only: bool = False
    """Only with an agent already reserved (72 h after an abandoned call)."""
    known: Known | None = None
    """None: the claim is not at hand any more (after a restart), or there was none."""


@value(frozen=True, slots=True, kw_only=True)
class LeadsReserved(Event):
    """The answer to ReserveLeads; fewer than asked means that no more are due now (`next_due_at`, if any wait).

    `asked` may be 0: only `unfinished` and `next_due_at` are wanted then.
    """

    campaign: CampaignId
    server: ServerName
    trunk: TrunkName
    asked: int
    reservations: tuple[Reservation, ...]
    next_due_at: Instant | None = None
    previewer: AgentId | None = None
    """As it was asked."""
    lead: LeadId | None = None
    """As it was asked: then nothing is said of the rest of the list."""
    asked_at: Instant | None = None
    """As it was asked; without it the answer is to the oldest claim that waits for one."""
    unfinished: int = 0
    """Leads of the campaign that may still be dialled some day (ready, waiting, in call)."""


@value(frozen=True, slots=True, kw_only=True)
class LeadConfirmed(CallEvent):
    """The answer to ConfirmLead; without facts the books are away, or know nothing of such a preview."""

    facts: "Facts | None"


@value(frozen=True, slots=True, kw_only=True)
class AttemptSettled(Event):
    """Outcome, the lead's next step and the outbox row are committed."""

    attempt: AttemptId
    campaign: CampaignId


@value(frozen=True, slots=True, kw_only=True)
class BooksAway(Event):
    """The database does not answer: no new originate while the books cannot be written."""

    reason: str


@value(frozen=True, slots=True, kw_only=True)
class BooksBack(Event):
    pass


@value(frozen=True, slots=True)
class OpenAttempt:
    """An attempt row that was not settled when the daemon stopped."""

    reservation: Reservation
    server: ServerName
    trunk: TrunkName
    state: str
    """previewing | intended | dialled | ringing | answered | talking | wrap_up"""
    dialled_at: Instant | None = None
    answered_at: Instant | None = None
    bridged_at: Instant | None = None
    ended_at: Instant | None = None
    agent: AgentId | None = None
    abandoned: bool = False
    ringing_at: Instant | None = None


@value(frozen=True, slots=True, kw_only=True)
class BooksOpened(Event):
    """What the books remember at boot. Attempts wait for their server's resync before anything is decided."""

    attempts: Sequence[OpenAttempt]
    sessions: Sequence["AgentSession"]
    campaigns: Sequence["CampaignSettings"]
    past: Mapping[CampaignId, Sequence[Counted]] = field(default_factory=dict)
    """Settled calls answered by a person, by minute, over each campaign's window: the ledger as it was."""
    memories: Sequence["Memory"] = ()
    """What strategies had learned."""


@value(frozen=True, slots=True, kw_only=True)
class LeadsAdded(Event):
    """New leads may be due: an import or an order through the API."""

    campaign: CampaignId
    fresh: bool = False
    """They came by themselves, or somebody has just made them ready: a campaign that was done goes on for them."""


@value(frozen=True, slots=True, kw_only=True)
class LeadWithdrawn(Event):
    """The order was cancelled or the person asked not to be called: a ringing call ends, a talk goes on."""

    lead: LeadId


# ---- time


@value(frozen=True, slots=True, kw_only=True)
class TimerFired(Event):
    timer: Timer


@value(frozen=True, slots=True, kw_only=True)
class Beat(Event):
    """Time has passed; nothing else has happened. Twice a second."""


@value(frozen=True, slots=True, kw_only=True)
class ClockSuspect(Event):
    """Wall and monotonic clock differ by more than 2 s (`suspect`), or agree again."""

    suspect: bool
