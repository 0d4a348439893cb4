import pytest

from dialer.core.admission import is_outside, read_served
from dialer.core.numbering import NumberRecord, Status
from dialer.core.numbering.defaults import default_regions
from dialer.core.numbering.records import Kind, Source

MOSCOW, OBLAST, OMSK = "Москва", "Московская область", "Омская область"
SERVED = frozenset({MOSCOW, OBLAST})


def number(region: str) -> NumberRecord:
    return NumberRecord(Status.OK, "9161234567", "", (), region, "", "", Kind.MOBILE, "", Source.CELL)


@pytest.mark.parametrize(
    ("address", "regions", "outside"),
    [
        (MOSCOW, [OMSK], False),
        (OMSK, [MOSCOW], True),
        ("", [OMSK], True),
        ("", [f"{MOSCOW}, {OBLAST}"], False),
        ("", [OMSK, MOSCOW], False),
        ("", [""], False),
        ("", [], False),
    ],
    ids=["address", "address-wins", "number", "number-of-two-regions", "one-phone-inside", "tollfree", "nothing"],
)
def test_the_address_decides_then_the_number_and_nothing_known_is_inside(
    address: str, regions: list[str], outside: bool
) -> None:
    assert is_outside(SERVED, address, [number(region) for region in regions]) is outside


def test_regions_are_read_as_people_call_them() -> None:
    found = read_served(["москва", "Московская обл.", "Татарстан", "СПб"], default_regions())
    assert found == {MOSCOW, OBLAST, "Республика Татарстан", "Санкт-Петербург"}


def test_what_is_no_region_is_named() -> None:
    with pytest.raises(ValueError, match="'Атлантида'"):
        read_served(["Москва", "Атлантида"], default_regions())
