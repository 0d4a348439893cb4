"""`python -m sim.orders`: the example list, invented orders with phones written in every way people write them.

Names, goods and numbers are invented by a seeded generator; that nobody is called is the loopback trunk's doing, not
theirs. The same seed gives the same file, byte for byte.
"""

import csv
import sys
from collections.abc import Callable
from random import Random
from typing import TextIO

SEED = 2026
ORDERS = 240

HEADER = ("Номер заказа", "Телефон", "ФИО", "Индекс", "Город", "Регион", "Товар", "Сумма", "Комментарий")
SURNAMES = ("Иванова", "Смирнов", "Кузнецова", "Попов", "Васильева", "Петров", "Соколова", "Михайлов", "Новикова")
NAMES = ("Ольга", "Сергей", "Анна", "Дмитрий", "Елена", "Алексей", "Мария", "Иван", "Наталья", "Павел")
GOODS = ("Чайник", "Пылесос", "Книга", "Детское кресло", "Кроссовки", "Смартфон", "Фен", "Рюкзак", "Настольная лампа")
REMARKS = ("", "", "", "звонить после обеда", "домофон не работает", "оставить у консьержа", "подарок")

PLACES = (
    ("101000", "Москва", "Москва", "495"),
    ("190000", "Санкт-Петербург", "Санкт-Петербург", "812"),
    ("620000", "Екатеринбург", "Свердловская область", "343"),
    ("630000", "Новосибирск", "Новосибирская область", "383"),
    ("248000", "Калуга", "Калужская область", "4842"),
    ("156000", "Кострома", "Костромская область", "4942"),
    ("644000", "Омск", "Омская область", "3812"),
    ("690000", "Владивосток", "Приморский край", "423"),
    ("236000", "Калининград", "Калининградская область", "4012"),
    ("664000", "Иркутск", "Иркутская область", "3952"),
)
MOBILE = ("916", "903", "926", "905", "912", "921", "950", "961", "982", "999")

Way = Callable[[str, str], str]
"""(code, local digits) to the number as somebody wrote it."""

WAYS: tuple[Way, ...] = (
    lambda code, local: f"8{code}{local}",
    lambda code, local: f"+7{code}{local}",
    lambda code, local: f"+7 ({code}) {_dashed(local)}",
    lambda code, local: f"8 ({code}) {_dashed(local)}",
    lambda code, local: f"8-{code}-{_dashed(local)}",
    lambda code, local: f"{code} {_dashed(local)}",
    lambda code, local: f"7{code}{local}",
    lambda code, local: f"тел. 8 {code} {_dashed(local)}",
    lambda code, local: f"+7\u00a0{code}\u00a0{_dashed(local)}",
    lambda code, local: f"8.{code}.{_dashed(local).replace('-', '.')}",
    lambda code, local: f"({code}){_dashed(local)} доб. 12",
    lambda code, local: f"{code}{local}.0",
)
BROKEN = ("", "нет", "123", "0000000", "+375 29 123-45-67", "112", "не звонить!", "9.16123E+09", "mail@example.com")


def _dashed(local: str) -> str:
    return "-".join((local[:-4], local[-4:-2], local[-2:]))


def main() -> None:
    write(sys.stdout, Random(SEED))


def write(out: TextIO, chance: Random) -> None:
    """The whole list as CSV with semicolons, as Russian spreadsheets write it."""
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(HEADER)
    for order in range(1, ORDERS + 1):
        writer.writerow(_order(order, chance))


def _order(order: int, chance: Random) -> list[str]:
    postcode, town, region, code = chance.choice(PLACES)
    kind = chance.random()
    if kind < 0.03:
        phone = chance.choice(BROKEN)
    elif kind < 0.25:
        phone = _dashed(_digits(chance, 10 - len(code), "2"))  # the code is lost: only the town tells
    elif kind < 0.35:
        phone = chance.choice(WAYS)(code, _digits(chance, 10 - len(code), "2"))
    elif kind < 0.4:
        phone = ", ".join(f"8{chance.choice(MOBILE)}{_digits(chance, 7)}" for _ in range(2))
    else:
        phone = chance.choice(WAYS)(chance.choice(MOBILE), _digits(chance, 7))
    person = f"{chance.choice(SURNAMES)} {chance.choice(NAMES)}"
    price = f"{chance.randrange(300, 25_000)},00"
    return [f"A-{order:05}", phone, person, postcode, town, region, chance.choice(GOODS), price, chance.choice(REMARKS)]


def _digits(chance: Random, count: int, first: str = "") -> str:
    return (first or str(chance.randrange(2, 8))) + "".join(str(chance.randrange(10)) for _ in range(count - 1))


if __name__ == "__main__":
    main()
