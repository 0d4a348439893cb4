"""The database: reachable, new enough, with this program's schema, and of one mind with us about the time."""

from collections.abc import AsyncIterator

from dialer.clock import SUSPECT_DRIFT_S, Clock
from dialer.config import Config
from dialer.doctor.finding import Finding, Health, broken, fine, warning
from dialer.doctor.forgetting import examine_forgetting
from dialer.doctor.webhooks import examine_webhooks
from dialer.doctor.zones import examine_zones
from dialer.store.db import Database, DatabaseAway
from dialer.store.migrate import Status, status

OLDEST = 15
NEWEST = 18
"""PostgreSQL releases that the tests run on."""


async def examine_database(config: Config, clock: Clock) -> list[Finding]:
    """All findings on the database; only the first where it cannot be reached."""
    try:
        async with await Database.open(config.database.dsn, size=1) as database:
            return [finding async for finding in _examine(database, config, clock)]
    except (DatabaseAway, ValueError) as error:
        cure = "check [database] dsn, `systemctl status postgresql`, pg_hba.conf and the firewall"
        return [broken("database", str(error), cure)]


async def _examine(database: Database, config: Config, clock: Clock) -> AsyncIterator[Finding]:
    async with database.connection() as conn:
        release = conn.get_server_version().major
        before = clock.wall()
        theirs = float(await conn.fetchval("select extract(epoch from clock_timestamp())"))
        drift_s = theirs - (before + clock.wall()) / 2
    yield _release(release)
    yield clocks_agree("the database's clock", drift_s)
    schema = await _schema(database)
    yield schema
    if schema.health is Health.FINE:
        for examine in (examine_webhooks, examine_forgetting, examine_zones):
            for finding in await examine(database, config, clock):
                yield finding


def _release(release: int) -> Finding:
    if release < OLDEST:
        return broken("database", f"PostgreSQL {release}", f"upgrade it: {OLDEST} is the oldest that works")
    if release > NEWEST:
        return warning("database", f"PostgreSQL {release}", f"the tests were run up to {NEWEST}; watch the log")
    return fine("database", f"PostgreSQL {release} answers")


async def _schema(database: Database) -> Finding:
    entries = await status(database)
    missing = [f"{entry.version:03}_{entry.name}" for entry in entries if entry.status is Status.PENDING]
    strange = [f"{entry.version:03}_{entry.name}" for entry in entries if entry.status is Status.CHANGED]
    newer = [f"{entry.version:03}_{entry.name}" for entry in entries if entry.status is Status.UNKNOWN]
    if newer:
        return broken("migration", f"the database is ahead: {', '.join(newer)}", "install the newer dialer here")
    if strange:
        cure = "install the release that this database was made with, then upgrade in order"
        return broken("migration", f"applied in another form: {', '.join(strange)}", cure)
    if missing:
        return broken("migration", f"missing: {', '.join(missing)}", "dialer db upgrade")
    return fine("migration", f"{len(entries)} migrations applied")


def clocks_agree(whose: str, drift_s: float, about: str = "") -> Finding:
    """Two machines' clocks, compared."""
    if abs(drift_s) <= SUSPECT_DRIFT_S:
        return fine("clock", f"{whose} agrees with ours", about)
    ahead = "ahead of" if drift_s > 0 else "behind"
    cure = "let one time service (chrony) keep the clocks of both machines"
    return broken("clock", f"{whose} is {abs(drift_s):.0f} s {ahead} ours", cure, about)
