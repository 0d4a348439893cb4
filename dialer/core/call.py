"""The call machine: one attempt from Originate to settlement.

It starts when Originate is sent (the attempt row is committed by then), or before it where an agent looks at the lead
first (`core.previewing`), and ends settled, exactly once. It knows nothing of agents: the Floor joins the two machines.
`message` is the abandonment message, which the dialplan plays by itself; a late agent may still take the customer out
of it, and the call stays abandoned.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from dialer.core.effects import CallTimes
from dialer.core.events import (
    Answered,
    Bridged,
    BridgeFailed,
    CallEvent,
    CustomerHeld,
    HungUp,
    LeadConfirmed,
    MessageEnded,
    MessageStarted,
    OriginateFailed,
    OriginateRefused,
    Progress,
    Reservation,
    Ringing,
)
from dialer.core.ids import AgentId, AttemptId, CampaignId, Instant, ServerName, TrunkName
from dialer.core.line import Line
from dialer.core.outcome import Clearing, LeadEffect, Outcome
from dialer.core.states import CallState
from dialer.core.table import Rule, Table, ignored
from dialer.core.wishes import DialAsked, Disposed
from strategies.values import value


class CallAct(StrEnum):
    """What the Floor does for a call; each is one method of its."""

    CONFIRM = "confirm"
    """Ask the books whether the lead may still be called."""
    ORIGINATE = "originate"
    GIVE_BACK = "give_back"
    """The lead goes back into the list: nothing was dialled."""
    RANG = "rang"
    PROGRESSED = "progressed"
    ANSWER = "answer"
    OFFER = "offer"
    CONNECT = "connect"
    JOIN = "join"
    UNJOIN = "unjoin"
    ABANDON = "abandon"
    NOTE_MESSAGE = "note_message"
    AWAIT_CLEARING = "await_clearing"
    HANG_UP = "hang_up"
    TALK_ENDED = "talk_ended"
    NOTE_DISPOSITION = "note_disposition"
    SETTLE = "settle"
    LINE = "line"
    """What the line machine makes of it (`core.line`)."""


# Steps that the Floor itself takes with a call.


@value(frozen=True, slots=True, kw_only=True)
class GivenBack(CallEvent):
    """The lead that an agent looked at is not called now."""

    reason: str
    next_at: Instant | None = None
    """When it may be offered again; None: in a moment."""


@value(frozen=True, slots=True, kw_only=True)
class PreviewTimedOut(CallEvent):
    """Nobody has touched the lead for so long; or, once the call is asked for, the rates allow it now."""


@value(frozen=True, slots=True, kw_only=True)
class Dialled(CallEvent):
    """The gate lets the previewed lead be called."""


@value(frozen=True, slots=True, kw_only=True)
class Matched(CallEvent):
    """An agent was reserved for this customer."""

    agent: AgentId


@value(frozen=True, slots=True, kw_only=True)
class Vanished(CallEvent):
    """A resync shows no such channel: how it ended will never be known."""


@value(frozen=True, slots=True, kw_only=True)
class RingTimedOut(CallEvent):
    """Asterisk's own ring time-out is well past and nothing was heard: our lease on the attempt."""


@value(frozen=True, slots=True, kw_only=True)
class ClearingTimedOut(CallEvent):
    """OriginateResponse said failure and no Hangup followed: there never was a channel."""


@value(frozen=True, slots=True, kw_only=True)
class JoinTimedOut(CallEvent):
    """Neither joined nor failed: our lease on the join."""


@value(frozen=True, slots=True, kw_only=True)
class WrapUpTimedOut(CallEvent):
    pass


_S, _A = CallState, CallAct
_Rule = Rule[CallState, CallAct]
_PREVIEW = (_S.PREVIEWING, _S.CONFIRMING)
_UNANSWERED = (_S.DIALLING, _S.RINGING)
_WAITS = (_S.ANSWERED, _S.MESSAGE)
_ONLINE = (_S.ANSWERED, _S.CONNECTING, _S.TALKING, _S.MESSAGE)

_rules: dict[tuple[CallState, type], _Rule] = {}

