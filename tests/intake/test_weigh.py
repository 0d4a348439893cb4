"""A workbook that would take all the memory is refused before it is unpacked."""

import struct
import zipfile
from pathlib import Path

import pytest

from dialer.intake import weigh as weighing
from dialer.intake.rows import open_list
from dialer.intake.scan import UnreadableList
from tests.intake.test_rows import _workbook as workbook

SHEET = "xl/worksheets/sheet1.xml"


def packed(path: Path, body: bytes, times: int) -> Path:
    """An archive with one part: `body` so many times."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(SHEET, "w") as part:
        for _ in range(times):
            part.write(body)
    return path


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "list.xlsx", b"<row/>" * 200_000, 500)
    assert path.stat().st_size < 2 << 20
    with pytest.raises(UnreadableList, match="unpacks to more than 512 MiB"):
        open_list(path)


def test_a_bomb_that_tells_a_small_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "UNPACKED_LIMIT", 1 << 20)
    path = packed(tmp_path / "list.xlsx", b"<row/>" * 200_000, 2)
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 2_400_000), struct.pack("<I", 1_000)))
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo(SHEET).file_size == 1_000
    with pytest.raises(UnreadableList, match="unpacks to more than"):
        open_list(path)


def test_a_cell_far_away_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "list.xlsx", b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>', 1)
    with pytest.raises(UnreadableList, match="1,048,576 rows and 16,384 columns"):
        open_list(path)


def test_a_reference_that_lies_across_two_pieces_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "_PIECE", 40)
    for padding in range(40):
        body = b" " * padding + b'<c s="1" r="XFD1048576"/>' + b" " * 60
        with pytest.raises(UnreadableList, match="16,384 columns"):
            weighing.weigh(packed(tmp_path / "list.xlsx", body, 1))


def test_a_workbook_of_a_usual_weight_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    rows: list[list[object]] = [[f"8 916 123-45-{n:02}"] for n in range(100)]
    workbook(path, [["Телефон"], *rows])
    assert sum(1 for _ in open_list(path).rows) == 100


def test_a_broken_archive_is_left_to_the_reader(tmp_path: Path) -> None:
    path = packed(tmp_path / "list.xlsx", b"<row/>" * 1000, 10)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(UnreadableList, match="cannot be read as a workbook"):
        open_list(path)
