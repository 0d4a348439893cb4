from datetime import UTC, datetime

import pytest

from dialer.core import hours
from dialer.core.numbering import RUSSIAN_ZONES, read_zone, utc_offset
from dialer.core.numbering.defaults import default_plan, default_regions
from dialer.core.numbering.service import Numbering
from dialer.core.numbering.zones import binding_zone
from tests.core.numbering.conftest import TODAY

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("Europe/Kaliningrad", 2),
        ("Europe/Moscow", 3),
        ("Europe/Samara", 4),
        ("Asia/Yekaterinburg", 5),
        ("Asia/Kamchatka", 12),
    ],
)
def test_offset_now(zone, hours):
    assert utc_offset(zone, NOW) == hours


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [
        ("Europe/Volgograd", datetime(2020, 12, 26, 12, tzinfo=UTC), 4),
        ("Europe/Volgograd", datetime(2020, 12, 28, 12, tzinfo=UTC), 3),
        ("Europe/Moscow", datetime(2014, 10, 25, 21, 59, tzinfo=UTC), 4),
        ("Europe/Moscow", datetime(2014, 10, 25, 22, 0, tzinfo=UTC), 3),
        ("Europe/Berlin", datetime(2026, 7, 1, tzinfo=UTC), 2),
        ("Asia/Kolkata", datetime(2026, 7, 1, tzinfo=UTC), 5.5),
    ],
)
def test_offset_at_the_moment_of_the_call(zone, moment, hours):
    assert utc_offset(zone, moment.timestamp()) == hours


def test_a_name_that_is_no_zone_is_refused():
    with pytest.raises(ValueError, match="Asia/Omsk"):
        utc_offset("Omsk", NOW)


def test_one_russian_zone_for_every_offset():
    assert [utc_offset(zone, NOW) for zone in RUSSIAN_ZONES] == list(range(2, 13))


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Asia/Omsk", "Asia/Omsk"),
        ("МСК", "Europe/Moscow"),
        ("мск+3", "Asia/Omsk"),
        ("MSK-1", "Europe/Kaliningrad"),
        ("UTC+6", "Asia/Omsk"),
        ("GMT +03:00", "Europe/Moscow"),
        ("+7", "Asia/Krasnoyarsk"),
        ("+12 ч", "Asia/Kamchatka"),
        ("3", ""),
        ("UTC-5", ""),
        ("обед", ""),
        ("", ""),
    ],
)
def test_a_lists_zone_column(text, zone):
    assert read_zone(text) == zone


@pytest.mark.parametrize(
    ("postcode", "town", "zone", "zones"),
    [
        ("", "Якутск", "Asia/Yakutsk", {"Asia/Yakutsk"}),
        ("", "Якутия, Усть-Нера", "Asia/Ust-Nera", {"Asia/Ust-Nera"}),
        ("", "Республика Саха, Верхоянский улус", "Asia/Vladivostok", {"Asia/Vladivostok"}),
        ("678790", "", "Asia/Srednekolymsk", {"Asia/Srednekolymsk"}),
        ("", "Северо-Курильск", "Asia/Srednekolymsk", {"Asia/Srednekolymsk"}),
        ("", "Южно-Сахалинск", "Asia/Sakhalin", {"Asia/Sakhalin"}),
        ("236000", "", "Europe/Kaliningrad", {"Europe/Kaliningrad"}),
    ],
)
def test_the_districts_zone_where_a_region_has_several(numbering, postcode, town, zone, zones):
    (record,) = numbering.check("8 800 555-12-91", postcode, town)
    assert (record.zone, set(record.zones)) == (zone, zones)


def test_a_region_of_several_zones_holds_all_of_them_open(numbering):
    (record,) = numbering.check("8 800 555-12-91", region="Якутия")
    assert record.zone == "Asia/Yakutsk"
    assert {"Asia/Yakutsk", "Asia/Vladivostok", "Asia/Srednekolymsk"} <= set(record.zones)


def test_a_number_of_no_known_place_has_no_zone(numbering):
    (record,) = numbering.check("8 800 555-12-91")
    assert (record.zone, record.zones) == ("", ())


def test_where_number_and_address_differ_both_must_be_open(numbering):
    (record,) = numbering.check("8 (495) 234-56-78", town="Омск")
    assert record.zone == "Asia/Omsk"
    assert set(record.zones) == {"Asia/Omsk", "Europe/Moscow"}
    assert record.region == "Москва"


def test_the_lists_own_zone_wins(numbering):
    (record,) = numbering.check("8 (495) 234-56-78", town="Омск", list_zone="МСК+4")
    assert (record.zone, record.zones) == ("Asia/Krasnoyarsk", ("Asia/Krasnoyarsk",))


def test_a_mobile_has_the_zone_of_its_range(numbering):
    (record,) = numbering.check("8 913 620-12-34")
    assert (record.kind, record.region, record.zone) == ("mobile", "Омская область", "Asia/Omsk")


