"""`dialer webhooks`: where results are sent, what did not arrive, and which private networks may be reached.

Works on the database itself, like `dialer user`: what may be reached is decided by whoever administers the machine, not
by whoever has a token. A running daemon sees a change within a second. Everything is audited.
"""

import asyncio
import getpass
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, TypeVar

import orjson
import typer

from dialer.cli.exits import Refusal
from dialer.cli.options import AsJson, ConfigPath
from dialer.clock import Clock
from dialer.config import Config, load_config
from dialer.core.ids import ProjectId
from dialer.core.signing import secret_of
from dialer.core.user import AuditEntry
from dialer.core.webhooks import DeliveryRecord, DeliveryState, EventKind, Webhook, WebhookId, WebhookState
from dialer.outbox.retry import GIVE_UP_S
from dialer.outside.addresses import networks
from dialer.outside.client import Client
from dialer.store.db import Database
from dialer.store.outbox import WebhookBooks
from dialer.store.users import Users

app = typer.Typer()
T = TypeVar("T")

OVERLAP_S = 24 * 3600.0
SALT_BYTES = 16
MAP_HELP = "Our disposition or outcome and the client's word for it, as agreed=APPROVED; * for all others."

Number = Annotated[int, typer.Argument(metavar="WEBHOOK", help="As shown by `list`.")]
Project = Annotated[int, typer.Argument(metavar="PROJECT", help="The project's number.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the audit log.")]


@app.callback()
def _group() -> None:
    """Webhooks: where results are sent; on the database itself."""


@app.command()
def add(
    project: Project,
    url: Annotated[str, typer.Argument(help="https://…")],
    kind: Annotated[
        list[EventKind] | None, typer.Option(help="Only this kind of event; may be given several times.")
    ] = None,
    status: Annotated[list[str] | None, typer.Option("--map", metavar="OURS=THEIRS", help=MAP_HELP)] = None,
    config: ConfigPath = None,
) -> None:
    """Send results of a project there; prints the secret, this once.

    \b
    dialer webhooks add 1 https://shop.example/dialer --map agreed=APPROVED --map '*=NOT_REACHED'
    """
    settings = load_config(config)
    key = _key(settings)
    words = dict(_pair(text) for text in status or ())

    async def work(books: WebhookBooks, users: Users, now: float) -> Webhook:
        await _judge(url, await books.networks(ProjectId(project)))
        salt = secrets.token_hex(SALT_BYTES)
        wanted = Webhook(WebhookId(0), ProjectId(project), url, salt, kinds=tuple(kind or ()), status_map=words)
        made = await books.add(wanted, now)
        await _audit(users, now, "webhook.add", str(made.id), project=str(project))
        return made

    made = _with_books(settings, work)
    typer.echo(f"webhook {made.id}", err=True)
    typer.echo(secret_of(key, made.salt))


@app.command("list")
def list_(config: ConfigPath = None, json: AsJson = False) -> None:
    """Every webhook, with how many events wait and how many were given up.

    \b
    dialer webhooks list
    """

    async def work(books: WebhookBooks, users: Users, now: float) -> list[dict[str, object]]:
        counts = await books.counts()
        return [
            {
                "id": one.id,
                "project": one.project,
                "state": one.state,
                "url": one.url,
                "pending": counts.get((one.id, DeliveryState.PENDING), 0),
                "dead": counts.get((one.id, DeliveryState.DEAD), 0),
            }
            for one in await books.all()
        ]

    found = _with_books(load_config(config), work)
    if json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        waits = f"waiting {one['pending']:>6}  dead {one['dead']:>6}"
        typer.echo(f"{one['id']:>4}  project {one['project']:<4} {one['state']:<7} {waits}  {one['url']}")


@app.command()
def rotate(number: Number, config: ConfigPath = None) -> None:
    """A new secret, printed this once; for a day both are good.

    \b
    dialer webhooks rotate 1
    """
    settings = load_config(config)
    key, salt = _key(settings), secrets.token_hex(SALT_BYTES)

    async def work(books: WebhookBooks, users: Users, now: float) -> None:
        await books.rotate(WebhookId(number), salt, now + OVERLAP_S)
        await _audit(users, now, "webhook.rotate", str(number))

    _with_books(settings, work)
    typer.echo(secret_of(key, salt))


@app.command()
def pause(number: Number, config: ConfigPath = None) -> None:
    """Send nothing there for a while; what comes meanwhile waits up to three days.

    \b
    dialer webhooks pause 1
    """
    _set_state(number, WebhookState.PAUSED, config)


@app.command()
def resume(number: Number, config: ConfigPath = None) -> None:
    """Go on.

    \b
    dialer webhooks resume 1
    """
    _set_state(number, WebhookState.ACTIVE, config)


