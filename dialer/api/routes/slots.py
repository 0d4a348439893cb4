"""Delivery slots: asked live while the agent talks, reserved before they are promised; and how a courier is asked.

Unknown is told as unknown, with the reason: a courier that does not answer within 1.5 s has not said "free".
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import Form
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.webhooks import RIGHT, Number, in_project, judge
from dialer.api.show import instant
from dialer.api.slot_forms import ProviderForm, provider_body
from dialer.core.access import Principal, Right
from dialer.core.form import FieldKind
from dialer.core.ids import AttemptId, LeadId
from dialer.core.slots import Order, SlotDay
from dialer.core.talk import Talk
from dialer.core.user import AuditEntry

LONGEST_LOOK_DAYS = 7
FULL = "full"
RESERVED = "reserved"
UNSET = "no_provider"

router = APIRouter(prefix="/api/v1", tags=["slots"])
DESK = [Depends(needs(Right.DESK, Right.AGENTS_STEER))]

AttemptText = Annotated[str, Field(min_length=1, max_length=64)]
IntervalText = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$")]


class Wish(Form):
    attempt: AttemptText
    lead: Annotated[str | None, Field(min_length=36, max_length=36)] = None
    """Another order of the person; None: the one that is called for."""
    date: date
    interval: IntervalText


class Return(Form):
    attempt: AttemptText
    lead: Annotated[str | None, Field(min_length=36, max_length=36)] = None


@router.get("/agent/slots", dependencies=DESK)
async def look(
    attempt: AttemptText,
    date: date,
    given: Given,
    asker: Asker,
    lead: str | None = None,
    days: Annotated[int, Query(ge=1, le=LONGEST_LOOK_DAYS)] = 1,
) -> dict[str, Any]:
    """Slots of the day (and the next ones) for the order on the agent's screen, and what is held for it now.

    `days[].state` is `known` or `unknown` with `why`; an interval is `free`, `full` or `unknown`, with `left` where the
    courier counts. `provider` false: this project has no courier to ask, and any date may be promised.
    """
    order = await _order(given, asker, attempt, lead)
    provider = await given.integration.slots.provider(order.project)
    if provider is None:
        return {"provider": False, "days": [], "held": None}
    wanted = [date + timedelta(days=ahead) for ahead in range(days) if (date.max - date).days >= ahead]
    found = [await given.integration.slots.day(provider, order, day) for day in wanted]
    held = await given.integration.slots.held_for(order)
    return {
        "provider": True,
        "days": [_day(day) for day in found],
        "held": held and {"date": held.day, "interval": held.interval, "until": instant(held.until)},
    }


@router.post("/agent/slots", dependencies=DESK)
async def reserve(body: Wish, given: Given, asker: Asker) -> dict[str, Any]:
    """Hold a place before it is promised. `state` is `reserved`, `full` or `unknown` with `why`.

    The same wish again renews it; another wish gives the first place back. It is kept when the result is saved with a
    disposition that ends the order well, and given back by itself otherwise.
    """
    order = await _order(given, asker, body.attempt, body.lead)
    provider = await given.integration.slots.provider(order.project)
    if provider is None:
        return {"state": "unknown", "why": UNSET, "reservation": None, "until": None}
    said, why, hold = await given.integration.slots.reserve(provider, order, body.date, body.interval)
    has_it = said == RESERVED
    return {
        "state": said,
        "why": why,
        "reservation": hold.id if has_it else None,
        "until": instant(hold.until) if has_it else None,
    }


@router.post("/agent/slots/release", dependencies=DESK)
async def give_back(body: Return, given: Given, asker: Asker) -> dict[str, Any]:
    """The person wants another day after all: what is held goes back."""
    order = await _order(given, asker, body.attempt, body.lead)
    return {"released": await given.integration.slots.give_back(order)}


@router.get("/projects/{project}/slots", dependencies=RIGHT)
async def show_provider(project: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """How this project's courier is asked."""
    found = await given.integration.slots.provider(in_project(asker, project))
    if found is None:
        raise not_found("slot provider of project", project)
    return provider_body(found)


@router.put("/projects/{project}/slots", dependencies=RIGHT)
async def save_provider(project: Number, body: ProviderForm, given: Given, asker: Asker) -> dict[str, Any]:
    """Ask this courier from now on. Templates name {date}, {interval}, {order} and so on (docs/integrating.md)."""
    owner = in_project(asker, project)
    provider = body.provider(owner, tuple(await given.integration.webhooks.networks(owner)))
    for template in filter(None, (provider.ask, provider.reserve, provider.release)):
        if flaw := given.integration.template_flaw(template):
            raise Problem(422, "template-wrong", f"{template.url}: {flaw}.", "docs/integrating.md shows templates.")
        await judge(given, owner, template.url)
    try:
        await given.integration.slots.save_provider(provider)
    except ValueError as error:
        raise not_found("project", project) from error
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "slots.save", str(project)))
    return provider_body(provider)


@router.delete("/projects/{project}/slots", dependencies=RIGHT)
async def drop_provider(project: Number, given: Given, asker: Asker) -> dict[str, Any]:
    """Ask nobody."""
    dropped = await given.integration.slots.drop_provider(in_project(asker, project))
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "slots.drop", str(project)))
    return {"dropped": dropped}


# ---- for the result of a talk


async def reserve_first(given: Ports, talk: Talk, lead: LeadId, values: Mapping[str, str]) -> None:
    """Hold the date and interval of a form before its result is taken. Raises 409 where the slot is full.

    A courier that says nothing stops nobody: the result goes out, and the courier sees what was promised.
    """
    names = [_first(talk, kind) for kind in (FieldKind.DATE, FieldKind.INTERVAL)]
    day, interval = (values.get(name, "").strip() for name in names)
    if not (day and interval):
        return
    provider = await given.integration.slots.provider(talk.project)
    order = await given.integration.slots.order(talk.attempt, lead)
    if provider is None or provider.reserve is None or order is None:
        return
    said, _, _ = await given.integration.slots.reserve(provider, order, date.fromisoformat(day), interval)
    if said == FULL:
        raise Problem(
            409,
            "slot-full",
            f"The courier has no place left on {day}, {interval}.",
            "Agree on another date or interval; GET /api/v1/agent/slots shows what is free.",
            errors=[{"where": names[1], "what": "slot_full", "lead": lead}],
        )


def _first(talk: Talk, kind: FieldKind) -> str:
    """The name of the form's first field of this kind; empty where it has none."""
    return next((field.name for field in talk.form.fields if field.kind is kind), "")


# ---- inside


async def _order(given: Ports, asker: Principal, attempt: str, lead: str | None) -> Order:
    """The order, where its call is on the asker's own screen, or he steers agents."""
    is_own = asker.agent is not None and given.desk.attempt_of(asker.agent) == attempt
    found = None
    if is_own or asker.may(Right.AGENTS_STEER):
        found = await given.integration.slots.order(AttemptId(attempt), None if lead is None else LeadId(lead))
    if found is None:
        raise Problem(
            404, "not-found", "There is no such order on your screen.", "Take the attempt from the card that is shown."
        )
    return found


def _day(found: SlotDay) -> dict[str, Any]:
    return {
        "date": found.day,
        "state": "unknown" if found.trouble else "known",
        "why": found.trouble,
        "asked_at": instant(found.asked_at),
        "intervals": [{"interval": one.interval, "state": one.state, "left": one.left} for one in found.intervals],
    }
