"""Lists of any kind are read; what is no list is refused in words."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialer.intake import rows as rows_module
from dialer.intake import scan
from dialer.intake.columns import header_test
from dialer.intake.rows import Piece, cell_text, cut, open_list, rows_of
from dialer.intake.scan import LINE_LIMIT, UnreadableList
from dialer.intake.table import Table

TEXT = "Заказ;Телефон;ФИО\n1;8 (916) 123-45-67;Иванова Ольга\n2;+7 495 1234567;«Ёж»\n"


def written(tmp_path: Path, data: bytes, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "koi8-r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encodings_and_delimiters_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = TEXT.replace(";", delimiter).replace("«", "").replace("»", "")
    found = open_list(written(tmp_path, text.encode(encoding)))
    assert found.header == ("Заказ", "Телефон", "ФИО")
    rows = list(found.rows)
    assert [row.row for row in rows] == [1, 2]
    assert rows[0].cells == ("1", "8 (916) 123-45-67", "Иванова Ольга")
    assert not any(row.problem for row in rows)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_read_where_it_is_named(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, TEXT.encode(encoding))
    for named in {encoding, "utf-16"} - ({"utf-16"} if encoding == "utf-16-be" else set()):
        found = open_list(path, encoding=named)
        assert found.header == ("Заказ", "Телефон", "ФИО")
        assert [row.cells[0] for row in found.rows] == ["1", "2"]


@pytest.mark.parametrize("encoding", ["idna", "punycode", "rot13", "utf-32", "no-such"])
def test_an_encoding_in_which_no_list_is_written_is_refused(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(UnreadableList, match=f"'{encoding}'.*such as utf-8"):
        open_list(written(tmp_path, TEXT.encode()), encoding=encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("line", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
@pytest.mark.parametrize("bad", ["", '3;8917;"ООО Ромашка\n'], ids=["block", "line by line"])
def test_excel_s_own_first_line_is_no_header(tmp_path: Path, encoding: str, line: str, bad: str) -> None:
    text = (line + TEXT + bad).replace("«", "").replace("»", "")
    found = open_list(written(tmp_path, text.encode(encoding)))
    assert found.header == ("Заказ", "Телефон", "ФИО")
    first, second, *_ = found.rows
    assert (first.row, first.cells, first.problem) == (1, ("1", "8 (916) 123-45-67", "Иванова Ольга"), "")
    assert second.problem == ""


ABOVE = 'Реестр заказов, 21.11.2026 (ООО "Ромашка")\r\n\r\n"Отдел доставки,\nКазань";;\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize(
    ("above", "row"), [(ABOVE, 5), ("Контакты: 8 800 100-20-30\n", 2), ("sep=;\n" + ABOVE, 5), ("\n\n", 3)]
)
@pytest.mark.parametrize("bad", ["", '3;8917;"ООО Ромашка\n'], ids=["block", "line by line"])
def test_a_title_above_the_header_is_passed_over(tmp_path: Path, encoding: str, above: str, row: int, bad: str) -> None:
    text = above + (TEXT + bad).replace("«", "").replace("»", "")
    found = open_list(written(tmp_path, text.encode(encoding)), is_header=header_test())
    assert found.header == ("Заказ", "Телефон", "ФИО")
    assert found.kind.endswith(f", header in row {row}")
    first, second, *_ = found.rows
    assert (first.row, first.cells, first.problem) == (1, ("1", "8 (916) 123-45-67", "Иванова Ольга"), "")
    assert second.problem == ""


def test_a_header_that_is_only_known_by_hand_is_found_under_a_title(tmp_path: Path) -> None:
    path = written(tmp_path, "Заказы дня\nКому;Связь\nИванова;8 916 123-45-67\n".encode())
    assert open_list(path, is_header=header_test()).header == ("Заказы дня",)
    assert open_list(path, is_header=header_test({"phone": "связь"})).header == ("Кому", "Связь")
    assert open_list(path, is_header=header_test(chosen={"Связь": "phone"})).header == ("Кому", "Связь")


def test_no_row_of_values_is_taken_for_the_header(tmp_path: Path) -> None:
    text = "Кто;Вид\n89161234567;мобильный\n" + "тел. 89161234568;\n" * 30 + "Телефон;Вид\n"
    found = open_list(written(tmp_path, text.encode()), is_header=header_test())
    assert found.header == ("Кто", "Вид")
    assert len(list(found.rows)) == 32


def test_quoted_cells_keep_delimiters_and_lines(tmp_path: Path) -> None:
    data = b'phone,note\n"916 123-45-67","two\nlines, and a comma"\n'
    (row,) = open_list(written(tmp_path, data)).rows
    assert row.cells == ("916 123-45-67", "two\nlines, and a comma")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "Телефон;Адрес\n8916;603000, Нижний Новгород, ул. Мира, д. 5\n",
            [("8916", "603000, Нижний Новгород, ул. Мира, д. 5")],
        ),
        (
            "Фамилия, имя, отчество;Телефон\nИванов Иван;8916\nПетров;8917\n",
            [("Иванов Иван", "8916"), ("Петров", "8917")],
        ),
        ("Телефон\n8916; 8917\n8918, 8919\n", [("8916; 8917",), ("8918, 8919",)]),
    ],
    ids=["commas in cells", "commas in the header", "one column"],
)
def test_the_delimiter_is_the_one_that_cuts_rows_as_the_header(
    tmp_path: Path, text: str, rows: list[tuple[str]]
) -> None:
    assert [row.cells for row in open_list(written(tmp_path, text.encode())).rows] == rows


@pytest.mark.parametrize("careful", ["", '90;"Пётр\nПетрович";\n'], ids=["block", "line by line"])
def test_a_row_with_more_cells_than_columns_is_not_trusted(tmp_path: Path, careful: str) -> None:
    data = f" \nТелефон;Адрес;Заказ\n1;ул. Мира, 1;A-1\n2;ул. Мира; кв 5;A-2\n3;;A-3; ;\n{careful}"
    first, cut, last, *_ = open_list(written(tmp_path, data.encode())).rows
    assert (first.problem, last.problem) == ("", "")
    assert cut.problem == "MANY_CELLS"
    assert cut.cells == ("2", "ул. Мира", " кв 5", "A-2")


STRAY = '2;"ООО Ромашка\n'
"""A cell begins with a quote that was never meant to open it."""


@pytest.mark.parametrize("between", [1, 20, 200])
@pytest.mark.parametrize("last", ['3;"ЗАО"\n', "3;ИП\n", '"3";ИП\n', '3;ООО "Мак"\n', '3;"ООО ""Мак"""\n', '3;""\n'])
def test_a_quote_that_nobody_closes_swallows_no_row(tmp_path: Path, between: int, last: str) -> None:
    rows = ["Номер;Имя\n", "1;Анна\n", STRAY, *[f"{n};Имя{n}\n" for n in range(100, 100 + between)], last]
    found = list(open_list(written(tmp_path, "".join(rows).encode())).rows)
    assert [row.cells[0] for row in found] == ["1", "2", *[str(n) for n in range(100, 100 + between)], "3"]
    assert found[1].cells == ("2", '"ООО Ромашка')
    assert not any(row.problem for row in found)


