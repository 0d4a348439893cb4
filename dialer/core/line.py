"""The line machine: who hears whom while a call is in talk.

It runs inside a call's `talking` and changes nothing of it: whatever happens here, the attempt stays bound to its lead
and to the agent who answers for it, until a colleague has the customer. What an agent asks for becomes true only when
Asterisk says so. It knows nothing of other calls; that a colleague is free was seen to before a step is taken.
"""

from dataclasses import dataclass
from enum import StrEnum

from dialer.core.events import (
    Bridged,
    BridgeFailed,
    CallEvent,
    ConsultFailed,
    Consulting,
    ConsultOver,
    CustomerHeld,
    InConference,
)
from dialer.core.ids import AgentId, Instant
from dialer.core.states import LineState
from dialer.core.table import Rule, Table, ignored
from dialer.core.wishes import ColleagueLeft, ConferenceAsked, ConsultAsked, HoldAsked, TakeAsked, TransferAsked
from strategies.values import value


class LineAct(StrEnum):
    """What the Floor does for a line."""

    HOLD = "hold"
    TAKE = "take"
    TAKEN = "taken"
    RESERVE = "reserve"
    CALL_COLLEAGUE = "call_colleague"
    COLLEAGUE_JOINED = "colleague_joined"
    ADD_COLLEAGUE = "add_colleague"
    HAND_OVER = "hand_over"
    HANDED_OVER = "handed_over"
    END_CONSULT = "end_consult"
    PART = "part"
    """Take the colleague's leg off the customer's line."""
    RELEASE = "release"
    """The colleague is free for others."""
    NOT_THERE = "not_there"
    """Tell the agent that the colleague could not be joined."""
    NOTE_HELD = "note_held"
    RECALL_PHONE = "recall_phone"
    """Ring the agent's phone, which is gone, and give the customer's wait for it an end."""
    RING_PHONE = "ring_phone"
    """Ring it again, within that same wait."""
    DROP_PHONE = "drop_phone"
    """End a leg of the agent's which his phone no longer knows; the dialplan holds the customer."""
    LEAVE = "leave"
    """Hang up on the customer where the agent himself has declined the ring: he is not coming back."""
    HANG_UP = "hang_up"
    LOOK = "look"
    """Ask the server what has become of a join that was never reported."""


class Trouble(StrEnum):
    """Why what an agent asked for did not happen; the screens have words for each."""

    NO_CALL = "no_call"
    PER_CALL_PHONE = "per_call_phone"
    """His phone is called for each call: it has no leg of its own to be moved."""
    SERVER_AWAY = "server_away"
    OLD_DIALPLAN = "old_dialplan"
    """The server's dialplan is of an earlier version: render it again."""
    NOT_NOW = "not_now"
    COLLEAGUE_UNKNOWN = "colleague_unknown"
    COLLEAGUE_BUSY = "colleague_busy"
    COLLEAGUE_NOT_THERE = "colleague_not_there"
    """He was free and could not be joined: his phone is gone or silent."""


# Steps that the Floor itself takes with a line.


@value(frozen=True, slots=True, kw_only=True)
class HandedOver(CallEvent):
    """The customer is joined to somebody else than the agent who had him."""

    agent: AgentId


@value(frozen=True, slots=True, kw_only=True)
class CustomerGone(CallEvent):
    pass


@value(frozen=True, slots=True, kw_only=True)
class AgentBack(CallEvent):
    """The agent's leg is in hold: whatever it was in is over for it."""


@value(frozen=True, slots=True, kw_only=True)
class AgentDown(CallEvent):
    """The agent's phone is gone."""

    cause: int = 0
    """As Asterisk says it (Q.850), of the leg that ended; 0: it did not say."""


@value(frozen=True, slots=True, kw_only=True)
class PhoneBack(CallEvent):
    """The agent's phone has started anew, as a page does that is loaded again: it does not know the leg it had."""


@value(frozen=True, slots=True, kw_only=True)
class ColleagueBack(CallEvent):
    pass