@app.command()
def remove(number: Number, config: ConfigPath = None) -> None:
    """No more results there; what still waits for it is given up.

    \b
    dialer webhooks remove 1
    """
    _set_state(number, WebhookState.REMOVED, config)


@app.command()
def dead(number: Number, config: ConfigPath = None, json: AsJson = False) -> None:
    """What was given up, newest first.

    \b
    dialer webhooks dead 1
    """

    async def work(books: WebhookBooks, users: Users, now: float) -> list[DeliveryRecord]:
        await _known(books, number)
        return await books.deliveries(WebhookId(number), DeliveryState.DEAD)

    found = _with_books(load_config(config), work)
    if json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        typer.echo(f"{one.id:>8}  evt_{one.event:<8} {one.kind:<18} tries {one.tries:>3}  {one.error}")


@app.command()
def replay(
    number: Number,
    delivery: Annotated[list[int] | None, typer.Argument(help="As shown by `dead`; none: all of them.")] = None,
    config: ConfigPath = None,
) -> None:
    """Send what was given up once more.

    \b
    dialer webhooks replay 1
    dialer webhooks replay 1 4711 4712
    """

    async def work(books: WebhookBooks, users: Users, now: float) -> int:
        await _known(books, number)
        count = await books.replay(WebhookId(number), delivery or None, now, now + GIVE_UP_S)
        await _audit(users, now, "webhook.replay", str(number), deliveries=str(count))
        return count

    typer.echo(f"{_with_books(load_config(config), work)} events go again")


@app.command()
def allow(
    project: Project,
    network: Annotated[str, typer.Argument(metavar="NETWORK", help="Such as 10.1.0.0/16.")],
    reason: Reason,
    config: ConfigPath = None,
) -> None:
    """Let requests for a project go into a private network (all others are refused).

    \b
    dialer webhooks allow 1 10.1.2.0/24 --reason "the shop's CRM in our own network"
    """

    async def work(books: WebhookBooks, users: Users, now: float) -> None:
        await books.allow(ProjectId(project), network, reason, now)
        await _audit(users, now, "network.allow", str(project), network=network, reason=reason)

    _with_books(load_config(config), work)
    typer.echo(f"project {project} may reach {network}")


@app.command()
def forbid(
    project: Project,
    network: Annotated[str, typer.Argument(metavar="NETWORK", help="As it was allowed.")],
    config: ConfigPath = None,
) -> None:
    """No longer.

    \b
    dialer webhooks forbid 1 10.1.2.0/24
    """

    async def work(books: WebhookBooks, users: Users, now: float) -> None:
        await books.forbid(ProjectId(project), network)
        await _audit(users, now, "network.forbid", str(project), network=network)

    _with_books(load_config(config), work)
    typer.echo(f"project {project} may not reach {network}")


# ---- inside


def _set_state(number: int, state: WebhookState, config: ConfigPath) -> None:
    async def work(books: WebhookBooks, users: Users, now: float) -> None:
        await books.change(replace(await _known(books, number), state=state), now)
        await _audit(users, now, f"webhook.{state}", str(number))

    _with_books(load_config(config), work)
    typer.echo(f"webhook {number} is {state}")


async def _known(books: WebhookBooks, number: int) -> Webhook:
    found = await books.one(WebhookId(number))
    if found is None:
        raise Refusal(f"there is no webhook {number}; `dialer webhooks list` shows them")
    return found


async def _judge(url: str, allowed: list[str]) -> None:
    async with Client() as client:
        trouble = await client.judge(url, networks(allowed))
    if trouble is not None:
        raise Refusal(f"{trouble}; give an https address, or allow the network: dialer webhooks allow")


def _key(settings: Config) -> str:
    if settings.webhooks.key is None:
        raise Refusal("no key to sign with: `openssl rand -base64 32 > webhooks.key`, [webhooks] key_file, restart")
    return settings.webhooks.key


def _pair(text: str) -> tuple[str, str]:
    ours, is_pair, theirs = text.partition("=")
    if not is_pair or not ours:
        raise Refusal(f"{text!r} is not OURS=THEIRS; for example agreed=APPROVED")
    return ours, theirs


def _with_books(settings: Config, work: Callable[[WebhookBooks, Users, float], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with await Database.open(settings.database.dsn, size=1) as database:
            return await work(WebhookBooks(database), Users(database), Clock().now())

    return asyncio.run(opened())


async def _audit(users: Users, now: float, action: str, subject: str, **detail: str) -> None:
    await users.audit(AuditEntry(now, f"cli:{getpass.getuser()}", action, subject, detail))
