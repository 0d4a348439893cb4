"""A person's demands, and for how long a project's persons are remembered: export, erasure, terms, proofs.

A number is given in the body: an address stands in logs on its way.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dialer.api.asking import Asker, Given, in_sight, needs
from dialer.api.forms import Form, Id, Short
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.leads import withdrawn
from dialer.api.show import instant
from dialer.core.access import Right
from dialer.core.forgetting import LEAST_DAYS, LONGEST_DAYS, Terms
from dialer.core.ids import Instant, LeadId, ProjectId
from dialer.core.user import AuditEntry

PAGE_LIMIT = 1000
PLACE = r"^\d{1,12}(\.\d{1,9})?:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""An instant and a lead, as `next` gives them."""

Days = Annotated[int, Field(ge=LEAST_DAYS, le=LONGEST_DAYS)]

router = APIRouter(prefix="/api/v1", tags=["persons"])


class Person(Form):
    phone: Short
    """As people write it."""


class Demand(Person):
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """What it stands on, such as a letter's number; it stands in the audit, so no names."""
    do_not_call: bool = False
    """And he must not be called again, by any project."""


class TermsForm(Form):
    delivered_days: Days | None = None
    """After the client has confirmed the delivery; null: that alone is no reason to forget."""
    closed_days: Days | None = None
    """After a lead is over in any way; null: never."""


@router.post("/persons/export", dependencies=[Depends(needs(Right.PERSONS))])
async def export(body: Person, given: Given, asker: Asker) -> dict[str, Any]:
    """Everything that is held of this number, in all projects."""
    number = _one_number(given, body.phone)
    held = dict(await given.persons.held(number))
    detail = {"leads": str(len(held["leads"]))}
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "person.look", "", detail))
    return held


@router.post("/persons/erase", dependencies=[Depends(needs(Right.PERSONS))])
async def erase(body: Demand, given: Given, asker: Asker) -> dict[str, Any]:
    """Forget the person of this number now. Leads on a call (`waiting`) are hung up or end, and are forgotten then."""
    number, now = _one_number(given, body.phone), given.clock.now()
    try:
        done = await given.persons.erase(number, asker.name, now, do_not_call=body.do_not_call)
    except ValueError as error:
        raise Problem(409, "no-key", f"{error}.", "Name one with [forgetting] key_file.") from error
    for lead in done.withdrawn:
        withdrawn(given, lead)
    detail = {"reason": body.reason, "forgotten": str(done.forgotten), "waiting": str(done.waiting)}
    await given.users.audit(AuditEntry(now, asker.name, "person.erase", "", detail))
    return {"forgotten": done.forgotten, "waiting": done.waiting}


@router.get("/projects/{project}/forgetting", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def show_terms(project: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """For how many days the project's persons are remembered."""
    in_sight(asker, ProjectId(project), "project", project)
    return _terms_body(await _terms(given, project))


@router.put("/projects/{project}/forgetting", dependencies=[Depends(needs(Right.PERSONS))])
async def set_terms(project: Id, body: TermsForm, given: Given, asker: Asker) -> dict[str, Any]:
    """The daemon looks once an hour; what is over by then is gone for good."""
    in_sight(asker, ProjectId(project), "project", project)
    before, wanted = await _terms(given, project), Terms(body.delivered_days, body.closed_days)
    await given.forgetting.set_terms(ProjectId(project), wanted)
    detail = {"before": str(_terms_body(before)), "after": str(_terms_body(wanted))}
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "project.forgetting", str(project), detail))
    return _terms_body(wanted)


@router.get("/projects/{project}/forgotten", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def proofs(
    project: Id,
    given: Given,
    asker: Asker,
    after: Annotated[str, Query(pattern=PLACE)] | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 100,
    newest: bool = False,
) -> dict[str, Any]:
    """The proofs, in the order of time or the `newest` first: which lead, when, by which rule, how many rows of what;
    nobody is named."""
    in_sight(asker, ProjectId(project), "project", project)
    found = await given.forgetting.proofs(ProjectId(project), _after(after), limit, newest=newest)
    following = f"{found[-1].at!r}:{found[-1].lead}" if len(found) == limit else None
    shown = [
        {"lead": p.lead, "at": instant(p.at), "rule": p.rule, "days": p.days, "by": p.by, "erased": dict(p.erased)}
        for p in found
    ]
    return {"forgotten": shown, "next": following}


# ---- inside


async def _terms(given: Ports, project: int) -> Terms:
    try:
        return await given.forgetting.terms(ProjectId(project))
    except ValueError as error:
        raise not_found("project", project) from error


def _terms_body(terms: Terms) -> dict[str, Any]:
    return {"delivered_days": terms.delivered_days, "closed_days": terms.closed_days}


def _after(text: str | None) -> tuple[Instant, LeadId] | None:
    if text is None:
        return None
    at, _, lead = text.partition(":")
    return float(at), LeadId(lead)


def _one_number(given: Ports, cell: str) -> str:
    found = {one.number for one in given.check_number(cell, "", "", "") if one.number}
    if len(found) != 1:
        raise Problem(422, "number-refused", "This is not one Russian number.", "Give one number of 10 digits.")
    return found.pop()
