"""A first look at a text list: is it text, in which encoding, how many lines, which delimiter. Reads it once.

Encodings: a BOM decides; else UTF-8 where nearly every line with letters is valid UTF-8 (a line broken in the middle
of a file is then one bad row, not another encoding); else the one of cp1251, cp866 and koi8-r in which the text has the
most frequent Russian letters. Detectors that guess by statistics of bytes fail on short cp1251.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import TypeAlias

LINE_LIMIT = 1 << 20
"""Bytes; a row of a list is a few hundred. A longer line is no list, and reading it would fill the memory."""
BLOCK_BYTES = 1 << 16
"""Lines are read and looked at by so many bytes: one by one would cost half of a whole import."""
SAMPLE_LINES = 200
UTF8_SHARE = 0.9
FREQUENT = "оеаинтсрвлкОЕАИНТСРВЛК"
LEGACY = ("cp1251", "cp866", "koi8-r")
DELIMITERS = (";", "\t", ",", "|")
ROWS_ABOVE = 20
"""A list's title, date and sender stand in so many rows above its header at most."""
BOMS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), *((bom, "utf-16") for bom in BOMS_16))


_REPLACEMENT = "\ufffd"
_SEPARATOR = re.compile(r'\A\ufeff?"?sep=([;,|\t])"?[ ]*\r?\n', re.IGNORECASE)
_BLANK_LINES = re.compile(r"\A(?:[ \t]*\r?\n)+")


IsHeader: TypeAlias = Callable[[Sequence[str]], bool]
"""Whether a row of cells names the columns of a list."""


class UnreadableList(ValueError):
    """This file is no list that can be read; the words say why, and what to do."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen. `lines` counts line ends, so a quoted cell of several lines makes it too high."""

    encoding: str
    delimiter: str
    lines: int
    size: int
    above: int = 0
    """Lines above the header; Excel's own is none of them."""


def anything(cells: Sequence[str]) -> bool:
    """Where nothing is known of headers the first row is one."""
    return bool("".join(cells).strip())


def look(path: Path, encoding: str | None = None, delimiter: str | None = None, is_header: IsHeader = anything) -> Look:
    """Look through the whole file; UnreadableList where it is empty, binary, or has a line over `LINE_LIMIT`."""
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise UnreadableList(f"{delimiter!r} is no delimiter; name one character, such as ;")
    size = path.stat().st_size
    if size == 0:
        raise UnreadableList(f"{path.name} is empty")
    with path.open("rb") as file:
        head = file.read(4)
    found = encoding or next((name for bom, name in BOMS if head.startswith(bom)), None)
    if found is not None and (codec := _codec(found)).startswith("utf-16"):
        wide = codec if codec != "utf-16" or head.startswith(BOMS_16) else "utf-16-le"
        text = _utf16_sample(path, wide)
        return _seen(text, wide, delimiter, _count_utf16(path, wide), size, is_header)
    sample, lines, valid, letters = _through(path)
    if found is None:
        found = "utf-8-sig" if letters == 0 or valid / letters >= UTF8_SHARE else _legacy(sample)
    text = b"".join(sample).decode(found, "replace")
    return _seen(text, found, delimiter, lines, size, is_header)


def _seen(text: str, encoding: str, delimiter: str | None, lines: int, size: int, is_header: IsHeader) -> Look:
    named = _SEPARATOR.match(text)
    delimiter = delimiter or (named[1] if named else None)
    rows = list(StringIO(without_separator(text).removeprefix("\ufeff"), newline="\n"))
    above = min([_above(rows, one, is_header) for one in ((delimiter,) if delimiter else DELIMITERS)])
    above = 0 if above == len(rows) else above
    return Look(encoding, delimiter or delimiter_of("".join(rows[above:])), lines, size, above)


def _above(lines: Sequence[str], delimiter: str, is_header: IsHeader) -> int:
    """How many lines stand above the header; all of them where there is none."""
    reader, above = csv.reader(lines, delimiter=delimiter), 0
    with suppress(csv.Error):
        for cells in islice(reader, ROWS_ABOVE):
            if is_header(cells):
                return above
            above = reader.line_num
    return len(lines)


def _codec(name: str) -> str:
    """The encoding's own name; UnreadableList where it is none of text, or its lines do not end as those of text do."""
    try:
        codec = codecs.lookup(name).name
        ends = b"\n".decode(name, "replace") == "\n"
    except (LookupError, UnicodeError) as error:
        raise UnreadableList(f"there is no encoding {name!r}; name one such as utf-8 or cp1251") from error
    if not ends and not codec.startswith("utf-16"):
        raise UnreadableList(f"lists are not read as {name!r}; name an encoding such as utf-8, utf-16 or cp1251")
    return codec


