"""What the card shows of an order: only what was given, money as Russians write it."""

import pytest

from dialer.core.goods import Handover, Item, OrderData, card_lines, rubles


@pytest.mark.parametrize(
    ("kopecks", "text"),
    [(0, "0,00 ₽"), (5, "0,05 ₽"), (499050, "4 990,50 ₽"), (100_000_000, "1 000 000,00 ₽"), (-150, "−1,50 ₽")],
)
def test_money(kopecks: int, text: str) -> None:
    assert rubles(kopecks).replace("\u00a0", " ").replace("\u202f", " ") == text


def test_an_order_as_the_agent_reads_it() -> None:
    order = OrderData(
        (Item("Чайник", 2, 199900), Item("Чашка")),
        cash_on_delivery_kopecks=399800,
        handover=Handover.LOCKER,
        point="ТЦ Парк, 1 этаж",
        partial_refusal=True,
        courier_note="домофон 17",
    )
    assert [(name, line.replace("\u00a0", " ").replace("\u202f", " ")) for name, line in card_lines(order).items()] == [
        ("Товары", "Чайник × 2 — 1 999,00 ₽; Чашка"),
        ("К оплате при получении", "3 998,00 ₽"),
        ("Постамат", "ТЦ Парк, 1 этаж"),
        ("Частичный отказ", "можно"),
        ("Для курьера", "домофон 17"),
    ]


def test_of_an_empty_order_there_is_only_the_courier() -> None:
    assert card_lines(OrderData()) == {"Доставка": "курьер"}
