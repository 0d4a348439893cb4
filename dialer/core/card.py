"""What an agent is shown when a call is joined to him, and the dictionary of dispositions he answers with.

Plain values: the books fill them, the desk pushes them, the page draws them. Texts are in the project's own language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialer.core.ids import AttemptId, CampaignId, Instant, LeadId, ProjectId
from dialer.core.outcome import LeadEffect


@dataclass(frozen=True, slots=True)
class DispositionChoice:
    """One answer that the agent may give; `position` is its place in the list and, up to nine, its key."""

    code: str
    label: str
    effect: LeadEffect
    position: int = 0
    is_refusal: bool = False
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An earlier attempt on the same lead."""

    at: Instant
    outcome: str
    disposition: str | None = None
    agent_name: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """Everything about the person on the line that the project lets the agent see."""

    attempt: AttemptId
    lead: LeadId
    campaign: CampaignId
    campaign_name: str
    project: ProjectId
    project_name: str
    attempt_no: int
    number: str
    """10 digits."""
    person: str = ""
    external_id: str = ""
    zone: str | None = None
    region: str = ""
    greeting: str = ""
    script: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    wrap_up_s: float = 0.0
    withdrawn: bool = False
    """The order was cancelled, or the person asked not to be called, after the call had begun."""
    answered_at: Instant | None = None
    ended_at: Instant | None = None
    disposition: str | None = None
    """What was already answered for this attempt."""
    history: tuple[PastAttempt, ...] = ()
    dispositions: tuple[DispositionChoice, ...] = ()
