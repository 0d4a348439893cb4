"""`dialer dry-run`: what a campaign would do with its lists if it started now."""

import asyncio
from datetime import datetime
from typing import Annotated

import orjson
import pytz
import typer

from dialer.cli.options import AsJson, ConfigPath
from dialer.cli.report import the_one_campaign
from dialer.clock import Clock
from dialer.config import load_config
from dialer.core.dry_run import DryRun, ZoneLine, dry_run, sentence
from dialer.core.hours import own_zone
from dialer.core.ids import CampaignId
from dialer.report.campaign import find_campaigns
from dialer.store.campaigns import campaign as settings_of
from dialer.store.db import Database
from dialer.store.stock import rows_beside, stock


def command(
    campaign: Annotated[str, typer.Argument(metavar="NAME|ID", help="The campaign.")],
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """What the campaign would do now: every row of its lists by reason, and when each zone opens. Nothing is changed.

    \b
    dialer dry-run orders
    """
    found = asyncio.run(_look(load_config(config).database.dsn, campaign))
    typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() if json else _as_text(found))


async def _look(dsn: str, name: str) -> DryRun:
    now = Clock().now()
    async with await Database.open(dsn, size=1) as database, database.connection() as conn:
        number = CampaignId(the_one_campaign(name, await find_campaigns(conn, name)).id)
        settings = await settings_of(conn, number)
        return dry_run(await stock(conn, number, now), await rows_beside(conn, number), settings, now)


def _as_text(found: DryRun) -> str:
    lines = [sentence(found), ""]
    lines += [f"{rows:>10,}  {reason}" for reason, rows in [("callable", found.callable), *found.reasons.items()]]
    lines += ["", *(f"{line.leads:>10,}  {line.zone or 'zone unknown':<22} {_when(line)}" for line in found.zones)]
    return "\n".join(lines).rstrip()


def _when(line: ZoneLine) -> str:
    if line.opens_at is None:
        return "never opens"
    if line.is_open:
        return "open now"
    if not line.zone:
        return "opens when all of Russia is open"
    return datetime.fromtimestamp(line.opens_at, pytz.timezone(own_zone(line.zone))).strftime(
        "opens %d.%m at %H:%M of its own time"
    )
