"""The result form of a project: typed fields as data, and what is wrong with what was typed into them. Pure.

While the agent types, anything is kept as it stands; the check is made once, when the result is given. Values are
always text: a date as YYYY-MM-DD, a time as HH:MM, an interval as HH:MM-HH:MM, a number with a decimal point or comma.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LONGEST_VALUE = 4000
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_NUMBER = re.compile(r"-?\d{1,12}([.,]\d{1,6})?")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


class FieldKind(StrEnum):
    TEXT = "text"
    NOTE = "note"
    """Free-form wishes, several lines."""
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"
    INTERVAL = "interval"
    """From a time to a time; one of `options` where there are any."""
    TIME = "time"
    """An exact time."""
    ADDRESS = "address"


class Wrong(StrEnum):
    """What may be wrong with a value; the pages have words for each."""

    MISSING = "missing"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    DATE_IS_PAST = "date_is_past"
    NOT_A_TIME = "not_a_time"
    NOT_AN_INTERVAL = "not_an_interval"
    NOT_AN_OPTION = "not_an_option"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class FormField:
    """`name` is the key in results and webhooks, `label` what the agent reads."""

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    options: tuple[str, ...] = ()
    source: str = ""
    """The order's field that it begins with, such as the address as the shop has it."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                f"field {self.name!r}: a name is small Latin letters, digits and _, and begins with a letter"
            )
        if not self.label.strip():
            raise ValueError(f"field {self.name}: it has no label")
        if self.kind is FieldKind.CHOICE and not self.options:
            raise ValueError(f"field {self.name}: a choice needs options")
        if self.kind is FieldKind.INTERVAL and any(_interval_is_wrong(option) for option in self.options):
            raise ValueError(f"field {self.name}: intervals are written HH:MM-HH:MM, the earlier time first")


@dataclass(frozen=True, slots=True)
class Form:
    fields: tuple[FormField, ...] = ()

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"field {min(twice)} stands twice")


@dataclass(frozen=True, slots=True)
class Flaw:
    field: str
    wrong: Wrong


def flaws(form: Form, values: Mapping[str, str], today: date) -> tuple[Flaw, ...]:
    """Everything that keeps these values from being a result; `today` is the recipient's. Empty: it is one."""
    return tuple(_flaws(form, values, today))


def result(form: Form, values: Mapping[str, str]) -> dict[str, str]:
    """The form's own values that hold something, trimmed: what a shop is told."""
    named = {field.name: values.get(field.name, "").strip() for field in form.fields}
    return {name: value for name, value in named.items() if value}


def _flaws(form: Form, values: Mapping[str, str], today: date) -> Iterator[Flaw]:
    for field in form.fields:
        value = values.get(field.name, "").strip()
        if not value and field.required:
            yield Flaw(field.name, Wrong.MISSING)
        elif value and (wrong := _wrong(field, value, today)) is not None:
            yield Flaw(field.name, wrong)


def _wrong(field: FormField, value: str, today: date) -> Wrong | None:
    if len(value) > LONGEST_VALUE:
        return Wrong.TOO_LONG
    match field.kind:
        case FieldKind.NUMBER:
            return None if _NUMBER.fullmatch(value) else Wrong.NOT_A_NUMBER
        case FieldKind.DATE:
            return _wrong_date(value, today)
        case FieldKind.TIME:
            return None if _TIME.fullmatch(value) else Wrong.NOT_A_TIME
        case FieldKind.INTERVAL if not field.options:
            return Wrong.NOT_AN_INTERVAL if _interval_is_wrong(value) else None
        case FieldKind.INTERVAL | FieldKind.CHOICE:
            return None if value in field.options else Wrong.NOT_AN_OPTION
        case FieldKind.TEXT | FieldKind.NOTE | FieldKind.ADDRESS:
            return None


def _wrong_date(value: str, today: date) -> Wrong | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return Wrong.NOT_A_DATE
    return Wrong.DATE_IS_PAST if day < today else None


def _interval_is_wrong(value: str) -> bool:
    opens, _, closes = value.partition("-")
    return not (_TIME.fullmatch(opens) and _TIME.fullmatch(closes) and opens < closes)


DEFAULT_FORM = Form(
    (
        FormField("address", "Адрес доставки", FieldKind.ADDRESS, source="адрес"),
        FormField("date", "Дата", FieldKind.DATE),
        FormField("interval", "Интервал", FieldKind.INTERVAL, options=("10:00-14:00", "14:00-18:00", "18:00-22:00")),
        FormField("time", "Точное время", FieldKind.TIME),
        FormField("wishes", "Пожелания к встрече", FieldKind.NOTE),
    )
)
"""What an agent has where the project has approved no form of its own: nothing in it is required."""
