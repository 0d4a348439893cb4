"""What of an order a courier needs: goods, sums, where it is handed over, what may be refused. Plain values, pure.

Money is whole kopecks: a sum never was and never is a float.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Handover(StrEnum):
    COURIER = "courier"
    PICKUP_POINT = "pickup_point"
    LOCKER = "locker"


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    quantity: int = 1
    price_kopecks: int = 0
    """Of one."""
    article: str = ""


@dataclass(frozen=True, slots=True)
class OrderData:
    items: tuple[Item, ...] = ()
    cash_on_delivery_kopecks: int = 0
    """To be paid at the door."""
    prepaid_kopecks: int = 0
    handover: Handover = Handover.COURIER
    point: str = ""
    """The address or name of the pickup point or locker."""
    partial_refusal: bool = False
    """Some of the goods may be taken and others not."""
    courier_note: str = ""


WHERE: Mapping[Handover, str] = {
    Handover.COURIER: "Доставка",
    Handover.PICKUP_POINT: "Пункт выдачи",
    Handover.LOCKER: "Постамат",
}


def card_lines(order: OrderData) -> dict[str, str]:
    """How the agent's card shows it, line by line; only what was given."""
    lines = {
        "Товары": "; ".join(_item(item) for item in order.items),
        "К оплате при получении": rubles(order.cash_on_delivery_kopecks) if order.cash_on_delivery_kopecks else "",
        "Оплачено": rubles(order.prepaid_kopecks) if order.prepaid_kopecks else "",
        WHERE[order.handover]: order.point or ("курьер" if order.handover is Handover.COURIER else ""),
        "Частичный отказ": "можно" if order.partial_refusal else "",
        "Для курьера": order.courier_note,
    }
    return {name: text for name, text in lines.items() if text}


def rubles(kopecks: int) -> str:
    """`4 990,50 ₽`, with narrow no-break spaces between thousands as Russian typography has them."""
    whole, rest = divmod(abs(kopecks), 100)
    sign = "−" if kopecks < 0 else ""
    return f"{sign}{whole:,}".replace(",", "\u202f") + f",{rest:02}\u00a0₽"


def _item(item: Item) -> str:
    count = f" ×\u00a0{item.quantity}" if item.quantity != 1 else ""
    price = f" — {rubles(item.price_kopecks)}" if item.price_kopecks else ""
    return f"{item.name}{count}{price}"
