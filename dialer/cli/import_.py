"""`dialer import`: a list into a campaign."""

import asyncio
import json as json_text
from datetime import UTC, date, datetime
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from dialer.cli.exits import Refusal
from dialer.cli.on_books import on_books, the_project
from dialer.cli.options import AsJson, ConfigPath
from dialer.clock import Clock
from dialer.config import Config, load_config
from dialer.core.numbering.policy import ListPolicy, OnAmbiguous, OnUnallocated
from dialer.core.settings import CampaignSettings
from dialer.core.states import CampaignState
from dialer.importer import Imported, Progress, import_list, try_list
from dialer.intake.plan_folder import DEFAULT_PLAN_DIR, LiveNumbering
from dialer.intake.scan import UnreadableList
from dialer.list_check import check_for
from dialer.reading import Plan, Source
from dialer.store.campaigns import campaigns
from dialer.store.db import Database
from dialer.store.lists import Sums
from dialer.store.migrate import require_current

NOT_CALLING = frozenset(CampaignState) - {CampaignState.RUNNING}


def command(
    file: Annotated[Path, typer.Argument(help="The list: CSV, TSV, XLSX; encoding and delimiter are found.")],
    campaign: Annotated[str | None, typer.Option(help="Name or number of the campaign.")] = None,
    name: Annotated[str | None, typer.Option("--list", help="Name of the list; else the file's.")] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="A column by hand: phone=«Контакт». May be repeated.")
    ] = None,
    ambiguous: Annotated[OnAmbiguous, typer.Option(help="Numbers whose lost code has several candidates.")] = (
        OnAmbiguous.WAIT
    ),
    unallocated: Annotated[OnUnallocated, typer.Option(help="Numbers that the plan allots to nobody.")] = (
        OnUnallocated.CALL
    ),
    encoding: Annotated[str | None, typer.Option(help="Where it was not found right.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="Where it was not found right: one character, or tab.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Of a workbook; else the first.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write each row that was not accepted, with its reason.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check everything, write nothing.")] = False,
    project: Annotated[
        str | None, typer.Option(help="With --dry-run: whom this project takes in, and who came to it lately.")
    ] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Take a list into a campaign; every row ends as accepted, duplicate, needs a decision, or rejected.

    A bad row stops nothing. Example:

    \b
        dialer import orders.csv --campaign orders --report refused.csv
        dialer import orders.csv --dry-run --project shop
    """
    if campaign is None and not dry_run:
        raise Refusal("say which campaign the list is for: --campaign NAME")
    if project is not None and not dry_run:
        raise Refusal("--project belongs to --dry-run: a list goes to the project of its campaign")
    if report is not None and dry_run:
        raise Refusal("--dry-run writes no report: leave out --report; the import without --dry-run writes one")
    if report is not None and not report.parent.is_dir():
        raise Refusal(f"the report cannot be written: there is no folder {report.parent}")
    policy = ListPolicy(ambiguous, unallocated)
    delimiter = "\t" if delimiter == "tab" else delimiter
    source = Source(file, encoding, delimiter, sheet, mapped=_mapped(map_ or []), policy=policy)
    console = Console(stderr=True)
    its: CampaignSettings | None = None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(file.name)

            def show(done: int, expected: int) -> None:
                bar.update(task, completed=done, total=max(done, expected))

            if project is not None:
                done = asyncio.run(_try(source, project, config, show))
            elif dry_run:
                clock = Clock()
                numbering = _numbering(load_config(config), clock)
                done = try_list(source, numbering.check, clock, show, numbering.current.is_fresh)
            else:
                assert campaign is not None
                done, its = asyncio.run(_import(source, campaign, name or file.stem, report, config, show))
    except UnreadableList as error:
        raise Refusal(str(error)) from error
    typer.echo(json_text.dumps(_as_json(done), ensure_ascii=False) if as_json else _as_text(done))
    if its and its.state in NOT_CALLING and done.sums.accepted and not as_json:
        typer.echo(f"the campaign is {its.state}: nobody is called before `dialer campaign start {quote(its.name)}`")


def _mapped(pairs: list[str]) -> dict[str, str]:
    mapped = {}
    for pair in pairs:
        column, sign, header = pair.partition("=")
        if not sign:
            raise Refusal(f"--map {pair}: write column=header, such as --map phone=«Контакт»")
        mapped[column.strip()] = header.strip().strip("«»")
    return mapped


async def _import(
    source: Source, campaign: str, name: str, report: Path | None, config: Path | None, show: Progress
) -> tuple[Imported, CampaignSettings]:
    """And its campaign, as it stands after that."""
    clock = Clock()
    settings = load_config(config)
    numbering = _numbering(settings, clock)
    async with await Database.open(settings.database.dsn, pseudonyms=settings.forgetting.pseudonyms()) as database:
        await require_current(database)
        found = await _campaign(database, campaign)
        done = await import_list(
            source,
            database,
            found.id,
            name,
            numbering.check,
            clock,
            is_fresh=numbering.current.is_fresh,
            region_of=numbering.current.region_of,
            plan=_plan(settings, clock),
            report=report,
            progress=show,
        )
        async with database.connection() as conn:
            return done, next(one for one in await campaigns(conn) if one.id == found.id)


async def _try(source: Source, project: str, config: Path | None, show: Progress) -> Imported:
    """Against the books of the project; nothing is written."""
    async with on_books(config) as books:
        numbering = _numbering(books.settings, books.clock)
        async with books.database.connection() as conn:
            number = await the_project(conn, project)
        known = numbering.check, numbering.current.is_fresh, numbering.current.region_of
        found = await check_for(source, books.database, number, None, *known, books.clock, show)
    sums = found.sums
    told = Sums(sums.accepted, sums.duplicate, sums.needs_decision, sums.rejected)
    return Imported(found.kind, told, sums.reasons)


def _numbering(settings: Config, clock: Clock) -> LiveNumbering:
    return _plan(settings, clock).numbering()


def _plan(settings: Config, clock: Clock) -> Plan:
    return Plan(settings.numbers.plan_dir or DEFAULT_PLAN_DIR, _today(clock))


async def _campaign(database: Database, wanted: str) -> CampaignSettings:
    async with database.connection() as conn:
        known = await campaigns(conn)
    for settings in known:
        if wanted in (settings.name, str(settings.id)):
            return settings
    there = ", ".join(settings.name for settings in known) or "none yet; make one with `dialer campaign create`"
    raise Refusal(f"there is no campaign {wanted!r}; there are: {there}")


def _today(clock: Clock) -> date:
    return datetime.fromtimestamp(clock.now(), UTC).date()


def _as_json(done: Imported) -> dict[str, object]:
    sums = done.sums
    return {
        "kind": done.kind,
        "list": done.list_id,
        "rows": sums.rows,
        "accepted": sums.accepted,
        "duplicate": sums.duplicate,
        "needs_decision": sums.needs_decision,
        "rejected": sums.rejected,
        "reasons": dict(done.reasons),
    }


def _as_text(done: Imported) -> str:
    sums = done.sums
    lines = [
        f"{done.kind}: {sums.rows} rows",
        f"  accepted        {sums.accepted:>9}",
        f"  duplicate       {sums.duplicate:>9}",
        f"  needs decision  {sums.needs_decision:>9}",
        f"  rejected        {sums.rejected:>9}",
    ]
    lines += [
        f"    {reason:<15}{count:>8}" for reason, count in sorted(done.reasons.items(), key=lambda pair: -pair[1])
    ]
    return "\n".join(lines)
