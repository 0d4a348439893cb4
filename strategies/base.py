"""What a strategy sees and what it answers: Snapshot in, Decision out.

A strategy is arithmetic with a memory: it is told of outcomes by `observe`, and asked `decide` at every change of the
picture. It reads no clock (ages are in the snapshot), rolls no dice, and knows nothing of Asterisk or the database.
It may ask for anything: the guard (`strategies.guard`) stands behind it and is the last word.
"""

from collections.abc import Sequence
from dataclasses import field
from enum import StrEnum
from typing import Any, Protocol, TypeAlias, runtime_checkable

from strategies.values import value

NO_LIMIT = 1_000_000

Learned: TypeAlias = dict[str, Any]
"""What a strategy has learned, as plain JSON values: dictionaries, lists, numbers, texts."""


class Phase(StrEnum):
    TALK = "talk"
    WRAP_UP = "wrap_up"


@value(frozen=True, slots=True)
class BusyAgent:
    """An agent who will come free: `for_s` seconds in this phase so far; `leaving` = pause or sign-out follows."""

    phase: Phase
    for_s: float = 0.0
    leaving: bool = False
    since_s: float | None = None
    """The phase's start on the snapshot's clock. Where given, `for_s` is not read: one record serves many snapshots."""
    hint: str = ""
    """What the desk knows of how far he is (a step of the script, a form opened): any word, its meaning is learned."""


@value(frozen=True, slots=True)
class RingingCall:
    """A call started and not yet answered: seconds since originate, and whether ringing was heard.

    `answer_ratio`: P(a person answers), as somebody knew it for this very number when it was dialled; None: nobody did.
    """

    age_s: float = 0.0
    rang: bool = False
    answer_ratio: float | None = None
    segment: str = ""
    since_s: float | None = None
    """The originate on the snapshot's clock. Where given, `age_s` is not read: one record serves many snapshots."""
    trunk: str = ""


def busy_for_s(agent: BusyAgent, at_s: float) -> float:
    """Seconds in this phase so far, at this instant."""
    return agent.for_s if agent.since_s is None else at_s - agent.since_s


def ringing_for_s(call: RingingCall, at_s: float) -> float:
    """Seconds since the originate, at this instant."""
    return call.age_s if call.since_s is None else at_s - call.since_s


@value(frozen=True, slots=True)
class Budget:
    """The abandonment ledger over the campaign's window, as it stands now."""

    answered: int = 0
    abandoned: int = 0
    ceiling_ratio: float = 0.03
    hard: bool = False
    """True: the guard refuses a call that could break the ceiling. False: the share of the whole window meets it."""


@value(frozen=True, slots=True)
class Snapshot:
    """What a real dialer sees at one instant, for one campaign on one server, and nothing else."""

    at_s: float
    """Any clock that never runs backwards, seconds."""
    free_agents: int
    busy_agents: Sequence[BusyAgent] = ()
    ringing_calls: Sequence[RingingCall] = ()
    waiting_calls: int = 0
    """Answered by a person and not yet joined."""
    budget: Budget = field(default_factory=Budget)
    free_lines: int = 1_000_000
    startable_calls: int = 1_000_000
    """What calls per second allow at this instant."""
    others_calls: int = 0
    """Of the calls ringing and waiting, those of other campaigns on the same agents; read in hard mode."""
    share_allows: int = NO_LIMIT
    """Calls that this campaign may be ahead of others on the same agents, by weight."""
    neighbours_allow: int = NO_LIMIT
    """Calls that leave the hard ceilings of other campaigns on the same agents unbroken."""

    @property
    def has_agents(self) -> bool:
        """Somebody is free now, or will be without leaving first."""
        return self.free_agents > 0 or any(not agent.leaving for agent in self.busy_agents)


class Limit(StrEnum):
    """What the guard found in the way of a wish."""

    NONE = ""
    LINES = "lines"
    CALLS_PER_SECOND = "calls_per_second"
    NO_AGENTS = "no_agents"
    SHARE = "share"
    """Another campaign on the same agents is behind in its share: it goes first."""
    CEILING = "hard_ceiling"
    NEIGHBOURS_CEILING = "neighbours_hard_ceiling"


@value(frozen=True, slots=True)
class Decision:
    """How many calls to start now, and why. `inputs` are the figures that the reason names."""

    calls_to_start: int
    reason: str
    strategy: str = ""
    wished: int = 0
    """What the strategy asked for before the guard."""
    inputs: tuple[tuple[str, float], ...] = ()
    limited_by: Limit = Limit.NONE
    """What clipped the wish, where it was clipped."""
    calls_to_cancel: int = 0
    """Surplus calls to hang up, those that have rung longest first; never one that rings for under fifteen seconds."""


class How(StrEnum):
    """How a started call ended for the forecast, or that a busy phase of an agent ended."""

    ANSWERED = "answered"
    ENDED_UNANSWERED = "ended_unanswered"
    ABANDONED = "abandoned"
    CONNECTED = "connected"
    TALK_ENDED = "talk_ended"
    WRAP_UP_ENDED = "wrap_up_ended"


@value(frozen=True, slots=True)
class Observation:
    """One thing learned: a call answered or ended `after_s` since originate, or a talk or wrap-up of `after_s`.

    An answer is told twice: ANSWERED at once, then CONNECTED or ABANDONED (`after_s`: the wait for an agent).
    Calls that we cancelled, or that the trunk refused, are told as ENDED_UNANSWERED.
    """

    at_s: float
    how: How
    after_s: float
    rang: bool = False
    segment: str = ""
    trunk: str = ""
    answer_ratio: float | None = None
    """As the call was shown while it rang."""
    hint: str = ""
    """As the agent was shown when the talk or wrap-up ended."""


class Strategy(Protocol):
    """One campaign's pacing on one server."""

    name: str

    def decide(self, snapshot: Snapshot) -> Decision:
        """How many calls to start at this instant; zero means zero."""
        ...

    def observe(self, observation: Observation) -> None:
        """Learn from what happened; called in order of time, before the next `decide`."""
        ...


@runtime_checkable
class Remembers(Protocol):
    """A strategy that can take what it has learned over a restart; having these two is enough."""

    name: str

    def decide(self, snapshot: Snapshot) -> Decision: ...

    def observe(self, observation: Observation) -> None: ...

    def save(self) -> Learned:
        """What is worth keeping, small: it is asked every minute."""
        ...

    def load(self, learned: Learned) -> None:
        """Go on from there, before the first decision. KeyError, TypeError or ValueError where it cannot be read."""
        ...
