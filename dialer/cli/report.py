"""`dialer report`: what came of a campaign, for a person or for a machine."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from dialer.cli.exits import Refusal
from dialer.cli.options import AsJson, ConfigPath
from dialer.clock import Clock
from dialer.config import load_config
from dialer.core.hours import tz_of
from dialer.core.ids import CampaignId
from dialer.core.proof import Proof, as_csv
from dialer.core.settings import CampaignSettings
from dialer.report.campaign import Campaign, CampaignReport, campaign_report, find_campaigns
from dialer.report.data import as_json
from dialer.report.rollup import sum_anew, sum_up
from dialer.report.text import as_text
from dialer.store.abandonment import proof_of
from dialer.store.campaigns import campaign as stored_campaign
from dialer.store.db import Database

app = typer.Typer()

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
Since = Annotated[datetime | None, typer.Option(formats=MOMENTS, help="From here on, in the project's time zone.")]
Until = Annotated[
    datetime | None, typer.Option(formats=MOMENTS, help="Up to here, not included: a day's name is its beginning.")
]
REPORT_TIMEOUT_S = 120.0
"""A report reads much: it may take longer than a statement of the daemon."""


@app.callback()
def _group() -> None:
    """What came of a campaign."""


@app.command()
def campaign(
    name: Annotated[str, typer.Argument(metavar="NAME|ID", help="The campaign.")],
    since: Since = None,
    until: Until = None,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Attempts by outcome, reach, connects, abandonment, agents' time, dispositions, imports.

    \b
    dialer report campaign orders
    dialer report campaign orders --since 2026-11-01 --until 2026-12-01 --json
    """
    dsn = load_config(config).database.dsn
    report = asyncio.run(_report(dsn, name, since, until))
    typer.echo(as_json(report) if json else as_text(report))


@app.command()
def abandonment(
    name: Annotated[str, typer.Argument(metavar="NAME|ID", help="The campaign.")],
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="In the project's time zone.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write a CSV file for Excel.")] = None,
    config: ConfigPath = None,
) -> None:
    """The proof of a day: every abandoned call with its reason, the ledger's sums and the budget before and after.

    No number and no name is in it; the day's sums are those of the books.

    \b
    dialer report abandonment orders --day 2026-11-21
    dialer report abandonment orders --day 2026-11-21 -o 2026-11-21.csv
    """
    campaign, found = asyncio.run(_proof(load_config(config).database.dsn, name, day))
    text = as_csv(found, tz_of(campaign.zone))
    if output is None:
        typer.echo(text.removeprefix("\ufeff"), nl=False)
    else:
        write_file(output, text)
    share = f" = {found.abandoned / found.answered:.2%}" if found.answered else ""
    told = f"{found.abandoned} abandoned of {found.answered} answered by a person{share}"
    typer.echo(f"{told}; ceiling {campaign.ceiling_ratio:.1%} over {campaign.ceiling_window}, as set now", err=True)


@app.command()
def sums(
    anew: Annotated[
        bool, typer.Option("--anew", help="Throw them away and count them again out of the ledger.")
    ] = False,
    config: ConfigPath = None,
) -> None:
    """Bring the sums that reports read up to date, as the daemon does each minute.

    \b
    dialer report sums
    dialer report sums --anew
    """
    steps = asyncio.run(_sums(load_config(config).database.dsn, anew))
    typer.echo(f"{steps} hours of attempts were summed" if steps else "the sums were up to date")


async def _sums(dsn: str, anew: bool) -> int:
    async with (
        await Database.open(dsn, size=1, command_timeout_s=REPORT_TIMEOUT_S) as database,
        database.connection() as conn,
    ):
        return await (sum_anew if anew else sum_up)(conn, Clock().now())


async def _proof(dsn: str, name: str, day: datetime) -> tuple[CampaignSettings, Proof]:
    async with (
        await Database.open(dsn, size=1, command_timeout_s=REPORT_TIMEOUT_S) as database,
        database.connection() as conn,
    ):
        found = the_one_campaign(name, await find_campaigns(conn, name))
        settings = await stored_campaign(conn, CampaignId(found.id))
        noon = tz_of(settings.zone).localize(day.replace(hour=12))
        return settings, await proof_of(conn, settings, noon.timestamp())


def write_file(path: Path, text: str) -> None:
    """Refusal where it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Refusal(f"{path}: cannot be written ({error.strerror})") from None


async def _report(dsn: str, name: str, since: datetime | None, until: datetime | None) -> CampaignReport:
    async with (
        await Database.open(dsn, size=1, command_timeout_s=REPORT_TIMEOUT_S) as database,
        database.connection() as conn,
    ):
        found = the_one_campaign(name, await find_campaigns(conn, name))
        zone = tz_of(found.zone)
        start, end = (zone.localize(day) if day else None for day in (since, until))
        return await campaign_report(conn, found, start, end)


def the_one_campaign(name: str, found: tuple[Campaign, ...]) -> Campaign:
    """The only campaign that was meant; Refusal where there is none, or several."""
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refusal(f"no campaign is called {name!r}; `dialer campaign list` shows all")
    them = ", ".join(f"{campaign.id} ({campaign.project}: {campaign.name})" for campaign in found)
    raise Refusal(f"{name!r} may be several campaigns: {them}; give its number")
