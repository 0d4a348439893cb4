"""What the API needs of the books about law: numbers that are shown, and days that the operator has corrected."""

from collections.abc import Sequence
from typing import Protocol

from dialer.core.callers import Caller, CallerReach
from dialer.core.ids import Instant, ProjectId


class Callers(Protocol):
    async def of(self, project: ProjectId) -> Sequence[Caller]:
        """All of them, inactive ones too."""
        ...

    async def one(self, caller: int) -> Caller | None: ...

    async def save(self, caller: Caller) -> Caller:
        """A new one (id 0) or a changed one. Raises ValueError where number or name is taken in its project."""
        ...

    async def reach(self, project: ProjectId, since: Instant, until: Instant) -> Sequence[CallerReach]:
        """What became of the calls under each number."""
        ...
