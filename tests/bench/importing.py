"""A long list, end to end into PostgreSQL: `python -m tests.bench.importing [--rows N] [--api]`.

First the import as `dialer import` does it: seconds, rows a second, peak memory; beside it `phonenumbers` doing its
part (parsing and validity) on every hundredth row of the same list in the same run. With `--api` the same list then
comes in through the HTTP interface of a running front, and the lag of its event loop is told while it does.
"""

import argparse
import asyncio
import itertools
import os
import random
import statistics
import tempfile
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

import httpx
import phonenumbers

from dialer.api.server import HttpServer, bind
from dialer.clock import Clock
from dialer.core.access import RIGHTS, Role
from dialer.core.events import Event
from dialer.core.hours import Calendar
from dialer.core.ids import CampaignId, ProjectId
from dialer.core.numbering import Numbering, load_default
from dialer.core.settings import CampaignSettings
from dialer.core.staff import ProjectRecord
from dialer.front import Front, build_front
from dialer.importer import Imported, import_list
from dialer.reading import Plan, Source
from dialer.store.db import Database
from dialer.store.front import FrontCampaigns
from dialer.store.migrate import upgrade
from dialer.store.users import Users
from sim.stand.postgres import running_postgres
from tests.api.scene import busy_floor

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
TICK_S = 0.005
SAMPLE = 100


async def main(rows: int, through_api: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.csv"
        write_list(file, rows)
        print(f"{rows:,} rows, {file.stat().st_size / 1e6:.0f} MB; load of the machine {os.getloadavg()[0]:.1f}")
        numbering = load_default(datetime.now(UTC).date())
        async with running_postgres(settings={}) as server:
            async with await Database.open(server.dsn(), command_timeout_s=60) as database:
                await upgrade(database, Clock().now())
            async with await Database.open(server.dsn()) as database:
                await as_command(database, file, numbering)
                beside(file)
                if through_api:
                    await by_http(database, file, numbering)


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


async def as_command(database: Database, file: Path, numbering: Numbering) -> None:
    campaign = await _campaign(database, "command")
    _forget_peak()
    began, cpu_s = perf_counter(), process_time()
    done = await import_list(
        Source(file), database, campaign, "list", numbering.check, Clock(), is_fresh=numbering.is_fresh, plan=_plan()
    )
    took, cpu_s = perf_counter() - began, process_time() - cpu_s
    _show("import", done, took)
    print(f"  processor time of the importer {cpu_s:.1f} s, peak memory {_peak_mb():.0f} MB")


def beside(file: Path) -> None:
    """`phonenumbers` on every hundredth cell; our whole import does the rest besides."""
    with file.open(encoding="cp1251") as lines:
        cells = [line.split(";")[1] for line in itertools.islice(lines, 1, None, SAMPLE)]
    began = process_time()
    valid = sum(map(_parse, cells))
    each = (process_time() - began) / len(cells)
    print(
        f"phonenumbers, parse + valid only: {each * len(cells) * SAMPLE:.1f} s of one core for the list, "
        f"{valid / len(cells):.0%} taken for valid"
    )


def _parse(cell: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(cell, "RU"))
    except phonenumbers.NumberParseException:
        return False


# ---- through the API


async def by_http(database: Database, file: Path, numbering: Numbering) -> None:
    campaign = await _campaign(database, "api")
    front = _front(database, numbering)
    token = await _token(database)
    async with served(front) as port:
        quiet = await _lags(asyncio.sleep(5))
        _forget_peak()
        began = perf_counter()
        busy = await _lags(_send(port, token, campaign, file))
        took = perf_counter() - began
    _tell("loop lag at rest", quiet)
    _tell(f"loop lag while the list comes in ({took:.1f} s)", busy)
    print(f"  peak memory of the daemon's process {_peak_mb():.0f} MB")


async def _send(port: int, token: str, campaign: CampaignId, file: Path) -> None:
    """A client of its own, so that its work is not in the loop that is measured; then the progress is asked for."""
    url = f"http://127.0.0.1:{port}/api/v1"
    auth = f"Authorization: Bearer {token}"
    upload = await asyncio.create_subprocess_exec(
        *("curl", "-sS", "-f", "-o", "/dev/null", "-H", auth, "-F", f"file=@{file}"),
        f"{url}/campaigns/{campaign}/lists",
    )
    assert await upload.wait() == 0
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as client:
        while True:
            (found,) = (await client.get(f"{url}/campaigns/{campaign}/lists")).json()["lists"]
            if found["import"]["state"] in ("done", "failed"):
                assert found["import"]["state"] == "done", found
                return
            await asyncio.sleep(0.5)


async def _lags(work: Awaitable[None]) -> list[float]:
    """How late a tick of 5 ms came, each, in seconds, while `work` was done."""
    lags: list[float] = []

    async def ticks() -> None:
        while True:
            began = perf_counter()
            await asyncio.sleep(TICK_S)
            lags.append(perf_counter() - began - TICK_S)

    ticking = asyncio.ensure_future(ticks())
    await work
    ticking.cancel()
    return lags


def _tell(what: str, lags: Sequence[float]) -> None:
    cuts = statistics.quantiles(lags, n=1000)
    print(
        f"{what}: p50 {cuts[499] * 1000:.1f} ms, p99 {cuts[989] * 1000:.1f} ms, p99.9 {cuts[998] * 1000:.1f} ms, "
        f"longest {max(lags) * 1000:.0f} ms"
    )


@asynccontextmanager
async def served(front: Front) -> AsyncIterator[int]:
    server = HttpServer(front.app, bind("127.0.0.1", 0))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.run())
        tasks.create_task(front.run())
        await server.started()
        yield server.port
        front.close()
        server.stop()


def _front(database: Database, numbering: Numbering) -> Front:
    clock = Clock()

    async def ready() -> dict[str, str]:
        return {}

    def heard(event: Event) -> None:
        """The Floor's queue: what it is told costs nothing here."""

    return build_front(
        database=database,
        feed=heard,
        view=lambda: busy_floor(clock.now()),
        clock=clock,
        numbering=lambda: numbering,
        plan=_plan,
        ready=ready,
        raise_alarm=lambda alarm: None,
    )


# ---- the rest


async def _campaign(database: Database, name: str) -> CampaignId:
    books = FrontCampaigns(database)
    project = await books.save_project(ProjectRecord(ProjectId(0), name))
    settings = CampaignSettings(CampaignId(0), project.id, name, frozenset(), "progressive", Calendar())
    return (await books.save(settings)).id


async def _token(database: Database) -> str:
    users, now = Users(database), Clock().now()
    await users.add("bench", Role.SUPERVISOR, now)
    return await users.make_token("bench", RIGHTS[Role.SUPERVISOR], now)


def _plan() -> Plan:
    return Plan(Path(os.devnull), datetime.now(UTC).date())


def _show(what: str, done: Imported, took: float) -> None:
    sums = done.sums
    print(
        f"{what}: {took:.1f} s, {sums.rows / took:,.0f} rows/s; accepted {sums.accepted:,}, "
        f"duplicate {sums.duplicate:,}, needs decision {sums.needs_decision:,}, rejected {sums.rejected:,}"
    )


def _forget_peak() -> None:
    """The kernel counts the peak anew from here (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--api", action="store_true", help="the same through the HTTP interface, with the loop's lag")
    options = parser.parse_args()
    asyncio.run(main(options.rows, options.api))
