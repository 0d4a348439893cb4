"""`dialer db`: bring the database to this program's schema, and look at it."""

import asyncio
import json as json_text

import typer

from dialer.cli.exits import ExitCode
from dialer.cli.options import AsJson, ConfigPath
from dialer.clock import Clock
from dialer.config import load_config
from dialer.store.db import Database
from dialer.store.migrate import Entry, Migration, Status, upgrade
from dialer.store.migrate import status as schema_status

app = typer.Typer()

CURES = {
    Status.APPLIED: "",
    Status.PENDING: "run `dialer db upgrade`",
    Status.CHANGED: "its file is not the one that was applied: restore it",
    Status.UNKNOWN: "from a newer dialer: install that",
}


@app.callback()
def _group() -> None:
    """The database's schema."""


@app.command("upgrade")
def upgrade_command(config: ConfigPath = None) -> None:
    """Apply the migrations that are missing. Safe beside a running daemon and beside another upgrade.

    \b
    dialer db upgrade --config /etc/dialer/dialer.toml
    """
    applied = asyncio.run(_upgrade(load_config(config).database.dsn))
    for migration in applied:
        typer.echo(f"applied  {migration.version:03}_{migration.name}")
    if not applied:
        typer.echo("nothing to do: the database has this program's schema")


@app.command("status")
def status_command(config: ConfigPath = None, json: AsJson = False) -> None:
    """List the migrations: applied, pending, changed, unknown. Exit code 4 unless all are applied.

    \b
    dialer db status
    """
    entries = asyncio.run(_status(load_config(config).database.dsn))
    if json:
        typer.echo(json_text.dumps([_as_dict(entry) for entry in entries], indent=2))
    else:
        for entry in entries:
            line = f"{entry.status:<9}{entry.version:03}_{entry.name}"
            typer.echo(f"{line}  ({CURES[entry.status]})" if CURES[entry.status] else line)
    if any(entry.status is not Status.APPLIED for entry in entries):
        raise typer.Exit(ExitCode.DATABASE)


def _as_dict(entry: Entry) -> dict[str, object]:
    return {"version": entry.version, "name": entry.name, "status": entry.status.value, "cure": CURES[entry.status]}


async def _upgrade(dsn: str) -> list[Migration]:
    async with await Database.open(dsn, size=1) as database:
        return await upgrade(database, Clock().now())


async def _status(dsn: str) -> list[Entry]:
    async with await Database.open(dsn, size=1) as database:
        return await schema_status(database)
