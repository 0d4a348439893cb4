"""A lead that waits is changed: another address, a mended number, another hour, what is ordered now."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, Field

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import Form, Short, Text
from dialer.api.goods_forms import OrderDataForm
from dialer.api.order_forms import BareOrder, numbers_of
from dialer.api.ports import Ports
from dialer.api.problems import Problem
from dialer.api.routes.leads import lead_in_sight
from dialer.api.show import lead_body
from dialer.core.access import Right
from dialer.core.events import LeadsAdded
from dialer.core.goods import card_lines
from dialer.core.intake import LeadChange
from dialer.core.lead import NewPhone
from dialer.core.user import AuditEntry

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
    not_before: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None


@router.patch("/leads/{lead}", dependencies=[Depends(needs(Right.LEADS_WRITE))])
async def change_lead(lead: str, body: Change, given: Given, asker: Asker) -> dict[str, Any]:
    """Change a lead that waits. 409 while it is in a call (the agent sees what he sees) or when it is over."""
    record = await lead_in_sight(given, asker, lead)
    campaign = await given.intake.change(record.lead, _change(given, body))
    if campaign is None:
        raise Problem(
            409,
            "not-waiting",
            f"The lead is {record.state}: nothing was changed.",
            "A lead in a call may be changed when the call is over; one that is over is sent as a new order.",
        )
    now = given.clock.now()
    await given.users.audit(AuditEntry(now, asker.name, "lead.change", record.lead))
    given.room.feed(LeadsAdded(at=now, campaign=campaign))
    return lead_body(await lead_in_sight(given, asker, lead))


def _change(given: Ports, body: Change) -> LeadChange:
    order = None if body.order is None else body.order.data()
    place = {"postcode": body.postcode, "town": body.town}
    fields = {**{name: text for name, text in place.items() if text}, **(card_lines(order) if order else {})}
    return LeadChange(
        person=body.person,
        region=body.region,
        priority=body.priority,
        not_before=None if body.not_before is None else body.not_before.timestamp(),
        sets_expiry="expires_at" in body.model_fields_set,
        expires_at=None if body.expires_at is None else body.expires_at.timestamp(),
        fields={**fields, **{name: text for name, text in body.fields.items() if text is not None}},
        gone=frozenset(name for name, text in body.fields.items() if text is None),
        phones=() if body.phones is None else _phones(given, body, body.phones),
        order=order,
    )


def _phones(given: Ports, body: Change, texts: list[str]) -> tuple[NewPhone, ...]:
    bare = BareOrder(phones=texts, postcode=body.postcode, town=body.town, region=body.region or "")
    found = numbers_of(bare, given.check_number)
    if not found:
        raise Problem(
            422,
            "number-refused",
            "None of these numbers can be dialled.",
            "Give a Russian number of 10 digits, or the town or postcode that restores the area code.",
        )
    return found