@value(frozen=True, slots=True, kw_only=True)
class ColleagueDown(CallEvent):
    pass


@value(frozen=True, slots=True, kw_only=True)
class LineTimedOut(CallEvent):
    """What was asked of Asterisk has neither happened nor failed: our lease on it."""


_S, _A = LineState, LineAct
_Rule = Rule[LineState, LineAct]
_ASKED = (HoldAsked, TakeAsked, ConsultAsked, TransferAsked, ConferenceAsked, ColleagueLeft)
_SEEN = (Bridged, BridgeFailed, CustomerHeld, Consulting, ConsultFailed, ConsultOver, InConference)
_UNDER_WAY = tuple(state for state in LineState if state is not _S.OVER)
_WITH_COLLEAGUE = (_S.TAKING, _S.CALLING, _S.CONSULT, _S.JOINING, _S.CONFERENCE, _S.PARTING, _S.HANDING)

# What is not named below changes nothing: keys pressed twice or too late, events that come late or twice.
_event: type
_rules: dict[tuple[LineState, type], _Rule] = {}
_rules |= ignored(tuple(LineState), (*_ASKED, *_SEEN, AgentBack, AgentDown, PhoneBack, LineTimedOut))
_rules |= ignored(_WITH_COLLEAGUE, (ColleagueBack, ColleagueDown))

# Hold.
_rules[_S.TALK, HoldAsked] = _Rule(_S.TALK, (_A.HOLD,))
_rules[_S.TALK, CustomerHeld] = _Rule(_S.HELD, (_A.NOTE_HELD,))
_rules[_S.HELD, TakeAsked] = _Rule(_S.TAKING, (_A.TAKE,))
_rules[_S.TAKING, LineTimedOut] = _Rule(_S.TAKING, (_A.LOOK,))
_rules[_S.HELD, AgentDown] = _Rule(_S.ALONE, (_A.RECALL_PHONE,))
_rules[_S.ALONE, AgentBack] = _Rule(_S.TAKING, (_A.TAKE,))
_rules[_S.ALONE, AgentDown] = _Rule(_S.ALONE, (_A.LEAVE,))
_rules[_S.ALONE, LineTimedOut] = _Rule(_S.ALONE, (_A.HANG_UP,))
for _state in (_S.HELD, _S.TAKING, _S.ALONE, _S.CALLING, _S.CONSULT):
    _rules[_state, Bridged] = _Rule(_S.TALK, (_A.TAKEN, _A.RELEASE))

# The agent's phone is a page, and it is loaded again: its leg ends, and the dialplan puts the customer on hold.
for _state in _UNDER_WAY:
    _rules[_state, PhoneBack] = _Rule(_state, (_A.DROP_PHONE,))
_rules[_S.ALONE, PhoneBack] = _Rule(_S.ALONE, (_A.RING_PHONE,))
for _state in (_S.JOINING, _S.CONFERENCE, _S.PARTING):
    _rules[_state, CustomerHeld] = _Rule(_S.HELD, (_A.PART, _A.RELEASE, _A.NOTE_HELD))

# Consultation.
_rules[_S.TALK, ConsultAsked] = _Rule(_S.CALLING, (_A.RESERVE, _A.HOLD))
_rules[_S.HELD, ConsultAsked] = _Rule(_S.CALLING, (_A.RESERVE, _A.CALL_COLLEAGUE))
_rules[_S.CALLING, CustomerHeld] = _Rule(_S.CALLING, (_A.CALL_COLLEAGUE,))
_rules[_S.CALLING, Consulting] = _Rule(_S.CONSULT, (_A.COLLEAGUE_JOINED,))
for _event in (ConsultFailed, ColleagueDown):
    _rules[_S.CALLING, _event] = _Rule(_S.HELD, (_A.NOT_THERE, _A.RELEASE))
_rules[_S.CALLING, LineTimedOut] = _Rule(_S.HELD, (_A.NOT_THERE, _A.END_CONSULT, _A.RELEASE))
for _state in (_S.CALLING, _S.CONSULT):
    _rules[_state, ColleagueLeft] = _Rule(_S.HELD, (_A.END_CONSULT, _A.RELEASE))
    _rules[_state, AgentDown] = _Rule(_S.ALONE, (_A.RELEASE, _A.RECALL_PHONE))
