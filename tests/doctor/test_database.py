"""The database under examination: a real one, spoiled in every way that is looked for."""

import pytest

from dialer.clock import Clock
from dialer.config import Config
from dialer.doctor.database import clocks_agree, examine_database
from dialer.doctor.finding import Finding, Health
from dialer.store.db import Database
from sim.stand.postgres import Postgres


def config(dsn: str) -> Config:
    return Config(database={"dsn": dsn}, asterisk=[{"name": "main", "secret": "x"}])


async def examined(dsn: str, clock: Clock | None = None) -> dict[str, Finding]:
    return {finding.check: finding for finding in await examine_database(config(dsn), clock or Clock())}


async def test_a_sound_database(database_dsn: str) -> None:
    findings = await examined(database_dsn)
    assert {check: finding.health for check, finding in findings.items()} == {
        "database": Health.FINE,
        "clock": Health.FINE,
        "migration": Health.FINE,
    }


async def test_nobody_answers() -> None:
    findings = await examined("postgresql://dialer@127.0.0.1:1/dialer")
    assert list(findings) == ["database"]
    assert findings["database"].health is Health.BROKEN
    assert "dsn" in findings["database"].cure


async def test_an_empty_database_lacks_its_migrations(postgres: Postgres) -> None:
    migration = (await examined(postgres.dsn()))["migration"]
    assert migration.what.startswith("missing: 001_")
    assert (migration.health, migration.cure) == (Health.BROKEN, "dialer db upgrade")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("delete from dialer.schema_migration where version = 2", "missing: 002_"),
        ("update dialer.schema_migration set checksum = 'x' where version = 3", "applied in another form: 003_"),
        ("update dialer.schema_migration set version = 900 where version = 1", "the database is ahead: 900_"),
    ],
)
async def test_a_schema_that_is_not_ours(database_dsn: str, database: Database, spoil: str, said: str) -> None:
    async with database.connection() as conn:
        await conn.execute(spoil)
    migration = (await examined(database_dsn))["migration"]
    assert migration.health is Health.BROKEN
    assert migration.what.startswith(said)


async def test_a_clock_that_is_off(database_dsn: str) -> None:
    findings = await examined(database_dsn, Clock(wall=lambda: Clock().wall() - 60))
    assert findings["clock"].health is Health.BROKEN
    assert findings["clock"].what == "the database's clock is 60 s ahead of ours"


def test_two_seconds_are_forgiven() -> None:
    assert clocks_agree("it", -2.0).health is Health.FINE
    assert clocks_agree("it", -2.1).what == "it is 2 s behind ours"


async def test_a_project_s_zone_that_only_the_database_knows_is_named(database_dsn: str, database: Database) -> None:
    async with database.connection() as conn:
        await conn.execute("insert into dialer.project (name, zone) values ('Лавка', 'asia/omsk')")
    zone = (await examined(database_dsn))["zone"]
    assert zone.health is Health.BROKEN
    assert "Лавка" in zone.what
    assert "Asia/Omsk" in zone.what
