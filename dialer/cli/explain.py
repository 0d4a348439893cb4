"""`dialer explain`: why so many calls were started, where all leads stand, why this one is not dialled."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import pytz
import typer

from dialer.cli.exits import Refusal
from dialer.cli.options import ConfigPath
from dialer.cli.report import the_one_campaign
from dialer.clock import Clock
from dialer.config import load_config
from dialer.core.ids import CampaignId, Instant
from dialer.report.campaign import find_campaigns
from dialer.report.explain import (
    LeadFacts,
    PacingDecision,
    PastAttempt,
    decisions,
    find_leads,
    past_attempts,
    why_not_dialled,
)
from dialer.store.campaign_rows import calendar_from_json
from dialer.store.campaigns import Standing, why
from dialer.store.db import Database

app = typer.Typer()


@app.callback()
def _group() -> None:
    """Why the dialer does what it does."""


@app.command()
def campaign(
    name: Annotated[str, typer.Argument(metavar="NAME|ID", help="The campaign.")],
    last: Annotated[int, typer.Option(min=1, max=1000, help="How many decisions.")] = 10,
    config: ConfigPath = None,
) -> None:
    """The latest pacing decisions with their reasons, and every lead by the reason for which it waits.

    \b
    dialer explain campaign orders
    dialer explain campaign orders --last 100
    """
    made, standings = asyncio.run(_campaign(load_config(config).database.dsn, name, last))
    typer.echo("Decisions, the newest first:")
    for decision in made:
        typer.echo(_decision_line(decision))
    typer.echo(f"\nLeads ({sum(standing.leads for standing in standings)} in all):")
    for standing in standings:
        typer.echo(f"  {standing.leads:>8}  {standing.state:<15}{standing.reason}")


@app.command()
def lead(
    name: Annotated[str, typer.Argument(metavar="ID", help="The lead's id, or its external id.")],
    config: ConfigPath = None,
) -> None:
    """Why a lead is not being dialled now, and what was done with it so far.

    \b
    dialer explain lead 0193a5c2-6b1e-7c3d-9e4f-1a2b3c4d5e6f
    dialer explain lead ORDER-1042
    """
    now = Clock().now()
    found = asyncio.run(_leads(load_config(config).database.dsn, name))
    if not found:
        raise Refusal(f"no lead has the id or external id {name!r}")
    for facts, attempts in found:
        typer.echo("\n".join(_lead_lines(facts, attempts, now)))


async def _campaign(dsn: str, name: str, last: int) -> tuple[tuple[PacingDecision, ...], list[Standing]]:
    async with await Database.open(dsn, size=1) as database, database.connection() as conn:
        found = the_one_campaign(name, await find_campaigns(conn, name))
        standings = await why(conn, CampaignId(found.id), Clock().now())
        return await decisions(conn, found.id, last), standings


async def _leads(dsn: str, name: str) -> list[tuple[LeadFacts, tuple[PastAttempt, ...]]]:
    async with await Database.open(dsn, size=1) as database, database.connection() as conn:
        return [(facts, await past_attempts(conn, facts.id)) for facts in await find_leads(conn, name)]


def _decision_line(decision: PacingDecision) -> str:
    wished = f" (of {decision.wished} wished)" if decision.wished != decision.calls_to_start else ""
    figures = ", ".join(f"{key} {value:g}" for key, value in decision.inputs.items())
    at = decision.at.strftime("%Y-%m-%d %H:%M:%S")
    told = f"  {at}  {decision.server}: {decision.calls_to_start} started{wished}, {decision.strategy}"
    return f"{told}: {decision.reason}" + (f"  [{figures}]" if figures else "")


def _lead_lines(facts: LeadFacts, attempts: Iterable[PastAttempt], now: Instant) -> Iterable[str]:
    zone = pytz.timezone(facts.project_zone)

    def show(at: Instant) -> str:
        return datetime.fromtimestamp(at, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")

    yield f"Lead {facts.id} ({facts.project}: {facts.campaign}, {facts.external_id or 'no external id'}): {facts.state}"
    for reason in why_not_dialled(facts, calendar_from_json(facts.calendar), now, show):
        yield f"  - {reason}"
    for attempt in attempts:
        counted = "" if attempt.uses_attempt is not False else " (does not count)"
        what = attempt.disposition or attempt.reason
        yield (
            f"  {show(attempt.reserved_at.timestamp())}  attempt {attempt.attempt_no}{counted}: "
            f"{attempt.outcome or 'live'}" + (f", {what}" if what else "")
        )
