"""Every shape in which the regulator's files have come."""

import io
import zipfile

import pytest

from dialer.intake.plan_rows import NotAPlan, PlanRow, read_plan

OLD = "АВС/ DEF;От;До;Емкость;Оператор;Регион\r\n"
PADDED = (
    OLD
    + "301\t;\t2110000\t;\t2129999\t;\t20000\t;\tОАО «Ростелеком»\t;\tг. Улан-Удэ\r\n"
    + "900\t;\t0\t;\t99999\t;\t100000\t;\tООО «Т2 Мобайл»\t;\tКраснодарский край\r\n"
    + "</table>\r\n</body>\r\n</html>\r\n"
)
SIX = (
    OLD
    + "301;2110000;2129999;20000;ПАО «Ростелеком»;г. Улан-Удэ\n900;0000000;0099999;100000;ООО «Т2»;Краснодарский край\n"
)
SEVEN = (
    "АВС/ DEF;От;До;Емкость;Оператор;Регион;ИНН\n"
    "301;2110000;2129999;20000;ПАО «Ростелеком»;г. Улан-Удэ;7707049388\n"
    "900;0000000;0099999;100000;ООО «Т2»;Краснодарский край;7743895280\n"
)
EIGHT = (
    "АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН\n"
    '301;2110000;2129999;20000;ПАО "Ростелеком";г. Улан-Удэ|Республика Бурятия;г. Улан-Удэ;7707049388\n'
    '900;0000000;0099999;100000;ООО "Т2";-;Краснодарский край;7743895280\n'
)
RENAMED = "code;begin;end;size;operator;region;unn\n" + SEVEN.partition("\n")[2]

EXPECTED = [("301", 2110000, 2129999, 20000, "г. Улан-Удэ"), ("900", 0, 99999, 100000, "Краснодарский край")]


def facts(rows: list[PlanRow]) -> list[tuple[str, int, int, int, str]]:
    return [(row.code, row.first, row.last, row.capacity, row.territory) for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("text", [PADDED, SIX, SEVEN, EIGHT, RENAMED], ids=["2014", "2019", "2022", "2024", "renamed"])
def test_header_variant(text, encoding):
    assert facts(list(read_plan("plan.csv", text.encode(encoding)))) == EXPECTED


def test_a_zip_of_several_files_is_read_whole():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ABC-3xx.csv", SEVEN)
        archive.writestr("DEF-9xx.csv", PADDED.encode("cp1251"))
    assert facts(list(read_plan("plan.zip", packed.getvalue()))) == EXPECTED * 2


def test_xlsx_numbers_that_lost_their_leading_zeros_are_read():
    rows = [
        EIGHT.splitlines()[0].split(";"),
        ["900", "0", "99999", "100000", "ООО", "-", "Краснодарский край", "7743895280"],
    ]
    assert facts(list(read_plan("DEF-9xx.xlsx", workbook(rows)))) == EXPECTED[1:]


def test_an_error_page_is_told_from_data():
    with pytest.raises(NotAPlan, match="web page"):
        list(read_plan("DEF-9xx.csv", b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"))


def test_a_file_without_a_row_of_the_plan_is_refused():
    with pytest.raises(NotAPlan, match="no row of a numbering plan"):
        list(read_plan("clients.csv", "имя;телефон\nИванов;89161234567\n".encode()))


def test_a_broken_archive_is_refused():
    with pytest.raises(NotAPlan, match="download it again"):
        list(read_plan("plan.zip", b"PK\x03\x04 cut short"))


def test_a_broken_workbook_is_refused():
    with pytest.raises(NotAPlan, match="workbook"):
        list(read_plan("plan.xlsx", b"PK\x03\x04 [Content_Types].xml cut short"))


def workbook(rows: list[list[str]]) -> bytes:
    """The least XLSX: one sheet, figures as numbers, words as inline strings."""
    cells = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheet_type}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{sheet_type}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        '<sheets><sheet name="plan" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + body)
    return packed.getvalue()


def _cell(text: str) -> str:
    return f"<c><v>{text}</v></c>" if text.isdigit() else f'<c t="inlineStr"><is><t>{text}</t></is></c>'
