"""Columns are known by their names, in either language, or by hand."""

import pytest

from dialer.intake.columns import Column, match_columns
from dialer.intake.scan import UnreadableList


def test_russian_names() -> None:
    header = ("№ заказа", "ФИО", "Телефон получателя", "Доп. телефон", "Индекс", "Населённый пункт", "Область", "Сумма")
    columns = match_columns(header)
    assert columns.phones == (2, 3)
    assert columns.places[Column.EXTERNAL_ID] == 0
    assert columns.places[Column.PERSON] == 1
    assert columns.places[Column.POSTCODE] == 4
    assert columns.places[Column.TOWN] == 5
    assert columns.places[Column.REGION] == 6
    assert columns.rest == ((7, "Сумма"),)


def test_english_names() -> None:
    columns = match_columns(("order_id", "Name", "Phone", "phone 2", "ZIP", "City"))
    assert columns.phones == (2, 3)
    assert set(columns.places) == {Column.EXTERNAL_ID, Column.PERSON, Column.POSTCODE, Column.TOWN}


def test_a_column_given_by_hand_wins() -> None:
    columns = match_columns(("Телефон", "Связь", "Сумма"), {"phone": "связь"})
    assert columns.phones == (1,)
    assert (0, "Телефон") in columns.rest


def test_a_list_without_phones_names_its_columns_and_the_cure() -> None:
    with pytest.raises(UnreadableList, match=r"«Сумма».*--map phone="):
        match_columns(("Заказ", "Сумма"))


@pytest.mark.parametrize(
    ("mapped", "word"), [({"fone": "Телефон"}, "mapped: phone"), ({"phone": "Нет"}, "has no column")]
)
def test_a_wrong_mapping_is_named(mapped: dict[str, str], word: str) -> None:
    with pytest.raises(UnreadableList, match=word):
        match_columns(("Телефон",), mapped)


def test_a_short_row_has_empty_cells() -> None:
    columns = match_columns(("Телефон", "Город"))
    assert columns.cell(("9160000000",), Column.TOWN) == ""


def test_headers_chosen_by_hand_win_one_by_one_and_those_of_other_lists_are_passed_over() -> None:
    chosen = {"телефон 2": "", "Кто": "person", "Связь": "phone", "Чужая": "town"}
    columns = match_columns(("Телефон", "Телефон 2", "связь", "Кто", "Имя"), chosen=chosen)
    assert columns.phones == (0, 2)
    assert columns.places == {Column.PERSON: 3}
    assert columns.rest == ((1, "Телефон 2"), (4, "Имя"))
    with pytest.raises(UnreadableList, match="nothing is called 'colour'"):
        match_columns(("Телефон",), chosen={"Телефон": "colour"})