def without_separator(text: str) -> str:
    """The text without the line that Excel alone reads (`sep=;`), where it begins with one."""
    return _SEPARATOR.sub("", text, count=1)


def _through(path: Path) -> tuple[list[bytes], int, int, int]:
    """The first lines, the count of lines, and of those with letters how many are UTF-8."""
    sample: list[bytes] = []
    lines = valid = letters = 0
    for block in blocks_of(path):
        lines += block.count(b"\n") + (not block.endswith(b"\n"))
        if len(sample) < SAMPLE_LINES:
            sample += block.splitlines(keepends=True)[: SAMPLE_LINES - len(sample)]
        if not block.isascii():
            some_letters, some_valid = _letters_in(block)
            letters, valid = letters + some_letters, valid + some_valid
    return sample, lines, valid, letters


def _letters_in(block: bytes) -> tuple[int, int]:
    """How many lines have letters, and how many of those are UTF-8."""
    if _is_utf8(block):
        letters = sum([not line.isascii() for line in block.split(b"\n")])
        return letters, letters
    if _REPLACEMENT.encode() in block:
        lines = [line for line in block.split(b"\n") if not line.isascii()]
        return len(lines), sum(map(_is_utf8, lines))
    # A line end is never part of a character, so that what is no UTF-8 marks its own line: half of one by one.
    texts = [text for text in block.decode("utf-8", "replace").split("\n") if not text.isascii()]
    return len(texts), sum([_REPLACEMENT not in text for text in texts])


def blocks_of(path: Path) -> Iterator[bytes]:
    """Whole lines, many at a time; UnreadableList at a NUL byte or at a line that is too long."""
    lines, begun = 0, b""
    with path.open("rb", buffering=0) as file:
        while read := file.read(BLOCK_BYTES):
            if b"\0" in read:
                raise UnreadableList(
                    f"{path.name} is not text (a zero byte in line {lines + 1 + read[: read.index(0)].count(10)}); "
                    "save the list as CSV or XLSX"
                )
            whole, end, rest = (begun + read).rpartition(b"\n")
            if len(rest) > LINE_LIMIT:
                raise UnreadableList(
                    f"line {lines + 1 + whole.count(10)} of {path.name} is longer than {LINE_LIMIT >> 10} KiB: "
                    "a list has one row a line; save it as CSV (one order a line) or XLSX"
                )
            if end:
                yield whole + end
            lines += read.count(10)
            begun = rest
    if begun:
        yield begun


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _legacy(sample: list[bytes]) -> str:
    data = b"".join(line for line in sample if not line.isascii()) or b"".join(sample)
    return max(LEGACY, key=lambda name: sum(data.decode(name, "replace").count(letter) for letter in FREQUENT))


def _utf16_sample(path: Path, codec: str) -> str:
    with path.open(encoding=codec, errors="replace", newline="") as file:
        return file.read(64 * 1024)


def _count_utf16(path: Path, codec: str) -> int:
    with path.open(encoding=codec, errors="replace", newline="") as file:
        lines = 0
        while text := file.readline(LINE_LIMIT + 1):
            if len(text) > LINE_LIMIT:
                raise UnreadableList(f"a line of {path.name} is longer than {LINE_LIMIT >> 10} KiB: that is no list")
            lines += 1
        return lines


def delimiter_of(text: str) -> str:
    """The delimiter of the header that cuts the most rows into as many cells as it has: an address may hold more commas
    than its row has cells. A list of one column has none: one that stands nowhere, that no cell be cut."""
    header, *rows = _delimiters_by_row(text)
    if not header:
        return min(DELIMITERS, key=lambda delimiter: sum(row[delimiter] for row in rows))
    return max(
        header, key=lambda delimiter: (sum(row[delimiter] == header[delimiter] for row in rows), header[delimiter])
    )


def _delimiters_by_row(text: str) -> list[Counter[str]]:
    """How often each delimiter stands outside quotes, in each row; the header is the first."""
    rows = [Counter[str]()]
    quoted = False
    for char in _BLANK_LINES.sub("", text):
        if char == '"':
            quoted = not quoted
        elif char == "\n" and not quoted:
            rows.append(Counter())
        elif char in DELIMITERS and not quoted:
            rows[-1][char] += 1
    return rows
