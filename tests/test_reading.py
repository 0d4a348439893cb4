"""A list read by a process of its own is the list read beside the loop; one that is lost is said."""

import os
import re
from contextlib import aclosing
from datetime import date
from pathlib import Path

import pytest

from dialer import reading
from dialer.clock import Clock
from dialer.core.numbering import load_default
from dialer.core.numbering.policy import ListPolicy, OnAmbiguous
from dialer.reading import Plan, Portion, ReaderLost, Source, open_source, portions
from dialer.store.staging import Staged

TODAY = date(2026, 11, 1)
NUMBERING = load_default(TODAY)
PLAN = Plan(Path(os.devnull), TODAY)
EXAMPLE = Path("examples/orders.csv")


async def read(source: Source, plan: Plan | None) -> list[Portion]:
    raw, columns = open_source(source)
    found = portions(source, raw, columns, NUMBERING.check, NUMBERING.is_fresh, Clock(), plan)
    async with aclosing(found):
        return [portion async for portion in found]


def plain(portion: Portion) -> object:
    """Everything but the leads' ids, which are chance."""
    staged = portion.staged
    texts = [re.sub(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\t", b"", text) for text in texts_of(staged)]
    named = staged.rows, staged.external_ids, staged.numbers, staged.questions, staged.asking, staged.zones
    return texts, named, portion.reasons, portion.told, portion.asking


def texts_of(staged: Staged) -> tuple[bytes, bytes]:
    return staged.leads_text, staged.phones_text


@pytest.mark.parametrize("policy", [ListPolicy(), ListPolicy(OnAmbiguous.TRY)])
async def test_a_process_reads_what_a_thread_reads(monkeypatch: pytest.MonkeyPatch, policy: ListPolicy) -> None:
    source = Source(EXAMPLE, policy=policy, tells=True)
    beside = await read(source, None)
    monkeypatch.setattr(reading, "LONG_BYTES", 0)
    apart = await read(source, PLAN)
    assert [plain(portion) for portion in apart] == [plain(portion) for portion in beside]
    assert sum(portion.staged.leads + portion.reasons.total() for portion in apart) == 240


async def test_a_reader_that_ends_early_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONG_BYTES", 0)
    monkeypatch.setattr(reading.sys, "executable", "/bin/true")
    with pytest.raises(ReaderLost, match="send the list again"):
        await read(Source(EXAMPLE), PLAN)


async def test_a_reader_that_nobody_listens_to_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = tmp_path / "list.csv"
    long.write_text("Телефон\n" + "8 916 123-45-67\n" * 60_000, "utf-8")
    source = Source(long)
    monkeypatch.setattr(reading, "LONG_BYTES", 0)
    raw, columns = open_source(source)
    found = portions(source, raw, columns, NUMBERING.check, NUMBERING.is_fresh, Clock(), PLAN)
    async with aclosing(found):
        first = await anext(found)
    assert first.staged.leads == 5000
    assert not [line for line in command_lines_of_children() if "serve_portions" in line]


def command_lines_of_children() -> list[str]:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text()
    return [Path(f"/proc/{child}/cmdline").read_text() for child in children.split()]
