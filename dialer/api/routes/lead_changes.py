"""A lead that waits is changed: another address, a mended number, another hour, what is ordered now."""

from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import Form, Moment, Short, Text
from dialer.api.goods_forms import OrderDataForm
from dialer.api.order_forms import Place, numbers_in, phones_of, region_booked
from dialer.api.ports import Ports
from dialer.api.problems import Problem
from dialer.api.routes.leads import campaign_in_sight, lead_in_sight
from dialer.api.show import lead_body
from dialer.api.telling import tell_ready
from dialer.core.access import Right
from dialer.core.goods import card_lines
from dialer.core.intake import LeadChange, WaitingLead
from dialer.core.outcome import LeadState
from dialer.core.user import AuditEntry

PLACE_FIELDS = ("postcode", "town")
"""Among a lead's fields: with its region they say where the order goes."""
TO_BE_DIALLED = frozenset({LeadState.READY, LeadState.WAITING})

router = APIRouter(prefix="/api/v1", tags=["leads"])


class Change(Form):
    """What is not named stays as it is."""

    phones: Annotated[list[Short], Field(min_length=1, max_length=10)] | None = None
    """All of them anew."""
    person: Short | None = None
    postcode: Short = ""
    town: Short = ""
    region: Short | None = None
    fields: Annotated[dict[Short, Text | None], Field(max_length=100)] = Field(default_factory=dict)
    """Null takes a field away."""
    order: OrderDataForm | None = None
    priority: Annotated[int, Field(ge=0, le=9)] | None = None
    not_before: Moment | None = None
    expires_at: Moment | None = None


@router.patch("/leads/{lead}", dependencies=[Depends(needs(Right.LEADS_WRITE))])
async def change_lead(lead: str, body: Change, given: Given, asker: Asker) -> dict[str, Any]:
    """Change a lead that waits. 409 while it is in a call (the agent sees what he sees) or when it is over.

    Another address binds its phones to its zone, and phones are read beside the address that is booked. A region that
    is not named stays, unless postcode or town lie in another one; an empty one takes it away.
    """
    record = await lead_in_sight(given, asker, lead)
    campaign = await given.intake.change(record.lead, partial(_change, given, body))
    if campaign is None:
        raise Problem(
            409,
            "not-waiting",
            f"The lead is {record.state}: nothing was changed.",
            "A lead in a call may be changed when the call is over; one that is over is sent as a new order.",
        )
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "lead.change", record.lead))
    await given.desk.changed(record.lead)
    after = await lead_in_sight(given, asker, lead)
    if after.state in TO_BE_DIALLED:
        await tell_ready(given, await campaign_in_sight(given, asker, campaign))
    return lead_body(after)


def _change(given: Ports, body: Change, booked: WaitingLead) -> LeadChange:
    order = None if body.order is None else body.order.data()
    place = {"postcode": body.postcode, "town": body.town}
    fields = {**{name: text for name, text in place.items() if text}, **(card_lines(order) if order else {})}
    change = LeadChange(
        person=body.person,
        priority=body.priority,
        not_before=None if body.not_before is None else body.not_before.timestamp(),
        sets_expiry="expires_at" in body.model_fields_set,
        expires_at=None if body.expires_at is None else body.expires_at.timestamp(),
        fields={**fields, **{name: text for name, text in body.fields.items() if text is not None}},
        gone=frozenset(name for name, text in body.fields.items() if text is None),
        order=order,
    )
    return change if body.phones is None and not _names_place(body) else _numbered(given, body, booked, change)


def _names_place(body: Change) -> bool:
    return bool(body.postcode or body.town or body.region is not None or body.fields.keys() & PLACE_FIELDS)


def _numbered(given: Ports, body: Change, booked: WaitingLead, change: LeadChange) -> LeadChange:
    """The change with the lead's phones, new or not, understood beside all that is known of the place then."""
    place = _place(given, body, booked, change)
    cells = booked.numbers if body.phones is None else body.phones
    usable = [number for number in numbers_in(cells, place, given.check_number) if number.callable]
    if body.phones is not None and not usable:
        raise Problem(
            422,
            "number-refused",
            "None of these numbers can be dialled.",
            "Give a Russian number of 10 digits, or the town or postcode that restores the area code.",
        )
    placed = replace(change, region=region_booked(given.region_of(*place), place.region, usable))
    if body.phones is None:
        return replace(placed, zones={number.number: number.bound_zone for number in usable})
    return replace(placed, phones=phones_of(usable))


def _place(given: Ports, body: Change, booked: WaitingLead, change: LeadChange) -> Place:
    """Where the order goes after the change: what the body does not name is as it is booked."""
    told = {name: text for name, text in {**booked.fields, **change.fields}.items() if name not in change.gone}
    postcode, town = (told.get(name, "") for name in PLACE_FIELDS)
    kept = given.region_kept(postcode, town, booked.region)
    return Place(postcode, town, kept if body.region is None else body.region)
