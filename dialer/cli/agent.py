"""`dialer agent`: agents of a running daemon. Needs a token with agents:read and agents:steer."""

from typing import Annotated

import orjson
import typer

from dialer.cli.daemon import DEFAULT_URL, Url, ask, group_number
from dialer.cli.exits import Refusal
from dialer.cli.options import AsJson

app = typer.Typer()

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The agent's number, four to six digits.")]


@app.callback()
def _group() -> None:
    """Agents of a running daemon; the token comes from $DIALER_TOKEN or $DIALER_TOKEN_FILE."""


@app.command("list")
def list_(url: Url = DEFAULT_URL, json: AsJson = False) -> None:
    """Every agent with groups and phones; who is at work is on the wallboard.

    \b
    dialer agent list
    """
    found = ask(url, "GET", "/agents")["agents"]
    if json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        phones = ", ".join(f"{phone['server']}/{phone['endpoint']}" for phone in one["phones"])
        typer.echo(f"{one['id']:>6}  {one['name']:<28} groups {one['groups']}  {phones}")


@app.command()
def save(
    number: Number,
    name: Annotated[str, typer.Option(help="What the agent is called.")],
    group: Annotated[list[str] | None, typer.Option(help="A group; made where there is none. Several times.")] = None,
    phone: Annotated[
        list[str] | None, typer.Option(metavar="SERVER/ENDPOINT", help="A phone to sign in at, the usual one first.")
    ] = None,
    browser_phone: Annotated[
        list[str] | None, typer.Option(metavar="SERVER/ENDPOINT", help="The same for a phone in the agent's browser.")
    ] = None,
    skill: Annotated[
        list[str] | None, typer.Option(metavar="SKILL[:LEVEL]", help="What the agent can do, level 1 (the least) to 9.")
    ] = None,
    per_call: Annotated[
        bool, typer.Option(help="The phones are rung for each call instead of staying on the line.")
    ] = False,
    url: Url = DEFAULT_URL,
) -> None:
    """Add an agent, or change name, groups, phones and skills (--skill "" takes all away; without it they stay).

    \b
    dialer agent save 1001 --name "Anna" --group day --phone main/anna
    dialer agent save 1002 --name "Boris" --group day --browser-phone main/boris-web --skill furniture:3
    """
    kind = "per_call" if per_call else "nailed_up"
    body = {
        "name": name,
        "groups": [group_number(url, one) for one in group or ()],
        "phones": [
            *(_phone(one, kind) for one in phone or ()),
            *({**_phone(one, kind), "browser": True} for one in browser_phone or ()),
        ],
        "skills": None if skill is None else dict(_skill(one) for one in skill if one),
    }
    saved = ask(url, "PUT", f"/agents/{number}", body)
    typer.echo(f"agent {saved['id']} {saved['name']}")


@app.command("sign-in")
def sign_in(
    number: Number,
    endpoint: Annotated[str | None, typer.Option(help="One of the agent's phones; else the usual one.")] = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Sign the agent in: the phone is rung once and stays on the line.

    \b
    dialer agent sign-in 1001
    """
    _act(url, number, "sign-in", {"endpoint": endpoint})


@app.command()
def ready(number: Number, url: Url = DEFAULT_URL) -> None:
    """Take calls: `dialer agent ready 1001`."""
    _act(url, number, "ready")


@app.command()
def pause(
    number: Number,
    reason: Annotated[
        str, typer.Option(help="break, lunch, training, technical, other_work, or a word of yours.")
    ] = "break",
    url: Url = DEFAULT_URL,
) -> None:
    """No calls after this one: `dialer agent pause 1001 --reason lunch`."""
    _act(url, number, "pause", {"reason": reason})


@app.command("sign-out")
def sign_out(number: Number, url: Url = DEFAULT_URL) -> None:
    """Leave after this call: `dialer agent sign-out 1001`."""
    _act(url, number, "sign-out")


def _act(url: str, number: int, what: str, body: object = None) -> None:
    ask(url, "POST", f"/agents/{number}/{what}", body)
    typer.echo(f"agent {number}: {what}")


def _skill(text: str) -> tuple[str, int]:
    name, has_level, level = text.partition(":")
    if has_level and not level.isdecimal():
        raise Refusal(f"{text!r} is not SKILL:LEVEL; for example furniture:3")
    return name, int(level) if has_level else 1


def _phone(text: str, kind: str) -> dict[str, str]:
    server, is_pair, endpoint = text.partition("/")
    if not is_pair or not endpoint:
        raise Refusal(f"{text!r} is not SERVER/ENDPOINT; for example main/anna")
    return {"server": server, "endpoint": endpoint, "kind": kind}
