"""A first look at a text list: is it text, in which encoding, how many lines, which delimiter. Reads it once.

Encodings: a BOM decides; else UTF-8 where nearly every line with letters is valid UTF-8 (a line broken in the middle
of a file is then one bad row, not another encoding); else the one of cp1251, cp866 and koi8-r in which the text has the
most frequent Russian letters. Detectors that guess by statistics of bytes fail on short cp1251.
"""

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LINE_LIMIT = 1 << 20
"""Bytes; a row of a list is a few hundred. A longer line is no list, and reading it would fill the memory."""
BLOCK_BYTES = 1 << 16
"""Lines are read and looked at by so many bytes: one by one would cost half of a whole import."""
SAMPLE_LINES = 200
UTF8_SHARE = 0.9
FREQUENT = "оеаинтсрвлкОЕАИНТСРВЛК"
LEGACY = ("cp1251", "cp866", "koi8-r")
DELIMITERS = (";", "\t", ",", "|")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


_REPLACEMENT = "\ufffd"


class UnreadableList(ValueError):
    """This file is no list that can be read; the words say why, and what to do."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen. `lines` counts line ends, so a quoted cell of several lines makes it too high."""

    encoding: str
    delimiter: str
    lines: int
    size: int


def look(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Look:
    """Look through the whole file; UnreadableList where it is empty, binary, or has a line over `LINE_LIMIT`."""
    size = path.stat().st_size
    if size == 0:
        raise UnreadableList(f"{path.name} is empty")
    with path.open("rb") as file:
        head = file.read(4)
    found = encoding or next((name for bom, name in BOMS if head.startswith(bom)), None)
    if found is not None and _codec(found).startswith("utf-16"):
        text = _utf16_sample(path)
        return Look("utf-16", delimiter or delimiter_of(text), _count_utf16(path), size)
    sample, lines, valid, letters = _through(path)
    if found is None:
        found = "utf-8-sig" if letters == 0 or valid / letters >= UTF8_SHARE else _legacy(sample)
    text = b"".join(sample).decode(found, "replace")
    return Look(found, delimiter or delimiter_of(text), lines, size)


def _codec(name: str) -> str:
    """The encoding's own name; UnreadableList where it is none of text."""
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except (LookupError, UnicodeError) as error:
        raise UnreadableList(f"there is no encoding {name!r}; name one such as utf-8 or cp1251") from error


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


def _utf16_sample(path: Path) -> str:
    with path.open(encoding="utf-16", errors="replace", newline="") as file:
        return file.read(64 * 1024)


def _count_utf16(path: Path) -> int:
    with path.open(encoding="utf-16", errors="replace", newline="") as file:
        lines = 0
        while text := file.readline(LINE_LIMIT + 1):
            if len(text) > LINE_LIMIT:
                raise UnreadableList(f"a line of {path.name} is longer than {LINE_LIMIT >> 10} KiB: that is no list")
            lines += 1
        return lines


def delimiter_of(text: str) -> str:
    """The delimiter that stands most often outside quotes, counted over whole lines; a comma where there is none."""
    counts: Counter[str] = Counter()
    quoted = False
    for char in text:
        if char == '"':
            quoted = not quoted
        elif not quoted and char in DELIMITERS:
            counts[char] += 1
    best = max(DELIMITERS, key=lambda delimiter: counts[delimiter])
    return best if counts[best] else ","
