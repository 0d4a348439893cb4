"""Lists as they come in through the daemon: what is wished of a file, what became of its rows, what waits for a person.

Values only: `api` asks and shows, the books and `intake` answer, and none of them knows another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dialer.core.ids import CampaignId, LeadId
from dialer.core.numbering.policy import ListPolicy


class NotAList(ValueError):
    """The file cannot be read as a list; the message says why. `header` holds its columns where they are known."""

    def __init__(self, why: str, header: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.header = header


class ReaderLost(RuntimeError):
    """Whoever read the file is gone without a word; nothing was written."""


class JobState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


class Rule(StrEnum):
    """What becomes of every undecided lead of a list at once."""

    FIRST = "first"
    """The likeliest candidate."""
    TRY = "try"
    """All candidates in order, each a full attempt in the books."""
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class ListWish:
    """What the user said about a file."""

    name: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    mapped: Mapping[str, str] = field(default_factory=dict)
    """Columns by hand: {column: header name}; such a column is the only one of its kind."""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """Columns by hand: {header name: column, or empty for a free field}; remembered for the project once imported."""
    policy: ListPolicy = field(default_factory=ListPolicy)


@dataclass(frozen=True, slots=True)
class Job:
    """An import under way, or the last one."""

    state: JobState
    rows: int = 0
    expected: int = 0
    """About how many rows there are."""
    problem: str = ""
    """Why it failed, in words."""


@dataclass(frozen=True, slots=True)
class RowSums:
    """What became of the rows: the four add up to the rows read."""

    accepted: int = 0
    duplicate: int = 0
    needs_decision: int = 0
    rejected: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Rejected rows by reason."""

    @property
    def rows(self) -> int:
        return self.accepted + self.duplicate + self.needs_decision + self.rejected


@dataclass(frozen=True, slots=True)
class ListRecord:
    """A list as it stands; `sums` tell of its import and stay, `undecided` falls as people decide."""

    id: int
    campaign: CampaignId
    name: str
    state: str
    sums: RowSums
    undecided: int
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class SampleRow:
    row: int
    cells: tuple[str, ...] = ()
    """As written, for a row that was refused."""
    numbers: tuple[str, ...] = ()
    zone: str = ""
    person: str = ""
    reason: str = ""
    external_id: str = ""
    region: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """What would become of a file; nothing of it was kept."""

    kind: str
    """`CSV, cp1251, «;»`."""
    columns: tuple[tuple[str, str], ...]
    """(header name, column that it was taken for; empty for a free field)."""
    sums: RowSums
    samples: Mapping[str, tuple[SampleRow, ...]]
    """First rows of each of the four kinds."""
    first: tuple[tuple[str, SampleRow], ...] = ()
    """The first rows of the file as they would be read, each with its kind."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that an undecided lead may have."""

    number: str
    region: str
    place: str
    zone: str
    kind: str
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A lead that waits for a person."""

    lead: LeadId
    campaign: CampaignId
    list: int
    external_id: str | None
    person: str
    region: str
    question: str
    """`ambiguous` or `unallocated`."""
    candidates: tuple[Candidate, ...]
    """Likeliest first."""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which undecided leads are meant; empty: all."""

    question: str = ""
    """`ambiguous` or `unallocated`."""
    text: str = ""
    """Stands in the order's name, the person, the region, the town or the postcode, in whatever case."""


EVERY = Filter()


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of decisions. A lead whose chosen number the list has already is a duplicate: refused, not called."""

    ready: int = 0
    refused: int = 0
    duplicate: int = 0

    def __add__(self, other: "Decided") -> "Decided":
        return Decided(self.ready + other.ready, self.refused + other.refused, self.duplicate + other.duplicate)
