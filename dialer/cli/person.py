"""`dialer person`: a person's demands, and for how long persons are remembered. On the database itself, and audited.

A running daemon sees all of this: a call that rings for a person to be erased is hung up, one that is talked on ends,
and then he is forgotten.
"""

import asyncio
import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import orjson
import typer

from dialer.cli.exits import Refusal
from dialer.cli.on_books import on_books, the_project
from dialer.cli.options import AsJson, ConfigPath
from dialer.cli.plan import plan_folder, today
from dialer.core.forgetting import LEAST_DAYS, LONGEST_DAYS, Erased, Forgotten, Terms
from dialer.core.ids import Instant, LeadId
from dialer.store.forgetting import ForgettingBooks, KeyCount
from dialer.store.news import announce_withdrawn
from dialer.store.persons import Persons

PAGE = 1000
NEVER = 0
"""As a number of days on the command line."""

app = typer.Typer()

Number: TypeAlias = Annotated[str, typer.Argument(metavar="NUMBER", help="As people write it.")]
Project: TypeAlias = Annotated[str, typer.Argument(metavar="PROJECT", help="Name or number.")]
Days: TypeAlias = Annotated[
    int | None, typer.Option(min=NEVER, max=LONGEST_DAYS, help=f"{LEAST_DAYS} or more; {NEVER}: never by this rule.")
]


@app.callback()
def _group() -> None:
    """Persons: what is held of one, to forget one, and when all are forgotten."""


@app.command()
def export(phone: Number, config: ConfigPath = None) -> None:
    """Everything that is held of a number, in all projects, as JSON.

    \b
    dialer person export "8 916 123-45-67" > held.json
    """
    held = asyncio.run(_export(_number(phone, config), config))
    typer.echo(orjson.dumps(held, option=orjson.OPT_INDENT_2).decode())


@app.command()
def erase(
    phone: Number,
    reason: Annotated[str, typer.Option(help="What it stands on, such as a letter's number; no names.")],
    do_not_call: Annotated[bool, typer.Option("--do-not-call", help="And he must not be called again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Without being asked: there is no way back.")] = False,
    config: ConfigPath = None,
) -> None:
    """Forget the person of this number now, whatever the projects' terms.

    \b
    dialer person erase "8 916 123-45-67" --reason "letter 17 of 12.11" --do-not-call
    """
    number = _number(phone, config)
    if not yes:
        typer.confirm("All that is held of this number is erased for good. Go on?", abort=True)
    done = asyncio.run(_erase(number, reason, do_not_call, config))
    waiting = f"; {done.waiting} are on a call and follow when it is over" if done.waiting else ""
    typer.echo(f"{done.forgotten} leads forgotten{waiting}")


