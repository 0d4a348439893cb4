"""How good and how fast the numbering is: `python -m tests.bench.numbers [--samples DIR]`.

Quality is measured on samples with known answers, which are not part of the tree; speed on a list made of the
same cells with their last digits changed, beside `phonenumbers` doing its part (parsing and validity) on that
very list in the same run. Exits with 1 when a target is missed.
"""

import argparse
import csv
import gzip
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import phonenumbers
from rich.console import Console
from rich.table import Table

from dialer.core.numbering import Kind, Numbering, NumberRecord, Status, load_default, utc_offset

DEFAULT_SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "numbering"
SPEED_TARGET = 200_000
SPEED_ROWS = 200_000
PHONENUMBERS_ROWS = 10_000
ROUNDS = 3

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    figure: str
    target: str
    met: bool | None
    """None: a figure without a target."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, default=DEFAULT_SAMPLES, help="the folder that holds samples/")
    parser.add_argument("--no-speed", action="store_true", help="quality only")
    options = parser.parse_args()
    numbering = load_default(datetime.now(UTC).date())
    lines = [*quality(numbering, options.samples)]
    if not options.no_speed:
        lines += speed(numbering, options.samples)
    _show(lines)
    sys.exit(any(line.met is False for line in lines))


# ---- quality


def quality(numbering: Numbering, folder: Path) -> Iterator[Line]:
    restore = _read(folder / "samples" / "restore_dev.csv")
    yield from _restored(numbering, [row for row in restore if row["stratum"] != "real_moscow"])
    yield from _moscow(numbering, _read(folder / "samples" / "moscow_dev.csv"))
    yield from _messy(numbering, _read(folder / "samples" / "messy_dev.csv"))
    yield from _zones(numbering, folder)


def _restored(numbering: Numbering, rows: Rows) -> Iterator[Line]:
    decided: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for row in rows:
        (record,) = numbering.check(row["phone"], row["postcode"], row["town"])
        if record.number:
            decided[row["stratum"]] += 1
            right[row["stratum"]] += record.number == row["expected"]
    share = decided.total() / len(rows)
    yield Line("restore: decided", f"{share:.2%} of {len(rows)}", "≥ 95 %", share >= 0.95)
    for stratum, target in (("real", 0.995), ("derived", 0.99)):
        precision = right[stratum] / decided[stratum]
        figure = f"{precision:.2%} of {decided[stratum]}"
        yield Line(f"restore: precision, {stratum}", figure, f"≥ {target:.1%}", precision >= target)


def _moscow(numbering: Numbering, rows: Rows) -> Iterator[Line]:
    wrong = among = 0
    for row in rows:
        (record,) = numbering.check(row["phone"], row["postcode"], row["town"])
        wrong += bool(record.number) and record.number != row["expected"]
        among += row["expected"] in (record.number, *record.candidates)
    yield Line("Moscow: wrong decisions", f"{wrong} of {len(rows)}", "0 in 1,000", wrong == 0)
    share = among / len(rows)
    yield Line("Moscow: truth among candidates", f"{share:.2%}", "≥ 99 %", share >= 0.99)


def _messy(numbering: Numbering, rows: Rows) -> Iterator[Line]:
    right = false = 0
    for row in rows:
        records = numbering.check(row["cell"], row["postcode"], row["town"])
        accepted = [row["expect"], *row["also_accept"].split(" / ")]
        right += _in_words(records) in accepted
        true = " ".join(accepted)
        false += any(record.number and record.number not in true for record in records)
    share = right / len(rows)
    yield Line("messy cells: right", f"{share:.1%} of {len(rows)}", "≥ 97 %", share >= 0.97)
    yield Line("messy cells: false numbers", str(false), "0", false == 0)


def _in_words(records: Iterable[NumberRecord]) -> str:
    """As the sample writes it: «4952345678;ext=305 | 8005551291;kind=tollfree» or «REJ:TOO_SHORT»."""
    return " | ".join(map(_word, records))


def _word(record: NumberRecord) -> str:
    if record.status is Status.AMBIGUOUS:
        return "AMB:" + " ".join(record.candidates)
    if not record.number:
        return f"REJ:{record.reason}"
    tollfree = ";kind=tollfree" if record.kind is Kind.TOLLFREE else ""
    return record.number + (f";ext={record.ext}" if record.ext else "") + tollfree


def _zones(numbering: Numbering, folder: Path) -> Iterator[Line]:
    """Offsets of towns by their postcode and by their name with the region, against a town list with offsets."""
    at = datetime.now(UTC).timestamp()
    for how in ("postcode", "town and region"):
        right = total = 0
        for row in _read(folder / "hflabs_city_2021-10.csv.gz"):
            town = row["city"] or row["settlement"] or row["area"] or row["region"]
            by = (
                (row["postal_code"], "") if how == "postcode" else ("", f"{row['region']} {row['region_type']}, {town}")
            )
            (record,) = numbering.check("8 800 555-12-91", *by)
            offset = utc_offset(record.zone, at) if record.zone else None
            right += offset == float(row["timezone"].removeprefix("UTC"))
            total += 1
        yield Line(f"zones by {how}", f"{right / total:.2%} of {total}", "≥ 99.5 %", right / total >= 0.995)


# ---- speed


def speed(numbering: Numbering, folder: Path) -> Iterator[Line]:
    rows = list(islice(_long_list(numbering, folder), SPEED_ROWS))
    ours = _best(lambda: sum(1 for _ in numbering.check_many(rows)))
    some = rows[:: len(rows) // PHONENUMBERS_ROWS][:PHONENUMBERS_ROWS]
    theirs = _best(lambda: sum(map(_parse, some)))
    rate, their_rate = len(rows) / ours.cpu_s, len(some) / theirs.cpu_s
    what = f"normalise + restore + zone, {len(rows):,} rows"
    yield Line(what, f"{rate:,.0f} cells/s of processor time", f"≥ {SPEED_TARGET:,}", rate >= SPEED_TARGET)
    yield Line(
        "  by the clock, load " + f"{os.getloadavg()[0]:.1f}", f"{len(rows) / ours.wall_s:,.0f} cells/s", "", None
    )
    yield Line("phonenumbers: parse + valid, same list", f"{their_rate:,.0f} cells/s of processor time", "", None)
    yield Line("ours / phonenumbers", f"{rate / their_rate:.1f} times as fast", "", None)


def _long_list(numbering: Numbering, folder: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Rows as lists have them: whole numbers mostly (mobile 6, fixed 1), 3 in 10 without a code, a few messy."""
    chance = random.Random(1)
    data = numbering.plan.data
    ranges = list(zip(data.first, data.last, strict=True))
    whole = chance.choices(ranges, [last - first + 1 for first, last in ranges], k=SPEED_ROWS)
    local = _read(folder / "samples" / "restore_dev.csv") + _read(folder / "samples" / "moscow_dev.csv")
    messy = _read(folder / "samples" / "messy_dev.csv")
    forms = ("8 ({}) {}-{}-{}", "+7{}{}{}{}", "8{}{}{}{}", "+7 {} {}-{}-{}", "{}{}{}{}")
    while True:
        row = chance.choice(local)
        pick = chance.random()
        if pick < 0.68:
            number = str(chance.randint(*chance.choice(whole)))
            cell = chance.choice(forms).format(number[:3], number[3:6], number[6:8], number[8:])
        elif pick < 0.98:
            cell = row["phone"]
        else:
            cell = chance.choice(messy)["cell"]
        yield _vary(cell, chance), row["postcode"], row["town"], "", ""


