"""`dialer callers`: the numbers that a project shows to those whom it calls. Asks a running daemon."""

from typing import Annotated, Any

import orjson
import typer

from dialer.cli.daemon import DEFAULT_URL, Url, ask
from dialer.cli.exits import Refusal
from dialer.cli.options import AsJson

app = typer.Typer()

Project = Annotated[str, typer.Argument(metavar="PROJECT", help="The project, by name or number.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The number's name, or the number itself.")]
Label = Annotated[str | None, typer.Option(help="What the telephone shows, 32 characters at most.")]
Contract = Annotated[str | None, typer.Option(help="With the operator, for the label.")]
From = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="The label's first day.")]
Until = Annotated[str | None, typer.Option("--until", metavar="YYYY-MM-DD", help="The label's last day.")]
Regions = Annotated[str | None, typer.Option(help="Whose leads see it, by commas; `all` for any.")]
Trunks = Annotated[str | None, typer.Option(help="That let it be shown, by commas; `all` for any.")]


@app.callback()
def _group() -> None:
    """The numbers that projects show; the token comes from $DIALER_TOKEN or $DIALER_TOKEN_FILE."""


@app.command("list")
def list_(project: Project, url: Url = DEFAULT_URL, json: AsJson = False) -> None:
    """Every number of the project, its label, and what is wrong with the label today.

    \b
    dialer callers list shop
    """
    found = ask(url, "GET", f"/projects/{_project(url, project)}/callers")["callers"]
    if json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        where = ", ".join(one["regions"]) or "any region"
        label = f"«{one['label']}» {one['contract']}" if one["label"] else ""
        flags = " ".join(filter(None, ("" if one["is_active"] else "inactive", one["label_flaw"])))
        typer.echo(f"{one['id']:>5}  {one['number']:<16} {one['name']:<20} {where}  {label}  {flags}".rstrip())


@app.command()
def add(
    project: Project,
    number: Annotated[str, typer.Argument(help="As the trunk wants it: digits, + allowed.")],
    name: Annotated[str, typer.Argument(help="By which metrics and reports tell it.")],
    label: Label = None,
    contract: Contract = None,
    since: From = None,
    until: Until = None,
    regions: Regions = None,
    trunks: Trunks = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Another number of the project's pool.

    \b
    dialer callers add shop 74951234567 moscow --label "Магазин Ромашка" --contract "№ 7" --until 2027-08-31
    dialer callers add shop 73431234567 ural --regions "Свердловская область, Челябинская область"
    """
    body = {"number": number, "name": name, **_given(label, contract, since, until, regions, trunks)}
    made = ask(url, "POST", f"/projects/{_project(url, project)}/callers", body)
    typer.echo(f"caller {made['id']} {made['name']}: label {made['label_flaw'] or 'good'}")


@app.command("set")
def set_(
    project: Project,
    name: Name,
    label: Label = None,
    contract: Contract = None,
    since: From = None,
    until: Until = None,
    regions: Regions = None,
    trunks: Trunks = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="In the pool, or out of it.")] = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Change a number live.

    \b
    dialer callers set shop moscow --label "Магазин Ромашка" --contract "№ 7" --until 2027-08-31
    dialer callers set shop ural --inactive
    """
    body = _given(label, contract, since, until, regions, trunks)
    body |= {} if active is None else {"is_active": active}
    changed = ask(url, "PATCH", f"/callers/{_caller(url, project, name)}", body)
    typer.echo(f"caller {changed['id']} {changed['name']}: label {changed['label_flaw'] or 'good'}")


@app.command()
def reach(
    project: Project,
    days: Annotated[int, typer.Option(min=1, max=366, help="Over the last days.")] = 7,
    url: Url = DEFAULT_URL,
) -> None:
    """What became of the calls under each number: a number whose reach falls is spoilt.

    \b
    dialer callers reach shop --days 30
    """
    found = ask(url, "GET", f"/projects/{_project(url, project)}/callers/reach?days={days}")["callers"]
    typer.echo("dialled  answered  blocked  rejected  no answer  reach  number")
    for one in found:
        share = "" if one["reach"] is None else f"{one['reach']:.1%}"
        typer.echo(
            f"{one['dialled']:>7}{one['answered']:>10}{one['blocked']:>9}{one['rejected']:>10}{one['no_answer']:>11}"
            f"{share:>7}  {one['name'] or 'the trunk’s own'}"
        )


def _given(
    label: str | None,
    contract: str | None,
    since: str | None,
    until: str | None,
    regions: str | None,
    trunks: str | None,
) -> dict[str, Any]:
    words = {"label": label, "contract": contract, "label_from": since, "label_until": until}
    lists = {"regions": regions, "trunks": trunks}
    return {
        **{key: value for key, value in words.items() if value is not None},
        **{key: _parts(value) for key, value in lists.items() if value is not None},
    }


def _parts(text: str) -> list[str]:
    return [] if text == "all" else [part.strip() for part in text.split(",") if part.strip()]


def _project(url: str, wanted: str) -> int:
    found = [one for one in ask(url, "GET", "/projects")["projects"] if wanted in (str(one["id"]), one["name"])]
    if len(found) != 1:
        raise Refusal(f"no project {wanted}; see `dialer project list`")
    number: int = found[0]["id"]
    return number


def _caller(url: str, project: str, wanted: str) -> int:
    pool = ask(url, "GET", f"/projects/{_project(url, project)}/callers")["callers"]
    found = [one for one in pool if wanted in (one["name"], one["number"])]
    if len(found) != 1:
        raise Refusal(f"project {project} shows no number {wanted}; see `dialer callers list {project}`")
    number: int = found[0]["id"]
    return number
