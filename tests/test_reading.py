"""A list read by a process of its own is the list read beside the loop, and is looked through once."""

import os
import re
from datetime import date
from pathlib import Path
from random import Random

import pytest

from dialer import reading as module
from dialer.clock import Clock
from dialer.core.numbering import load_default
from dialer.core.numbering.policy import ListPolicy, OnAmbiguous
from dialer.intake import rows, scan
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
    known = NUMBERING.check, NUMBERING.is_fresh, Clock(), plan, NUMBERING.region_of
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


PHONES = ("8 (916) 123-45-67", "56-76-12", "792-34-86", "8 4842 56-76-12 доб. 5", "8 800 200-00-00", "12-34", "нет", "")
OTHERS = {
    "Индекс": ("101000", "248000", "", "нет"),
    "Город": ("Москва", "Калуга", " г. Якутск ", ""),
    "Область": ("", "", "Калужская область", "Якутия"),
    "Заказ": ("А-1", " А-2 ", "", "А-3"),
    "Приоритет": ("", "9", "срочно", "10"),
    "Часовой пояс": ("", "МСК+3", "", "нет"),
    "100 % «Товар»": ("Чайник", "", " ", "Ёж\u00a0"),
    "Телефон 2": ("", "8 916 000-00-09", "12-34", ""),
    "Товар": ("Чай", "Кофе", "Чай", "Чай"),
}
ODD = ("Чай\\ник", '"ООО ""Ромашка"""', "\x1f", "две;ячейки")


@pytest.mark.parametrize(
    "policy", [ListPolicy(), ListPolicy(OnAmbiguous.TRY), ListPolicy(served=frozenset({"Москва"}))]
)
@pytest.mark.parametrize("names", [(), tuple(OTHERS)[:4], tuple(OTHERS)[:7], tuple(OTHERS), ("Товар", "Товар")])
@pytest.mark.parametrize("odd_share", [0.0, 0.02])
async def test_by_columns_a_list_is_what_it_is_row_by_row(
    names: tuple[str, ...], odd_share: float, policy: ListPolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(f"{names}")
    lines = [("Телефон", *names, "Сумма")]
    for number in range(900):
        others = [chance.choice(ODD if chance.random() < odd_share else OTHERS[name]) for name in names]
        lines.append((chance.choice(PHONES), *others, f"{number}"))
    (tmp_path / "list.csv").write_text("\n".join(map(";".join, lines)))
    monkeypatch.setattr(scan, "BLOCK_BYTES", 4000)
    monkeypatch.setattr(module, "BATCH_ROWS", 250)
    source = Source(tmp_path / "list.csv", policy=policy, tells=True)
    opened_beside, beside = await read(source, None)
    opened, *found = module._read(source, PLAN)
    assert opened == opened_beside
    portions = [portion for portion in found if isinstance(portion, Portion)]
    assert [plain(portion) for portion in portions] == [plain(portion) for portion in beside]
    ids = [lead for portion in portions for lead in portion.staged.ids]
    assert ids == sorted(ids)


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
