"""What the desk's routes need from the books: talks, scripts, forms, project information. See `ports`."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from dialer.core.card import DispositionChoice, Edit, Entry, Order
from dialer.core.content import Approvals, ContentKind, ContentVersion, DeskRules, InfoEntry, SampleOrder
from dialer.core.form import Form
from dialer.core.ids import AgentId, AttemptId, Instant, LeadId, ProjectId
from dialer.core.script import Script
from dialer.core.talk import OrderResult, Promise, Talk


class Talks(Protocol):
    """What was shown, typed and promised in a talk."""

    async def talk(self, attempt: AttemptId) -> Talk:
        """Raises ValueError where there is no such attempt."""
        ...

    async def agent_of(self, attempt: AttemptId) -> AgentId | None:
        """Who had this attempt; None where nobody had it, or it does not exist."""
        ...

    async def orders(self, of: Talk) -> Sequence[Order]: ...

    async def entered(self, attempt: AttemptId) -> Mapping[LeadId, Mapping[str, Entry]]: ...

    async def edits(self, attempt: AttemptId) -> Sequence[Edit]: ...

    async def record(self, edits: Sequence[Edit]) -> None:
        """Keep these edits; one that is there already changes nothing."""
        ...

    async def conclude(
        self, of: Talk, agent: AgentId, promises: Sequence[Promise], results: Sequence[OrderResult], at: Instant
    ) -> Collection[LeadId]:
        """Promised calls and the results of the person's other orders: all or nothing.

        Returns the other orders that have their result: one that is not open any more is left alone, its promise too.
        """
        ...

    async def concluded(self, attempt: AttemptId) -> Collection[LeadId]:
        """The person's other orders that have had a result in this talk, open or not."""
        ...


class Contents(Protocol):
    """Scripts, result forms, dictionaries and project information."""

    async def versions(
        self, project: ProjectId, kind: ContentKind, version: int | None = None
    ) -> Sequence[ContentVersion]:
        """All versions, newest first, or the one."""
        ...

    async def add(self, project: ProjectId, content: Script | Form, note: str, by: str, at: Instant) -> int:
        """A new version, not yet approved. Raises ValueError for an unknown project."""
        ...

    async def approve(self, project: ProjectId, kind: ContentKind, version: int, by: str, at: Instant) -> None:
        """Raises ValueError where it is approved already, is not there, or waits for another person."""
        ...

    async def approvals(self, project: ProjectId) -> Approvals:
        """Every version, by kind: whether it is approved."""
        ...

    async def search(self, project: ProjectId, words: str, bound: int) -> Sequence[InfoEntry]: ...

    async def save_info(self, project: ProjectId, entries: Sequence[InfoEntry], by: str, at: Instant) -> None: ...

    async def remove_info(self, project: ProjectId, entry: int) -> bool:
        """False where there is none."""
        ...

    async def change_info(self, project: ProjectId, entry: InfoEntry, by: str, at: Instant) -> bool:
        """False where there is none. Raises ValueError for a title that another entry has."""
        ...

    async def rules(self, project: ProjectId) -> DeskRules:
        """Raises ValueError where there is no such project."""
        ...

    async def save_rules(self, project: ProjectId, rules: DeskRules) -> None:
        """Raises ValueError where there is no such project."""
        ...

    async def sample(self, project: ProjectId) -> SampleOrder | None:
        """An order to show a script or a form on; None where the project has none."""
        ...

    async def replace_dictionary(self, project: ProjectId, choices: Sequence[DispositionChoice]) -> None:
        """Raises ValueError for a code that stands twice or is the program's own."""
        ...
