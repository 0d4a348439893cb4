"""Reports: what came of a project's campaigns, as JSON, CSV or XLSX. Every number with its formula and its SQL."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from dialer.api.asking import Asker, Given, in_sight, needs
from dialer.api.forms import Id
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.core.access import Principal, Right
from dialer.core.hours import tz_of
from dialer.core.ids import CampaignId
from dialer.core.kpi import Asked, KpiReport, Sheet
from dialer.core.staff import ProjectRecord

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
USUAL = timedelta(days=29)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = APIRouter(prefix="/api/v1", tags=["reports"], dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])

Day = Annotated[date | None, Query(ge=EARLIEST, le=LATEST)]


@router.get("/projects/{project}/report", response_model=None)
async def show_report(
    project: Id,
    given: Given,
    asker: Asker,
    campaign: Id | None = None,
    first: Day = None,
    last: Day = None,
    format: Literal["json", "csv", "xlsx"] = "json",
    sheet: Annotated[str | None, Query(max_length=40)] = None,
    language: Literal["ru", "en"] = "ru",
) -> Response | dict[str, Any]:
    """All sheets on the days [first, last] in the project's zone (30 days to today without them), of all its campaigns
    or of one. `format=csv` gives one file for Excel, of all sheets or of one (`sheet`); `xlsx` a workbook."""
    found = await _project_in_sight(given, asker, project)
    campaigns = await _campaigns(given, found, campaign)
    asked = Asked(campaigns, *_days(given, found, first, last))
    report = await given.reports.about(asked, inside=asker.projects is None)
    english = language == "en"
    if format == "json":
        return _body(found, report, english)
    if sheet is not None and sheet not in [each.plan.key for each in report.sheets]:
        raise not_found("sheet", sheet)
    name = f"report-{found.id}-{asked.first}-{asked.last}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if format == "csv":
        body = await given.reports.csv(report, english=english, only=sheet)
        return Response(body, media_type="text/csv; charset=utf-8", headers=headers)
    return Response(await given.reports.xlsx(report, english=english), media_type=XLSX, headers=headers)


async def _project_in_sight(given: Ports, asker: Principal, project: int) -> ProjectRecord:
    for found in await given.campaigns.projects():
        if found.id == project:
            in_sight(asker, found.id, "project", project)
            return found
    raise not_found("project", project)


async def _campaigns(given: Ports, project: ProjectRecord, only: int | None) -> Sequence[CampaignId]:
    campaigns = [each.id for each in await given.campaigns.all() if each.project == project.id]
    if only is None:
        return campaigns
    if only not in campaigns:
        raise not_found("campaign", only)
    return [CampaignId(only)]


def _days(given: Ports, project: ProjectRecord, first: date | None, last: date | None) -> tuple[date, date]:
    today = datetime.fromtimestamp(given.clock.now(), UTC).astimezone(tz_of(project.zone)).date()
    last = last or (today if first is None else max(today, first))
    first = first or max(EARLIEST, last - USUAL)
    if first > last:
        raise Problem(422, "no-days", f"{first} is after {last}.", "Give `first` no later than `last`.")
    return first, last


def _body(project: ProjectRecord, report: KpiReport, english: bool) -> dict[str, Any]:
    asked = report.asked
    head = {"project": project.id, "name": project.name, "zone": project.zone, "campaigns": list(asked.campaigns)}
    days = {"first": asked.first, "last": asked.last}
    return {**head, **days, "sheets": [_sheet(sheet, english) for sheet in report.sheets]}


def _sheet(sheet: Sheet, english: bool) -> dict[str, Any]:
    place = 1 if english else 0
    columns = [
        {"key": c.key, "title": c.title[place], "formula": c.formula[place], "kind": c.kind, "over": c.over}
        for c in sheet.plan.columns
    ]
    head = {"key": sheet.plan.key, "title": sheet.plan.title[place], "is_single": sheet.plan.is_single}
    return {**head, "columns": columns, "rows": sheet.rows, "sql": sheet.sql}
