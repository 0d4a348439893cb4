"""The trail of audit lines: written by the batch, kept while the database is away, never silently dropped."""

import asyncio
from collections.abc import Sequence

import pytest

from dialer import trail
from dialer.core.user import AuditEntry
from dialer.trail import Trail


class Books:
    def __init__(self) -> None:
        self.away = False
        self.batches: list[list[str]] = []
        self.written = asyncio.Event()

    async def put(self, entries: Sequence[AuditEntry]) -> None:
        if self.away:
            raise ConnectionError("away")
        self.batches.append([entry.subject for entry in entries])
        self.written.set()


def entry(subject: str) -> AuditEntry:
    return AuditEntry(0.0, "anna", "card.look", subject)


async def test_lines_are_written_by_the_batch_while_it_runs_and_at_its_end() -> None:
    books = Books()
    lines = Trail(books.put)
    running = asyncio.ensure_future(lines.run())
    lines.note(entry("1"))
    lines.note(entry("2"))
    async with asyncio.timeout(60):
        await books.written.wait()
    lines.note(entry("3"))
    lines.close()
    await running
    assert books.batches == [["1", "2"], ["3"]]


async def test_while_the_books_are_away_lines_wait_in_order() -> None:
    books = Books()
    lines = Trail(books.put)
    books.away = True
    lines.note(entry("1"))
    await lines.flush()
    lines.note(entry("2"))
    books.away = False
    await lines.flush()
    await lines.flush()
    assert books.batches == [["1", "2"]]


async def test_what_does_not_fit_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(trail, "KEPT", 2)
    books = Books()
    lines = Trail(books.put)
    for subject in "1234":
        lines.note(entry(subject))
    await lines.flush()
    assert books.batches == [["1", "2"]]
    told = capsys.readouterr()
    assert "audit_lost" in told.out + told.err
    assert "lines=2" in (told.out + told.err).replace("'", "") or '"lines": 2' in told.out + told.err