# What may truly come late, twice or out of order.
_rules |= ignored(
    (*_ONLINE, _S.WRAP_UP),
    (Ringing, Progress, Answered, OriginateFailed, ClearingTimedOut, RingTimedOut, JoinTimedOut),
)
_rules |= ignored((_S.TALKING, _S.WRAP_UP), (MessageStarted,))
_rules |= ignored((*_UNANSWERED, _S.CONNECTING, _S.TALKING, _S.WRAP_UP, _S.SETTLED), (MessageEnded,))
_rules |= ignored((_S.WRAP_UP,), (Bridged, BridgeFailed))
_rules |= ignored((_S.ANSWERED, _S.CONNECTING, _S.MESSAGE, _S.WRAP_UP, _S.SETTLED), (CustomerHeld,))
_rules |= ignored((_S.MESSAGE,), (MessageStarted, BridgeFailed))
_rules |= ignored((_S.ANSWERED,), (BridgeFailed,))
_rules |= ignored((_S.WRAP_UP,), (HungUp, Vanished))
_rules |= ignored(
    (_S.SETTLED,),
    (
        *(
            Progress,
            OriginateFailed,
            OriginateRefused,
            HungUp,
            Bridged,
            BridgeFailed,
            MessageStarted,
            Disposed,
            Vanished,
        ),
        *(RingTimedOut, ClearingTimedOut, JoinTimedOut, WrapUpTimedOut),
    ),
)

# An agent looks at the lead first (preview): what he and his phone do, and whether the call is still allowed.
_rules[_S.PREVIEWING, DialAsked] = _Rule(_S.CONFIRMING, (_A.CONFIRM,))
_rules[_S.PREVIEWING, PreviewTimedOut] = _Rule(_S.SETTLED, (_A.GIVE_BACK,))
_rules[_S.CONFIRMING, LeadConfirmed] = _Rule(_S.CONFIRMING, (_A.ORIGINATE,))
_rules[_S.CONFIRMING, PreviewTimedOut] = _Rule(_S.CONFIRMING, (_A.ORIGINATE,))
_rules[_S.CONFIRMING, Dialled] = _Rule(_S.DIALLING)
for _state in _PREVIEW:
    _rules[_state, GivenBack] = _Rule(_S.SETTLED, (_A.GIVE_BACK,))
_rules |= ignored((_S.PREVIEWING,), (LeadConfirmed,))
_rules |= ignored((_S.CONFIRMING, *_UNANSWERED, *_ONLINE, _S.WRAP_UP, _S.SETTLED), (DialAsked,))
_rules |= ignored((*_UNANSWERED, *_ONLINE, _S.WRAP_UP, _S.SETTLED), (LeadConfirmed, PreviewTimedOut))

# Before the answer.
_rules[_S.DIALLING, Ringing] = _Rule(_S.RINGING, (_A.RANG,))
_rules[_S.RINGING, Ringing] = _Rule(_S.RINGING)
_rules[_S.DIALLING, OriginateRefused] = _Rule(_S.SETTLED, (_A.SETTLE,))
for _state in _UNANSWERED:
    _rules[_state, Progress] = _Rule(_state, (_A.PROGRESSED,))
    _rules[_state, Answered] = _Rule(_S.ANSWERED, (_A.ANSWER, _A.OFFER))
    _rules[_state, OriginateFailed] = _Rule(_state, (_A.AWAIT_CLEARING,))
    _rules[_state, RingTimedOut] = _Rule(_state, (_A.HANG_UP, _A.AWAIT_CLEARING))
    _rules[_state, ClearingTimedOut] = _Rule(_S.SETTLED, (_A.SETTLE,))
    _rules[_state, HungUp] = _Rule(_S.SETTLED, (_A.SETTLE,))
    _rules[_state, Vanished] = _Rule(_S.SETTLED, (_A.SETTLE,))
    # Reordered: the answer was not seen, what follows it was.
    _rules[_state, MessageStarted] = _Rule(_S.MESSAGE, (_A.ANSWER, _A.ABANDON, _A.OFFER))

# Answered, and nobody yet.
_rules[_S.ANSWERED, MessageStarted] = _Rule(_S.MESSAGE, (_A.ABANDON,))
for _state in _WAITS:
    _rules[_state, MessageEnded] = _Rule(_state, (_A.NOTE_MESSAGE,))
    _rules[_state, Matched] = _Rule(_S.CONNECTING, (_A.CONNECT,))
    _rules[_state, Bridged] = _Rule(_S.TALKING, (_A.JOIN,))
    _rules[_state, HungUp] = _Rule(_S.SETTLED, (_A.ABANDON, _A.SETTLE))
    _rules[_state, Vanished] = _Rule(_S.SETTLED, (_A.ABANDON, _A.SETTLE))