@pytest.mark.parametrize(
    ("zones", "bound"),
    [
        ((), ""),
        (("Asia/Omsk",), "Asia/Omsk"),
        (("Asia/Omsk", "Europe/Moscow"), "Asia/Omsk|Europe/Moscow"),
        (("Europe/Moscow", "Asia/Omsk", "Asia/Chita"), "Europe/Moscow|Asia/Chita|Asia/Omsk"),
        (("Europe/Kirov", "Europe/Moscow", "Europe/Simferopol"), "Europe/Kirov"),
    ],
)
def test_zones_are_bound_as_one_and_one_clock_is_told_once(zones, bound):
    assert binding_zone(zones) == bound


@pytest.mark.parametrize(
    ("cell", "town", "region", "bound"),
    [
        ("8 916 123-45-67", "Омск", "", "Asia/Omsk|Europe/Moscow"),
        ("8 913 620-12-34", "Омск", "", "Asia/Omsk"),
        ("8 916 123-45-67", "Киров, Кировская область", "", "Europe/Kirov"),
        ("8 924 123-45-67", "", "Якутия", "Asia/Yakutsk|Asia/Srednekolymsk|Asia/Ust-Nera"),
        ("8 916 123-45-67", "", "Якутия", "Asia/Yakutsk|Asia/Srednekolymsk|Asia/Ust-Nera|Europe/Moscow"),
        ("8 914 223-45-67", "Якутск", "", "Asia/Yakutsk"),
        ("8 (41136) 2-34-56", "", "Якутия", "Asia/Yakutsk"),
        ("8 914 223-45-67", "", "", "Asia/Yakutsk|Asia/Srednekolymsk|Asia/Ust-Nera"),
        ("8 800 555-12-91", "Советск", "", "Europe/Kaliningrad|Europe/Kirov"),
        ("8 800 555-12-91", "", "", ""),
    ],
    ids=[
        *("mobile-elsewhere", "at-home", "same-clock", "unknown-district-and-one-of-its-clocks"),
        *("unknown-district-and-elsewhere", "narrowed-by-the-address", "narrowed-by-the-number", "region-of-three"),
        *("town-of-two-regions", "nothing-known"),
    ],
)
def test_the_zones_that_bind_a_number(numbering, cell, town, region, bound):
    (record,) = numbering.check(cell, town=town, region=region)
    assert record.bound_zone == bound
    assert record.zone in (bound.split("|")[0], "")


@pytest.mark.parametrize(
    ("postcode", "town", "region", "bound"),
    [
        ("683000", "Тула", "", "Europe/Moscow|Asia/Kamchatka"),
        ("683000", "Москва", "", "Europe/Moscow|Asia/Kamchatka"),
        ("683000", "Санкт-Петербург", "", "Europe/Moscow|Asia/Kamchatka"),
        ("683000", "Тула, Тульская область", "", "Europe/Moscow|Asia/Kamchatka"),
        ("", "683000, г. Москва", "", "Europe/Moscow|Asia/Kamchatka"),
        ("683000", "", "Москва", "Europe/Moscow|Asia/Kamchatka"),
        ("683000", "Петропавловск-Камчатский", "Москва", "Europe/Moscow|Asia/Kamchatka"),
        ("101000", "Петропавловск-Камчатский", "Камчатский край", "Asia/Kamchatka|Europe/Moscow"),
        ("677000", "Москва", "Якутия", "Europe/Moscow|Asia/Yakutsk"),
        ("141400", "Химки", "Москва", "Europe/Moscow"),
        ("101000", "Москва", "Москва", "Europe/Moscow"),
    ],
)
def test_the_hours_of_a_postcode_that_contradicts_hold_too(numbering, postcode, town, region, bound):
    (record,) = numbering.check("8 916 123-45-67", postcode, town, region)
    assert record.bound_zone == bound


def test_a_postcode_that_contradicts_binds_the_hours_of_a_number_at_home_and_of_a_doubtful_one(numbering):
    told = [numbering.check(cell, "683000", "Москва")[0].bound_zone for cell in ("8 495 234-56-78", "792-34-86")]
    assert told == ["Europe/Moscow|Asia/Kamchatka"] * 2


def test_without_the_postcode_table_its_region_tells_the_hours():
    bare = Numbering(default_plan(), default_regions(), None, TODAY)
    assert bare.check("8 916 123-45-67", "683000", "Москва")[0].bound_zone == "Europe/Moscow|Asia/Kamchatka"


@pytest.mark.parametrize("text", ["Asia/Tokyo", "America/New_York", "Asia/Almaty"])
def test_a_zone_without_russian_numbers_is_passed_over(numbering, text):
    """No lead may lie in a zone that never opens."""
    (record,) = numbering.check("8 913 620-12-34", list_zone=text)
    assert record.bound_zone == "Asia/Omsk"


def test_all_zones_of_the_tables_are_known_to_the_hours(numbering):
    told = {zone for region in numbering.regions.all for zone in (region.zone, *region.district_zones.values())}
    assert told <= set(hours.RUSSIAN_ZONES)
