"""Persons' data: is there a term, is there a key, is anybody overdue?"""

from dialer.clock import Clock
from dialer.config import Config
from dialer.doctor.finding import Finding, broken, fine, warning
from dialer.store.campaigns import projects as all_projects
from dialer.store.db import Database
from dialer.store.forgetting import ForgettingBooks


async def examine_forgetting(database: Database, config: Config, clock: Clock) -> list[Finding]:
    """One finding; none where there is no project. The schema must be ours."""
    books = ForgettingBooks(database)
    pseudonyms, keys = config.forgetting.pseudonyms(), await books.keys()
    if lost := [key for key in keys if key.id not in pseudonyms.key_ids]:
        key = lost[0]
        cure = f"name its file with [forgetting] previous_key_files; if it is lost: `dialer person drop-key {key.id}`"
        what = f"{key.forbidden} numbers that must not be called stand under the key {key.id}, which is not named"
        return [broken("forgetting", f"{what}: nobody can be taken in", cure)]
    async with database.connection() as conn:
        there = len(await all_projects(conn))
    if not there:
        return []
    projects = await books.projects()
    if not projects:
        cure = "`dialer person terms PROJECT --delivered-days 30 --closed-days 365`; see docs/forgetting.md"
        return [warning("forgetting", "no project has a term: persons' data are kept for ever", cure)]
    if not pseudonyms:
        cure = "make a key (`openssl rand -base64 32`), name its file with [forgetting] key_file, restart"
        return [
            broken("forgetting", f"{len(projects)} projects have terms and there is no key: nobody is forgotten", cure)
        ]
    if overdue := await books.overdue(clock.now()):
        return [
            warning("forgetting", f"{overdue} persons should have been forgotten", "is the daemon running? see its log")
        ]
    return [fine("forgetting", f"{len(projects)} of {there} projects have terms; nobody is overdue")]
