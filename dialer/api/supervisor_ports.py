"""What the supervisors' routes need from the books: the audit log. See `ports`."""

from collections.abc import Sequence
from typing import Protocol

from dialer.core.audit import AuditAsked
from dialer.core.user import AuditEntry


class Audit(Protocol):
    """The audit log as it is read; `Users.audit` writes a line of it at once."""

    async def find(self, asked: AuditAsked) -> Sequence[AuditEntry]:
        """The newest first."""
        ...

    def note(self, entry: AuditEntry) -> None:
        """To be written within a second: for what comes with every call or order."""
        ...
