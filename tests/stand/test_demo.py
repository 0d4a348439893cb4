"""`make run` on a short list: it dials to the end and reports; however it ends, it leaves nothing behind."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sim.stand import progress
from sim.stand.process import until

ORDERS = """Номер заказа;Телефон;ФИО;Индекс;Город
A-1;8 (916) 555-01-01;Иванова Анна;101000;Москва
A-2;+7 916 555 01 02;Петров Иван;101000;Москва
A-3;нет;Сидоров Пётр;101000;Москва
A-4;89165550104;Смирнова Ольга;101000;Москва
"""
NUMBERS = ("9165550101", "9165550102", "9165550104", "555-01-01", "555 01 02")
LONGEST_S = 150


@pytest.fixture
def place():
    """A temporary folder of the run's own, which its children may enter."""
    folder = Path(tempfile.mkdtemp(prefix="dialer-demo-test-"))
    folder.chmod(0o755)
    (folder / "orders.csv").write_text(ORDERS)
    (folder / "tmp").mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def run_of(place: Path, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sim.stand.demo", "--orders", place / "orders.csv", *options),
        env={**os.environ, "TMPDIR": str(place / "tmp")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until_said(process: asyncio.subprocess.Process, words: str) -> None:
    async with asyncio.timeout(LONGEST_S):
        said = ""
        while words not in (line := (await process.stdout.readline()).decode()):
            said += line
            assert line, f"it ended before “{words}”:\n{said}"


@pytest.mark.timeout(2 * LONGEST_S)
async def test_the_list_is_dialled_to_its_end_and_reported(place):
    async with run_of(place) as process:
        out, _ = await asyncio.wait_for(process.communicate(), LONGEST_S)
    said = out.decode()
    assert process.returncode == 0, said
    assert "строк 4, принято 3" in said
    assert said.count("sign-in#link=") == 2
    assert "ваше рабочее место" in said
    assert "Outcomes" in said
    assert "курьер получил все результаты" in said
    assert not [number for number in NUMBERS if number in said]
    assert still_running(place) == []
    assert list((place / "tmp").iterdir()) == []


@pytest.mark.timeout(2 * LONGEST_S)
async def test_interrupted_it_stops_in_order(place):
    async with run_of(place, "--keep") as process:
        await until_said(process, "операторов на местах")
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), LONGEST_S)
    assert process.returncode == 130
    assert still_running(place) == []
    assert list((place / "tmp").iterdir()) == []


@pytest.mark.timeout(2 * LONGEST_S)
async def test_killed_it_takes_everything_with_it(place):
    async with run_of(place, "--keep") as process:
        await until_said(process, "операторов на местах")
        assert len(still_running(place)) >= 3
        process.kill()
        await process.wait()
        await until(lambda: not still_running(place), "end of every child", 60)


async def test_a_list_that_is_not_there_is_told(place):
    (place / "orders.csv").unlink()
    async with run_of(place) as process:
        out, _ = await asyncio.wait_for(process.communicate(), LONGEST_S)
    assert process.returncode == 1
    assert "orders.csv" in out.decode()


def test_the_screen_tells_what_goes_on():
    assert progress.left({"outcomes": {"answered": 3, "invalid": 1}, "unfinished": None}, 10) == 6
    assert progress.left({"outcomes": {"answered": 3}, "unfinished": 2}, 10) == 2
    assert progress.left({"outcomes": {"answered": 3}, "unfinished": 1000}, 10) == 7


def still_running(place: Path) -> list[int]:
    """Processes that know this run's folder, from their command line or environment."""
    mark = str(place).encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                known = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if mark in known:
                found.append(int(entry.name))
    return found
