"""A card without the person's numbers, for projects whose agents must not see them. Pure.

Whatever the books tell of a person passes here before it reaches a desk: her number, her name, the fields of every open
order, what was written in earlier talks. What the agent types himself in this talk stays as he typed it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from dialer.core.card import Card, Order, PastAttempt

Mask = Callable[[str], str]
"""A text with every number in it made unreadable."""


def masked(card: Card, mask: Mask) -> Card:
    """The card as a desk may show it."""
    return replace(
        card,
        number=mask(card.number),
        person=mask(card.person),
        external_id=mask(card.external_id),
        fields=_texts(card.fields, mask),
        orders=tuple(_order(order, mask) for order in card.orders),
        history=tuple(_past(one, mask) for one in card.history),
    )


def _order(order: Order, mask: Mask) -> Order:
    return replace(
        order,
        external_id=mask(order.external_id),
        person=mask(order.person),
        fields=_texts(order.fields, mask),
    )


def _past(one: PastAttempt, mask: Mask) -> PastAttempt:
    return replace(one, external_id=mask(one.external_id), values=_texts(one.values, mask))


def _texts(fields: Mapping[str, str], mask: Mask) -> dict[str, str]:
    return {mask(name): mask(text) for name, text in fields.items()}