def _vary(cell: str, chance: random.Random) -> str:
    """The cell with its last two digits changed, so that no cell comes often; a spreadsheet's float stays."""
    if "." in cell or "," in cell:
        return cell
    at = [index for index, char in enumerate(cell) if char.isdigit()][-2:]
    return "".join(str(chance.randrange(10)) if index in at else char for index, char in enumerate(cell))


def _parse(row: tuple[str, str, str, str, str]) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(row[0], "RU"))
    except phonenumbers.NumberParseException:
        return False


class Took(NamedTuple):
    cpu_s: float
    """What neighbours on the machine leave alone, but for its caches."""
    wall_s: float


def _best(work: Callable[[], object]) -> Took:
    """The quickest round by processor time."""
    times = []
    for _ in range(ROUNDS):
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        work()
        times.append(Took(time.process_time() - cpu_s, time.perf_counter() - wall_s))
    return min(times)


# ---- the rest


def _read(path: Path) -> Rows:
    if not path.is_file():
        sys.exit(f"{path} is not there; say where the samples are: --samples DIR")
    open_ = gzip.open if path.suffix == ".gz" else open
    with open_(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _show(lines: Iterable[Line]) -> None:
    table = Table(title=f"Numbering, tables of the package, {datetime.now(UTC).date()}")
    for column in ("what", "measured", "target", ""):
        table.add_column(column)
    for line in lines:
        table.add_row(line.what, line.figure, line.target, {True: "ok", False: "MISSED", None: ""}[line.met])
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
