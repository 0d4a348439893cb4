"""What the API needs to answer persons' demands. Every method may raise OSError while the database is away."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from dialer.core.forgetting import Erased, Forgotten, Terms
from dialer.core.ids import Instant, LeadId, ProjectId


class Persons(Protocol):
    async def held(self, number: str) -> Mapping[str, Any]:
        """Everything that the books hold of this number."""
        ...

    async def erase(self, number: str, by: str, now: Instant, *, do_not_call: bool = False) -> Erased:
        """Forget the person of this number. Raises ValueError where there is no key to do it with."""
        ...


class Forgetting(Protocol):
    async def terms(self, project: ProjectId) -> Terms:
        """Raises ValueError for an unknown project."""
        ...

    async def set_terms(self, project: ProjectId, terms: Terms) -> None: ...

    async def proofs(
        self, project: ProjectId, after: tuple[Instant, LeadId] | None, bound: int, *, newest: bool = False
    ) -> Sequence[Forgotten]:
        """The next ones behind `after`, in the order of time, or the newest first."""
        ...