# On the way to the agent.
_rules[_S.CONNECTING, Bridged] = _Rule(_S.TALKING, (_A.JOIN,))
_rules[_S.CONNECTING, BridgeFailed] = _Rule(_S.ANSWERED, (_A.UNJOIN, _A.OFFER))
_rules[_S.CONNECTING, MessageStarted] = _Rule(_S.CONNECTING, (_A.ABANDON,))
_rules[_S.CONNECTING, HungUp] = _Rule(_S.SETTLED, (_A.ABANDON, _A.UNJOIN, _A.SETTLE))
_rules[_S.CONNECTING, Vanished] = _Rule(_S.SETTLED, (_A.ABANDON, _A.UNJOIN, _A.SETTLE))
_rules[_S.CONNECTING, Disposed] = _Rule(_S.CONNECTING, (_A.NOTE_DISPOSITION,))
_rules[_S.CONNECTING, JoinTimedOut] = _Rule(_S.CONNECTING, (_A.HANG_UP,))

# With the agent.
_rules[_S.TALKING, HungUp] = _Rule(_S.WRAP_UP, (_A.TALK_ENDED,))
_rules[_S.TALKING, Vanished] = _Rule(_S.WRAP_UP, (_A.TALK_ENDED,))
for _event in (Bridged, BridgeFailed, CustomerHeld):
    _rules[_S.TALKING, _event] = _Rule(_S.TALKING, (_A.LINE,))
_rules[_S.TALKING, Disposed] = _Rule(_S.TALKING, (_A.NOTE_DISPOSITION,))
_rules[_S.WRAP_UP, Disposed] = _Rule(_S.SETTLED, (_A.NOTE_DISPOSITION, _A.SETTLE))
_rules[_S.WRAP_UP, WrapUpTimedOut] = _Rule(_S.SETTLED, (_A.SETTLE,))

# Settled: a channel that comes to life after all is a stray and is ended.
_rules[_S.SETTLED, Ringing] = _Rule(_S.SETTLED, (_A.HANG_UP,))
_rules[_S.SETTLED, Answered] = _Rule(_S.SETTLED, (_A.HANG_UP,))

CALL = Table("call", _rules)
"""(state, event) → (next state, acts)."""


@dataclass(slots=True)
class Call:
    """The record beside the machine: who, where, when, and what was said."""

    reservation: Reservation
    server: ServerName
    trunk: TrunkName
    reserved_at: Instant
    asked_at: Instant | None = None
    """When the claim of its lead was decided; None: not known, when it was answered."""
    attempt: AttemptId = field(init=False)
    campaign: CampaignId = field(init=False)
    """The reservation's: looked up a score of times for each call."""
    state: CallState = CallState.DIALLING
    dialled_at: Instant | None = None
    ringing_at: Instant | None = None
    answered_at: Instant | None = None
    bridged_at: Instant | None = None
    ended_at: Instant | None = None
    progress: bool = False
    cancelled_by_us: bool = False
    withdrawn: bool = False
    confirmed: bool = False
    """Of a previewed one: the books have said again what bears on the call."""
    unseen: bool = False
    """Its server is away, or the daemon has just started: a resync will tell."""
    agent: AgentId | None = None
    line: Line = field(default_factory=Line)
    """Who hears whom, while it is in talk."""
    clearing: Clearing | None = None
    outcome: Outcome | None = None
    reason: str = ""
    disposition: str | None = None
    effect: LeadEffect | None = None
    call_at: Instant | None = None
    """The call that the agent promised."""
    abandoned: bool = False
    silent: bool = False
    late_joined: bool = False
    caller_left: bool = False

    def __post_init__(self) -> None:
        self.attempt, self.campaign = self.reservation.attempt, self.reservation.campaign

    @property
    def previewer(self) -> AgentId | None:
        """Whose call it is alone, because he has asked for it; None: anybody's."""
        return self.reservation.previewer

    @property
    def previewed(self) -> bool:
        """Nothing was dialled yet: an agent looks at the lead."""
        return self.state in _PREVIEW

    @property
    def unanswered(self) -> bool:
        return self.state in _UNANSWERED

    @property
    def waits(self) -> bool:
        """A person is on the line and no agent is on the way."""
        return self.state in _WAITS

    @property
    def counts_from(self) -> Instant:
        """Who was free by then, or seen to come free, it counts on."""
        return self.reserved_at if self.asked_at is None else self.asked_at

    def age_s(self, at: Instant) -> float:
        """Seconds since the Originate."""
        return at - (self.dialled_at or self.reserved_at)

    def times(self) -> CallTimes:
        return CallTimes(
            self.reserved_at,
            self.dialled_at,
            self.ringing_at,
            self.answered_at,
            self.bridged_at,
            self.ended_at,
        )
