"""The agent machine: from sign-in to sign-out.

What the agent wants next (`wanted`: ready, pause, sign-out) is noted at any time and granted when the hands are free.
A pause is sticky. A talk is never cut by what happens to the agent's wishes; an agent whose phone is gone is `lost`
and gets no calls until it is back.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from dialer.core.events import AgentHeld, AgentLegDown
from dialer.core.ids import AgentId, AttemptId, CampaignId, Instant, Leg
from dialer.core.settings import AgentSession, PhoneKind
from dialer.core.states import AgentState
from dialer.core.table import Rule, Table, ignored
from dialer.core.wishes import AgentPaused, AgentPhoneBack, AgentReady, AgentSignedIn, AgentSignedOut, DeskEvent
from strategies.values import value


class AgentAct(StrEnum):
    """What the Floor does for an agent."""

    CALL_PHONE = "call_phone"
    DROP_PHONE = "drop_phone"
    NOTE_WISH = "note_wish"
    NOTE_HELD = "note_held"
    NOTE_DOWN = "note_down"
    GIVE_BACK = "give_back"
    """The lead on his screen goes back into the list."""
    END_OWN_CALL = "end_own_call"
    """Nobody else may have the call that he has asked for: it ends before it is answered."""
    GRANT = "grant"
    """Give the agent what he wants next: ready, pause or sign-out."""
    ALARM_LOST = "alarm_lost"


# Steps that the Floor itself takes with an agent.


@value(frozen=True, slots=True, kw_only=True)
class Reserved(DeskEvent):
    attempt: AttemptId


@value(frozen=True, slots=True, kw_only=True)
class Previewed(DeskEvent):
    """A lead was claimed for him to look at."""


@value(frozen=True, slots=True, kw_only=True)
class Released(DeskEvent):
    """The join came to nothing."""


@value(frozen=True, slots=True, kw_only=True)
class Joined(DeskEvent):
    attempt: AttemptId


@value(frozen=True, slots=True, kw_only=True)
class TalkOver(DeskEvent):
    pass


@value(frozen=True, slots=True, kw_only=True)
class WrappedUp(DeskEvent):
    """The attempt is settled: the hands are free."""


@value(frozen=True, slots=True, kw_only=True)
class LegTimedOut(DeskEvent):
    """The phone was rung and never came to hold."""


@value(frozen=True, slots=True, kw_only=True)
class PhoneRecalled(DeskEvent):
    """The leg was lost with its server, or during a talk: ring the phone again by ourselves, once."""


_S, _A = AgentState, AgentAct
_Rule = Rule[AgentState, AgentAct]
_WISHES = (AgentReady, AgentPaused, AgentSignedOut)
_IDLE = (_S.READY, _S.PAUSED)
_AT_WORK = (_S.RESERVED, _S.TALKING, _S.WRAP_UP)

_rules: dict[tuple[AgentState, type], _Rule] = {}
_rules |= ignored(
    (_S.OFFLINE,),
    (AgentHeld, AgentLegDown, LegTimedOut, *_WISHES, Released, TalkOver, WrappedUp),
)
_rules |= ignored((_S.CALLING, _S.LOST, *_IDLE), (Released, TalkOver, WrappedUp))
_rules |= ignored((_S.LOST, *_IDLE, *_AT_WORK), (LegTimedOut,))
_rules |= ignored((_S.WRAP_UP,), (TalkOver, Released, Joined))
_rules |= ignored((_S.TALKING,), (Released, Joined))

_rules |= ignored((_S.CALLING, *_IDLE, _S.PREVIEWING, *_AT_WORK), (AgentSignedIn,))

_rules[_S.OFFLINE, AgentSignedIn] = _Rule(_S.CALLING, (_A.CALL_PHONE,))
_rules[_S.LOST, AgentSignedIn] = _Rule(_S.CALLING, (_A.CALL_PHONE,))

_rules[_S.CALLING, AgentHeld] = _Rule(_S.CALLING, (_A.NOTE_HELD, _A.GRANT))
_rules[_S.CALLING, AgentLegDown] = _Rule(_S.LOST, (_A.NOTE_DOWN, _A.ALARM_LOST))
_rules[_S.CALLING, LegTimedOut] = _Rule(_S.LOST, (_A.DROP_PHONE, _A.ALARM_LOST))
_rules[_S.CALLING, AgentReady] = _Rule(_S.CALLING, (_A.NOTE_WISH,))
_rules[_S.CALLING, AgentPaused] = _Rule(_S.CALLING, (_A.NOTE_WISH,))
_rules[_S.CALLING, AgentSignedOut] = _Rule(_S.CALLING, (_A.NOTE_WISH, _A.GRANT))

_rules[_S.LOST, AgentHeld] = _Rule(_S.LOST, (_A.NOTE_HELD, _A.GRANT))
_rules[_S.LOST, AgentLegDown] = _Rule(_S.LOST, (_A.NOTE_DOWN,))
_rules[_S.LOST, AgentReady] = _Rule(_S.CALLING, (_A.NOTE_WISH, _A.CALL_PHONE))
_rules[_S.LOST, AgentPaused] = _Rule(_S.LOST, (_A.NOTE_WISH,))
_rules[_S.LOST, AgentSignedOut] = _Rule(_S.LOST, (_A.NOTE_WISH, _A.GRANT))

for _state in (_S.CALLING, _S.LOST, _S.PREVIEWING, _S.WRAP_UP, _S.RESERVED, _S.TALKING):
    _rules[_state, PhoneRecalled] = _Rule(_S.CALLING, (_A.CALL_PHONE,))

# A phone that has started anew: its earlier leg is given up at once, before somebody is joined to it.
_rules |= ignored((_S.OFFLINE, _S.RESERVED, _S.TALKING), (AgentPhoneBack,))
_rules[_S.WRAP_UP, AgentPhoneBack] = _Rule(_S.WRAP_UP, (_A.DROP_PHONE,))
for _state in (_S.CALLING, _S.LOST, *_IDLE):
    _rules[_state, AgentPhoneBack] = _Rule(_S.CALLING, (_A.CALL_PHONE,))

for _state in _IDLE:
    _rules[_state, AgentHeld] = _Rule(_state, (_A.NOTE_HELD,))
    _rules[_state, AgentLegDown] = _Rule(_S.LOST, (_A.NOTE_DOWN, _A.ALARM_LOST))
    for _wish in _WISHES:
        _rules[_state, _wish] = _Rule(_state, (_A.NOTE_WISH, _A.GRANT))
_rules[_S.READY, Reserved] = _Rule(_S.RESERVED)

# A lead on the screen. It stays while the phone is rung anew, and goes with everything that takes the agent away.
for _state in (_S.READY, _S.PAUSED):
    _rules[_state, Previewed] = _Rule(_S.PREVIEWING)
_rules[_S.PREVIEWING, Reserved] = _Rule(_S.RESERVED)
_rules[_S.PREVIEWING, WrappedUp] = _Rule(_S.PREVIEWING, (_A.GRANT,))
_rules[_S.PREVIEWING, AgentHeld] = _Rule(_S.PREVIEWING, (_A.NOTE_HELD,))
_rules[_S.PREVIEWING, AgentPhoneBack] = _Rule(_S.PREVIEWING, (_A.CALL_PHONE,))
_rules[_S.PREVIEWING, AgentLegDown] = _Rule(_S.LOST, (_A.NOTE_DOWN, _A.GIVE_BACK, _A.ALARM_LOST))
_rules[_S.PREVIEWING, LegTimedOut] = _Rule(_S.LOST, (_A.DROP_PHONE, _A.GIVE_BACK, _A.ALARM_LOST))
_rules[_S.PREVIEWING, AgentReady] = _Rule(_S.PREVIEWING, (_A.NOTE_WISH,))
for _wish in (AgentPaused, AgentSignedOut):
    _rules[_S.PREVIEWING, _wish] = _Rule(_S.PREVIEWING, (_A.NOTE_WISH, _A.GIVE_BACK))
_rules |= ignored((_S.PREVIEWING,), (Released, TalkOver))

for _state in _AT_WORK:
    _rules[_state, AgentHeld] = _Rule(_state, (_A.NOTE_HELD,))
    _rules[_state, AgentLegDown] = _Rule(_state, (_A.NOTE_DOWN,))
    for _wish in _WISHES:
        _rules[_state, _wish] = _Rule(_state, (_A.NOTE_WISH,))
_rules[_S.RESERVED, AgentLegDown] = _Rule(_S.RESERVED, (_A.NOTE_DOWN, _A.END_OWN_CALL))
_rules[_S.RESERVED, Released] = _Rule(_S.RESERVED, (_A.GRANT,))
_rules[_S.RESERVED, Joined] = _Rule(_S.TALKING)
_rules[_S.RESERVED, TalkOver] = _Rule(_S.WRAP_UP)
_rules[_S.TALKING, TalkOver] = _Rule(_S.WRAP_UP)
_rules[_S.WRAP_UP, WrappedUp] = _Rule(_S.WRAP_UP, (_A.GRANT,))
_rules[_S.RESERVED, WrappedUp] = _Rule(_S.RESERVED, (_A.GRANT,))
_rules[_S.TALKING, WrappedUp] = _Rule(_S.TALKING, (_A.GRANT,))

AGENT = Table("agent", _rules)
"""(state, event) → (next state, acts)."""


@dataclass(slots=True)
class Agent:
    """The record beside the machine."""

    session: AgentSession
    leg: Leg
    id: AgentId = field(init=False)
    """The session's."""
    state: AgentState = AgentState.OFFLINE
    since: Instant = 0.0
    reason: str = ""
    leg_up: bool = False
    held: bool = False
    """The leg waits in hold: a customer can be joined to it at once."""
    muted: bool = False
    """Asterisk lets nobody hear him."""
    unseen: bool = False
    kept_for: CampaignId | None = None
    """His next work is this campaign's (`core.keeping`): to others he is one who leaves."""
    kept_from: Instant = 0.0
    """Nobody called from then on counted on him, but the campaign that he is kept for."""
    sought: bool = False
    """A lead is being claimed for him to look at: he is not free for others."""
    wanted: AgentState = AgentState.PAUSED
    wanted_reason: str = ""
    attempt: AttemptId | None = None
    hint: str = ""
    """How far his call is, as his page shows (`core.hinting`)."""
    calls_of_phone: int = 0
    rests: bool = False
    """Between two calls, by the campaign of the last one: he gets none (`core.resting`)."""
    at_work_since: Instant = 0.0
    """The beginning of his last talk."""
    wrote_since: Instant = 0.0
    """The beginning of the wrap-up that he rests from."""
    waited_s: float = 0.0
    """Signed in, not paused and not at work since his last call, up to `since`."""
    owes_s: float = 0.0
    """Waiting that his share of work still asks for; negative: had in advance."""

    def __post_init__(self) -> None:
        self.id = self.session.agent

    @property
    def nailed_up(self) -> bool:
        return self.session.phone.kind is PhoneKind.NAILED_UP

    @property
    def is_ready(self) -> bool:
        """For a call: a rest between two is over."""
        return self.state is AgentState.READY and not self.rests

    @property
    def leaving(self) -> bool:
        """A pause, a sign-out or a lead to look at follows this call."""
        return self.wanted is not AgentState.READY or self.kept_for is not None

    @property
    def reachable(self) -> bool:
        """A customer joined now would be heard."""
        return not self.unseen and (self.held or not self.nailed_up)
