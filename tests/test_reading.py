"""A list read by a process of its own is the list read beside the loop, and is looked through once."""

import os
import re
from datetime import date
from pathlib import Path

import pytest

from dialer import reading as module
from dialer.clock import Clock
from dialer.core.numbering import load_default
from dialer.core.numbering.policy import ListPolicy, OnAmbiguous
from dialer.intake import rows
from dialer.intake.columns import UnknownColumns
from dialer.intake.scan import UnreadableList
from dialer.reading import Opened, Plan, Portion, Source, look_through, reading
from dialer.store.staging import Staged

TODAY = date(2026, 11, 1)
NUMBERING = load_default(TODAY)
PLAN = Plan(Path(os.devnull), TODAY)
EXAMPLE = Path("examples/orders.csv")
BAD = {
    "empty.csv": (b"", UnreadableList, "empty"),
    "binary.csv": (b"a;b\n1;\0\n", UnreadableList, "not text"),
    "broken.xlsx": (b"no workbook", UnreadableList, "cannot be read as a workbook"),
    "nameless.csv": (b"A;B\n1;2\n", UnknownColumns, "phone"),
}


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is a long one."""
    monkeypatch.setattr(module, "LONG_BYTES", -1)
    monkeypatch.setattr(module, "LONG_WORKBOOK_BYTES", -1)


async def read(source: Source, plan: Plan | None) -> tuple[Opened, list[Portion]]:
    known = NUMBERING.check, NUMBERING.is_fresh, Clock(), plan
    async with reading(source, *known) as (opened, portions):
        return opened, [portion async for portion in portions]


def plain(portion: Portion) -> object:
    """Everything but the leads' ids, which are chance."""
    staged = portion.staged
    texts = [re.sub(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\t", b"", text) for text in texts_of(staged)]
    named = staged.rows, staged.external_ids, staged.numbers, staged.questions, staged.asking, staged.zones
    return texts, named, portion.reasons, portion.told, portion.asking


def texts_of(staged: Staged) -> tuple[bytes, bytes]:
    return staged.leads_text, staged.phones_text


@pytest.mark.parametrize("policy", [ListPolicy(), ListPolicy(OnAmbiguous.TRY)])
@pytest.mark.usefixtures("apart")
async def test_a_process_reads_what_a_thread_reads(policy: ListPolicy) -> None:
    source = Source(EXAMPLE, policy=policy, tells=True)
    opened_beside, beside = await read(source, None)
    opened, found = await read(source, PLAN)
    assert opened == opened_beside
    assert [plain(portion) for portion in found] == [plain(portion) for portion in beside]
    assert sum(portion.staged.leads + portion.reasons.total() for portion in found) == 240


@pytest.mark.usefixtures("apart")
async def test_a_list_is_looked_through_once_and_not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    beside = await look_through(Source(EXAMPLE))
    monkeypatch.setattr(rows, "look", lambda *args: pytest.fail("it was looked through in this process"))
    assert await look_through(Source(EXAMPLE)) == beside
    assert beside.seen is not None
    monkeypatch.setattr(module, "LONG_BYTES", 1 << 30)
    opened, _ = await read(Source(EXAMPLE, seen=beside.seen), None)
    assert opened == beside


@pytest.mark.parametrize("name", BAD)
async def test_the_words_for_a_fault_are_the_same_apart(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, kind, words = BAD[name]
    (tmp_path / name).write_bytes(content)
    source = Source(tmp_path / name)
    told = []
    for bound in (1 << 30, -1):
        monkeypatch.setattr(module, "LONG_BYTES", bound)
        monkeypatch.setattr(module, "LONG_WORKBOOK_BYTES", bound)
        with pytest.raises(kind, match=words) as looked:
            await look_through(source)
        with pytest.raises(kind, match=words) as found:
            await read(source, PLAN)
        told += [str(looked.value), str(found.value)]
    assert len(set(told)) == 1


async def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableList, match="there is no file"):
        await look_through(Source(tmp_path / "list.csv"))


@pytest.mark.parametrize(
    ("name", "size", "is_long"),
    [
        ("list.csv", module.LONG_BYTES, False),
        ("list.csv", module.LONG_BYTES + 1, True),
        ("list.xlsx", module.LONG_WORKBOOK_BYTES, False),
        ("list.xlsx", module.LONG_WORKBOOK_BYTES + 1, True),
    ],
)
def test_a_workbook_is_long_sooner_than_a_text(name: str, size: int, is_long: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"a" * size)
    assert Source(tmp_path / name).is_long == is_long
