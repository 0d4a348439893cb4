"""The report of an import is read by spreadsheets."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from dialer.import_report import Report, harmless, refused_text
from dialer.intake.leads import Refusal


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@x", "'@x"),
        ("+79161234567", "+79161234567"),
        ("-5", "-5"),
        ("", ""),
        ("+7 (916) 123-45-67", "+7 (916) 123-45-67"),
        ("=1+cmd|' /C calc'!A0", "'=1+cmd|' /C calc'!A0"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("+1)=HYPERLINK(1)", "'+1)=HYPERLINK(1)"),
        ("\n=1", "'\n=1"),
    ],
)
def test_formulas_in_it_are_harmless(cell: str, told: str) -> None:
    assert harmless(cell) == told


def test_it_holds_what_was_refused_with_its_cells(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    with ExitStack() as stack:
        report = Report(path, ["Телефон", "ФИО", "=1+1"], stack)
        report.add_text(refused_text([Refusal(3, "TOO_SHORT", ("12-34", "О; Анна"))]))
        report.add([(5, "duplicate", "А-1")])
    lines = ["row;result;reason;Телефон;ФИО;'=1+1", '3;rejected;TOO_SHORT;12-34;"О; Анна"', "5;duplicate;А-1"]
    assert path.read_bytes() == "\r\n".join([*lines, ""]).encode("utf-8-sig")


def test_none_is_written_where_none_is_wanted() -> None:
    with ExitStack() as stack:
        Report(None, ["Телефон"], stack).add_text("1;rejected;EMPTY")