def test_a_stray_quote_in_a_row_of_another_width_costs_that_row_alone(tmp_path: Path) -> None:
    data = 'Номер;Имя\n1;"Анна;a;b\n2;Пётр\n'.encode()
    first, second = open_list(written(tmp_path, data)).rows
    assert first.problem.startswith("BAD_ROW")
    assert (second.cells, second.problem) == (("2", "Пётр"), "")


CELL = st.text(st.sampled_from("a1 Ж\u2028"), max_size=3)
LINE = st.one_of(st.text(st.sampled_from('a1;;"\n\r Ж'), max_size=12), st.tuples(CELL, CELL).map(";".join))
LIST = st.lists(LINE, min_size=1, max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=LIST, at_once=st.integers(1, 40))
def test_a_block_read_whole_gives_what_its_lines_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: list[str], at_once: int
) -> None:
    path = written(tmp_path, ("Телефон;Имя\n" + "\n".join(parts)).encode())
    whole = list(open_list(path, delimiter=";").rows)
    with monkeypatch.context() as patch:
        patch.setattr(scan, "BLOCK_BYTES", at_once)
        assert list(open_list(path, delimiter=";").rows) == whole
        patch.setattr(rows_module, "table_of", lambda *args: None)
        assert list(open_list(path, delimiter=";").rows) == whole
        patch.setattr(rows_module, "_plain", lambda block, delimiter: None)
        assert list(open_list(path, delimiter=";").rows) == whole


PARTS = st.sampled_from([b"a", b"\n", "Ж".encode(), "Ж".encode("cp1251"), "\ufffd".encode(), b"\xd0", b"\x96"])


