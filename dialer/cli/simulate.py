"""`dialer simulate`: what if. The daemon's own decision code in virtual time, against a modelled world.

The same seed gives the same output, byte for byte, apart from `wall_s`.
"""

import json as json_module
import sys
from contextlib import nullcontext
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from dialer.cli.exits import ExitCode, Refusal
from dialer.cli.modes import refuse_unusable
from dialer.cli.options import AsJson, ConfigPath
from sim.load import Load, least_hours, loads
from sim.picture import draw_day, undrawable
from sim.run import Day
from sim.scenario import BadScenario, Scenario, broken_limits, read_scenario, refuse_impossible


def command(
    strategy: Annotated[
        str | None, typer.Option(help="manual, preview, progressive, power, predictive, or a third party's.")
    ] = None,
    agents: Annotated[int | None, typer.Option(help="Agents signed in.")] = None,
    answer_rate: Annotated[float | None, typer.Option(help="Human answers per dial, 0..1.")] = None,
    talk: Annotated[float | None, typer.Option(help="Mean talk, seconds.")] = None,
    talk_cv: Annotated[float | None, typer.Option(help="Its coefficient of variation.")] = None,
    wrap: Annotated[float | None, typer.Option(help="Mean wrap-up, seconds.")] = None,
    ring: Annotated[float | None, typer.Option(help="Mean seconds of ringing to a human answer.")] = None,
    hours: Annotated[float | None, typer.Option(help="Length of the shift.")] = None,
    ceiling: Annotated[float | None, typer.Option(help="Abandoned / answered by a person, 0..1.")] = None,
    hard: Annotated[
        bool, typer.Option("--hard", help="The ceiling holds in every window; its price in occupancy is printed.")
    ] = False,
    lines: Annotated[int | None, typer.Option(help="Lines of the trunk.")] = None,
    power_ratio: Annotated[float | None, typer.Option(help="Calls per free agent, power only; 1 or more.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same day.")] = None,
    requests: Annotated[
        float | None, typer.Option(help="Fresh requests an hour, called within twenty minutes, instead of a list.")
    ] = None,
    find_load: Annotated[
        bool, typer.Option("--find-load", help="From how many requests an hour on first calls come too late.")
    ] = False,
    scenario: Annotated[
        Path | None, typer.Option(help="A TOML file, e.g. sim/scenarios/steps.toml; options change it.")
    ] = None,
    from_campaign: Annotated[
        str | None,
        typer.Option(metavar="NAME|ID", help="Rates, agents, hours and list of a real campaign; options change it."),
    ] = None,
    measured_days: Annotated[int, typer.Option(min=1, max=366, help="Over how many days it is measured.")] = 7,
    config: ConfigPath = None,
    plot: Annotated[Path | None, typer.Option(help="Write a picture of the day (PNG, SVG or PDF).")] = None,
    json: AsJson = False,
) -> None:
    """What if: a day of a campaign in virtual time, with the daemon's own decisions.

    \b
    dialer simulate --agents 20 --answer-rate 0.3 --talk 90 --ceiling 0.03
    dialer simulate --scenario sim/scenarios/steps.toml --plot day.png
    dialer simulate --from-campaign orders --agents 30 --strategy predictive
    dialer simulate --agents 20 --requests 600 --hours 2 --find-load
    Exits with 1 where the scenario's limits are not kept.
    """
    day = _scenario(scenario) if from_campaign is None else _measured(from_campaign, measured_days, config, scenario)
    day = _changed(day, strategy=strategy, hours=hours, ceiling=ceiling, seed=seed, power_ratio=power_ratio)
    day = replace(day, hard=day.hard or hard)
    team = _changed(day.team, agents=agents, talk_s=talk, talk_cv=talk_cv, wrap_s=wrap)
    people = _changed(day.people, answer_ratio=answer_rate, ring_s=ring)
    day = replace(day, team=team, people=people, plant=_changed(day.plant, lines=lines))
    day = replace(day, requests=_changed(day.requests, per_hour=requests))
    _check(day, plot)
    if find_load:
        _find_load(day, plot, json)
        return
    figures, lived = _live(day, show=not json)
    if day.hard:
        beside, _ = _live(replace(day, hard=False), show=not json)
        figures["price_of_hard_occupancy"] = round(beside["occupancy"] - figures["occupancy"], 6)
    if plot is not None:
        draw_day(lived.tally, day, plot)
    typer.echo(json_module.dumps(figures) if json else _as_text(figures, day))
    broken = broken_limits(day.limits, figures)
    for text in broken:
        typer.echo(f"limit broken: {text}", err=True)
    if broken:
        raise typer.Exit(ExitCode.TROUBLE)


def _scenario(path: Path | None) -> Scenario:
    try:
        return read_scenario(path) if path is not None else Scenario()
    except BadScenario as error:
        raise Refusal(str(error)) from None


