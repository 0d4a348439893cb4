"""`dialer calendar`: the operator's own corrections to the Russian production calendar. Asks a running daemon."""

import csv
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from dialer.cli.daemon import DEFAULT_URL, Url, ask
from dialer.cli.exits import Refusal

app = typer.Typer()

WORDS = {"work": True, "off": False}

Day = Annotated[str, typer.Argument(metavar="YYYY-MM-DD", help="The day.")]
Reason = Annotated[str, typer.Option(help="The decree, or the law of the region; audited.")]


@app.callback()
def _group() -> None:
    """Days on which one works, or not, whatever the production calendar says."""


@app.command("list")
def list_(url: Url = DEFAULT_URL) -> None:
    """Every correction: `dialer calendar list`."""
    for one in ask(url, "GET", "/work-days")["corrections"]:
        typer.echo(f"{one['day']}  {'work' if one['works'] else 'off':<5} {one['reason']} ({one['by']})")


@app.command()
def off(day: Day, reason: Reason, url: Url = DEFAULT_URL) -> None:
    """A day off.

    \b
    dialer calendar off 2027-05-12 --reason "Закон области № 5"
    """
    _correct(url, _day(day), False, reason)


@app.command()
def work(day: Day, reason: Reason, url: Url = DEFAULT_URL) -> None:
    """A day on which one works: `dialer calendar work 2027-11-06 --reason "Постановление № 1466"`."""
    _correct(url, _day(day), True, reason)


@app.command()
def clear(day: Day, url: Url = DEFAULT_URL) -> None:
    """The day is again what the production calendar says: `dialer calendar clear 2027-05-12`."""
    _told(ask(url, "DELETE", f"/work-days/{_day(day)}"))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Lines of `YYYY-MM-DD;off|work;reason`.")],
    url: Url = DEFAULT_URL,
) -> None:
    """Corrections from a file; it is read whole before the first is sent.

    \b
    dialer calendar import days-2027.csv
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        found = [_line(number, row) for number, row in enumerate(csv.reader(lines, delimiter=";"), 1) if row]
    for day, works, reason in found:
        _correct(url, day, works, reason)


def _correct(url: str, day: date, works: bool, reason: str) -> None:
    _told(ask(url, "PUT", f"/work-days/{day}", {"works": works, "reason": reason}))


def _told(answer: dict[str, Any]) -> None:
    typer.echo(f"{answer['day']}: hours of {len(answer['campaigns'])} campaigns changed")
    for campaign in answer["looser"]:
        typer.echo(f"campaign {campaign} has dates of its own that its law does not allow now: change them", err=True)


def _line(number: int, row: list[str]) -> tuple[date, bool, str]:
    if len(row) != 3 or row[1].strip() not in WORDS:
        raise Refusal(f"line {number}: {';'.join(row)!r} is not YYYY-MM-DD;off|work;reason")
    return _day(row[0].strip(), f"line {number}: "), WORDS[row[1].strip()], row[2].strip()


def _day(text: str, where: str = "") -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{where}{text!r} is no date: write it as YYYY-MM-DD") from None