@given(block=st.lists(PARTS).map(b"".join))
def test_lines_with_letters_are_counted_as_one_by_one(block: bytes) -> None:
    lines = [line for line in block.split(b"\n") if not line.isascii()]
    assert scan._letters_in(block) == (len(lines), sum(map(scan._is_utf8, lines)))


def test_one_broken_line_is_one_bad_row_not_another_encoding(tmp_path: Path) -> None:
    good = "".join(f"{n};916000{n:04};Ольга\n" for n in range(50)).encode()
    data = "Заказ;Телефон;Имя\n".encode() + good + "51;9160009999;Ольга\n".encode("cp1251") + good
    rows = list(open_list(written(tmp_path, data)).rows)
    bad = [row for row in rows if row.problem]
    assert len(rows) == 101
    assert [(row.row, row.problem) for row in bad] == [(51, "BAD_ENCODING")]
    assert rows[60].cells[2] == "Ольга"


def test_workbooks_are_read_as_a_person_sees_them(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    _workbook(path, [["Телефон", "Индекс"], [9161234567.0, 101000], ["8-916-000-00-01", ""]])
    found = open_list(path)
    assert found.header == ("Телефон", "Индекс")
    assert [row.cells for row in found.rows] == [("9161234567", "101000"), ("8-916-000-00-01", "")]


def test_a_title_above_the_header_of_a_workbook_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    _workbook(path, [["", ""], ["Реестр", ""], ["", ""], ["Телефон", "Имя"], ["8 916 123-45-67", "Ольга"]])
    found = open_list(path, is_header=header_test())
    assert (found.header, found.expected) == (("Телефон", "Имя"), 1)
    assert [(row.row, row.cells) for row in found.rows] == [(1, ("8 916 123-45-67", "Ольга"))]


def test_a_float_that_lost_digits_keeps_looking_like_one() -> None:
    assert cell_text(9161234567.0) == "9161234567"
    assert cell_text(9.16e20) == "9.16e+20"
    assert cell_text(1.5) == "1.5"


@pytest.mark.parametrize(
    ("data", "name", "word"),
    [
        (b"", "list.csv", "empty"),
        (b"\x7fELF\0\0\0\1", "list.csv", "not text"),
        (b"\n\n", "list.csv", "header"),
        (b"phone\n" + b"1" * (LINE_LIMIT + 10), "list.csv", "longer than"),
        (b"PK\x03\x04 no workbook", "list.xlsx", "workbook"),
    ],
)
def test_what_is_no_list_is_refused_in_words(tmp_path: Path, data: bytes, name: str, word: str) -> None:
    with pytest.raises(UnreadableList, match=word):
        list(open_list(written(tmp_path, data, name)).rows)


def test_a_huge_line_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b"phone\n")
        file.truncate(2 << 30)
    with pytest.raises(UnreadableList, match="a zero byte in line 2"):
        open_list(path)


@pytest.mark.parametrize("delimiter", ["::", '"', "", "\n"])
def test_what_is_no_delimiter_is_refused(tmp_path: Path, delimiter: str) -> None:
    with pytest.raises(UnreadableList, match="is no delimiter; name one character"):
        open_list(written(tmp_path, TEXT.encode()), delimiter=delimiter)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableList, match=r"nowhere\.csv"):
        open_list(tmp_path / "nowhere.csv")


def _workbook(path: Path, rows: list[list[object]]) -> None:
    """The smallest workbook that a reader takes: one sheet, inline strings."""

    def cell(value: object) -> str:
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        '<sheet name="Заказы" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as book:
        for name, text in parts.items():
            book.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)


@given(sizes=st.lists(st.integers(0, 9)), size=st.integers(1, 7), tables=st.booleans())
def test_pieces_are_cut_anew_without_losing_a_row(sizes: list[int], size: int, tables: bool) -> None:
    pieces: list[Piece] = []
    for rows in sizes:
        first = sum(map(len, pieces)) + 1
        table = Table(first, [[f"{row}" for row in range(first, first + rows)]])
        pieces.append(table if tables else rows_of(table))
    parts = list(cut(pieces, size))
    rows = [row for part in parts for piece in part for row in (rows_of(piece) if isinstance(piece, Table) else piece)]
    assert [(row.row, row.cells) for row in rows] == [(row, (f"{row}",)) for row in range(1, sum(sizes) + 1)]
    lengths = [sum(map(len, part)) for part in parts]
    assert set(lengths[:-1]) <= {size}
    assert all(0 < length <= size for length in lengths[-1:])
