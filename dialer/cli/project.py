"""`dialer project`: projects, and whom they take in. Works on the database itself; every change is audited."""

import asyncio
from typing import Annotated

import orjson
import typer

from dialer.cli.exits import Refusal
from dialer.cli.on_books import on_books, the_project
from dialer.cli.options import AsJson, ConfigPath
from dialer.core.admission import LONGEST_REPEAT_DAYS, Admission, read_served
from dialer.core.numbering.defaults import default_regions
from dialer.core.staff import ProjectRecord
from dialer.store import admission, campaigns

app = typer.Typer()

Project = Annotated[str, typer.Argument(metavar="NAME|ID", help="The project.")]


@app.callback()
def _group() -> None:
    """Projects: the regions they serve, and for how long the same number is a repeat."""


@app.command("list")
def list_(config: ConfigPath = None, json: AsJson = False) -> None:
    """Every project, and whom it takes in.

    \b
    dialer project list
    """
    found = asyncio.run(_all(config))
    if json:
        shown = [{"id": one.id, "name": one.name, **_as_json(rules)} for one, rules in found]
        typer.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode())
        return
    for one, rules in found:
        typer.echo(f"{one.id:>5}  {one.name}: {_in_words(rules)}")


@app.command()
def admit(
    project: Project,
    regions: Annotated[str | None, typer.Option(help="Those it serves, by commas; or `all`.")] = None,
    repeat_days: Annotated[
        int | None,
        typer.Option(min=0, max=LONGEST_REPEAT_DAYS, help="A number within so many days is a duplicate; 0: never."),
    ] = None,
    config: ConfigPath = None,
) -> None:
    """Say whom a project takes in; lists and orders that come from now on follow it.

    \b
    dialer project admit shop --regions "Москва, Московская область"
    dialer project admit shop --regions all --repeat-days 14
    """
    if regions is None and repeat_days is None:
        raise Refusal("nothing to change is given: --regions, --repeat-days")
    typer.echo(_in_words(asyncio.run(_admit(project, regions, repeat_days, config))))


async def _all(config: ConfigPath) -> list[tuple[ProjectRecord, Admission]]:
    async with on_books(config) as books, books.database.connection() as conn:
        return [(one, await admission.of_project(conn, one.id)) for one in await campaigns.projects(conn)]


async def _admit(name: str, regions: str | None, repeat_days: int | None, config: ConfigPath) -> Admission:
    async with on_books(config) as books:
        async with books.database.connection() as conn:
            project = await the_project(conn, name)
            before = await admission.of_project(conn, project)
            wanted = Admission(
                before.served if regions is None else _served(regions),
                before.repeat_days if repeat_days is None else repeat_days,
            )
            await admission.set_admission(conn, project, wanted)
        await books.audit("project.admission", str(project), said=_in_words(wanted))
    return wanted


def _served(regions: str) -> frozenset[str] | None:
    if regions.strip().lower() in ("all", "все"):
        return None
    try:
        served = read_served([name.strip() for name in regions.split(",") if name.strip()], default_regions())
    except ValueError as error:
        raise Refusal(f"{error}; write «Московская область» or «Татарстан», by commas") from error
    if not served:
        raise Refusal("no region is named; `all` means all of Russia")
    return served


def _as_json(rules: Admission) -> dict[str, object]:
    return {"served_regions": None if rules.served is None else sorted(rules.served), "repeat_days": rules.repeat_days}


def _in_words(rules: Admission) -> str:
    where = "all of Russia" if rules.served is None else ", ".join(sorted(rules.served))
    days = rules.repeat_days
    return f"serves {where}; " + (f"a number within {days} days is a duplicate" if days else "a number may come again")
