from datetime import date

import pytest

from dialer.core.numbering.defaults import default_plan, default_regions
from dialer.core.numbering.plan import Place, Plan
from dialer.core.numbering.planfile import BadPlanFile, pack_plan, unpack_plan
from dialer.intake.plan_build import SourceFile, allotted, compile_plan
from dialer.intake.plan_places import place_of
from dialer.intake.plan_rows import NotAPlan

HEADER = "АВС/ DEF;От;До;Емкость;Оператор;Регион\n"


def source(*rows: str, name: str = "plan.csv") -> SourceFile:
    return SourceFile(name, (HEADER + "\n".join(rows)).encode(), date(2026, 11, 1), "the test")


def compiled(*rows: str, base=None):
    return compile_plan([source(*rows)], default_regions(), base)


def ranges(data):
    return list(zip(data.first, data.last, [data.places[at] for at in data.place], strict=True))


def test_neighbours_of_one_place_are_merged_whoever_operates_them():
    data, report = compiled("301;2100000;2109999;10000;А;г. Улан-Удэ", "301;2110000;2129999;20000;Б;г. Улан-Удэ")
    assert ranges(data) == [(3012100000, 3012129999, Place(("Республика Бурятия",), "", "г. Улан-Удэ"))]
    assert report.files == {"plan.csv": 2}
    assert report.sections == {"3": (0, 30000)}


def test_a_row_whose_capacity_is_not_its_length_is_left_out_and_told():
    data, report = compiled("301;2100000;2109999;9999;А;г. Улан-Удэ", "301;2110000;2110000;1;Б;г. Улан-Удэ")
    assert [first for first, *_ in ranges(data)] == [3012110000]
    assert report.refused == ["the capacity is not To − From + 1: 1 (plan.csv row 2)"]


def test_of_overlapping_ranges_the_first_stands_and_the_overlap_is_told():
    data, report = compiled("301;2100000;2109999;10000;А;г. Улан-Удэ", "301;2105000;2119999;15000;Б;р-н Прибайкальский")
    assert [(first, last) for first, last, _ in ranges(data)] == [(3012100000, 3012109999), (3012110000, 3012119999)]
    assert report.refused == ["the range overlaps one before it: 1 (3012105000–3012119999)"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("501;2100000;2109999;10000;А;Б", "the code is not of three digits"),
        ("3012;100000;109999;10000;А;Б", "the code is not of three digits"),
        ("301;2109999;2100000;10000;А;Б", "the bounds are not inside"),
        ("301;2100000;12099999;10000000;А;Б", "the bounds are not inside"),
    ],
)
def test_a_row_that_cannot_be_is_left_out_and_told(row, reason):
    _, report = compiled(row, "301;2110000;2110000;1;Б;г. Улан-Удэ")
    assert reason in report.refused[0]


def test_a_fresh_file_replaces_its_own_part_only():
    base, _ = compiled(
        "301;2100000;2109999;10000;А;г. Улан-Удэ", "916;0000000;0099999;100000;М;г. Москва и Московская область"
    )
    data, report = compiled("916;0000000;0199999;200000;М;Омская обл.", base=base)
    assert allotted(data) == {"3": 10000, "9": 200000}
    assert report.sections == {"9": (100000, 200000)}
    assert data.sections["3"] == base.sections["3"]


def test_a_plan_that_shrank_is_implausible():
    base, _ = compiled("916;0000000;0099999;100000;М;Омская обл.")
    _, report = compiled("916;0000000;0009999;10000;М;Омская обл.", base=base)
    assert len(report.implausible) == 1
    assert "is the file whole?" in report.implausible[0]


def test_a_file_that_is_no_plan_raises():
    with pytest.raises(NotAPlan):
        compile_plan([SourceFile("x.csv", b"a;b\n1;2\n", date(2026, 1, 1), "")], default_regions())


@pytest.mark.parametrize(
    ("territory", "code", "place"),
    [
        ("г. Улан-Удэ", "301", Place(("Республика Бурятия",), "", "г. Улан-Удэ")),
        ("р-н Казанский", "345", Place(("Тюменская область",), "Казанский", "")),
        ("г. Борзя|р-н Борзинский", "302", Place(("Забайкальский край",), "Борзинский", "г. Борзя")),
        ("у. Горный", "411", Place(("Республика Саха (Якутия)",), "Горный", "")),
        ("Добрянский район", "342", Place(("Пермский край",), "Добрянский", "")),
        ("Тюменская обл.", "345", Place(("Тюменская область",), "", "")),
        ("Республика Саха /Якутия/", "411", Place(("Республика Саха (Якутия)",), "", "")),
        ("Ханты-Мансийский Автономный округ - Югра АО", "346", Place(("Ханты-Мансийский автономный округ - Югра",))),
        ("г. Москва", "495", Place(("Москва",), "", "")),
        ("г. Химки", "495", Place(("Московская область",), "", "г. Химки")),
        ("г. Нарьян-Мар", "818", Place(("Ненецкий автономный округ",), "", "г. Нарьян-Мар")),
        ("г. Архангельск", "818", Place(("Архангельская область",), "", "г. Архангельск")),
        ("Город Москва, Московская область", "916", Place(("Москва", "Московская область"))),
        ("г. Москва и Московская область", "916", Place(("Москва", "Московская область"))),
        ("г. Санкт-Петербург * Ленинградская область", "901", Place(("Санкт-Петербург", "Ленинградская область"))),
        (
            "г. Норильск|г.о. город Норильск|Красноярский край",
            "902",
            Place(("Красноярский край",), "город Норильск", "г. Норильск"),
        ),
        (
            "г. Улан-Удэ|г.о. Улан-Удэ|Республика Бурятия",
            "301",
            Place(("Республика Бурятия",), "Улан-Удэ", "г. Улан-Удэ"),
        ),
        ("м.р-н Селенгинский|Республика Бурятия", "301", Place(("Республика Бурятия",), "Селенгинский", "")),
        ("Донецкая Народная Республика", "949", Place(("Донецкая Народная Республика",))),
        ("Российская Федерация", "800", Place(())),
        ("г. Москва", "800", Place(())),
        ("", "301", Place(())),
    ],
)
def test_place_of_a_published_territory(territory, code, place):
    assert place_of(territory, code, default_regions()) == place


def test_a_compiled_plan_survives_the_file_and_the_same_plan_gives_the_same_bytes():
    plan = default_plan()
    packed = pack_plan(plan)
    assert unpack_plan(packed) == plan
    assert pack_plan(unpack_plan(packed)) == packed


@pytest.mark.parametrize("packed", [b"", b"nonsense", pack_plan(default_plan())[:-9]])
def test_a_damaged_file_is_refused(packed):
    with pytest.raises(BadPlanFile):
        unpack_plan(packed)


def test_the_shipped_plan_has_every_code_in_use_and_no_overlap():
    data = default_plan()
    assert {"301", "495", "499", "812", "879", "800", "916", "949"} <= Plan(data).codes
    assert all(last < following for last, following in zip(data.last, data.first[1:], strict=False))
    assert set(data.sections) == {"3", "4", "8", "9"}
