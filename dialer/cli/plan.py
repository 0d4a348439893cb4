"""`dialer plan import|status`: take the numbering plan of the day, and see how old the one in use is."""

import os
import re
import tomllib
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import orjson
import typer

from dialer.cli.exits import Refusal
from dialer.cli.options import AsJson, ConfigPath
from dialer.clock import Clock
from dialer.config import config_path
from dialer.core.numbering.defaults import default_regions
from dialer.core.numbering.gazetteer import GazetteerData
from dialer.core.numbering.plan import SECTION_NAMES, PlanData, Section
from dialer.core.numbering.planfile import BadPlanFile
from dialer.intake.plan_build import Report, SourceFile, allotted, compile_plan
from dialer.intake.plan_defaults import PLAN_SOURCE, POSTCODES_SOURCE, read_bytes
from dialer.intake.plan_folder import DEFAULT_PLAN_DIR, PlanFolder
from dialer.intake.plan_rows import NotAPlan, unzipped
from dialer.intake.postcode_build import compile_gazetteer, holds_offices

app = typer.Typer()

STALE_DAYS = 183
"""After half a year `status` warns: the plan changes every week."""
_DATES = (
    (re.compile(r"(20\d\d)-?([01]\d)-?([0-3]\d)"), (1, 2, 3)),
    (re.compile(r"([0-3]\d)[._]([01]\d)[._](20\d\d)"), (3, 2, 1)),
)

PlanDir: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help=f"Where imported tables are kept; else numbers.plan_dir of the settings, else {DEFAULT_PLAN_DIR}."
    ),
]


def plan_folder(given: Path | None, config: Path | None = None) -> PlanFolder:
    """The folder asked for, else the environment's, else the settings', else the usual one. No settings are needed."""
    if given is not None:
        return PlanFolder(given)
    named = os.environ.get("DIALER_NUMBERS__PLAN_DIR") or _in_settings(config_path(config))
    return PlanFolder(Path(named) if named else DEFAULT_PLAN_DIR)


def _in_settings(path: Path) -> str:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise Refusal(f"{path}: {error}; give --plan-dir, or mend the settings") from None
    return str(tables.get("numbers", {}).get("plan_dir", ""))


def today() -> date:
    return datetime.fromtimestamp(Clock().now(), UTC).date()


@app.callback()
def _group() -> None:
    """The numbering plan: whose a number is, and which code a town has."""


@app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(help="The regulator's files (CSV, XLSX, ZIP) and the post's (DBF, CSV).")
    ],
    published: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Their date; else taken from the name, else from the file's own time."),
    ] = None,
    plan_dir: PlanDir = None,
    config: ConfigPath = None,
    force: Annotated[bool, typer.Option("--force", help="Take a plan that looks cut short all the same.")] = False,
    json: AsJson = False,
) -> None:
    """Check the files, show a report, and swap the plan in one step; running campaigns see it without a restart.

    Each of the four files replaces its own part. Exit code 0: taken; 6: refused, nothing was changed.

    \b
    dialer plan import ABC-3xx.csv ABC-4xx.csv ABC-8xx.csv DEF-9xx.csv
    dialer plan import plan.zip PIndx.dbf --published 2026-11-20
    """
    folder = plan_folder(plan_dir, config)
    try:
        plans, offices = _sorted_out(files, published.date() if published else None)
        tables = [
            compile_gazetteer(file.name, file.content, file.published, POSTCODES_SOURCE, default_regions())
            for file in offices
        ]
        report = _import_plan(folder, plans, force=force) if plans else None
    except (NotAPlan, BadPlanFile) as error:
        raise Refusal(str(error)) from None
    for table in tables:
        folder.put_gazetteer(table)
    typer.echo(_told_json(report, tables, folder) if json else _told(report, tables, folder))


