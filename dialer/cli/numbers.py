"""`dialer numbers FILE`: any list's phones in order, without a database: one row per number found."""

import csv
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TextIO, TypeAlias

import orjson
import typer

from dialer.cli.exits import Refusal
from dialer.cli.options import AsJson, ConfigPath
from dialer.cli.plan import PlanDir, plan_folder, today
from dialer.clock import Clock
from dialer.core.ids import Instant
from dialer.core.numbering import Numbering, NumberRecord, utc_offset
from dialer.core.numbering.planfile import BadPlanFile
from dialer.import_report import harmless
from dialer.intake.columns import Column, Columns, header_test, match_columns
from dialer.intake.rows import RawList, RawRow, open_list
from dialer.intake.scan import UnreadableList

HEADER = (
    *("row", "input", "status", "number", "ext", "candidates", "region"),
    *("place", "zone", "utc_offset", "kind", "reason", "source"),
)

ColumnName: TypeAlias = Annotated[str | None, typer.Option(metavar="COL", help="Its column; else found by its name.")]
_Line: TypeAlias = tuple[float | str, ...]


def command(
    file: Annotated[Path, typer.Argument(help="A list: CSV or TSV in any encoding, or XLSX, with a header row.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write there instead of to standard output.")] = None,
    phone: ColumnName = None,
    postcode: ColumnName = None,
    town: ColumnName = None,
    region: ColumnName = None,
    zone: ColumnName = None,
    plan_dir: PlanDir = None,
    config: ConfigPath = None,
    json: AsJson = False,
) -> None:
    """Every phone cell as 10-digit numbers with region, place, zone and kind, or the reason why there is none.

    Codes that are missing are restored from the postcode, the town and the region; what cannot be decided comes as
    `ambiguous` with its candidates. The codes of refusal are listed in docs/numbers.md.

    \b
    dialer numbers clients.xlsx -o checked.csv
    dialer numbers list.csv --phone "Телефон получателя" --town Город --json
    """
    given = {"phone": phone, "postcode": postcode, "town": town, "region": region, "zone": zone}
    try:
        mapped = {name: column for name, column in given.items() if column}
        opened = open_list(file, keep_empty=True, is_header=header_test(mapped))
        columns = match_columns(opened.header, mapped)
        numbering = plan_folder(plan_dir, config).numbering(today())
    except (UnreadableList, BadPlanFile) as error:
        raise Refusal(str(error)) from None
    with _output(out) as stream:
        write = _write_json if json else _write_csv
        write(stream, _lines(opened, columns, numbering, Clock().now()))


def _lines(opened: RawList, columns: Columns, numbering: Numbering, at: Instant) -> Iterator[_Line]:
    for raw in opened.rows:
        for cell, record in _checked(raw, columns, numbering):
            yield _line(raw.row, cell, record, at)


def _checked(raw: RawRow, columns: Columns, numbering: Numbering) -> Iterator[tuple[str, NumberRecord]]:
    """Each record of the row with its cell; of several phone columns the empty ones are passed over."""
    cells = [raw.cells[at] for at in columns.phones if at < len(raw.cells)]
    place = [columns.cell(raw.cells, column) for column in (Column.POSTCODE, Column.TOWN, Column.REGION, Column.ZONE)]
    for cell in [cell for cell in cells if cell.strip()] or cells[:1] or [""]:
        for record in numbering.check(cell, *place):
            yield cell, record


def _line(row: int, cell: str, record: NumberRecord, at: Instant) -> _Line:
    offset = utc_offset(record.zone, at) if record.zone else ""
    shown = int(offset) if isinstance(offset, float) and offset.is_integer() else offset
    return (
        *(row, cell, record.status, record.number, record.ext, "|".join(record.candidates)),
        *(record.region, record.place, record.zone, shown, record.kind, record.reason, record.source),
    )


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror}") from None


def _write_csv(stream: TextIO, lines: Iterable[_Line]) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)


def _write_json(stream: TextIO, lines: Iterable[_Line]) -> None:
    """One array, an object a line, written as it comes."""
    before = "[\n"
    for line in lines:
        row: dict[str, Any] = dict(zip(HEADER, line, strict=True))
        stream.write(before + orjson.dumps(row).decode())
        before = ",\n"
    stream.write("[]\n" if before == "[\n" else "\n]\n")
