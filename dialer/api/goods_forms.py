"""The order behind a lead as it comes in: goods, sums in kopecks, where it is handed over."""

from typing import Annotated

from pydantic import Field

from dialer.api.forms import Form, Short
from dialer.core.goods import Handover, Item, OrderData

MOST_KOPECKS = 10**12
"""Ten billion roubles: more is a slip of a hand, or roubles and kopecks mixed up twice."""

Kopecks = Annotated[int, Field(ge=0, le=MOST_KOPECKS, strict=True)]
"""A whole number: 4 990,50 ₽ is 499050. A fraction is refused, not rounded."""


class ItemForm(Form):
    name: Annotated[str, Field(min_length=1, max_length=300)]
    quantity: Annotated[int, Field(ge=1, le=100_000, strict=True)] = 1
    price_kopecks: Kopecks = 0
    """Of one."""
    article: Short = ""

    def item(self) -> Item:
        return Item(self.name, self.quantity, self.price_kopecks, self.article)


class OrderDataForm(Form):
    items: Annotated[list[ItemForm], Field(max_length=200)] = Field(default_factory=list)
    cash_on_delivery_kopecks: Kopecks = 0
    prepaid_kopecks: Kopecks = 0
    handover: Handover = Handover.COURIER
    point: Annotated[str, Field(max_length=500)] = ""
    """The pickup point or locker."""
    partial_refusal: bool = False
    """Some of the goods may be taken and others not."""
    courier_note: Annotated[str, Field(max_length=2000)] = ""

    def data(self) -> OrderData:
        return OrderData(
            tuple(item.item() for item in self.items),
            self.cash_on_delivery_kopecks,
            self.prepaid_kopecks,
            self.handover,
            self.point,
            self.partial_refusal,
            self.courier_note,
        )
