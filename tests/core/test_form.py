"""Result forms: what may be typed into each kind of field, and what keeps it from being a result."""

from datetime import date

import pytest

from dialer.core.form import DEFAULT_FORM, FieldKind, Flaw, Form, FormField, Wrong, flaws, result

TODAY = date(2026, 11, 22)
FORM = Form(
    (
        FormField("address", "Адрес", FieldKind.ADDRESS, required=True),
        FormField("date", "Дата", FieldKind.DATE),
        FormField("interval", "Интервал", FieldKind.INTERVAL, options=("10:00-14:00", "14:00-18:00")),
        FormField("free", "Другой интервал", FieldKind.INTERVAL),
        FormField("time", "Точное время", FieldKind.TIME),
        FormField("pieces", "Штук", FieldKind.NUMBER),
        FormField("payment", "Оплата", FieldKind.CHOICE, options=("карта", "наличные")),
        FormField("wishes", "Пожелания", FieldKind.NOTE),
    )
)


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("address", "Екатеринбург, Малышева, 51", None),
        ("address", "   ", Wrong.MISSING),
        ("date", "2026-11-22", None),
        ("date", "2026-11-21", Wrong.DATE_IS_PAST),
        ("date", "22.11.2026", Wrong.NOT_A_DATE),
        ("date", "2026-02-30", Wrong.NOT_A_DATE),
        ("interval", "14:00-18:00", None),
        ("interval", "14:00-19:00", Wrong.NOT_AN_OPTION),
        ("free", "09:30-11:00", None),
        ("free", "11:00-09:30", Wrong.NOT_AN_INTERVAL),
        ("free", "утром", Wrong.NOT_AN_INTERVAL),
        ("time", "23:59", None),
        ("time", "24:00", Wrong.NOT_A_TIME),
        ("pieces", "-2,5", None),
        ("pieces", "1e9", Wrong.NOT_A_NUMBER),
        ("payment", "карта", None),
        ("payment", "бартер", Wrong.NOT_AN_OPTION),
        ("wishes", "домофон не работает\nзвонить за час", None),
        ("wishes", "я" * 4001, Wrong.TOO_LONG),
    ],
)
def test_each_kind_of_field_knows_its_own(name: str, value: str, wrong: Wrong | None) -> None:
    values = {"address": "где-то", name: value}
    assert flaws(FORM, values, TODAY) == (() if wrong is None else (Flaw(name, wrong),))


def test_every_flaw_is_told_at_once_in_the_order_of_the_form() -> None:
    assert [flaw.field for flaw in flaws(FORM, {"date": "x", "pieces": "y"}, TODAY)] == ["address", "date", "pieces"]


def test_a_result_holds_the_forms_own_fields_trimmed() -> None:
    assert result(FORM, {"address": " ул. Мира ", "wishes": "", ".choice": "agreed", "old": "1"}) == {
        "address": "ул. Мира"
    }


def test_nothing_is_required_where_no_form_was_approved() -> None:
    assert flaws(DEFAULT_FORM, {}, TODAY) == ()


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"name": "Адрес", "label": "Адрес"}, "Latin"),
        ({"name": "a", "label": " "}, "label"),
        ({"name": "a", "label": "A", "kind": FieldKind.CHOICE}, "options"),
        ({"name": "a", "label": "A", "kind": FieldKind.INTERVAL, "options": ("10-14",)}, "HH:MM"),
    ],
)
def test_a_field_that_cannot_work_is_refused_in_words(field: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        FormField(**field)


def test_two_fields_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Form((FormField("a", "A"), FormField("a", "B")))