@app.command()
def status(plan_dir: PlanDir = None, config: ConfigPath = None, json: AsJson = False) -> None:
    """Sources, dates and counts of the tables in use; warns of those older than half a year.

    \b
    dialer plan status
    dialer plan status --plan-dir /var/lib/dialer/plan --json
    """
    folder = plan_folder(plan_dir, config)
    try:
        plan, gazetteer = folder.plan(), folder.gazetteer()
    except BadPlanFile as error:
        raise Refusal(f"{folder.path}: {error}; import the plan again") from None
    parts = _parts(plan, gazetteer, today())
    typer.echo(orjson.dumps(parts, option=orjson.OPT_INDENT_2).decode() if json else _status_text(parts, folder))


def _sorted_out(files: list[Path], published: date | None) -> tuple[list[SourceFile], list[SourceFile]]:
    """The regulator's files, and the post's."""
    plans: list[SourceFile] = []
    offices: list[SourceFile] = []
    for path in files:
        if not path.is_file():
            raise Refusal(f"there is no file {path}")
        for name, content in unzipped(path.name, read_bytes(path)):
            file = SourceFile(name, content, published or _date_of(path), PLAN_SOURCE)
            (offices if holds_offices(content) else plans).append(file)
    return plans, offices


def _date_of(path: Path) -> date:
    for pattern, (year, month, day) in _DATES:
        found = pattern.search(path.name)
        if found:
            try:
                return date(int(found[year]), int(found[month]), int(found[day]))
            except ValueError:
                continue
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _import_plan(folder: PlanFolder, files: list[SourceFile], *, force: bool) -> Report:
    data, report = compile_plan(files, default_regions(), folder.plan())
    if report.implausible and not force:
        reasons = "\n  ".join(report.implausible)
        raise Refusal(f"the plan was not taken:\n  {reasons}\nIf it is right all the same: --force")
    folder.put_plan(data)
    return report


def _told(report: Report | None, tables: list[GazetteerData], folder: PlanFolder) -> str:
    lines: list[str] = []
    if report is not None:
        lines += [f"{name}: {rows:,} rows" for name, rows in report.files.items()]
        for key, (before, now) in report.sections.items():
            lines.append(f"{SECTION_NAMES[key]}: {now:,} numbers allotted (before: {before:,})")
        lines.append(f"{report.ranges:,} ranges after neighbours of one place were merged")
        lines += [f"left out: {line}" for line in report.refused]
        if report.unknown_places:
            lines.append(f"{report.unknown_places} places of an unknown region")
    lines += [f"postcodes: {len(table.postcodes):,} in {len(table.localities):,} places" for table in tables]
    return "\n".join([*lines, f"taken into {folder.path}"])


def _told_json(report: Report | None, tables: list[GazetteerData], folder: PlanFolder) -> str:
    told: dict[str, Any] = {"plan": asdict(report) if report else None, "folder": str(folder.path)}
    told["postcodes"] = [len(table.postcodes) for table in tables]
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()


def _parts(plan: PlanData, gazetteer: GazetteerData | None, now: date) -> list[dict[str, Any]]:
    numbers = allotted(plan)
    parts = [
        _part(SECTION_NAMES[key], section, numbers.get(key, 0), now) for key, section in sorted(plan.sections.items())
    ]
    if gazetteer is not None:
        parts.append(_part("postcodes", gazetteer.section, len(gazetteer.postcodes), now))
    return parts


def _part(name: str, section: Section, count: int, now: date) -> dict[str, Any]:
    age_days = (now - section.published).days
    return {
        "part": name,
        "published": section.published.isoformat(),
        "age_days": age_days,
        "stale": age_days > STALE_DAYS,
        "rows": section.rows,
        "count": count,
        "source": section.source,
        "sha256": section.sha256,
    }


def _status_text(parts: list[dict[str, Any]], folder: PlanFolder) -> str:
    lines = [f"{part['part']:<10} {part['published']}  {part['count']:>13,}  {part['source']}" for part in parts]
    stale = [part["part"] for part in parts if part["stale"]]
    if stale:
        lines.append(f"older than half a year: {', '.join(stale)}; import the regulator's files of the day:")
        lines.append(f"  dialer plan import FILE… --plan-dir {folder.path}")
    return "\n".join(lines)
