"""The called side of one call as a table: (state, event) gives (next state, actions). No IO, no time.

It covers the INVITE server transaction and the dialog that grows out of it (RFC 3261 §13.3, §15, §17.2.1):
a doubled INVITE repeats the last word and never makes a second call, a final response is repeated until its ACK,
a hang-up before the ACK waits for it, and BYEs that cross each other both get their answer.

    TRYING ── ring, progress ──► EARLY ── answer ──► ANSWERED ── ACK ──► TALKING ── hang up ──► CLOSING
       │                           │                    └─ hang up ─► LEAVING ─ ACK ─────────────►  │
       └── refuse, CANCEL ─────────┴──► REFUSED ── ACK ──────────────► ENDED ◄──── BYE, its answer ─┘
    from anywhere ── vanish ──► GONE (hears everything, says nothing: a phone that lost its power)
"""

from enum import StrEnum


class State(StrEnum):
    TRYING = "trying"
    EARLY = "early"
    REFUSED = "refused"
    ANSWERED = "answered"
    LEAVING = "leaving"
    TALKING = "talking"
    CLOSING = "closing"
    ENDED = "ended"
    GONE = "gone"


class Event(StrEnum):
    # from the peer
    INVITE_AGAIN = "invite_again"
    ACK = "ack"
    CANCEL = "cancel"
    BYE = "bye"
    BYE_ANSWERED = "bye_answered"
    # from whoever plays the called side
    RING = "ring"
    PROGRESS = "progress"
    ANSWER = "answer"
    REFUSE = "refuse"
    HANG_UP = "hang_up"
    VANISH = "vanish"
    # from the retransmission timer
    RESEND = "resend"
    GIVE_UP = "give_up"


class Action(StrEnum):
    RINGING = "180"
    PROGRESS = "183"
    OK = "200"
    REFUSAL = "refusal"
    TERMINATED = "487"
    ACCEPT_CANCEL = "200 to CANCEL"
    ACCEPT_BYE = "200 to BYE"
    BYE = "BYE"
    REPEAT = "repeat the last response to INVITE"
    REPEAT_BYE = "repeat BYE"
    START_RESENDING = "start resending"
    STOP_RESENDING = "stop resending"


Row = dict[Event, tuple[State, tuple[Action, ...]]]


def _unanswered(state: State) -> Row:
    return {
        Event.INVITE_AGAIN: (state, (Action.REPEAT,)),
        Event.ACK: (state, ()),
        Event.CANCEL: (State.REFUSED, (Action.ACCEPT_CANCEL, Action.TERMINATED, Action.START_RESENDING)),
        Event.BYE: (State.REFUSED, (Action.ACCEPT_BYE, Action.TERMINATED, Action.START_RESENDING)),
        Event.RING: (State.EARLY, (Action.RINGING,)),
        Event.PROGRESS: (State.EARLY, (Action.PROGRESS,)),
        Event.ANSWER: (State.ANSWERED, (Action.OK, Action.START_RESENDING)),
        Event.REFUSE: (State.REFUSED, (Action.REFUSAL, Action.START_RESENDING)),
        Event.VANISH: (State.GONE, ()),
    }


def _silent(state: State, *events: Event) -> Row:
    return dict.fromkeys(events, (state, ()))


_STOP_THEN_BYE = (Action.STOP_RESENDING, Action.BYE, Action.START_RESENDING)