def _measured(campaign: str, days: int, config: Path | None, scenario: Path | None) -> Scenario:
    if scenario is not None:
        raise Refusal("--scenario and --from-campaign both describe the day: give one of them")
    day, told = import_module("dialer.cli.from_campaign").scenario_of(campaign, days, config)
    typer.echo("\n".join(told), err=True)
    return cast(Scenario, day)


def _changed(before: Any, **values: Any) -> Any:
    """The same with the options that were given."""
    return replace(before, **{key: value for key, value in values.items() if value is not None})


def _check(day: Scenario, plot: Path | None) -> None:
    """Whatever cannot be used is refused before the day is lived, not after it."""
    try:
        refuse_impossible(day)
    except ValueError as error:
        raise Refusal(str(error)) from None
    refuse_unusable(day.strategy, ceiling_ratio=day.ceiling, power_ratio=day.power_ratio)
    if plot is not None and (trouble := undrawable(plot)):
        raise Refusal(f"--plot {plot}: {trouble}")


def _live(day: Scenario, show: bool) -> tuple[dict[str, Any], Day]:
    """Live the day; the figures in the order of the command's JSON."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    visible = show and sys.stderr.isatty()
    started = perf_counter()
    with Progress(*columns, console=Console(stderr=True)) if visible else nullcontext() as bar:
        lived = Day(day)
        lived.books.keeps = False
        if bar is not None:
            task = bar.add_task(f"{day.team.agents} agents, {day.hours:g} h", total=1.0)
            lived.progress = lambda share: bar.update(task, completed=share)
        lived.run()
    wall_s = round(perf_counter() - started, 3)
    head = {"strategy": day.strategy, "agents": day.team.agents, "hours": day.hours, "seed": day.seed}
    return {**head, **lived.figures(), "wall_s": wall_s}, lived


def _find_load(day: Scenario, plot: Path | None, json: bool) -> None:
    if plot is not None:
        raise Refusal("--find-load lives many days, --plot draws one: give them apart, the load found as --requests")
    if not day.requests.per_hour:
        raise Refusal(
            "--find-load asks how many requests an hour the team can take: say where to begin, --requests 600"
        )
    if day.hours < (least := least_hours(day)):
        raise Refusal(f"--find-load over {day.hours:g} h: nobody is late by then; --hours {least:g} or more")
    found = []
    if not json:
        typer.echo("requests/h   in time   first call p95   overdue   occupancy   abandoned")
    for load_ in loads(day):
        found.append(load_)
        if not json:
            typer.echo(_load_line(load_))
    kept = max((one.per_hour for one in found if one.holds), default=0.0)
    lost = min((one.per_hour for one in found if not one.holds), default=None)
    if json:
        typer.echo(json_module.dumps({"days": [asdict(one) for one in found], "holds": kept, "fails": lost}))
    else:
        typer.echo(f"holds up to {kept:g} requests an hour" + (f", fails from {lost:g} on" if lost else ""))


def _load_line(found: Load) -> str:
    return (
        f"{found.per_hour:>10g}{found.in_time:>10.1%}{found.first_call_p95_s / 60:>13.1f} min"
        f"{found.overdue:>10}{found.occupancy:>12.1%}{found.abandonment:>12.2%}"
    )


def _as_text(figures: dict[str, Any], day: Scenario) -> str:
    speed = day.hours * 3600.0 / max(figures["wall_s"], 0.001)
    return "\n".join(
        (
            f"{day.name}: {figures['strategy']}, {figures['agents']} agents, {figures['hours']:g} h, "
            f"seed {figures['seed']}",
            f"  attempts    {figures['attempts']}, answered {figures['answered']}, "
            f"connected {figures['connected']}, abandoned {figures['abandoned']}",
            f"  abandonment {figures['abandonment']:.2%} (ceiling {day.ceiling:.1%}; "
            f"worst 30 min {figures['worst_30min_abandonment']:.2%})",
            f"  occupancy   {figures['occupancy']:.1%}, talk {figures['talk_min_per_agent_hour']:.1f} min and "
            f"{figures['connects_per_agent_hour']:.1f} connects per agent hour",
            f"  waits       agents {figures['agent_wait_mean_s']:.1f} s mean, "
            f"customers {figures['customer_wait_p99_s']:.3f} s p99",
            *_first_calls(figures),
            *_price(figures),
            f"  took        {figures['wall_s']:.1f} s, {speed:,.0f} times as fast as real time",
        )
    )


def _first_calls(figures: dict[str, Any]) -> list[str]:
    if "requests" not in figures:
        return []
    return [
        f"  requests    {figures['requests']}, {figures['first_calls_in_time']:.1%} first called in time "
        f"(p95 after {figures['first_call_p95_s'] / 60:.1f} min); {figures['overdue_requests']} due at the end"
    ]


def _price(figures: dict[str, Any]) -> list[str]:
    """What a hard ceiling costs: the same day was lived once more with the ceiling as a target."""
    price = figures.get("price_of_hard_occupancy")
    return [] if price is None else [f"  hard        costs {price * 100:.1f} points of occupancy on this day"]
