"""Orders as they come in: their form, and how the texts in them become numbers that can be dialled.

In a batch each item stands for itself: one that is no order gets its own answer, and the others are taken.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from pydantic import (
    Discriminator,
    Field,
    Tag,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from dialer.api.forms import Form, Id, Moment, Short, Text
from dialer.api.goods_forms import OrderDataForm
from dialer.api.ports import CheckNumber
from dialer.core.admission import NOT_SERVED, RegionOf, is_outside, nowhere
from dialer.core.goods import card_lines
from dialer.core.ids import LeadId
from dialer.core.lead import NewLead, NewPhone
from dialer.core.numbering.records import NumberRecord, Status

BATCH_LIMIT = 1000
NEEDS_CHOICE = "ambiguous"


class Place(NamedTuple):
    """Where the order goes, as far as it was told; empty texts where it was not."""

    postcode: str
    town: str
    region: str


class Order(Form):
    """One person to reach for one reason."""

    phones: Annotated[list[Short], Field(min_length=1, max_length=10)]
    """As people write them; several in one text are found."""
    postcode: Short = ""
    town: Short = ""
    region: Short = ""
    """Where the order goes: restores a missing area code and gives the time zone."""
    external_id: Annotated[str, Field(min_length=1, max_length=200)]
    """The shop's own number of the order; a repeat is recognised by it."""
    person: Short = ""
    order: OrderDataForm | None = None
    """Goods, sums and how it is handed over: shown on the card, and sent along with the result."""
    fields: dict[Short, Text] = Field(default_factory=dict, max_length=100)
    """Anything else, kept as given and shown on the agent's card."""
    priority: Annotated[int, Field(ge=0, le=9)] = 5
    """9 is dialled first."""
    expires_at: Moment | None = None
    asked_at: Moment | None = None
    """When the customer asked for this call himself, on a web site for instance: for some minutes he is called outside
    the permitted hours too, where campaign and law let him be."""

    @property
    def place(self) -> Place:
        return Place(self.postcode, self.town, self.region)


@dataclass(frozen=True, slots=True)
class Flaw:
    """An item of a batch that does not have the form of an order: its own answer, not the whole batch's."""

    external_id: str | None
    reason: str


def or_flaw(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError as error:
        name = value.get("external_id") if isinstance(value, dict) else None
        where = ("; ".join(f"{'.'.join(map(str, e['loc'])) or 'item'}: {e['msg']}" for e in error.errors()))[:500]
        return Flaw(name if isinstance(name, str) else None, where)


class OneOrder(Order):
    campaign: Id


class Batch(Form):
    campaign: Id
    leads: Annotated[list[Annotated[Order, WrapValidator(or_flaw)]], Field(min_length=1, max_length=BATCH_LIMIT)]


def _which(body: Any) -> str:
    return "batch" if isinstance(body, Batch) or (isinstance(body, dict) and "leads" in body) else "one"


Body = Annotated[
    Annotated[OneOrder, Tag("one")] | Annotated[Batch, Tag("batch")],
    Discriminator(_which),
]
"""One order, or `leads`: told apart by that field, so that an error names the fields of the form that was meant."""


def understand(
    order: Order | Flaw,
    check_number: CheckNumber,
    new_id: Callable[[], str],
    region_of: RegionOf = nowhere,
    served: frozenset[str] | None = None,
) -> NewLead | str:
    """The order with its numbers understood, or why it cannot be taken."""
    if isinstance(order, Flaw):
        return order.reason
    found = numbers_in(order.phones, order.place, check_number)
    usable = [number for number in found if number.callable]
    undecided = [number for number in found if number.status is Status.AMBIGUOUS]
    if not usable and not undecided:
        return ", ".join(sorted({number.reason for number in found if number.reason})) or "NO_NUMBER"
    address = region_of(*order.place)
    if served is not None and is_outside(served, address, found):
        return NOT_SERVED
    return NewLead(
        id=LeadId(new_id()),
        external_id=order.external_id,
        phones=phones_of(usable),
        person=order.person,
        fields={**_told(order), **order.fields, **_candidates(undecided if not usable else [])},
        priority=order.priority,
        expires_at=None if order.expires_at is None else order.expires_at.timestamp(),
        region=region_booked(address, order.region, usable),
        question="" if usable else NEEDS_CHOICE,
    )


def numbers_in(cells: Iterable[str], place: Place, check_number: CheckNumber) -> list[NumberRecord]:
    """Every number found in the cells, and why none was found in one."""
    return [number for cell in cells for number in check_number(cell, *place)]


def region_booked(address: str, told: str, usable: Iterable[NumberRecord]) -> str:
    """Our name of the address's region, else the region as it was told, else that of the first number."""
    return address or told or next((number.region for number in usable if number.region), "")


def phones_of(usable: list[NumberRecord]) -> tuple[NewPhone, ...]:
    """As they are booked, each number once."""
    return tuple(NewPhone(n.number, n.bound_zone or None, n.kind or "", n.ext) for n in _once(usable))


def _told(order: Order) -> dict[str, str]:
    """What the card shows beside the order's own fields."""
    place = {"postcode": order.postcode, "town": order.town}
    goods = card_lines(order.order.data()) if order.order is not None else {}
    return {**{name: text for name, text in place.items() if text}, **goods}


def _once(numbers: list[NumberRecord]) -> list[NumberRecord]:
    return list({number.number: number for number in reversed(numbers)}.values())[::-1]


def _candidates(undecided: list[NumberRecord]) -> dict[str, str]:
    return {"candidates": "|".join(c for number in undecided for c in number.spoken_candidates)} if undecided else {}
