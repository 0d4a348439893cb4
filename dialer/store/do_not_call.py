"""Numbers that must not be called, in the books: put in, taken out, looked at. Claims look at them by themselves."""

from collections.abc import Iterable, Sequence

from asyncpg.exceptions import ForeignKeyViolationError

from dialer.core.do_not_call import Forbade, Forbidden
from dialer.core.ids import Instant, LeadId, ProjectId
from dialer.store.db import Database
from dialer.store.errors import Unknown
from dialer.store.forgetting import may_be_called
from dialer.store.sql import load

SLICE = 1000
"""Numbers a statement: nobody waits long for a row."""

_Q = load("do_not_call")


class DoNotCall:
    """Every method may raise DatabaseAway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forbid(self, numbers: Sequence[str], project: ProjectId | None, reason: str, at: Instant) -> Forbade:
        """Put in numbers of 10 digits, for one project or for all; one that is there stays. Unknown (project)."""
        added, leads = 0, list[LeadId]()
        for start in range(0, len(numbers), SLICE):
            try:
                async with self._database.transaction() as conn:
                    row = await _Q["forbid"].row(
                        conn, numbers=list(numbers[start : start + SLICE]), project=project, reason=reason, at=at
                    )
            except ForeignKeyViolationError as error:
                raise Unknown(f"there is no project {project}") from error
            assert row is not None
            added += row["added"]
            leads += map(LeadId, row["leads"])
        return Forbade(added, tuple(leads))

    async def allow(self, numbers: Sequence[str], project: ProjectId | None) -> int:
        """Take numbers out of the list of this project, or with None of the common one; how many stood there.

        Leads that were refused for them stay refused.
        """
        async with self._database.transaction() as conn:
            gone = len(await _Q["allow"].rows(conn, numbers=list(numbers), project=project))
            return gone + await may_be_called(conn, self._database.pseudonyms, numbers, project)

    async def entries(
        self,
        projects: Iterable[ProjectId] | None,
        after: tuple[str, int] = ("", 0),
        bound: int = 1000,
        number: str | None = None,
    ) -> list[Forbidden]:
        """The next ones behind `after` (number, project or 0), by number; `projects` None: all, the common one too.

        With a `number` its own entries only.
        """
        async with self._database.connection() as conn:
            rows = await _Q["entries"].rows(
                conn,
                projects=None if projects is None else sorted(projects),
                after_number=after[0],
                after_project=after[1],
                bound=bound,
                number=number,
            )
        return [Forbidden(**dict(row)) for row in rows]
