"""Campaigns: look, make, change live, start, pause, resume, stop. First the books, then the Floor is told."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends

from dialer.api.asking import Asker, Given, in_sight, needs
from dialer.api.campaign_forms import CampaignChange, LinesShare, NewCampaign, NewProject
from dialer.api.forms import Id
from dialer.api.law_check import check_law, labelled, not_refused
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.leads import campaign_in_sight
from dialer.api.show import campaign_body, first_call_body, promised_body
from dialer.api.telling import changed, tell_project
from dialer.core.access import Right
from dialer.core.callback import AHEAD_S, MISSED_AFTER_S
from dialer.core.campaign import CAMPAIGN, COMMANDS
from dialer.core.changes import changes
from dialer.core.content import unready
from dialer.core.ids import ProjectId
from dialer.core.modes import checked_mode
from dialer.core.settings import CampaignSettings
from dialer.core.staff import ProjectRecord
from dialer.core.table import IllegalTransition
from dialer.core.user import AuditEntry
from dialer.core.wishes import CampaignCommand, CampaignCommanded
from dialer.core.work_days import corrections_of
from dialer.production_calendar import corrected

router = APIRouter(prefix="/api/v1", tags=["campaigns"])


@router.get("/projects", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def list_projects(given: Given, asker: Asker) -> dict[str, Any]:
    """The projects that the asker may see."""
    return {"projects": [project for project in await given.campaigns.projects() if asker.sees(project.id)]}


@router.post("/projects", status_code=201, dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def make_project(body: NewProject, given: Given, asker: Asker) -> ProjectRecord:
    """A new project, with the default dictionary of dispositions."""
    new = ProjectRecord(ProjectId(0), body.name, body.zone, body.greeting, body.script)
    try:
        made = await given.campaigns.save_project(new)
    except ValueError as error:
        raise conflict(error) from error
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "project.make", str(made.id)))
    return made


@router.put("/projects/{project}/lines", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def share_lines(project: Id, body: LinesShare, given: Given, asker: Asker) -> dict[str, Any]:
    """How large a part of all trunks' lines the project's calls may take at once. Calls in flight go on; it holds from
    the next decision on."""
    in_sight(asker, ProjectId(project), "project", project)
    try:
        await given.campaigns.share_lines(ProjectId(project), body.lines_share)
    except ValueError as error:
        raise not_found("project", project) from error
    said = {"lines_share": "—" if body.lines_share is None else f"{body.lines_share:g}"}
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "project.lines", str(project), said))
    await tell_project(given, ProjectId(project))
    return body.model_dump()


@router.get("/campaigns", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def list_campaigns(given: Given, asker: Asker) -> dict[str, Any]:
    """The campaigns of the projects that the asker may see."""
    found = await given.campaigns.all()
    return {"campaigns": [campaign_body(settings) for settings in found if asker.sees(settings.project)]}


@router.get("/campaigns/{campaign}", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def show_campaign(campaign: Id, given: Given, asker: Asker) -> dict[str, Any]:
    return campaign_body(await campaign_in_sight(given, asker, campaign))


@router.get("/campaigns/{campaign}/promised-calls", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def promised_calls(campaign: Id, given: Given, asker: Asker, missed: bool = False) -> dict[str, Any]:
    """Calls that were promised and are not made yet, the earliest first; `missed`: those more than 5 minutes late."""
    settings = await campaign_in_sight(given, asker, campaign)
    now = given.clock.now()
    found = await given.campaigns.promised(settings.id, now - MISSED_AFTER_S if missed else now + AHEAD_S)
    return {"promised_calls": [promised_body(one, now) for one in found]}


@router.get("/campaigns/{campaign}/late-first-calls", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def late_first_calls(campaign: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """Fresh requests of the last 24 hours whose first call came too late, or is late now; the oldest first.

    The clock runs from the receipt and stands still only while the hours forbid the call: `paused` says why it does.
    """
    settings = await campaign_in_sight(given, asker, campaign)
    found = await given.campaigns.late_first_calls(settings, given.clock.now())
    return {"first_call_s": settings.rules.first_call_s, "late": [first_call_body(one) for one in found]}


@router.post("/campaigns", status_code=201, dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def make_campaign(body: NewCampaign, given: Given, asker: Asker) -> dict[str, Any]:
    """A new campaign in state `draft`; it starts by the command `start`."""
    in_sight(asker, ProjectId(body.project), "project", body.project)
    return campaign_body(await _save(given, body.settings(), asker.name, "campaign.make", body))


@router.patch("/campaigns/{campaign}", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def change_campaign(campaign: Id, body: CampaignChange, given: Given, asker: Asker) -> dict[str, Any]:
    """Change settings live: the next decision already follows them."""
    before = await campaign_in_sight(given, asker, campaign)
    return campaign_body(await _save(given, body.applied(before), asker.name, "campaign.change", body))


@router.post("/campaigns/{campaign}/{command}", status_code=202, dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def command_campaign(campaign: Id, command: CampaignCommand, given: Given, asker: Asker) -> dict[str, Any]:
    """Start, pause, resume or stop. Pause and stop place no new calls; talks go on. 409 where it makes no sense."""
    settings = await campaign_in_sight(given, asker, campaign)
    try:
        following = CAMPAIGN.look(settings.state, COMMANDS[command]).state
    except IllegalTransition as error:
        raise Problem(
            409,
            "wrong-state",
            f"Campaign {campaign} is {settings.state}: it cannot {command} now.",
            "Look at its state first; a campaign that is not running is started by `start`.",
        ) from error
    if command in (CampaignCommand.START, CampaignCommand.RESUME):
        await _only_approved(given, settings)
        _installed(settings)
        not_refused(settings, given.clock.now())
        labelled(settings, given.clock.now())
    now = given.clock.now()
    await given.users.audit(
        AuditEntry(
            now, asker.name, f"campaign.{command}", str(settings.id), {"state": f"{settings.state} → {following}"}
        )
    )
    given.room.feed(await changed(given, settings))  # a campaign at rest is not in the room
    given.room.feed(CampaignCommanded(at=now, campaign=settings.id, command=command))
    return {"id": settings.id, "state": following}


def conflict(error: ValueError) -> Problem:
    """The books refused, in words."""
    return Problem(409, "refused-by-the-books", str(error), "Nothing was written; mend the value and send it again.")


async def _only_approved(given: Ports, settings: CampaignSettings) -> None:
    """Nobody talks by a script, or writes into a form, that nobody has approved. Raises 409."""
    versions = await given.contents.approvals(settings.project)
    if why := unready(versions, {"script": settings.script_version, "form": settings.form_version}):
        raise Problem(409, "not-approved", why, "Approve a version (POST …/approve), or keep to one that is approved.")


def _installed(settings: CampaignSettings) -> None:
    """A third party's mode may have been there when it was chosen. Raises 409."""
    try:
        checked_mode(settings.mode)
    except ValueError as error:
        raise Problem(
            409, "unknown-mode", str(error), "Choose another mode, or install its package and restart the daemon."
        ) from error


async def _save(
    given: Ports, settings: CampaignSettings, by: str, action: str, body: CampaignChange
) -> CampaignSettings:
    if body.model_fields_set & {"script_version", "form_version"}:
        await _only_approved(given, settings)
    corrections = corrections_of(await given.work_days.all())
    settings = replace(settings, calendar=corrected(settings.calendar, corrections))
    before = await given.campaigns.campaign(settings.id) if settings.id else None
    loosened = check_law(before, settings, body.loosening_reason or "", given.clock.now(), corrections)
    try:
        saved = await given.campaigns.save(settings)
    except ValueError as error:
        raise conflict(error) from error
    now = given.clock.now()
    told = changes({} if before is None else campaign_body(before), campaign_body(saved))
    await given.users.audit(AuditEntry(now, by, action, str(saved.id), told))
    if loosened:
        why = {**loosened, "reason": body.loosening_reason or ""}
        await given.users.audit(AuditEntry(now, by, "campaign.loosen", str(saved.id), why))
    given.room.feed(await changed(given, saved))
    return saved
