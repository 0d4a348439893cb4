"""Projects' zones: what PostgreSQL takes for one is not always an IANA name, and is then counted in two ways."""

from dialer.clock import Clock
from dialer.config import Config
from dialer.core.hours import MOSCOW, checked_zone
from dialer.doctor.finding import Finding, broken
from dialer.store.campaigns import projects
from dialer.store.db import Database


async def examine_zones(database: Database, config: Config, clock: Clock) -> list[Finding]:
    """A finding for each project whose zone is no IANA name. The schema must be ours."""
    async with database.connection() as conn:
        there = await projects(conn)
    found = []
    for project in there:
        try:
            checked_zone(project.zone)
        except ValueError as error:
            cure = f"`update dialer.project set zone = 'Asia/Omsk' where id = {project.id}`, then restart the daemon"
            found.append(broken("zone", f"{project.name}: {error}; it dials by the days of {MOSCOW}", cure))
    return found
