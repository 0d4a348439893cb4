import struct
from datetime import date

import pytest

from dialer.core.numbering.defaults import default_gazetteer, default_regions
from dialer.core.numbering.gazetteer import Gazetteer, Locality
from dialer.core.numbering.planfile import pack_gazetteer, unpack_gazetteer
from dialer.intake.plan_rows import NotAPlan
from dialer.intake.postcode_build import compile_gazetteer, holds_offices

ROWS = [
    ("248001", "КАЛУЖСКАЯ ОБЛАСТЬ", "", "", "КАЛУГА", ""),
    ("248002", "КАЛУЖСКАЯ ОБЛАСТЬ", "", "", "КАЛУГА", ""),
    ("689309", "", "ЧУКОТСКИЙ АВТОНОМНЫЙ ОКРУГ", "ЧУКОТСКИЙ РАЙОН", "ЛАВРЕНТИЯ", ""),
    ("172468", "ТВЕРСКАЯ ОБЛАСТЬ", "", "", "ЖАРКОВСКИЙ", "ЩУЧЬЕ"),
    ("999999", "ГЕРМАНИЯ", "", "", "БЕРЛИН", ""),
]
NAMES = ("INDEX", "REGION", "AUTONOM", "AREA", "CITY", "CITY_1")


def dbf(rows: list[tuple[str, ...]], encoding: str = "cp866") -> bytes:
    """A dBase III table as the post publishes it."""
    widths = (6, 60, 60, 60, 60, 60)
    fields = b"".join(
        name.encode().ljust(11, b"\0") + b"C" + b"\0" * 4 + bytes([width]) + b"\0" * 15
        for name, width in zip(NAMES, widths, strict=True)
    )
    start, width = 32 + len(fields) + 1, 1 + sum(widths)
    header = struct.pack("<B3BIHH", 3, 126, 6, 22, len(rows), start, width) + b"\0" * 17 + bytes([0x26]) + b"\0\0"
    records = b"".join(
        b" " + b"".join(cell.encode(encoding).ljust(size) for cell, size in zip(row, widths, strict=True))
        for row in rows
    )
    return header + fields + b"\r" + records + b"\x1a"


def csv_table(rows: list[tuple[str, ...]]) -> bytes:
    return "\n".join(",".join(row) for row in [tuple(map(str.lower, NAMES)), *rows]).encode()


def compiled(content: bytes) -> Gazetteer:
    data = compile_gazetteer("post", content, date(2026, 6, 22), "the test", default_regions())
    return Gazetteer(unpack_gazetteer(pack_gazetteer(data)))


@pytest.mark.parametrize("make", [dbf, csv_table])
def test_the_posts_table_in_either_form(make):
    gazetteer = compiled(make(ROWS))
    assert gazetteer.of_postcode("248001") == Locality("Калужская область", "", "КАЛУГА", "")
    assert gazetteer.of_postcode("689309") == Locality("Чукотский автономный округ", "ЧУКОТСКИЙ РАЙОН", "ЛАВРЕНТИЯ", "")
    assert [one.region for one in gazetteer.named("щучье")] == ["Тверская область"]
    assert gazetteer.of_postcode("999999") is None, "not of Russia"


def test_a_postcode_not_in_the_table_is_what_its_neighbours_have_in_common():
    gazetteer = compiled(csv_table(ROWS))
    assert gazetteer.of_postcode("248009") == Locality("Калужская область", "", "КАЛУГА", "")
    assert gazetteer.of_postcode("555555") is None


def test_deleted_records_of_a_dbf_are_left_out():
    content = dbf(ROWS)
    start = struct.unpack("<H", content[8:10])[0]
    gazetteer = compiled(content[:start] + b"*" + content[start + 1 :])
    assert gazetteer.data.postcodes[0] == "172468"
    assert len(gazetteer.data.postcodes) == 3


def test_a_dbf_cut_short_is_refused():
    with pytest.raises(NotAPlan, match="cut short"):
        compiled(dbf(ROWS)[:-400])


def test_a_table_of_something_else_is_refused():
    with pytest.raises(NotAPlan, match="REGION"):
        compiled(b"a,b\n1,2\n")
    with pytest.raises(NotAPlan, match="no post office"):
        compiled("index,region\n12,Калужская область\n248001,Атлантида\n".encode())


def test_the_posts_table_is_told_from_the_regulators():
    assert holds_offices(dbf(ROWS))
    assert holds_offices(csv_table(ROWS))
    assert not holds_offices(b"code;begin;end;size;operator;region;unn\n")
    assert not holds_offices("АВС/ DEF;От;До;Емкость;Оператор;Регион\n".encode("cp1251"))


def test_the_shipped_table_is_there():
    gazetteer = default_gazetteer()
    assert gazetteer is not None
    assert len(gazetteer.postcodes) > 60_000
