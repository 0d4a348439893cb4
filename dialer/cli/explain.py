"""`dialer explain`: why so many calls were started, where all leads stand, why this one is not dialled.

`dialer explain orders` is short for `dialer explain campaign orders`.
"""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from dialer.cli.exits import Refusal
from dialer.cli.options import ConfigPath
from dialer.cli.report import the_one_campaign
from dialer.clock import Clock
from dialer.config import load_config
from dialer.core.effects import BookDecision
from dialer.core.explaining import sentence
from dialer.core.hours import tz_of
from dialer.core.ids import CampaignId, Instant
from dialer.core.settings import CampaignSettings
from dialer.report.campaign import find_campaigns
from dialer.report.explain import (
    LeadFacts,
    PastAttempt,
    find_leads,
    past_attempts,
    why_not_dialled,
)
from dialer.store import decisions
from dialer.store.campaigns import Standing, why
from dialer.store.campaigns import campaign as settings_of
from dialer.store.db import Database

COMMANDS = ("campaign", "lead")
LONGEST_CLOCK = len("14:05:30.123")


class _CampaignByDefault(TyperGroup):
    """A first word that is no command names a campaign."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*COMMANDS, "--help"):
            args = [COMMANDS[0], *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_CampaignByDefault)


@app.callback()
def _group() -> None:
    """Why the dialer does what it does."""


@app.command()
def campaign(
    name: Annotated[str, typer.Argument(metavar="NAME|ID", help="The campaign.")],
    last: Annotated[int, typer.Option(min=1, max=1000, help="How many decisions.")] = 10,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="The decision in force then: 14:05 today, or 2026-11-21T14:05:30."),
    ] = None,
    english: Annotated[bool, typer.Option("--english", help="Reasons in English.")] = False,
    config: ConfigPath = None,
) -> None:
    """The latest pacing decisions with their reasons, and every lead by the reason for which it waits.

    With --at the decision that held at that moment, in the project's time zone (or the last one of the day before it,
    and that nothing was decided since); decisions are sampled: every one that started calls is there.
    `dialer explain orders` is short for `dialer explain campaign orders`.

    \b
    dialer explain orders
    dialer explain orders --at 14:05:30 --english
    dialer explain campaign orders --last 100
    """
    dsn = load_config(config).database.dsn
    if at is not None:
        typer.echo("\n".join(asyncio.run(_in_force(dsn, name, at, english))))
        return
    zone, made, standings = asyncio.run(_campaign(dsn, name, last))
    typer.echo("Decisions, the newest first:")
    for decision in made:
        typer.echo(_decision_line(decision, zone, english))
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
    for facts, settings, attempts in found:
        typer.echo("\n".join(_lead_lines(facts, settings, attempts, now)))


async def _campaign(dsn: str, name: str, last: int) -> tuple[str, list[BookDecision], list[Standing]]:
    async with await Database.open(dsn, size=1) as database, database.connection() as conn:
        found = the_one_campaign(name, await find_campaigns(conn, name))
        campaign = CampaignId(found.id)
        return found.zone, await decisions.latest(conn, campaign, last), await why(conn, campaign, Clock().now())


async def _in_force(dsn: str, name: str, at: str, english: bool) -> list[str]:
    async with await Database.open(dsn, size=1) as database, database.connection() as conn:
        found = the_one_campaign(name, await find_campaigns(conn, name))
        moment = _moment(at, found.zone, Clock().now())
        made = await decisions.in_force(conn, CampaignId(found.id), moment)
    if not made:
        raise Refusal(
            f"campaign {found.name} decided nothing in the day before {at}: it was not running, or nobody was there"
        )
    lines = [_decision_line(decision, found.zone, english) for decision in made]
    if moment - max(decision.at for decision in made) > decisions.HOLDS_S:
        lines.append(f"Nothing was decided between this and {at}: it was not running, or nobody was there.")
    return lines


def _moment(text: str, zone: str, now: Instant) -> Instant:
    """A time of today, or a date and time, as the project's clocks show it."""
    tz = tz_of(zone)
    today = datetime.fromtimestamp(now, UTC).astimezone(tz).date().isoformat()
    try:
        read = datetime.fromisoformat(text if len(text) > LONGEST_CLOCK else f"{today}T{text}")
    except ValueError:
        raise Refusal(f"{text!r} is no time: give 14:05, 14:05:30 or 2026-11-21T14:05:30") from None
    return (read if read.tzinfo else tz.localize(read)).timestamp()


async def _leads(dsn: str, name: str) -> list[tuple[LeadFacts, CampaignSettings, tuple[PastAttempt, ...]]]:
    async with await Database.open(dsn, size=1) as database, database.connection() as conn:
        return [
            (facts, await settings_of(conn, CampaignId(facts.campaign_id)), await past_attempts(conn, facts.id))
            for facts in await find_leads(conn, name)
        ]


def _decision_line(effect: BookDecision, zone: str, english: bool) -> str:
    decision = effect.decision
    wished = f" (of {decision.wished} wished)" if decision.wished != decision.calls_to_start else ""
    figures = ", ".join(f"{key} {value:g}" for key, value in decision.inputs)
    at = datetime.fromtimestamp(effect.at, UTC).astimezone(tz_of(zone)).strftime("%Y-%m-%d %H:%M:%S %Z")
    told = f"  {at}  {effect.server}: {decision.calls_to_start} started{wished}, {decision.strategy}"
    return f"{told}: {sentence(decision, english=english)}" + (f"  [{figures}]" if figures else "")


def _lead_lines(
    facts: LeadFacts, settings: CampaignSettings, attempts: Iterable[PastAttempt], now: Instant
) -> Iterable[str]:
    zone = tz_of(facts.project_zone)

    def show(at: Instant) -> str:
        return datetime.fromtimestamp(at, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")

    yield f"Lead {facts.id} ({facts.project}: {facts.campaign}, {facts.external_id or 'no external id'}): {facts.state}"
    for reason in why_not_dialled(facts, settings, now, show):
        yield f"  - {reason}"
    for attempt in attempts:
        counted = "" if attempt.uses_attempt is not False else " (does not count)"
        what = attempt.disposition or attempt.reason
        yield (
            f"  {show(attempt.reserved_at.timestamp())}  attempt {attempt.attempt_no}{counted}: "
            f"{attempt.outcome or 'live'}" + (f", {what}" if what else "")
        )
