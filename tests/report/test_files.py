"""CSV and XLSX read back: what a Russian Excel would show."""

import io
from datetime import date, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from dialer.core.kpi import Asked, Cell, KpiReport, Sheet
from dialer.report import kpis
from dialer.report.files import as_csv, as_xlsx, harmless

DAY = date(2026, 9, 10)


def sheet(plan: kpis.Plan, *rows: tuple[Cell, ...]) -> Sheet:
    return Sheet(plan, rows, "select 1")


REPORT = KpiReport(
    Asked((1,), DAY, DAY),
    (
        sheet(kpis.TOTALS, (11, 1, 9, 11, 8, 7, 6, 1, 3, 0, 6, 5, 293.5, 0.75, 1 / 7, 0.5, 0.5, None)),
        sheet(kpis.REFUSALS, ("no_stock", "=HYPERLINK(\"http://evil\")", 3, 0, 3, 4, 0.75)),
        sheet(kpis.BUYOUT, (20, 1, 2, 0.5, 199_050)),
        sheet(kpis.BILLING, (DAY, 2, 1, 3, 3723.0, 64)),
    ),
)  # fmt: skip


def test_csv_is_as_excel_wants_it() -> None:
    text = as_csv(REPORT).decode()
    assert text.startswith("\ufeffИтоги\r\n")
    assert "\r\nдоля потерь;0,1429;потеряны / ответил человек\r\n" in text
    assert "попыток на контакт;;" in text, "nothing to divide by is empty, not nought"
    assert "\r\n10.09.2026;2;1;3;3723,00;64\r\n" in text
    assert "\r\n20;1;2;0,5000;1990,50\r\n" in text
    assert ';"\'=HYPERLINK(""http://evil"")";3;0;3;4;0,7500' in text


def test_one_sheet_alone_is_a_plain_table() -> None:
    lines = as_csv(REPORT, english=True, only="billing").decode("utf-8-sig").splitlines()
    assert lines == ["day;results;agreements;contacts;talk;started minutes", "10.09.2026;2;1;3;3723,00;64"]


def test_xlsx_holds_numbers_dates_and_plain_text() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(REPORT)))
    assert book.sheet_names == ["Итоги", "Причины отказов", "Выкуп и скорость контакта", "К оплате"]
    head, row = book.get_sheet_by_name("К оплате").to_python()
    assert head[:2] == ["день", "результаты"]
    billed: list[Any] = list(row)
    assert billed == [DAY, 2.0, 1.0, 3.0, timedelta(seconds=3723), 64.0]
    [_, refusal] = book.get_sheet_by_name("Причины отказов").to_python()
    assert refusal[1] == '=HYPERLINK("http://evil")', "a string cell is never reckoned"
    with ZipFile(io.BytesIO(as_xlsx(REPORT))) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+7 912", "'+7 912"),
        ("-5", "-5"),
        ("-1,5", "-1,5"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("да", "да"),
        ("", ""),
    ],
)
def test_formulas_are_neutralised(text: str, shown: str) -> None:
    assert harmless(text) == shown
