"""Which column is what: names in Russian and English matched by themselves, or mapped by hand. Pure.

A name is matched whole after folding (case, ё, punctuation), then by its beginning, so that «Телефон получателя» is a
phone. Columns that nobody claims are kept as the lead's free fields, under their own names.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from dialer.intake.scan import UnreadableList


class Column(StrEnum):
    PHONE = "phone"
    EXTERNAL_ID = "external_id"
    PERSON = "person"
    POSTCODE = "postcode"
    TOWN = "town"
    REGION = "region"
    ZONE = "zone"
    PRIORITY = "priority"


NAMES: dict[Column, tuple[str, ...]] = {
    Column.PHONE: (
        *("телефон", "тел", "номер телефона", "контактный телефон", "мобильный телефон", "мобильный", "моб", "сотовый"),
        *("доп телефон", "дополнительный телефон", "второй телефон", "городской телефон", "домашний телефон"),
        *("phone", "phone number", "telephone", "tel", "mobile", "mobile phone", "cell", "msisdn", "контакты"),
    ),
    Column.EXTERNAL_ID: (
        *("номер заказа", "заказ", "id заказа", "код заказа", "n заказа", "no заказа", "внешний номер", "внешний id"),
        *("order", "order id", "order number", "order no", "external id", "id"),
    ),
    Column.PERSON: (
        *("фио", "имя", "получатель", "клиент", "покупатель", "заказчик", "контактное лицо", "фамилия имя отчество"),
        *("name", "full name", "customer", "client", "recipient", "person"),
    ),
    Column.POSTCODE: ("индекс", "почтовый индекс", "индекс получателя", "postcode", "postal code", "zip", "zip code"),
    Column.TOWN: (
        *("город", "населенный пункт", "нас пункт", "город получателя", "город доставки"),
        *("town", "city", "locality", "delivery city"),
    ),
    Column.REGION: ("регион", "область", "край", "субъект", "субъект рф", "region", "state", "province"),
    Column.ZONE: ("часовой пояс", "таймзона", "зона", "timezone", "time zone", "zone"),
    Column.PRIORITY: ("приоритет", "priority"),
}
BY_BEGINNING = (Column.PHONE,)
"""Columns of which there may be several, with more words behind: «Телефон 2», «Телефон получателя»."""
_VALUE = re.compile(r"(?:\d\D*){5}")
"""A phone, a postcode, an order, a day: no name of a column has as many digits."""
_BY_NAME = {name: column for column, names in NAMES.items() for name in names}


class UnknownColumns(UnreadableList):
    """The list can be read, but not what its columns are. The message names the command line's cure; `why` does not."""

    def __init__(self, why: str, header: Sequence[str], option: str) -> None:
        super().__init__(f"{why}. Say which one: {option}")
        self.why = why
        self.header = tuple(header)
        self._option = option

    def __reduce__(self) -> tuple[type[Self], tuple[str, tuple[str, ...], str]]:
        """It also comes out of another process."""
        return type(self), (self.why, self.header, self._option)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each known column stands in the row; `rest` are the free fields."""

    phones: tuple[int, ...]
    places: Mapping[Column, int]
    rest: tuple[tuple[int, str], ...]

    def cell(self, cells: Sequence[str], column: Column) -> str:
        """The cell, stripped; empty where the list has no such column or the row is short."""
        at = self.places.get(column, -1)
        return cells[at].strip() if 0 <= at < len(cells) else ""


def match_columns(
    header: Sequence[str], mapped: Mapping[str, str] | None = None, chosen: Mapping[str, str] | None = None
) -> Columns:
    """Find the columns; what is said by hand wins. UnknownColumns without a phone column.

    `mapped` is {column: header name}: that column is the only one of its kind. `chosen` is {header name: column, or
    empty for a free field}; headers that this list does not have are passed over, so that it may be remembered.
    """
    only = _by_hand(header, mapped or {})
    by_hand = {**_chosen(header, chosen or {}), **only}
    phones: list[int] = []
    places: dict[Column, int] = {}
    rest: list[tuple[int, str]] = []
    for at, name in enumerate(header):
        column = by_hand[at] if at in by_hand else _column(name)
        if column is Column.PHONE and not (Column.PHONE in only.values() and at not in only):
            phones.append(at)
        elif column is not None and column is not Column.PHONE and column not in places and _free(column, at, by_hand):
            places[column] = at
        else:
            rest.append((at, name or f"column {at + 1}"))
    if not phones:
        there = ", ".join(f"«{name}»" for name in header)
        raise UnknownColumns(f"no column holds phones; the columns are: {there}", header, "--map phone=«name»")
    return Columns(tuple(phones), places, tuple(rest))


def header_test(
    mapped: Mapping[str, str] | None = None, chosen: Mapping[str, str] | None = None
) -> Callable[[Sequence[str]], bool]:
    """Whether a row of cells may be the header: a column of phones is named in it, or what is said by hand to be one,
    and nothing in it looks like a value."""
    said = {fold(name) for word, name in (mapped or {}).items() if word == Column.PHONE}
    said |= {fold(name) for name, word in (chosen or {}).items() if word == Column.PHONE}

    def is_header(cells: Sequence[str]) -> bool:
        return not any(map(_VALUE.search, cells)) and any(
            fold(name) in said or _column(name) is Column.PHONE for name in cells
        )

    return is_header


def _free(column: Column, at: int, by_hand: Mapping[int, Column | None]) -> bool:
    """A column given by hand is not taken by a name that happens to match."""
    return at in by_hand or column not in by_hand.values()


def _chosen(header: Sequence[str], chosen: Mapping[str, str]) -> dict[int, Column | None]:
    wanted = {fold(name): word for name, word in chosen.items()}
    try:
        return {
            at: Column(word) if word else None
            for at, name in enumerate(header)
            if (word := wanted.get(fold(name))) is not None
        }
    except ValueError:
        raise UnknownColumns(
            _what_there_is(set(wanted.values()) - {"", *Column}), header, "--map phone=«name»"
        ) from None


def _what_there_is(strange: set[str]) -> str:
    return f"nothing is called {min(strange)!r}; what can be mapped: {', '.join(Column)}"


def _by_hand(header: Sequence[str], mapped: Mapping[str, str]) -> dict[int, Column]:
    places: dict[int, Column] = {}
    folded = [fold(name) for name in header]
    for word, name in mapped.items():
        try:
            column = Column(word)
        except ValueError:
            raise UnknownColumns(_what_there_is({word}), header, "--map phone=«name»") from None
        if fold(name) not in folded:
            shown = ", ".join(f"«{there}»" for there in header)
            raise UnknownColumns(f"the list has no column «{name}»; it has: {shown}", header, f"--map {word}=«name»")
        places[folded.index(fold(name))] = column
    return places


def _column(name: str) -> Column | None:
    folded = fold(name)
    found = _BY_NAME.get(folded)
    if found is not None:
        return found
    for column in BY_BEGINNING:
        if any(re.match(rf"{known}\b", folded) for known in NAMES[column]):
            return column
    return None


def fold(name: str) -> str:
    """Case, ё, №, underscores and punctuation do not tell names apart."""
    text = name.strip().lower().replace("ё", "е").replace("№", "n ")
    return " ".join(re.sub(r"[^0-9a-zа-я]+", " ", text).split())
