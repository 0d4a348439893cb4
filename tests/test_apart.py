"""Work in another process: what it makes comes in order, what it raises is raised here, and it never outlives us."""

import os
import sys
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from dialer.apart import NICENESS, WorkerLost, apart
from dialer.intake.columns import UnknownColumns
from dialer.intake.scan import UnreadableList
from dialer.store.db import DatabaseAway
from dialer.store.errors import Unknown

LARGE = 3 << 20
"""More than the pipe takes at once."""
WORDS = (
    UnreadableList("list.csv is empty"),
    UnknownColumns("no column is a phone", ("Город", "ФИО"), "--map phone=«…»"),
    Unknown("there is no campaign 7"),
    DatabaseAway("cannot connect"),
)


def squares(count: int) -> Iterator[int]:
    yield from (number * number for number in range(1, count + 1))


def niceness() -> Iterator[int]:
    yield os.nice(0)


def large() -> Iterator[bytes]:
    yield bytes(LARGE)
    yield b"after"


def raising(at: int) -> Iterator[int]:
    yield at
    raise WORDS[at]


def gone() -> Iterator[int]:
    yield 1
    os._exit(3)


async def test_what_is_made_comes_in_order() -> None:
    assert [made async for made in apart(squares, 5)] == [1, 4, 9, 16, 25]


async def test_it_stands_behind_whatever_dials() -> None:
    assert [made async for made in apart(niceness)] == [os.nice(0) + NICENESS]


async def test_one_piece_may_be_larger_than_the_pipe() -> None:
    assert [len(made) async for made in apart(large)] == [LARGE, 5]


@pytest.mark.parametrize("at", range(len(WORDS)))
async def test_an_error_comes_with_its_words(at: int) -> None:
    read = apart(raising, at)
    assert await anext(read) == at
    with pytest.raises(type(WORDS[at])) as found:
        await anext(read)
    assert (type(found.value), str(found.value)) == (type(WORDS[at]), str(WORDS[at]))
    if isinstance(found.value, UnknownColumns):
        assert found.value.header == ("Город", "ФИО")


async def test_one_that_ends_without_a_word_is_said() -> None:
    read = apart(gone)
    assert await anext(read) == 1
    with pytest.raises(WorkerLost, match="send the list again"):
        await anext(read)


async def test_one_that_cannot_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(WorkerLost, match="ended early"):
        await anext(apart(squares, 1))


async def test_one_that_nobody_listens_to_is_stopped() -> None:
    async with aclosing(apart(squares, 10**9)) as read:
        assert await anext(read) == 1
    assert not [line for line in command_lines_of_children() if "dialer.apart" in line]


def command_lines_of_children() -> list[str]:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text()
    return [Path(f"/proc/{child}/cmdline").read_text() for child in children.split()]
