"""Lines cut into columns are the rows that a reader of CSV gives, or are left to it."""

import csv
from io import StringIO

import pytest

from dialer.intake.table import Table, table_of

PLAIN = "1;8 (916) 123-45-67;Анна\n2;нет; \n"


@pytest.mark.parametrize(
    "text", [PLAIN, PLAIN.replace("\n", "\r\n"), PLAIN.removesuffix("\n"), ";;x\n", "\u2028;\x85;\xa0.\n"]
)
@pytest.mark.parametrize("delimiter", [";", "\t", ",", "|"])
def test_plain_lines_are_a_table(text: str, delimiter: str) -> None:
    text = text.replace(";", delimiter)
    table = table_of(text, delimiter, 3, 7)
    assert table is not None
    assert (table.first, len(table)) == (7, len(text.removesuffix("\n").split("\n")))
    assert list(map(list, zip(*table.columns, strict=True))) == list(csv.reader(StringIO(text), delimiter=delimiter))


@pytest.mark.parametrize(
    "text",
    [
        *("1;2\n", "1;2;3;4\n", "1;2;3;4\n5;6\n", "1;2\n3;4;5;6\n", "1\n2;3;4;5;6;7\n", "\n", "1;2;3\n\n", "\n1;2;3\n"),
        *('"1";2;3\n', '1;"2;3\n', "1;\\N;3\n", "1;2\t;3\n", "1;2\r;3\n", "1;2\x1f;3\n", "1;2;3\x7f\n"),
        *(";;\n", " ; ;\n1;2;\n", f"1;{'x' * csv.field_size_limit()};3\n"),
    ],
)
def test_what_needs_care_is_none(text: str) -> None:
    assert table_of(text, ";", 3, 1) is None


def test_a_list_of_one_column_has_no_delimiter_to_be_cut_at() -> None:
    assert table_of("1\n\n2\n", ";", 1, 1) is None
    assert table_of("1 2\n", " ", 2, 1) is None


def test_some_rows_of_a_table_keep_their_numbers() -> None:
    table = Table(5, [["a", "b", "c"], ["1", "2", "3"]])
    assert table[1:] == Table(6, [["b", "c"], ["2", "3"]])
    assert table[:2] == Table(5, [["a", "b"], ["1", "2"]])
