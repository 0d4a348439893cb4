"""What the API needs of the books about law: numbers that are shown, and days that the operator has corrected."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from dialer.core.callers import Caller, CallerReach
from dialer.core.ids import Instant, ProjectId
from dialer.core.work_days import WorkDay


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


class WorkDays(Protocol):
    """The operator's own corrections to the production calendar."""

    async def all(self) -> Sequence[WorkDay]: ...

    async def put(self, day: WorkDay) -> None: ...

    async def drop(self, day: date) -> bool:
        """False where it was not corrected."""
        ...
