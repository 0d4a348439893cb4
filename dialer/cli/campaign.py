"""`dialer campaign`: campaigns of a running daemon. Needs a token with campaigns:read and campaigns:write."""

from typing import Annotated, Any

import orjson
import typer

from dialer.cli.daemon import DEFAULT_URL, Url, ask, group_number
from dialer.cli.exits import Refusal
from dialer.cli.options import AsJson
from dialer.core.ledger import CeilingMode, LedgerWindow

app = typer.Typer()

Campaign = Annotated[str, typer.Argument(metavar="NAME|ID", help="The campaign.")]


@app.callback()
def _group() -> None:
    """Campaigns of a running daemon; the token comes from $DIALER_TOKEN or $DIALER_TOKEN_FILE."""


@app.command("list")
def list_(url: Url = DEFAULT_URL, json: AsJson = False) -> None:
    """Every campaign with its state.

    \b
    dialer campaign list
    """
    found = ask(url, "GET", "/campaigns")["campaigns"]
    if json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        typer.echo(f"{one['id']:>5}  {one['state']:<9} {one['mode']:<12} {one['name']}")


@app.command()
def show(campaign: Campaign, url: Url = DEFAULT_URL) -> None:
    """All settings of one campaign, as JSON.

    \b
    dialer campaign show orders
    """
    typer.echo(orjson.dumps(_the_one(url, campaign), option=orjson.OPT_INDENT_2).decode())


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The campaign's name.")],
    project: Annotated[str, typer.Option(help="Its project, made where there is none of this name.")],
    group: Annotated[list[str] | None, typer.Option(help="A group of agents; may be given several times.")] = None,
    mode: Annotated[str, typer.Option(help="manual, preview, progressive, power or predictive.")] = "progressive",
    ceiling: Annotated[float, typer.Option(help="The abandonment allowed, 0..0.2.")] = 0.03,
    window: Annotated[LedgerWindow, typer.Option(help="Over what it is counted.")] = LedgerWindow.ROLLING_24H,
    hard: Annotated[bool, typer.Option("--hard", help="Start no call that could break the ceiling.")] = False,
    url: Url = DEFAULT_URL,
) -> None:
    """A new campaign, in draft.

    \b
    dialer campaign create orders --project shop --group day --mode predictive
    """
    projects = {one["name"]: one["id"] for one in ask(url, "GET", "/projects")["projects"]}
    number = projects.get(project) or ask(url, "POST", "/projects", {"name": project})["id"]
    groups = [group_number(url, one) for one in group or ()]
    body = {
        "project": number,
        "name": name,
        "groups": groups,
        "mode": mode,
        "ceiling_ratio": ceiling,
        "ceiling_window": window,
        "ceiling_mode": CeilingMode.HARD if hard else CeilingMode.TARGET,
    }
    made = ask(url, "POST", "/campaigns", body)
    typer.echo(f"campaign {made['id']} {made['name']}: {made['state']}; start it with `dialer campaign start`")


@app.command("set")
def set_(
    campaign: Campaign,
    values: Annotated[list[str], typer.Argument(metavar="KEY=VALUE…", help="Settings as in `show`; JSON or text.")],
    url: Url = DEFAULT_URL,
) -> None:
    """Change settings live.

    \b
    dialer campaign set orders ceiling_ratio=0.02 mode=predictive max_lines=60
    dialer campaign set orders ceiling_mode=hard ceiling_window=day
    """
    changes = dict(_setting(value) for value in values)
    changed = ask(url, "PATCH", f"/campaigns/{_the_one(url, campaign)['id']}", changes)
    typer.echo(", ".join(f"{key} = {changed[key]}" for key in changes))


@app.command()
def start(campaign: Campaign, url: Url = DEFAULT_URL) -> None:
    """Start dialling: `dialer campaign start orders`."""
    _command(url, campaign, "start")


@app.command()
def pause(campaign: Campaign, url: Url = DEFAULT_URL) -> None:
    """Place no new calls, until resumed: `dialer campaign pause orders`."""
    _command(url, campaign, "pause")


@app.command()
def resume(campaign: Campaign, url: Url = DEFAULT_URL) -> None:
    """Go on after a pause: `dialer campaign resume orders`."""
    _command(url, campaign, "resume")


@app.command()
def stop(campaign: Campaign, url: Url = DEFAULT_URL) -> None:
    """End it; talks in progress finish: `dialer campaign stop orders`."""
    _command(url, campaign, "stop")


def _command(url: str, campaign: str, command: str) -> None:
    found = _the_one(url, campaign)
    answer = ask(url, "POST", f"/campaigns/{found['id']}/{command}")
    typer.echo(f"campaign {found['id']} {found['name']}: {answer['state']}")


def _the_one(url: str, wanted: str) -> dict[str, Any]:
    found = [one for one in ask(url, "GET", "/campaigns")["campaigns"] if wanted in (str(one["id"]), one["name"])]
    if len(found) == 1:
        only: dict[str, Any] = found[0]
        return only
    raise Refusal(f"{'no campaign' if not found else 'more than one campaign'} {wanted}; see `dialer campaign list`")


def _setting(text: str) -> tuple[str, Any]:
    key, is_pair, value = text.partition("=")
    if not is_pair:
        raise Refusal(f"{text!r} is not KEY=VALUE; for example ceiling_ratio=0.02")
    try:
        return key, orjson.loads(value)
    except orjson.JSONDecodeError:
        return key, value
