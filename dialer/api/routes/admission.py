"""Whom projects take in, and the numbers that nobody may call."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dialer.api.asking import Asker, Given, in_sight, needs
from dialer.api.forms import Form, Id, Short
from dialer.api.order_forms import BATCH_LIMIT
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.leads import withdrawn
from dialer.api.show import instant
from dialer.core.access import Principal, Right
from dialer.core.admission import LONGEST_REPEAT_DAYS, Admission
from dialer.core.ids import ProjectId
from dialer.core.user import AuditEntry

PAGE_LIMIT = 1000
REGIONS_LIMIT = 100
"""There are 89."""

Reason = Annotated[str, Field(min_length=1, max_length=200)]

router = APIRouter(prefix="/api/v1")


class AdmissionForm(Form):
    served_regions: Annotated[list[Short], Field(min_length=1, max_length=REGIONS_LIMIT)] | None = None
    """Regions as people call them; null: all of Russia."""
    repeat_days: Annotated[int, Field(ge=0, le=LONGEST_REPEAT_DAYS)] = 0
    """A number that came within so many days is a duplicate, whatever its order; 0: it may come again at once."""


class DoNotCall(Form):
    phone: Short
    project: Id | None = None
    """None: for every project of this installation."""
    reason: Reason = "asked"


class ManyNotToCall(Form):
    phones: Annotated[list[Short], Field(min_length=1, max_length=BATCH_LIMIT)]
    project: Id | None = None
    reason: Reason = "asked"


# ---- whom a project takes in


@router.get("/projects/{project}/admission", tags=["campaigns"], dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def show_admission(project: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """The regions that the project serves (null: all), and for how many days the same number is a repeat."""
    in_sight(asker, ProjectId(project), "project", project)
    return _admission_body(await _admission(given, project))


@router.put("/projects/{project}/admission", tags=["campaigns"], dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def set_admission(project: Id, body: AdmissionForm, given: Given, asker: Asker) -> dict[str, Any]:
    """Lists and orders that come from now on follow it; what was taken in before stays."""
    in_sight(asker, ProjectId(project), "project", project)
    await _admission(given, project)
    try:
        served = None if body.served_regions is None else given.served_regions(body.served_regions)
    except ValueError as error:
        raise Problem(422, "unknown-region", f"{error}.", "Write «Московская область» or «Татарстан».") from error
    wanted = Admission(served, body.repeat_days)
    await given.admissions.save(ProjectId(project), wanted)
    shown = _admission_body(wanted)
    detail = {"served_regions": ", ".join(shown["served_regions"] or ["all"]), "repeat_days": str(body.repeat_days)}
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "project.admission", str(project), detail))
    return shown


# ---- do not call


@router.post("/do-not-call", status_code=201, tags=["leads"], dependencies=[Depends(needs(Right.DO_NOT_CALL))])
async def do_not_call(body: DoNotCall, given: Given, asker: Asker) -> dict[str, Any]:
    """The person asked not to be called: for one project, or for all (who is confined to projects names one)."""
    project = _project(asker, body.project)
    number = _one_number(given, body.phone)
    leads = await _forbid(given, asker, [number], project, body.reason)
    return {"number": number, "leads": leads}


@router.post("/do-not-call/batch", status_code=201, tags=["leads"], dependencies=[Depends(needs(Right.DO_NOT_CALL))])
async def many_not_to_call(body: ManyNotToCall, given: Given, asker: Asker) -> dict[str, Any]:
    """Many at once, as they are written; a text may hold several numbers. Each that holds none has its own refusal."""
    project = _project(asker, body.project)
    numbers, refused = dict[str, None](), list[dict[str, Any]]()
    for place, cell in enumerate(body.phones):
        found = given.check_number(cell, "", "", "")
        numbers.update(dict.fromkeys(one.number for one in found if one.callable))
        if not any(one.callable for one in found):
            refused.append({"item": place, "reason": found[0].reason or found[0].status})
    leads = await _forbid(given, asker, list(numbers), project, body.reason)
    return {"numbers": len(numbers), "refused": refused, "leads": leads}


@router.get("/do-not-call", tags=["leads"], dependencies=[Depends(needs(Right.DO_NOT_CALL))])
async def numbers_not_to_call(
    given: Given,
    asker: Asker,
    project: Id | None = None,
    after: Annotated[str, Query(pattern=r"^\d{10}:\d{1,9}$")] | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 100,
    phone: Annotated[str, Query(min_length=1, max_length=200)] | None = None,
) -> dict[str, Any]:
    """The numbers by number, of one project or of all that the asker sees; `next` is the `after` of the next page.

    With a `phone`, as it is written, where that number stands.
    """
    if project is not None:
        in_sight(asker, ProjectId(project), "project", project)
    number, _, of = (after or ":0").partition(":")
    seen = asker.projects if project is None else [ProjectId(project)]
    only = None if phone is None else _one_number(given, phone)
    found = await given.do_not_call.entries(seen, (number, int(of)), limit, only)
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "do_not_call.look", ""))
    following = f"{found[-1].number}:{found[-1].project or 0}" if len(found) == limit else None
    shown = [
        {"number": one.number, "project": one.project, "reason": one.reason, "at": instant(one.at)} for one in found
    ]
    return {"numbers": shown, "next": following}


@router.delete("/do-not-call", tags=["leads"], dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def may_be_called(
    phone: Annotated[str, Query(min_length=1, max_length=200)], given: Given, asker: Asker, project: Id | None = None
) -> dict[str, Any]:
    """Take a number out of the list of one project, or of the common one. Leads refused for it stay refused."""
    asked = _project(asker, project)
    number = _one_number(given, phone)
    if not await given.do_not_call.allow([number], asked):
        raise not_found("number in this list", phone)
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "number.may_be_called", str(project or "")))
    return {"number": number, "project": project}


# ---- inside


async def _admission(given: Ports, project: int) -> Admission:
    try:
        return await given.admissions.of(ProjectId(project))
    except ValueError as error:
        raise not_found("project", project) from error


def _admission_body(found: Admission) -> dict[str, Any]:
    served = None if found.served is None else sorted(found.served)
    return {"served_regions": served, "repeat_days": found.repeat_days}


def _project(asker: Principal, asked: int | None) -> ProjectId | None:
    if asked is None and asker.projects is not None:
        raise Problem(403, "project-needed", "You may not speak for every project.", "Name one in `project`.")
    if asked is None:
        return None
    in_sight(asker, ProjectId(asked), "project", asked)
    return ProjectId(asked)


async def _forbid(
    given: Ports, asker: Principal, numbers: Sequence[str], project: ProjectId | None, reason: str
) -> list[str]:
    """Returns the leads that it takes out; the Floor hangs up where one of them rings."""
    now = given.clock.now()
    try:
        done = await given.do_not_call.forbid(numbers, project, reason, now)
    except ValueError as error:
        raise not_found("project", project) from error
    for lead in done.leads:
        withdrawn(given, lead)
    detail = {"numbers": str(len(numbers)), "leads": str(len(done.leads))}
    await given.users.audit(AuditEntry(now, asker.name, "number.do_not_call", str(project or ""), detail))
    return list(done.leads)


def _one_number(given: Ports, cell: str) -> str:
    usable = [n.number for n in given.check_number(cell, "", "", "") if n.callable]
    if len(usable) != 1:
        raise Problem(422, "number-refused", "This is not one Russian number.", "Give one number of 10 digits.")
    return usable[0]
