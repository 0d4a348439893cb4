"""What commands share that work on the database itself: the open books, their audit, a project by its name."""

import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from dialer.cli.exits import Refusal
from dialer.clock import Clock
from dialer.config import Config, load_config
from dialer.core.ids import ProjectId
from dialer.core.user import AuditEntry
from dialer.store.campaigns import projects
from dialer.store.db import Database
from dialer.store.migrate import require_current
from dialer.store.sql import Conn
from dialer.store.users import Users


@dataclass(frozen=True, slots=True)
class OpenBooks:
    database: Database
    settings: Config
    clock: Clock

    async def audit(self, action: str, subject: str, **detail: str) -> None:
        """As `cli:<user of this machine>`."""
        by = f"cli:{getpass.getuser()}"
        await Users(self.database).audit(AuditEntry(self.clock.now(), by, action, subject, detail))


@asynccontextmanager
async def on_books(config: Path | None) -> AsyncIterator[OpenBooks]:
    """The books of these settings, at this program's schema. ConfigError, DatabaseAway, MigrationError."""
    settings = load_config(config)
    async with await Database.open(
        settings.database.dsn, size=1, pseudonyms=settings.forgetting.pseudonyms()
    ) as database:
        await require_current(database)
        yield OpenBooks(database, settings, Clock())


async def the_project(conn: Conn, wanted: str) -> ProjectId:
    """By name or number; Refusal that names those there are."""
    known = await projects(conn)
    for one in known:
        if wanted in (one.name, str(one.id)):
            return one.id
    there = ", ".join(one.name for one in known) or "none yet; make one with `dialer campaign create --project`"
    raise Refusal(f"there is no project {wanted!r}; there are: {there}")
