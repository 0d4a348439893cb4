"""Outcomes: what the network said, told from Hangup cause, SIP code and ringing; and what follows for the lead.

OriginateResponse.Reason and DialStatus are too coarse to tell busy from refused, so they are not read.
The table is data: a site that learns a new code adds a line.
"""

from enum import StrEnum

from dialer.core.hours import Window
from dialer.core.ids import Instant
from strategies.values import value


class Outcome(StrEnum):
    """The final word of the network on one attempt (not of the agent: that is a disposition)."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"
    BLOCKED = "blocked"
    """The operator did not carry the call: as unwanted, or for the number that it came from."""
    CONGESTION = "congestion"
    TRUNK_DOWN = "trunk_down"
    CANCELLED = "cancelled"
    FAILED_HERE = "failed_here"
    NOT_SENT = "not_sent"
    UNKNOWN_NOT_REDIALLED = "unknown_not_redialled"
    LOST = "lost"


USES_NO_ATTEMPT = frozenset(
    {Outcome.NOT_SENT, Outcome.CANCELLED, Outcome.CONGESTION, Outcome.TRUNK_DOWN, Outcome.FAILED_HERE}
)
"""Outcomes that are nobody's fault at the far end: they do not count against the lead's attempts."""


@value(frozen=True, slots=True)
class Clearing:
    """How a channel ended, as Asterisk reports it: Q.850 cause, SIP code (0 = none) and what was heard."""

    cause: int
    tech_cause: int
    rang: bool
    progress: bool
    answered: bool
    cancelled_by_us: bool = False


class LeadState(StrEnum):
    """Where a lead stands; states `claimed` and `in_call` belong to a live attempt."""

    NEEDS_DECISION = "needs_decision"
    READY = "ready"
    CLAIMED = "claimed"
    IN_CALL = "in_call"
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


class LeadEffect(StrEnum):
    """What a disposition does to the lead."""

    DONE = "done"
    RETRY = "retry"
    CALL_BACK_NOW = "call_back_now"
    CALL_BACK = "call_back"
    """At the time that the person was promised; without one, as after RETRY."""
    WRONG_NUMBER = "wrong_number"
    """The phone is bad: the lead's next phone, or refused where there is none."""
    DO_NOT_CALL = "do_not_call"
    SUPERVISOR = "supervisor"
    """Waits for a person (no disposition was given)."""


@value(frozen=True, slots=True)
class LeadStep:
    """The lead's next step, written in the transaction that settles its attempt."""

    state: LeadState
    reason: str
    next_call_at: float | None = None
    """Instant; only with WAITING."""
    uses_attempt: bool = True
    phone_is_bad: bool = False
    do_not_call: bool = False


@value(frozen=True, slots=True)
class Tried:
    """An attempt that counts against the lead: when it was dialled, and what the network said."""

    at: Instant
    outcome: str


@value(frozen=True, slots=True)
class DayPart:
    """A stretch of the person's own day, such as the morning."""

    name: str
    window: Window


@value(frozen=True, slots=True)
class NumberLimits:
    """How often one number may be called, whatever the lead or campaign; None: no limit.

    Days are the subscriber's own: `per_week` counts today and the six days before, `per_month` today and the thirty
    before, so that no calendar week or month can hold more either.
    """

    per_day: int | None = None
    per_week: int | None = None
    per_month: int | None = None
    ever: int | None = None
    per_person: bool = False
    """Count the calls to all phones of the lead together."""


@value(frozen=True, slots=True)
class AttemptRules:
    """How often and how soon a lead is tried again; delays in seconds by outcome."""

    max_attempts: int = 6
    retry_s: tuple[tuple[Outcome, float], ...] = (
        (Outcome.BUSY, 600.0),
        (Outcome.NO_ANSWER, 7200.0),
        (Outcome.REJECTED, 7200.0),
        (Outcome.UNAVAILABLE, 3600.0),
        (Outcome.BLOCKED, 86400.0),
        (Outcome.CONGESTION, 120.0),
        (Outcome.TRUNK_DOWN, 120.0),
        (Outcome.FAILED_HERE, 120.0),
        (Outcome.CANCELLED, 60.0),
        (Outcome.ABANDONED, 259200.0),
        (Outcome.LOST, 3600.0),
    )
    default_retry_s: float = 3600.0
    minimum_gap_s: float = 1800.0
    outcome_limits: tuple[tuple[Outcome, int], ...] = ()
    """After so many attempts that ended so the lead is done."""
    day_parts: tuple[DayPart, ...] = ()
    """Each is tried before one is tried again, where nobody came to the phone; empty: the delay alone counts."""
    attempts_per_day: int | None = None
    """Of one lead, by the person's own days."""
    number_limits: NumberLimits = NumberLimits()
    first_call_s: float | None = 1200.0
    """A fresh request (one that comes by itself through the API) is called within so long; None: no promise."""
    waive_hours_s: float | None = None
    """Who has just asked for a call is called at any hour within so long of asking; None: within the hours only."""
    shared_after_s: float = 300.0
    """A call that an agent promised to make himself is anybody's so long after its time."""

    def delay_s(self, outcome: Outcome) -> float:
        """Seconds until the next attempt after `outcome`; never under the minimum gap where an attempt was used."""
        return next((delay_s for one, delay_s in self.retry_s if one == outcome), self.default_retry_s)
