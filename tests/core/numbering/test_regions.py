import pytest
import pytz

from dialer.core.numbering.defaults import default_regions

SAKHA = "Республика Саха (Якутия)"


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("Якутия", SAKHA),
        ("Саха", SAKHA),
        ("Республика Саха /Якутия/", SAKHA),
        ("САХА (ЯКУТИЯ) РЕСПУБЛИКА", SAKHA),
        ("Ханты - Мансийский - Югра АО", "Ханты-Мансийский автономный округ - Югра"),
        ("ХМАО-Югра", "Ханты-Мансийский автономный округ - Югра"),
        ("Чувашская Республика", "Чувашская Республика - Чувашия"),
        ("Республика Удмуртская", "Удмуртская Республика"),
        ("Калужская обл.", "Калужская область"),
        ("калужская область", "Калужская область"),
        ("Калужская", "Калужская область"),
        ("Алтайский край", "Алтайский край"),
        ("Республика Алтай", "Республика Алтай"),
        ("Алтай", "Республика Алтай"),
        ("Кемеровская область", "Кемеровская область - Кузбасс"),
        ("Читинская область", "Забайкальский край"),
        ("г. Москва", "Москва"),
        ("Московская обл", "Московская область"),
        ("МО", "Московская область"),
        ("Северная Осетия", "Республика Северная Осетия - Алания"),
    ],
)
def test_a_region_in_any_of_its_forms(called, name):
    found = default_regions().find(called)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("called", ["", "Калуга", "область", "М", "Атлантида", "р-н Алтайский"])
def test_what_is_no_region(called):
    found = default_regions().find(called)
    assert found is None


def test_every_region_has_a_zone_pytz_knows_and_there_are_ninety():
    regions = default_regions().all
    assert len(regions) == 90
    zones = {zone for region in regions for zone in (region.zone, *region.district_zones.values())}
    assert zones <= pytz.all_timezones_set


def test_several_regions_of_one_range():
    names = [region.name for region in default_regions().find_all("Город Москва, Московская область")]
    assert names == ["Москва", "Московская область"]
    assert default_regions().find_all("Город Москва, Атлантида") == ()