@app.command()
def terms(
    project: Project,
    delivered_days: Days = None,
    closed_days: Days = None,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """For how many days persons are remembered: after a confirmed delivery, and after a lead was over in any way.

    \b
    dialer person terms shop
    dialer person terms shop --delivered-days 30 --closed-days 365
    """
    now = asyncio.run(_terms(project, delivered_days, closed_days, config))
    told = {"delivered_days": now.delivered_days, "closed_days": now.closed_days}
    typer.echo(orjson.dumps(told).decode() if json else _in_words(now))


@app.command()
def proofs(project: Project, config: ConfigPath = None) -> None:
    """Who was forgotten, when and by which rule, as JSON lines: without anything of the persons.

    \b
    dialer person proofs shop > forgotten.jsonl
    """
    asyncio.run(_proofs(project, config))


@app.command()
def keys(config: ConfigPath = None) -> None:
    """The keys under which numbers are kept, and how many under each.

    \b
    dialer person keys
    """
    for key, is_here in asyncio.run(_keys(config)):
        since = datetime.fromtimestamp(key.since, UTC).date()
        here = "" if is_here else "  NOT NAMED in [forgetting]"
        typer.echo(f"{key.id}  since {since}  limits {key.numbers:>8}  do not call {key.forbidden:>8}{here}")


@app.command("drop-key")
def drop_key(
    key: Annotated[str, typer.Argument(metavar="KEY", help="As shown by `keys`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Without being asked: there is no way back.")] = False,
    config: ConfigPath = None,
) -> None:
    """Give up all numbers under a key that is lost: those persons may be called again.

    \b
    dialer person drop-key 0a1b2c3d4e5f
    """
    if not yes:
        typer.confirm("Whoever was forgotten under it and must not be called may then be called. Go on?", abort=True)
    numbers, forbidden = asyncio.run(_drop_key(key, config))
    typer.echo(f"{numbers} numbers with limits and {forbidden} that were not to be called are given up")


# ---- inside


def _number(phone: str, config: Path | None) -> str:
    found = {one.number for one in plan_folder(None, config).numbering(today()).check(phone) if one.number}
    if len(found) != 1:
        raise Refusal(f"{phone!r} is not one Russian number of 10 digits")
    return found.pop()


async def _export(number: str, config: Path | None) -> dict[str, Any]:
    async with on_books(config) as books:
        held = await Persons(books.database).held(number)
        await books.audit("person.look", "", leads=str(len(held["leads"])))
    return held


async def _erase(number: str, reason: str, do_not_call: bool, config: Path | None) -> Erased:
    async with on_books(config) as books:
        by = f"cli:{getpass.getuser()}"
        done = await Persons(books.database).erase(number, by, books.clock.now(), do_not_call=do_not_call)
        async with books.database.connection() as conn:
            await announce_withdrawn(conn, done.withdrawn)
        said = {"reason": reason, "forgotten": str(done.forgotten), "waiting": str(done.waiting)}
        await books.audit("person.erase", "", **said)
    return done


async def _terms(name: str, delivered: int | None, closed: int | None, config: Path | None) -> Terms:
    async with on_books(config) as books:
        forgetting = ForgettingBooks(books.database)
        async with books.database.connection() as conn:
            project = await the_project(conn, name)
        before = await forgetting.terms(project)
        if delivered is None and closed is None:
            return before
        wanted = Terms(_days(delivered, before.delivered_days), _days(closed, before.closed_days))
        await forgetting.set_terms(project, wanted)
        await books.audit("project.forgetting", str(project), before=_in_words(before), after=_in_words(wanted))
    return wanted


def _days(given: int | None, before: int | None) -> int | None:
    return before if given is None else None if given == NEVER else given


async def _proofs(name: str, config: Path | None) -> None:
    async with on_books(config) as books:
        async with books.database.connection() as conn:
            project = await the_project(conn, name)
        after: tuple[Instant, LeadId] | None = None
        while page := await ForgettingBooks(books.database).proofs(project, after, PAGE):
            after = page[-1].at, page[-1].lead
            for one in page:
                typer.echo(orjson.dumps(_as_json(one)).decode())


async def _keys(config: Path | None) -> list[tuple[KeyCount, bool]]:
    async with on_books(config) as books:
        known = books.database.pseudonyms.key_ids
        return [(key, key.id in known) for key in await ForgettingBooks(books.database).keys()]


async def _drop_key(key: str, config: Path | None) -> tuple[int, int]:
    async with on_books(config) as books:
        gone = await ForgettingBooks(books.database).drop_key(key)
        await books.audit("forgetting.drop_key", key, limits=str(gone[0]), do_not_call=str(gone[1]))
    return gone


def _as_json(one: Forgotten) -> dict[str, object]:
    at = datetime.fromtimestamp(one.at, UTC).isoformat(timespec="seconds")
    return {"lead": one.lead, "at": at, "rule": one.rule, "days": one.days, "by": one.by, "erased": dict(one.erased)}


def _in_words(terms: Terms) -> str:
    parts = (
        ("after a confirmed delivery", terms.delivered_days),
        ("after a lead is over", terms.closed_days),
    )
    return "; ".join(f"{what}: {'never' if days is None else f'{days} days'}" for what, days in parts)
