"""A new lead on its way into the books: what a list's row, or an order through the API, has become.

Values only: `intake` and the API make them, the books take them, and neither knows the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dialer.core.ids import Instant, LeadId

LOWEST_PRIORITY = 0
HIGHEST_PRIORITY = 9
DEFAULT_PRIORITY = 5
CANDIDATES = "candidates"
"""The field of a lead that waits for a decision: numbers to choose from, extension included, best first, by `|`."""


@dataclass(frozen=True, slots=True)
class NewPhone:
    """One of the lead's phones, in the order in which they are tried."""

    number: str
    """10 digits."""
    zone: str | None = None
    """IANA name, or several that must all be open (`hours.TOGETHER`); None where it is not known."""
    kind: str = ""
    """fixed | mobile | tollfree, or empty."""
    extension: str = ""


@dataclass(frozen=True, slots=True)
class NewLead:
    """A person to reach. One without `phones` waits for a person's decision, whose reason is `question`."""

    id: LeadId
    phones: tuple[NewPhone, ...]
    question: str = ""
    """Why a person must decide before it can be dialled (such as `ambiguous`); empty: nothing is open."""
    external_id: str | None = None
    """By which a repeat is known within the project."""
    priority: int = DEFAULT_PRIORITY
    """0..9, 9 is dialled first."""
    not_before: Instant | None = None
    """Not to be called before; None: at once, where the hours allow."""
    expires_at: Instant | None = None
    person: str = ""
    region: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Everything else of the row, as it was given."""
    row: int = 0
    """Its data row in the list, from 1, for the report; 0 where there is none."""

    def __post_init__(self) -> None:
        if not LOWEST_PRIORITY <= self.priority <= HIGHEST_PRIORITY:
            raise ValueError(f"priority {self.priority}: {LOWEST_PRIORITY}..{HIGHEST_PRIORITY}")
        if not self.phones and not self.question:
            raise ValueError("a lead without a phone needs the question that a person must decide")

    @property
    def number(self) -> str:
        """Of its first phone; empty where a person must decide first."""
        return self.phones[0].number if self.phones else ""


class PlainLead(NamedTuple):
    """What by far the most rows of a list become: a lead of one phone, about which nothing is open.

    It says what a `NewLead` says (`whole` makes one of it), and costs a tenth of it.
    """

    id: LeadId
    row: int
    external_id: str
    """Empty where it has none."""
    priority: int
    person: str
    region: str
    fields: Mapping[str, str]
    number: str
    zone: str
    """As `NewPhone` has it, but empty where it is not known."""
    kind: str

    @property
    def question(self) -> str:
        return ""

    @property
    def whole(self) -> NewLead:
        return NewLead(
            id=self.id,
            phones=(NewPhone(self.number, self.zone or None, self.kind),),
            external_id=self.external_id or None,
            priority=self.priority,
            person=self.person,
            region=self.region,
            fields=self.fields,
            row=self.row,
        )


@dataclass(frozen=True, slots=True)
class LeadColumns:
    """Leads as `PlainLead` says them, but column by column, some hundred at a time. What `among` says of a place counts
    instead of what the columns say there.

    No text of it needs an escape in JSON or in PostgreSQL's text: none holds a quote, a backslash or a control
    character.
    """

    ids: Sequence[str]
    rows: Sequence[int]
    external_ids: Sequence[str]
    priorities: Sequence[int]
    persons: Sequence[str]
    regions: Sequence[str]
    fields: tuple[tuple[str, Sequence[str]], ...]
    """Name and cells; a blank cell is left out. No name stands twice."""
    numbers: Sequence[str]
    zones: Sequence[str]
    kinds: Sequence[str]
    among: Mapping[int, "NewLead | PlainLead | None"]
    """By place in the columns. None: no lead at all."""
