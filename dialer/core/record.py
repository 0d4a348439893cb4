"""A recorded day of one campaign, as plain values: calls with their times, agents' states, starts that were decided.

It is what the books hold of the day (`dialer.report.record`), enough to live it again (`sim.replay`).
"""

from dataclasses import dataclass

from dialer.core.ids import AgentId, Instant
from dialer.core.settings import CampaignSettings
from dialer.core.states import AgentState


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One attempt that was dialled, by its times; None where a step did not happen, or not within the record."""

    dialled_at: Instant
    ringing_at: Instant | None
    answered_at: Instant | None
    bridged_at: Instant | None
    ended_at: Instant | None
    outcome: str | None
    abandoned: bool
    caller_left: bool
    wrap_s: float | None
    """How long the agent wrote; None where he did not, or had not finished."""

    @property
    def connected(self) -> bool:
        """Joined to an agent in time."""
        return self.bridged_at is not None and not self.abandoned


@dataclass(frozen=True, slots=True)
class RecordedState:
    """An agent came into this state."""

    agent: AgentId
    at: Instant
    state: AgentState
    elsewhere: bool
    """At work on a call of another campaign."""


@dataclass(frozen=True, slots=True)
class DayRecord:
    """[begins, ends) of a campaign; everything in order of time. `starts` are (instant, calls)."""

    settings: CampaignSettings
    begins: Instant
    ends: Instant
    calls: tuple[RecordedCall, ...]
    states: tuple[RecordedState, ...]
    starts: tuple[tuple[Instant, int], ...]
