"""What an agent is shown when a call is joined to him, and the dictionary of dispositions he answers with.

Plain values: the books fill them, the desk pushes them, the page draws them. Texts are in the project's own language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialer.core.callback import Opening
from dialer.core.form import DEFAULT_FORM, Form
from dialer.core.ids import AgentId, AttemptId, CampaignId, Instant, LeadId, ProjectId
from dialer.core.outcome import LeadEffect
from dialer.core.script import Script


@dataclass(frozen=True, slots=True)
class DispositionChoice:
    """One answer that the agent may give; `position` is its place in the list and, up to nine, its key."""

    code: str
    label: str
    effect: LeadEffect
    position: int = 0
    is_refusal: bool = False
    needs_reason: bool = False
    """The agent must say why, in words."""
    needs_form: bool = False
    """The result form's required fields must be filled."""


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An earlier attempt at the same person within the project."""

    at: Instant
    outcome: str
    disposition: str | None = None
    agent_name: str | None = None
    external_id: str = ""
    """Of the order that it was made for."""
    talk_s: float = 0.0
    values: Mapping[str, str] = field(default_factory=dict)
    """What the agent wrote into the form."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A field of a form as somebody left it at this moment. The empty value is a value: it was cleared."""

    attempt: AttemptId
    lead: LeadId
    field: str
    value: str
    at: Instant
    agent: AgentId


CHOICE, REASON, CALL_AT, PATH = ".choice", ".reason", ".call_at", ".path"
"""Fields that every form has beside its own: the result chosen, why in words, the call promised, the script's path."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The newest value of a field, and when it was entered."""

    value: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Order:
    """One open order of the person on the line; each has a form of its own."""

    lead: LeadId
    external_id: str = ""
    person: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    next_call_at: Instant | None = None
    """When it would have been called by itself."""


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
    guide: Script = field(default_factory=Script)
    """The script as approved, or made of `greeting` and `script` where the project has approved none."""
    script_version: int | None = None
    form: Form = DEFAULT_FORM
    form_version: int | None = None
    orders: tuple[Order, ...] = ()
    """The one that is called for, then the person's other open orders within the project."""
    entered: Mapping[LeadId, Mapping[str, Entry]] = field(default_factory=dict)
    """What was typed during this attempt, by order and field."""
    openings: tuple[Opening, ...] = ()
    """When the person may be called from now on: what the agent may promise."""
