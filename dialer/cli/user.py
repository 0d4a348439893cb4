"""`dialer user`: who may come in. Works on the database itself: the first administrator is made before anybody has a
token, and a lost one is replaced while the daemon is down. Everything is audited as `cli:<user of this machine>`."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

import pytz
import typer

from dialer.cli.exits import Refusal
from dialer.cli.options import ConfigPath
from dialer.clock import Clock
from dialer.config import Config, load_config
from dialer.core.access import RIGHTS, Right, Role
from dialer.core.ids import AgentId, ProjectId
from dialer.core.user import MINIMUM_PASSWORD, AuditEntry, Token
from dialer.store.db import Database
from dialer.store.users import LINK_S, Users

app = typer.Typer()
T = TypeVar("T")

Name = Annotated[str, typer.Argument(help="The name to sign in with: small letters, digits and . _ @ -")]


@app.callback()
def _group() -> None:
    """Users, tokens, and one-time links to sign in; on the database itself."""


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the user may do.")],
    agent: Annotated[int | None, typer.Option(help="The number of the agent whose desk is the user's own.")] = None,
    project: Annotated[list[int] | None, typer.Option(help="A project that a client or an integrator sees.")] = None,
    config: ConfigPath = None,
) -> None:
    """A new user, and a link that signs in once.

    \b
    dialer user add root --role admin
    dialer user add anna --role agent --agent 1001
    dialer user add shop --role integrator --project 1
    """
    settings = load_config(config)

    async def work(users: Users, now: float) -> str:
        number = None if agent is None else AgentId(agent)
        await users.add(name, role, now, agent=number, projects=[ProjectId(one) for one in project or ()])
        await _audit(users, now, "user.add", name, role=role.value)
        return await users.make_link(name, now)

    _show_link(settings, _with_users(settings, work))


@app.command()
def link(name: Name, config: ConfigPath = None) -> None:
    """A new link that signs the user in once: `dialer user link root`."""
    settings = load_config(config)

    async def work(users: Users, now: float) -> str:
        await _audit(users, now, "user.link", name)
        return await users.make_link(name, now)

    _show_link(settings, _with_users(settings, work))


@app.command("list")
def list_(config: ConfigPath = None) -> None:
    """Every user: `dialer user list`."""
    for user in _with_users(load_config(config), lambda users, now: users.all()):
        marks = [f"agent {user.agent}" if user.agent else "", "disabled" if user.is_disabled else ""]
        projects = f"projects {sorted(user.projects)}" if user.projects else ""
        typer.echo(f"{user.name:<24} {user.role:<11} {'  '.join(filter(None, [*marks, projects]))}".rstrip())


@app.command()
def passwd(name: Name, config: ConfigPath = None) -> None:
    """Set a password, asked for twice; the user's sessions end.

    \b
    dialer user passwd anna
    """
    password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    if len(password) < MINIMUM_PASSWORD:
        raise Refusal(f"a password has at least {MINIMUM_PASSWORD} characters")

    async def work(users: Users, now: float) -> None:
        await users.set_password(name, password)
        await _audit(users, now, "user.password", name)

    _with_users(load_config(config), work)
    typer.echo(f"the password of {name} is set")


@app.command()
def token(
    name: Name,
    scope: Annotated[list[Right], typer.Option(help="What the token may do; may be given several times.")],
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="How long it is good; else until revoked.")] = None,
    config: ConfigPath = None,
) -> None:
    """A token for programs, shown this once.

    \b
    dialer user token prometheus --scope metrics:read --label scraper
    dialer user token shop --scope leads:write --scope leads:read --days 365
    """

    async def work(users: Users, now: float) -> str:
        until = None if days is None else now + timedelta(days=days).total_seconds()
        made = await users.make_token(name, scope, now, label=label, expires_at=until)
        await _audit(users, now, "token.make", name, scopes=" ".join(sorted(scope)))
        return made

    typer.echo(_with_users(load_config(config), work))


@app.command()
def tokens(name: Annotated[str | None, typer.Argument()] = None, config: ConfigPath = None) -> None:
    """Tokens by number, without their secrets: `dialer user tokens`."""
    for one in _with_users(load_config(config), lambda users, now: users.tokens(name)):
        typer.echo(_line(one))


@app.command()
def revoke(number: Annotated[int, typer.Argument(help="As shown by `tokens`.")], config: ConfigPath = None) -> None:
    """End a token at once: `dialer user revoke 3`."""

    async def work(users: Users, now: float) -> None:
        await users.revoke_token(number, now)
        await _audit(users, now, "token.revoke", str(number))

    _with_users(load_config(config), work)
    typer.echo(f"token {number} is revoked")


@app.command()
def disable(name: Name, config: ConfigPath = None) -> None:
    """Shut a user out at once, sessions and tokens included: `dialer user disable anna`."""
    _set_disabled(name, True, config)


@app.command()
def enable(name: Name, config: ConfigPath = None) -> None:
    """Let a disabled user in again: `dialer user enable anna`."""
    _set_disabled(name, False, config)


@app.command()
def roles() -> None:
    """What each role may do: `dialer user roles`."""
    for role, rights in RIGHTS.items():
        typer.echo(f"{role:<11} {' '.join(sorted(rights))}")


# ---- inside


def _set_disabled(name: str, is_disabled: bool, config: ConfigPath) -> None:
    verb = "disable" if is_disabled else "enable"

    async def work(users: Users, now: float) -> None:
        await users.disable(name, is_disabled)
        await _audit(users, now, f"user.{verb}", name)

    _with_users(load_config(config), work)
    typer.echo(f"user {name} is {verb}d")


def _with_users(settings: Config, work: Callable[[Users, float], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with await Database.open(settings.database.dsn, size=1) as database:
            return await work(Users(database), Clock().now())

    return asyncio.run(opened())


async def _audit(users: Users, now: float, action: str, subject: str, **detail: str) -> None:
    await users.audit(AuditEntry(now, f"cli:{getpass.getuser()}", action, subject, detail))


def _show_link(settings: Config, secret: str) -> None:
    """The secret stands behind the #, so that no server or proxy on the way logs it."""
    typer.echo(f"{site_url(settings)}/sign-in#link={secret}")
    typer.echo(f"This link signs in once, within {LINK_S / 3600:.0f} hours.", err=True)


def site_url(settings: Config) -> str:
    """Where browsers find the daemon."""
    return (settings.http.public_url or f"http://{settings.http.host}:{settings.http.port}").rstrip("/")


def _line(one: Token) -> str:
    until = "" if one.expires_at is None else f"until {datetime.fromtimestamp(one.expires_at, pytz.utc):%Y-%m-%d}"
    state = "revoked" if one.is_revoked else until
    return f"{one.id:>4}  {one.user:<20} {' '.join(one.scopes):<40} {one.label}  {state}".rstrip()
