"""`dialer replay`: a recorded day once more, as it was decided and under another strategy, side by side."""

import asyncio
import json as json_module
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from dialer.cli.exits import Refusal
from dialer.cli.modes import refuse_unusable
from dialer.cli.options import AsJson, ConfigPath
from dialer.cli.report import REPORT_TIMEOUT_S, the_one_campaign
from dialer.clock import Clock
from dialer.config import load_config
from dialer.core.hours import tz_of
from dialer.core.ids import CampaignId
from dialer.core.ledger import Counted, LedgerWindow, day_of
from dialer.core.modes import MANUAL
from dialer.core.record import DayRecord
from dialer.report.campaign import find_campaigns
from dialer.report.record import dialled_campaigns, record_of, trimmed
from dialer.report.statements import Conn
from dialer.store import abandonment
from dialer.store.campaigns import campaign as stored_campaign
from dialer.store.db import Database
from sim.replay import recorded_tally, replayed
from strategies.power import Power

SHARES = frozenset({"abandonment", "worst_30min_abandonment", "occupancy"})


def command(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="The day, in the project's time zone.")],
    strategy: Annotated[str, typer.Option(help="progressive, power, predictive, or a third party's.")],
    campaign: Annotated[str | None, typer.Option(metavar="NAME|ID", help="Of several that dialled that day.")] = None,
    power_ratio: Annotated[
        float | None, typer.Option(min=1.0, help="Calls per free agent, power only; else the campaign's own.")
    ] = None,
    seed: Annotated[int, typer.Option(help="For what the record does not say.")] = 1,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """A recorded day once more under another strategy: same people, same agents, both sides' figures.

    Three columns: what the books recorded, the record lived again with the recorded decisions (how true the model is),
    and the other strategy. Where that dials more than was recorded, people are drawn again from the record, and the
    command says how many. Lines and calls per second are not limited; a hard ceiling binds the other strategy, from the
    ledger as it stood when the day began.

    \b
    dialer replay 2026-11-21 --strategy predictive
    dialer replay 2026-11-21 --strategy progressive --campaign orders --json
    dialer replay 2026-11-21 --strategy power --power-ratio 2
    """
    if strategy == MANUAL:
        raise Refusal("in mode manual agents choose whom they call: no record says whom they would have chosen")
    whole, past = asyncio.run(_record(load_config(config).database.dsn, day, campaign))
    record = trimmed(whole)
    if power_ratio is not None:
        record = replace(record, settings=replace(record.settings, power_ratio=power_ratio))
    settings = record.settings
    refuse_unusable(strategy, ceiling_ratio=settings.ceiling_ratio, power_ratio=settings.power_ratio)
    again, other = (replayed(record, decides, seed, past=past) for decides in (None, strategy))
    figures = {
        "recorded": recorded_tally(record).figures(),
        "replayed": again.tally.figures(),
        strategy: other.tally.figures(),
    }
    if json:
        head = {"day": day.date().isoformat(), "campaign": record.settings.id, "drawn_again": other.drawn_again}
        typer.echo(json_module.dumps({**head, "figures": figures}))
        return
    _show(record, figures)
    calls = figures[strategy]["attempts"]
    typer.echo(f"{other.drawn_again} of its {calls} calls went beyond the record: people drawn again from it")


async def _record(dsn: str, day: datetime, named: str | None) -> tuple[DayRecord, list[Counted]]:
    """The day, and the ledger of the window as it stood when the day began."""
    async with (
        await Database.open(dsn, size=1, command_timeout_s=REPORT_TIMEOUT_S) as database,
        database.connection() as conn,
    ):
        number = await _the_campaign(conn, day, named)
        settings = await stored_campaign(conn, number)
        begins, ends = day_of(settings.zone, tz_of(settings.zone).localize(day.replace(hour=12)).timestamp())
        record = await record_of(conn, settings, begins, min(ends, Clock().now()))
        ledger = (await abandonment.past(conn, [number], begins)).get(number, [])
    if not record.calls:
        raise Refusal(f"campaign {settings.name} dialled nothing on {day.date()}")
    is_new_each_day = settings.ceiling_window is LedgerWindow.DAY
    return record, [] if is_new_each_day else [minute for minute in ledger if minute.at < begins]


async def _the_campaign(conn: Conn, day: datetime, named: str | None) -> CampaignId:
    if named is not None:
        return CampaignId(the_one_campaign(named, await find_campaigns(conn, named)).id)
    begins, ends = day_of("UTC", day.replace(tzinfo=UTC, hour=12).timestamp())
    found = await dialled_campaigns(conn, begins - 43_200.0, ends + 43_200.0)
    if len(found) == 1:
        return CampaignId(found[0][0])
    if not found:
        raise Refusal(f"nothing was dialled on {day.date()}")
    them = ", ".join(f"{number} ({name}: {attempts} calls)" for number, name, attempts in found)
    raise Refusal(f"several campaigns dialled around {day.date()}: {them}; name one by --campaign")


def _show(record: DayRecord, figures: dict[str, dict[str, Any]]) -> None:
    zone = tz_of(record.settings.zone)
    begins, ends = (datetime.fromtimestamp(at, UTC).astimezone(zone) for at in (record.begins, record.ends))
    table = Table(title=f"{record.settings.name}, {begins:%Y-%m-%d %H:%M}-{ends:%H:%M %Z}", title_justify="left")
    table.add_column("")
    for name in figures:
        ratio = f" × {record.settings.power_ratio:g}" if name == Power.name else ""
        table.add_column(name + ratio, justify="right")
    for key in figures["recorded"]:
        table.add_row(key, *(f"{of[key]:.2%}" if key in SHARES else f"{of[key]:g}" for of in figures.values()))
    Console().print(table)
