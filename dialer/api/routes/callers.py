"""The numbers that a project shows: labels and contracts, regions and trunks, and what becomes of calls under each."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query
from pydantic import Field, StringConstraints, model_validator

from dialer.api.asking import Asker, Given, in_sight, needs
from dialer.api.forms import Form, Id
from dialer.api.ports import Ports
from dialer.api.problems import not_found
from dialer.api.routes.campaigns import conflict
from dialer.api.telling import tell_project
from dialer.core.access import Principal, Right
from dialer.core.callers import LABEL_MOST, Caller, CallerReach
from dialer.core.hours import local_day
from dialer.core.ids import ProjectId
from dialer.core.user import AuditEntry

DAY_S = 86400.0
MOSCOW = "Europe/Moscow"

router = APIRouter(prefix="/api/v1", tags=["callers"])

Number = Annotated[str, StringConstraints(pattern=r"^[0-9+]{3,16}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[\w][\w .-]{0,63}$")]
Trunk = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]


class CallerChange(Form):
    """What is not named stays as it is."""

    number: Number | None = None
    name: Name | None = None
    """By which metrics and reports tell it: they hold no numbers."""
    label: Annotated[str, Field(max_length=LABEL_MOST)] | None = None
    """What the subscriber's telephone shows."""
    contract: Annotated[str, Field(max_length=200)] | None = None
    """With the operator, for the label."""
    label_from: date | None = None
    label_until: date | None = None
    """Both inclusive; null: open."""
    regions: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=100)] | None = None
    """Whose leads see it; empty: those whose region has no number of its own."""
    trunks: Annotated[list[Trunk], Field(max_length=100)] | None = None
    """That let it be shown; empty: all."""
    is_active: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("nothing to change is given")
        return self

    def applied(self, before: Caller, served: frozenset[str] | None) -> Caller:
        """Raises ValueError for a label without a contract, or one that ends before it begins."""
        dates = self.model_fields_set & {"label_from", "label_until"}
        plain = ("number", "name", "label", "contract", "is_active")
        given: dict[str, Any] = {name: getattr(self, name) for name in plain if getattr(self, name) is not None}
        given |= {name: getattr(self, name) for name in dates}
        if served is not None:
            given["regions"] = served
        if self.trunks is not None:
            given["trunks"] = frozenset(self.trunks)
        return replace(before, **given)


class NewCaller(CallerChange):
    number: Number
    name: Name


@router.get("/projects/{project}/callers", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def list_callers(project: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """The numbers that the project shows; `label_flaw` says why a label is not good today, empty where it is."""
    in_sight(asker, ProjectId(project), "project", project)
    today = local_day(MOSCOW, given.clock.now())
    return {"callers": [_body(one, today) for one in await given.callers.of(ProjectId(project))]}


@router.post("/projects/{project}/callers", status_code=201, dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def add_caller(project: Id, body: NewCaller, given: Given, asker: Asker) -> dict[str, Any]:
    """Another number of the project's pool. A campaign without a number of its own shows one of the pool to each lead:
    by the lead's region, the same at every call, and only where the trunk lets it be shown."""
    in_sight(asker, ProjectId(project), "project", project)
    blank = Caller(0, ProjectId(project), body.number, body.name)
    return await _save(given, asker, blank, body, "caller.add")


@router.patch("/callers/{caller}", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def change_caller(caller: Id, body: CallerChange, given: Given, asker: Asker) -> dict[str, Any]:
    """Change it live; `is_active` false takes it out of the pool, its past calls stay in the reports."""
    before = await given.callers.one(caller)
    if before is None or not asker.sees(before.project):
        raise not_found("caller", caller)
    return await _save(given, asker, before, body, "caller.change")


@router.get("/projects/{project}/callers/reach", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def reach_by_caller(
    project: Id, given: Given, asker: Asker, days: Annotated[int, Query(ge=1, le=366)] = 7
) -> dict[str, Any]:
    """What became of the calls of the last days under each number: `reach` is answered of dialled.

    The empty name stands for calls that showed the trunk's own number, or one that is not in the pool.
    """
    in_sight(asker, ProjectId(project), "project", project)
    now = given.clock.now()
    found = await given.callers.reach(ProjectId(project), now - days * DAY_S, now)
    return {"days": days, "callers": [_reach(one) for one in found]}


async def _save(given: Ports, asker: Principal, before: Caller, body: CallerChange, action: str) -> dict[str, Any]:
    try:
        served = None if body.regions is None else given.served_regions(body.regions)
        saved = await given.callers.save(body.applied(before, served))
    except ValueError as error:
        raise conflict(error) from error
    now = given.clock.now()
    told = {key: str(value) for key, value in body.model_dump(exclude_unset=True).items()}
    await given.users.audit(AuditEntry(now, asker.name, action, str(saved.id), told))
    await tell_project(given, saved.project)
    return _body(saved, local_day(MOSCOW, now))


def _body(caller: Caller, today: date) -> dict[str, Any]:
    return {
        "id": caller.id,
        "project": caller.project,
        "number": caller.number,
        "name": caller.name,
        "label": caller.label,
        "contract": caller.contract,
        "label_from": caller.label_from,
        "label_until": caller.label_until,
        "label_flaw": caller.label_flaw(today),
        "regions": sorted(caller.regions),
        "trunks": sorted(caller.trunks),
        "is_active": caller.is_active,
    }


def _reach(found: CallerReach) -> dict[str, Any]:
    counts = ("name", "dialled", "answered", "blocked", "rejected", "no_answer")
    share = None if found.reach is None else round(found.reach, 4)
    return {**{name: getattr(found, name) for name in counts}, "reach": share}
