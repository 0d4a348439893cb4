"""Which places a row's postcode, town and region leave."""

import pytest

from dialer.core.numbering.defaults import default_plan, default_regions
from dialer.core.numbering.service import Numbering
from tests.core.numbering.conftest import TODAY


def where(numbering, postcode="", town="", region=""):
    scope = numbering.scope(postcode, town, region)
    return scope.region, scope.place


@pytest.mark.parametrize(
    "town",
    [
        *("Великий Новгород", "великий новгород", "г. Великий Новгород", "Великий Новгород г", "В. Новгород"),
        *("в.новгород", "Новгородская обл., г. Великий Новгород", "Новгородская область, Великий Новгород"),
        "173000, г. Великий Новгород",
    ],
)
def test_a_town_however_it_is_written(numbering, town):
    region, place = where(numbering, town=town)
    assert (region, place.removeprefix("г. ")) == ("Новгородская область", "Великий Новгород")


@pytest.mark.parametrize(
    ("town", "region"),
    [
        ("СПб", "Санкт-Петербург"),
        ("Питер", "Санкт-Петербург"),
        ("Мск", "Москва"),
        ("г Москва", "Москва"),
        ("ХМАО, Сургут", "Ханты-Мансийский автономный округ - Югра"),
        ("Чувашия, Моргауши", "Чувашская Республика - Чувашия"),
        ("РЕСП. САХА /ЯКУТИЯ/, Мирный", "Республика Саха (Якутия)"),
        ("Алтайский край, Бийск", "Алтайский край"),
        ("Республика Алтай, Майма", "Республика Алтай"),
        ("н. новгород", "Нижегородская область"),
        ("Екб", "Свердловская область"),
        ("Ростов-на-Дону", "Ростовская область"),
        ("комсомольск н/а", "Хабаровский край"),
        ("Курская обл., Беловский р-н, сл. Белая", "Курская область"),
    ],
)
def test_the_region_of_a_town_cell(numbering, town, region):
    assert where(numbering, town=town)[0] == region


def test_a_homonym_is_resolved_by_region_or_postcode_else_it_stays_open(numbering):
    assert where(numbering, town="Киров")[0] == ""
    assert where(numbering, town="Киров", region="Калужская область")[0] == "Калужская область"
    assert where(numbering, "610000", "Киров")[0] == "Кировская область"


@pytest.mark.parametrize(
    ("postcode", "town", "region"),
    [
        ("", "", "Москва"),
        ("", "пос. Нигде", "Приморский край"),
        ("690000", "Владивосток", "Приморский край"),
        ("", "Советск", "Калининградская область"),
        ("", "Киров", "Калужская обл."),
        ("", "Москва", "г. Москва"),
        ("", "Владивосток", "Москва, Московская область"),  # none of our names: it outranks nothing
    ],
)
def test_a_region_told_earlier_stays_where_the_address_leaves_it(numbering, postcode, town, region):
    assert numbering.region_kept(postcode, town, region) == region


@pytest.mark.parametrize(
    ("postcode", "town"),
    [
        ("", "Владивосток"),
        ("690000", ""),
        ("101000", "Владивосток"),
        ("690000", "Москва"),
        ("", "Химки"),
        ("", "Советск"),
    ],
)
def test_a_region_told_earlier_does_not_outrank_an_address_elsewhere(numbering, postcode, town):
    assert numbering.region_kept(postcode, town, "Москва") == ""


def test_a_region_in_its_own_column_alone(numbering):
    assert where(numbering, region="Омская обл")[0] == "Омская область"


def test_a_postcode_that_contradicts_the_town_leaves_both(numbering):
    assert where(numbering, "644001", "Калуга")[0] == ""


def test_postcode_and_town_against_the_regions_column_decide_nothing(numbering):
    (record,) = numbering.check("278-75-28", "620014", "Екатеринбург", "Санкт-Петербург")
    assert (record.status, record.region) == ("ambiguous", "Санкт-Петербург")
    assert {number[:3] for number in record.candidates} == {"812", "343"}


def test_a_postcode_alone_against_the_region_leaves_the_region(numbering):
    (record,) = numbering.check("335-06-31", "620014", "", "Санкт-Петербург")
    assert record.number == "8123350631"


def test_a_spreadsheets_postcode_is_read(numbering):
    assert where(numbering, "248001.0")[0] == "Калужская область"


def test_a_postcode_nobody_knows_still_has_its_region(numbering):
    assert where(numbering, "644999")[0] == "Омская область"


def test_without_the_postcode_table_towns_of_the_plan_and_regions_of_postcodes_are_known():
    bare = Numbering(default_plan(), default_regions(), None, TODAY)
    assert bare.check("56-76-12", town="Калуга")[0].number == "4842567612"
    assert bare.check("8 800 555-12-91", "644001")[0].zone == "Asia/Omsk"
    assert bare.check("335-06-31", town="СПб")[0].number == "8123350631"