TABLE: dict[State, Row] = {
    State.TRYING: _unanswered(State.TRYING),
    State.EARLY: _unanswered(State.EARLY),
    State.REFUSED: {
        Event.INVITE_AGAIN: (State.REFUSED, (Action.REPEAT,)),
        Event.ACK: (State.ENDED, (Action.STOP_RESENDING,)),
        Event.CANCEL: (State.REFUSED, (Action.ACCEPT_CANCEL,)),
        Event.BYE: (State.REFUSED, (Action.ACCEPT_BYE,)),
        Event.HANG_UP: (State.REFUSED, ()),
        Event.VANISH: (State.GONE, (Action.STOP_RESENDING,)),
        Event.RESEND: (State.REFUSED, (Action.REPEAT,)),
        Event.GIVE_UP: (State.ENDED, (Action.STOP_RESENDING,)),
    },
    State.ANSWERED: {
        Event.INVITE_AGAIN: (State.ANSWERED, (Action.REPEAT,)),
        Event.ACK: (State.TALKING, (Action.STOP_RESENDING,)),
        Event.CANCEL: (State.ANSWERED, (Action.ACCEPT_CANCEL,)),
        Event.BYE: (State.ENDED, (Action.STOP_RESENDING, Action.ACCEPT_BYE)),
        Event.HANG_UP: (State.LEAVING, ()),
        Event.VANISH: (State.GONE, (Action.STOP_RESENDING,)),
        Event.RESEND: (State.ANSWERED, (Action.REPEAT,)),
        Event.GIVE_UP: (State.CLOSING, _STOP_THEN_BYE),
    },
    State.LEAVING: {
        Event.INVITE_AGAIN: (State.LEAVING, (Action.REPEAT,)),
        Event.ACK: (State.CLOSING, _STOP_THEN_BYE),
        Event.CANCEL: (State.LEAVING, (Action.ACCEPT_CANCEL,)),
        Event.BYE: (State.ENDED, (Action.STOP_RESENDING, Action.ACCEPT_BYE)),
        Event.HANG_UP: (State.LEAVING, ()),
        Event.VANISH: (State.GONE, (Action.STOP_RESENDING,)),
        Event.RESEND: (State.LEAVING, (Action.REPEAT,)),
        Event.GIVE_UP: (State.CLOSING, _STOP_THEN_BYE),
    },
    State.TALKING: {
        Event.INVITE_AGAIN: (State.TALKING, (Action.REPEAT,)),
        Event.ACK: (State.TALKING, ()),
        Event.CANCEL: (State.TALKING, (Action.ACCEPT_CANCEL,)),
        Event.BYE: (State.ENDED, (Action.ACCEPT_BYE,)),
        Event.HANG_UP: (State.CLOSING, (Action.BYE, Action.START_RESENDING)),
        Event.VANISH: (State.GONE, ()),
    },
    State.CLOSING: {
        **_silent(State.CLOSING, Event.INVITE_AGAIN, Event.ACK, Event.HANG_UP),
        Event.CANCEL: (State.CLOSING, (Action.ACCEPT_CANCEL,)),
        Event.BYE: (State.CLOSING, (Action.ACCEPT_BYE,)),
        Event.BYE_ANSWERED: (State.ENDED, (Action.STOP_RESENDING,)),
        Event.VANISH: (State.GONE, (Action.STOP_RESENDING,)),
        Event.RESEND: (State.CLOSING, (Action.REPEAT_BYE,)),
        Event.GIVE_UP: (State.ENDED, (Action.STOP_RESENDING,)),
    },
    State.ENDED: {
        **_silent(State.ENDED, Event.INVITE_AGAIN, Event.ACK, Event.BYE_ANSWERED, Event.HANG_UP),
        Event.CANCEL: (State.ENDED, (Action.ACCEPT_CANCEL,)),
        Event.BYE: (State.ENDED, (Action.ACCEPT_BYE,)),
        Event.VANISH: (State.GONE, ()),
    },
    State.GONE: _silent(
        State.GONE,
        *(Event.INVITE_AGAIN, Event.ACK, Event.CANCEL, Event.BYE, Event.BYE_ANSWERED),
        *(Event.HANG_UP, Event.VANISH),
    ),
}

ALIVE = frozenset({State.TRYING, State.EARLY, State.ANSWERED, State.TALKING})
"""Somebody still calls or talks; in the other states only SIP has something left to say."""

OVER = frozenset({State.ENDED, State.GONE})


class IllegalTransition(Exception):
    """Whoever plays the called side asked for what this state cannot do (answering a call that is over)."""


def step(state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
    """The next state and what to do, in order. Raises IllegalTransition."""
    try:
        return TABLE[state][event]
    except KeyError:
        raise IllegalTransition(f"{event} in state {state}") from None
