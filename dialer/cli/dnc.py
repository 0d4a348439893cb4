"""`dialer dnc`: numbers that must not be called. Works on the database itself; audited as `cli:<user of this machine>`.

Waiting leads of such a number are out at once, and no claim takes one; a call that is on ends as it ends.
"""

import asyncio
import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeAlias

import orjson
import typer

from dialer.cli.exits import ExitCode, Refusal
from dialer.cli.on_books import OpenBooks, on_books, the_project
from dialer.cli.options import AsJson, ConfigPath
from dialer.cli.plan import plan_folder, today
from dialer.core.do_not_call import Forbidden
from dialer.core.ids import ProjectId
from dialer.core.numbering import Numbering, Reason
from dialer.import_report import harmless
from dialer.intake.columns import header_test, match_columns
from dialer.intake.rows import open_list
from dialer.intake.scan import UnreadableList
from dialer.store.do_not_call import DoNotCall

PAGE = 1000

app = typer.Typer()

Project: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME|ID", help="For this project only; else for every project.")
]
Why: TypeAlias = Annotated[str, typer.Option(help="Kept beside each number.")]
Phones: TypeAlias = Annotated[list[str], typer.Argument(metavar="PHONE…", help="As people write them.")]


@dataclass(frozen=True, slots=True)
class _Read:
    """The numbers of a file, and what it held beside them."""

    numbers: tuple[str, ...]
    rows: int
    refused: Counter[str]
    """Rows without a number that is beyond doubt, by reason."""


@app.callback()
def _group() -> None:
    """Numbers that must not be called, in one list for all projects and one for each."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV or XLSX with a header; a column of phones is found or given.")],
    project: Project = None,
    phone: Annotated[str | None, typer.Option(metavar="COL", help="Its column; else found by its name.")] = None,
    reason: Why = "imported",
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Every number of a file, however it is written.

    \b
    dialer dnc import stop-list.csv
    dialer dnc import stop.xlsx --project shop --reason "письмо от 12.11"
    """
    read = _read(file, phone, plan_folder(None, config).numbering(today()))
    added, leads = asyncio.run(_forbid(read.numbers, project, reason, config))
    told = {
        "rows": read.rows,
        "numbers": len(read.numbers),
        "added": added,
        "leads": leads,
        "refused": {str(reason): rows for reason, rows in read.refused.items()},
    }
    typer.echo(orjson.dumps(told).decode() if json else _in_words(read, added, leads))


@app.command()
def add(phones: Phones, project: Project = None, reason: Why = "asked", config: ConfigPath = None) -> None:
    """Numbers, one by one: `dialer dnc add "8 916 123-45-67" --project shop`."""
    numbers = _numbers(phones, plan_folder(None, config).numbering(today()))
    added, leads = asyncio.run(_forbid(numbers, project, reason, config))
    typer.echo(f"{added} added, {len(numbers) - added} there already; {leads} leads will not be called")


@app.command()
def remove(phones: Phones, project: Project = None, config: ConfigPath = None) -> None:
    """Take numbers out: `dialer dnc remove "8 916 123-45-67"`. Leads that were refused for them stay refused."""
    numbers = _numbers(phones, plan_folder(None, config).numbering(today()))
    gone = asyncio.run(_allow(numbers, project, config))
    typer.echo(f"{gone} removed, {len(numbers) - gone} did not stand there")
    if not gone:
        raise typer.Exit(ExitCode.TROUBLE)


@app.command("list")
def list_(project: Project = None, config: ConfigPath = None, json: AsJson = False) -> None:
    """Every number with its project and reason, as CSV or JSON lines.

    \b
    dialer dnc list > stop.csv
    """
    asyncio.run(_list(project, config, json))


def _read(file: Path, phone: str | None, numbering: Numbering) -> _Read:
    try:
        mapped = {"phone": phone} if phone else {}
        opened = open_list(file, is_header=header_test(mapped))
        columns = match_columns(opened.header, mapped)
    except UnreadableList as error:
        raise Refusal(str(error)) from error
    numbers, refused, rows = dict[str, None](), Counter[str](), 0
    for raw in opened.rows:
        rows += 1
        found = [one for at in columns.phones if at < len(raw.cells) for one in numbering.check(raw.cells[at])]
        there = [one.number for one in found if one.callable]
        numbers.update(dict.fromkeys(there))
        if not there:
            refused[next((one.reason for one in found if one.reason), Reason.EMPTY)] += 1
    return _Read(tuple(numbers), rows, refused)


def _numbers(phones: Iterable[str], numbering: Numbering) -> list[str]:
    numbers = dict[str, None]()
    for cell in phones:
        found = [one.number for one in numbering.check(cell) if one.callable]
        if not found:
            raise Refusal(f"{cell!r} holds no Russian number of 10 digits; nothing was changed")
        numbers.update(dict.fromkeys(found))
    return list(numbers)


async def _forbid(numbers: Sequence[str], name: str | None, reason: str, config: Path | None) -> tuple[int, int]:
    async with on_books(config) as books:
        project = await _project(books, name)
        done = await DoNotCall(books.database).forbid(numbers, project, reason, books.clock.now())
        await books.audit("number.do_not_call", str(project or ""), numbers=str(len(numbers)))
    return done.added, len(done.leads)


async def _allow(numbers: Sequence[str], name: str | None, config: Path | None) -> int:
    async with on_books(config) as books:
        project = await _project(books, name)
        gone = await DoNotCall(books.database).allow(numbers, project)
        await books.audit("number.may_be_called", str(project or ""), numbers=str(gone))
    return gone


async def _list(name: str | None, config: Path | None, json: bool) -> None:
    rows = csv.writer(sys.stdout, lineterminator="\n")
    if not json:
        rows.writerow(["number", "project", "reason", "since"])
    async with on_books(config) as books:
        project = await _project(books, name)
        after = "", 0
        while page := await DoNotCall(books.database).entries(None if project is None else [project], after, PAGE):
            after = page[-1].number, page[-1].project or 0
            for one in page:
                if json:
                    typer.echo(orjson.dumps(_as_json(one)).decode())
                else:
                    rows.writerow(harmless(str(cell)) if cell else cell for cell in _as_json(one).values())
        await books.audit("do_not_call.look", str(project or ""))


async def _project(books: OpenBooks, name: str | None) -> ProjectId | None:
    if name is None:
        return None
    async with books.database.connection() as conn:
        return await the_project(conn, name)


def _as_json(one: Forbidden) -> dict[str, object]:
    since = datetime.fromtimestamp(one.at, UTC).isoformat(timespec="seconds")
    return {"number": one.number, "project": one.project, "reason": one.reason, "since": since}


def _in_words(read: _Read, added: int, leads: int) -> str:
    lines = [
        f"{read.rows} rows, {len(read.numbers)} numbers: {added} added, {len(read.numbers) - added} there already",
        f"{leads} leads will not be called",
    ]
    return "\n".join([*lines, *(f"  {reason:<15}{rows:>8}" for reason, rows in read.refused.most_common())])