_rules[_S.CALLING, TakeAsked] = _Rule(_S.TAKING, (_A.RELEASE, _A.TAKE))
_rules[_S.CONSULT, TakeAsked] = _Rule(_S.TAKING, (_A.TAKE,))
for _event in (ConsultOver, ColleagueBack, ColleagueDown):
    _rules[_S.CONSULT, _event] = _Rule(_S.HELD, (_A.RELEASE,))

# Conference.
_rules[_S.CONSULT, ConferenceAsked] = _Rule(_S.JOINING, (_A.TAKE,))
_rules[_S.JOINING, Bridged] = _Rule(_S.JOINING, (_A.TAKEN, _A.ADD_COLLEAGUE))
_rules[_S.JOINING, InConference] = _Rule(_S.CONFERENCE, (_A.COLLEAGUE_JOINED,))
for _event in (LineTimedOut, ColleagueLeft):
    _rules[_S.JOINING, _event] = _Rule(_S.TALK, (_A.PART, _A.RELEASE))
_rules[_S.CONFERENCE, ColleagueLeft] = _Rule(_S.TALK, (_A.PART, _A.RELEASE))
_rules[_S.CONFERENCE, ColleagueBack] = _Rule(_S.TALK, (_A.RELEASE,))
_rules[_S.CONFERENCE, TransferAsked] = _Rule(_S.PARTING, (_A.PART,))
_rules[_S.PARTING, ColleagueBack] = _Rule(_S.HANDING, (_A.HAND_OVER,))
_rules[_S.PARTING, LineTimedOut] = _Rule(_S.TALK, (_A.RELEASE,))
for _state in (_S.JOINING, _S.CONFERENCE, _S.PARTING):
    _rules[_state, ColleagueDown] = _Rule(_S.TALK, (_A.NOT_THERE, _A.RELEASE))

# Transfer.
for _state in (_S.TALK, _S.HELD):
    _rules[_state, TransferAsked] = _Rule(_S.HANDING, (_A.RESERVE, _A.HAND_OVER))
_rules[_S.CONSULT, TransferAsked] = _Rule(_S.HANDING, (_A.HAND_OVER,))
_rules[_S.HANDING, BridgeFailed] = _Rule(_S.HELD, (_A.NOT_THERE, _A.RELEASE, _A.NOTE_HELD))
_rules[_S.HANDING, LineTimedOut] = _Rule(_S.HANDING, (_A.LOOK,))
for _state in _UNDER_WAY:
    _rules[_state, HandedOver] = _Rule(_S.TALK, (_A.HANDED_OVER,))

# Joining the customer to the agent's own phone has failed: it is gone.
for _state in (_S.TAKING, _S.JOINING):
    _rules[_state, BridgeFailed] = _Rule(_S.HELD, (_A.RELEASE, _A.NOTE_HELD))

# The customer leaves: on hold, in the middle of a consultation, on the way to somebody.
for _state in _UNDER_WAY:
    _rules[_state, CustomerGone] = _Rule(_S.OVER, (_A.RELEASE,))
for _state in (_S.CALLING, _S.CONSULT):
    _rules[_state, CustomerGone] = _Rule(_S.OVER, (_A.END_CONSULT, _A.RELEASE))

ON_HOLD = frozenset({_S.HELD, _S.TAKING, _S.CALLING, _S.CONSULT, _S.ALONE})
"""The customer hears beeps, or music."""

LINE = Table("line", _rules)
"""(state, event) → (next state, acts)."""


@dataclass(slots=True)
class Line:
    """The record beside the machine."""

    state: LineState = LineState.TALK
    since: Instant = 0.0
    colleague: AgentId | None = None
    """Reserved for this call, or on the line."""
    held_since: Instant | None = None
    """When the customer was put on hold; None: he is not."""
