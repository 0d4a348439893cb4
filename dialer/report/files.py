"""A report as files: CSV and XLSX as a Russian Excel opens them, in the language that is asked for.

CSV: semicolons, a mark of the encoding, decimal commas, dd.mm.yyyy. XLSX: real numbers, dates and shares, which Excel
shows its own way. Text is never a formula in either.
"""

import csv
import io
from datetime import date

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dialer.core.kpi import Cell, Column, Kind, KpiReport, Sheet, Text

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER_FORMATS = {
    Kind.COUNT: "#,##0",
    Kind.DECIMAL: "0.00",
    Kind.SHARE: "0.0%",
    Kind.SECONDS: "[h]:mm:ss",
    Kind.KOPECKS: "#,##0.00",
    Kind.DAY: "dd.mm.yyyy",
}
"""In the English form, which the file holds; Excel shows its own language's."""
DAY_S = 86400.0
NAME_LIMIT = 31
"""Of a worksheet's name, Excel's."""


def as_csv(report: KpiReport, english: bool = False, only: str | None = None) -> bytes:
    """Every sheet below its title, or the one sheet of this key alone, without a title."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for sheet in report.sheets:
        if only in (None, sheet.plan.key):
            if only is None:
                writer.writerow([pick(sheet.plan.title, english)])
            writer.writerows([harmless(_csv_text(kind, cell)) for kind, cell in row] for row in grid(sheet, english))
            if only is None:
                writer.writerow([])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(report: KpiReport, english: bool = False) -> bytes:
    """A worksheet for each sheet; the formula of each column is a note at its head."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": how}) for kind, how in NUMBER_FORMATS.items()}
        for sheet in report.sheets:
            page = book.add_worksheet(pick(sheet.plan.title, english)[:NAME_LIMIT])
            _fill(page, sheet, english, bold, formats)
    return out.getvalue()


def grid(sheet: Sheet, english: bool) -> list[list[tuple[Kind, Cell]]]:
    """The sheet as it is laid out: a head and rows, or a row for each column where there is one row only."""
    columns = sheet.plan.columns
    if sheet.plan.is_single:
        return [
            [(Kind.TEXT, pick(c.title, english)), (c.kind, cell), (Kind.TEXT, pick(c.formula, english))]
            for row in sheet.rows
            for c, cell in zip(columns, row, strict=True)
        ]
    head: list[tuple[Kind, Cell]] = [(Kind.TEXT, pick(c.title, english)) for c in columns]
    return [head, *([(c.kind, cell) for c, cell in zip(columns, row, strict=True)] for row in sheet.rows)]


def harmless(text: str) -> str:
    """Text that a spreadsheet would take for a formula begins with an apostrophe; a number stays one."""
    is_number = text[:1] in "+-" and text[1:].replace(",", "", 1).isdigit()
    return "'" + text if text.startswith(FORMULA_STARTS) and not is_number else text


def pick(text: Text, english: bool) -> str:
    return text[1] if english else text[0]


def _csv_text(kind: Kind, cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case date():
            return cell.strftime("%d.%m.%Y")
        case str():
            return cell
    if kind is Kind.SHARE:
        return f"{cell:.4f}".replace(".", ",")
    if kind in (Kind.DECIMAL, Kind.SECONDS, Kind.KOPECKS):
        return f"{cell / 100 if kind is Kind.KOPECKS else cell:.2f}".replace(".", ",")
    return str(cell)


def _fill(page: Worksheet, sheet: Sheet, english: bool, bold: Format, formats: dict[Kind, Format]) -> None:
    rows = grid(sheet, english)
    for place, row in enumerate(rows):
        for column, (kind, cell) in enumerate(row):
            is_head = place == 0 and not sheet.plan.is_single
            _write(page, place, column, kind, cell, bold if is_head else formats.get(kind))
    page.set_column(0, len(sheet.plan.columns), 18)
    if sheet.plan.is_single:
        page.set_column(0, 0, 28)
    else:
        page.freeze_panes(1, 0)
        for column, each in enumerate(sheet.plan.columns):
            page.write_comment(0, column, _note(each, english))


def _note(column: Column, english: bool) -> str:
    return pick(column.formula, english)


def _write(page: Worksheet, row: int, column: int, kind: Kind, cell: Cell, style: Format | None) -> None:
    match cell:
        case None:
            return
        case date():
            page.write_datetime(row, column, cell, style)
        case str():
            page.write_string(row, column, cell, style)
        case _:
            page.write_number(row, column, _excel_number(kind, cell), style)


def _excel_number(kind: Kind, cell: float) -> float:
    """Excel counts time in days; kopecks become roubles."""
    return cell / DAY_S if kind is Kind.SECONDS else cell / 100 if kind is Kind.KOPECKS else cell
