"""What a project's agents work with: scripts and result forms by version, the dictionary, information to look up.

A version is made, looked at, approved; from then on new talks use it, and it is never changed again.
"""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from dialer.api.asking import Asker, Given, in_sight, needs
from dialer.api.content_forms import DeskRulesForm, DictionaryForm, InfoForm, InfosForm, ResultFormForm, ScriptForm
from dialer.api.forms import Id
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.campaigns import conflict
from dialer.api.show import instant
from dialer.core.access import Principal, Right
from dialer.core.content import ContentKind, ContentVersion, DeskRules
from dialer.core.ids import ProjectId
from dialer.core.user import AuditEntry

MOST_FOUND = 100

router = APIRouter(prefix="/api/v1/projects/{project}", tags=["scripts and forms"])

READ = [Depends(needs(Right.CAMPAIGNS_READ))]
WRITE = [Depends(needs(Right.CAMPAIGNS_WRITE))]


@router.get("/scripts", dependencies=READ)
async def scripts(project: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """All versions of the script, newest first."""
    return {"scripts": await _versions(given, asker, project, ContentKind.SCRIPT)}


@router.get("/forms", dependencies=READ)
async def forms(project: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """All versions of the result form, newest first."""
    return {"forms": await _versions(given, asker, project, ContentKind.FORM)}


@router.post("/scripts", status_code=201, dependencies=WRITE)
async def add_script(project: Id, body: ScriptForm, given: Given, asker: Asker) -> dict[str, Any]:
    """A new version, to be approved. 422 where an agent could get lost in it."""
    return await _add(given, asker, project, ContentKind.SCRIPT, body)


@router.post("/forms", status_code=201, dependencies=WRITE)
async def add_form(project: Id, body: ResultFormForm, given: Given, asker: Asker) -> dict[str, Any]:
    """A new version, to be approved. 422 for a field that cannot work."""
    return await _add(given, asker, project, ContentKind.FORM, body)


@router.post("/scripts/{version}/approve", dependencies=WRITE)
async def approve_script(project: Id, version: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """From now on new talks use this version, where their campaign keeps to no other."""
    return await _approve(given, asker, project, ContentKind.SCRIPT, version)


@router.post("/forms/{version}/approve", dependencies=WRITE)
async def approve_form(project: Id, version: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """As for scripts."""
    return await _approve(given, asker, project, ContentKind.FORM, version)


@router.get("/desk", dependencies=READ)
async def show_rules(project: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """What holds for the project's desks."""
    in_sight(asker, ProjectId(project), "project", project)
    return asdict(await _rules(given, project))


@router.put("/desk", dependencies=WRITE)
async def set_rules(project: Id, body: DeskRulesForm, given: Given, asker: Asker) -> dict[str, Any]:
    """`masks_numbers` holds from the next card on; `needs_second_person` for every version not yet approved."""
    in_sight(asker, ProjectId(project), "project", project)
    await _rules(given, project)
    await given.contents.save_rules(ProjectId(project), body.rules())
    said = {name: str(value).lower() for name, value in body.model_dump().items()}
    await _audit(given, asker, "project.desk", str(project), said)
    return body.model_dump()


@router.get("/sample", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def sample_order(project: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """One of the project's orders, to show a script or a form on; null where it has none. A look at a lead."""
    in_sight(asker, ProjectId(project), "project", project)
    found = await given.contents.sample(ProjectId(project))
    if found is not None:
        await _audit(given, asker, "lead.look", found.lead)
    return {"sample": found}


@router.put("/dispositions", dependencies=WRITE)
async def replace_dictionary(project: Id, body: DictionaryForm, given: Given, asker: Asker) -> dict[str, Any]:
    """Replace the whole dictionary; what attempts were disposed with before stays in the books."""
    in_sight(asker, ProjectId(project), "project", project)
    choices = [one.choice(place) for place, one in enumerate(body.dispositions, 1)]
    try:
        await given.contents.replace_dictionary(ProjectId(project), choices)
    except ValueError as error:
        raise conflict(error) from error
    await _audit(given, asker, "dispositions.replace", str(project))
    return {"dispositions": choices}


@router.get("/info", dependencies=[Depends(needs(Right.DESK, Right.CAMPAIGNS_READ))])
async def search(
    project: Id,
    given: Given,
    asker: Asker,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_FOUND)] = 20,
) -> dict[str, Any]:
    """Project information with all these words, each known by its beginning, ё as е; best first. Without words: all."""
    in_sight(asker, ProjectId(project), "project", project)
    return {"entries": await given.contents.search(ProjectId(project), q, limit)}


@router.put("/info", dependencies=WRITE)
async def save_info(project: Id, body: InfosForm, given: Given, asker: Asker) -> dict[str, Any]:
    """Add entries, or replace those of the same title."""
    in_sight(asker, ProjectId(project), "project", project)
    await given.contents.save_info(ProjectId(project), body.infos(), asker.name, given.clock.now())
    await _audit(given, asker, "info.save", str(project), {"entries": str(len(body.entries))})
    return {"entries": len(body.entries)}


@router.put("/info/{entry}", dependencies=WRITE)
async def change_info(project: Id, entry: Id, body: InfoForm, given: Given, asker: Asker) -> dict[str, Any]:
    """Another title, text or place for this entry. 409 where another entry has the title."""
    in_sight(asker, ProjectId(project), "project", project)
    try:
        there = await given.contents.change_info(ProjectId(project), body.info(entry), asker.name, given.clock.now())
    except ValueError as error:
        raise conflict(error) from error
    if not there:
        raise not_found("entry", entry)
    await _audit(given, asker, "info.save", f"{project}/{entry}")
    return {"entry": entry}


@router.delete("/info/{entry}", status_code=204, dependencies=WRITE)
async def remove_info(project: Id, entry: Id, given: Given, asker: Asker) -> None:
    in_sight(asker, ProjectId(project), "project", project)
    if not await given.contents.remove_info(ProjectId(project), entry):
        raise not_found("entry", entry)
    await _audit(given, asker, "info.remove", f"{project}/{entry}")


async def _rules(given: Ports, project: int) -> DeskRules:
    try:
        return await given.contents.rules(ProjectId(project))
    except ValueError as error:
        raise not_found("project", project) from error


async def _versions(given: Ports, asker: Principal, project: int, kind: ContentKind) -> list[dict[str, Any]]:
    in_sight(asker, ProjectId(project), "project", project)
    found = await given.contents.versions(ProjectId(project), kind)
    rules = await given.contents.rules(ProjectId(project)) if found else DeskRules()
    return [{**_shown(one), "needs_another": rules.needs_second_person} for one in found]


async def _add(
    given: Ports, asker: Principal, project: int, kind: ContentKind, body: ScriptForm | ResultFormForm
) -> dict[str, Any]:
    in_sight(asker, ProjectId(project), "project", project)
    try:
        content = body.content()
    except ValueError as error:
        raise Problem(
            422, f"{kind}-cannot-work", f"{error}.", "Mend it and send it again; nothing was kept."
        ) from error
    try:
        version = await given.contents.add(ProjectId(project), content, body.note, asker.name, given.clock.now())
    except ValueError as error:
        raise not_found("project", project) from error
    await _audit(given, asker, f"{kind}.add", f"{project}/{version}")
    return {"version": version, "approved": False}


async def _approve(given: Ports, asker: Principal, project: int, kind: ContentKind, version: int) -> dict[str, Any]:
    in_sight(asker, ProjectId(project), "project", project)
    try:
        await given.contents.approve(ProjectId(project), kind, version, asker.name, given.clock.now())
    except ValueError as error:
        raise conflict(error) from error
    await _audit(given, asker, f"{kind}.approve", f"{project}/{version}")
    return {"version": version, "approved": True}


def _shown(one: ContentVersion) -> dict[str, Any]:
    return {
        "version": one.version,
        "approved": one.approved_at is not None,
        "note": one.note,
        "made_at": instant(one.made_at),
        "made_by": one.made_by,
        "approved_at": instant(one.approved_at),
        "approved_by": one.approved_by,
        "body": one.body,
    }


async def _audit(
    given: Ports, asker: Principal, action: str, subject: str, detail: dict[str, str] | None = None
) -> None:
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, action, subject, detail or {}))
