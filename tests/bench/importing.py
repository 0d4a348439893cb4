"""A long list, end to end into PostgreSQL, as `dialer import` does it: `python -m tests.bench.importing [--rows N]`.

Told are seconds, rows a second, the processor time of each part (on a shared machine the fairer figure) and the peak
memory of the importer and of the process that reads for it; beside it `phonenumbers` doing its part (parsing and
validity) on every hundredth row of the same list in the same run. With dialling going on: `tests.bench.arriving`.
"""

import argparse
import asyncio
import itertools
import os
import random
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

import phonenumbers

from dialer.clock import Clock
from dialer.core.hours import Calendar
from dialer.core.ids import CampaignId, ProjectId
from dialer.core.numbering import load_default
from dialer.core.settings import CampaignSettings
from dialer.core.staff import ProjectRecord
from dialer.importer import import_list
from dialer.reading import Plan, Source
from dialer.store.db import Database
from dialer.store.front import FrontCampaigns
from dialer.store.migrate import upgrade
from sim.stand.postgres import running_postgres
from tests.bench.memory import peaks_of
from tests.bench.stage import children_of, cpu_s_of, load_text

HEADER = "Номер заказа;Телефон;ФИО;Индекс;Город;Товар;Сумма\n"
TOWNS = (
    ("101000", "Москва", "495", 7),
    ("190000", "Санкт-Петербург", "812", 7),
    ("248000", "Калуга", "4842", 6),
    ("644000", "Омск", "3812", 6),
    ("630000", "Новосибирск", "383", 7),
    ("350000", "Краснодар", "861", 7),
)
FORMS = ("8 ({}) {}-{}-{}", "+7{}{}{}{}", "8{}{}{}{}", "+7 {} {}-{}-{}", "{}{}{}{}")
MOBILE_SHARE = 0.68
LOCAL_SHARE = 0.28
"""Without an area code; the rest is no number."""
SAMPLE = 100
AIM_S = 30.0
AIM_MIB = 300


async def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.csv"
        write_list(file, rows)
        print(f"{rows:,} rows, {file.stat().st_size / 1e6:.0f} MB; {load_text()}")
        async with running_postgres(settings={}) as server:
            async with await Database.open(server.dsn(), command_timeout_s=60) as database:
                await upgrade(database, Clock().now())
            async with await Database.open(server.dsn()) as database:
                ours_s = await as_command(database, server.pid, file, Path(folder) / "report.csv")
        theirs_s = beside(file)
        print(f"processor time of the whole import / of phonenumbers parsing the same cells: {ours_s / theirs_s:.2f}")
        print(load_text())


def write_list(file: Path, rows: int) -> None:
    """Numbers of the open plan at random, two thirds mobile, some without their code, a few that are none."""
    chance = random.Random(1)
    with file.open("w", encoding="cp1251") as out:
        out.write(HEADER)
        for row in range(rows):
            postcode, town, code, digits = chance.choice(TOWNS)
            out.write(f"A-{row};{_cell(chance, code, digits)};Иванова Анна;{postcode};{town};Чайник;{row % 9000},00\n")


def _cell(chance: random.Random, code: str, digits: int) -> str:
    pick = chance.random()
    if pick < MOBILE_SHARE:
        number = f"9{chance.randrange(10, 20)}{chance.randrange(10**7):07}"
        return chance.choice(FORMS).format(number[:3], number[3:6], number[6:8], number[8:])
    if pick < MOBILE_SHARE + LOCAL_SHARE:
        local = f"{chance.randrange(2, 7)}{chance.randrange(10 ** (digits - 1)):0{digits - 1}}"
        return f"{local[:-4]}-{local[-4:-2]}-{local[-2:]}"
    return chance.choice(("нет", "12-34", "0000000", "уточнить"))


async def as_command(database: Database, server: int, file: Path, report: Path) -> float:
    """The processor seconds of all that took part."""
    campaign, numbering = await _campaign(database, "command"), load_default(datetime.now(UTC).date())
    plan = Plan(Path(os.devnull), datetime.now(UTC).date())
    began, own_s, books_s = perf_counter(), process_time(), _books_s(server)
    async with peaks_of(os.getpid()) as peaks:
        done = await import_list(
            *(Source(file), database, campaign, "list", numbering.check, Clock()),
            is_fresh=numbering.is_fresh,
            plan=plan,
            report=report,
        )
    took, own_s, books_s = perf_counter() - began, process_time() - own_s, _books_s(server) - books_s
    sums, all_s = done.sums, peaks.reader_cpu_s + books_s + own_s
    print(
        f"import: {took:.1f} s, {sums.rows / took:,.0f} rows/s; accepted {sums.accepted:,}, "
        f"duplicate {sums.duplicate:,}, needs decision {sums.needs_decision:,}, rejected {sums.rejected:,}"
    )
    print(
        f"  processor time: reading {peaks.reader_cpu_s:.1f} s, PostgreSQL {books_s:.1f} s, importer {own_s:.1f} s; "
        f"together {all_s:.1f} s, of two idle cores {max(peaks.reader_cpu_s, all_s / 2):.1f} s (aim {AIM_S:.0f} s)"
    )
    print(f"  peak memory {peaks} (aim {AIM_MIB} MiB)")
    return all_s


def _books_s(server: int) -> float:
    return sum(map(cpu_s_of, (server, *children_of(server))))


def beside(file: Path) -> float:
    """`phonenumbers` on every hundredth cell: its seconds for the whole list. Our import does the rest besides."""
    with file.open(encoding="cp1251") as lines:
        cells = [line.split(";")[1] for line in itertools.islice(lines, 1, None, SAMPLE)]
    began = process_time()
    valid = sum(map(_parse, cells))
    seconds = (process_time() - began) * SAMPLE
    print(f"phonenumbers, parse + valid only: {seconds:.1f} s of one core, {valid / len(cells):.0%} taken for valid")
    return seconds


def _parse(cell: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(cell, "RU"))
    except phonenumbers.NumberParseException:
        return False


# ---- the rest


async def _campaign(database: Database, name: str) -> CampaignId:
    books = FrontCampaigns(database)
    project = await books.save_project(ProjectRecord(ProjectId(0), name))
    settings = CampaignSettings(CampaignId(0), project.id, name, frozenset(), "progressive", Calendar())
    return (await books.save(settings)).id


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asyncio.run(main(parser.parse_args().rows))
