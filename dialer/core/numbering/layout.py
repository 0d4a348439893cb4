"""Cells of the usual shapes, read without cutting: the fast lane of the bulk path.

The shape of a cell is the cell with every digit as 0. Most lists hold a few dozen shapes in which there is one
number beyond doubt («8 (000) 000-00-00», «00-00-00», «тел. 0000000»); they are learnt once and looked up.
Everything else takes the long way of `cells`; both give the same (a property test holds them together).
"""

import re
from collections.abc import Callable, Sequence

from dialer.core.numbering.digits import NATIONAL_DIGITS, SHORTEST_LOCAL, is_placeholder

_MAX_SHAPES = 1 << 16
_LABEL = r"(?:(?:тел|т|моб|сот|раб|факс)[.:]{0,2}\s?)?"
_SEP = r"[ -]?"
_LOCALS = (
    *("000{0}00{0}00", "00{0}00{0}00", "0{0}00{0}00", "00{0}0{0}00", "000{0}0000", "000{0}000", "000{0}00", "00{0}000"),
    *(r"000\.00\.00", r"00\.00\.00", r"\(00\){0}00{0}00"),
)
_USUAL = re.compile(
    rf"\s?{_LABEL}(?:"
    rf"(?P<trunk>\+?0)?{_SEP}(?:"
    rf"(?:\(0{{3}}\)|0{{3}}){_SEP}000{_SEP}00{_SEP}00"
    rf"|(?:\(0{{4}}\)|0{{4}}){_SEP}00{_SEP}00{_SEP}00"
    rf"|(?:\(0{{5}}\)|0{{5}}){_SEP}0{_SEP}00{_SEP}00)"
    rf"|{'|'.join(_LOCALS).format(_SEP)}"
    rf"|(?P<float>0{{5,7}}|0{{10,11}})\.0"
    rf")\s?"
)
_CHARSET = "cp1251"
"""Cells are looked at as bytes; a character without a byte there is in no usual shape."""
_END = "\0"
"""Between the cells of a batch."""


def _table(byte_of: Callable[[str], str]) -> bytes:
    chars = (bytes((code,)).decode(_CHARSET, "replace") for code in range(256))
    return b"".join(byte_of(char).encode(_CHARSET, "replace") for char in chars)


_SHAPE = _table(lambda char: "0" if char in "0123456789" else " " if char == "\u00a0" else char)
_DIGITS = _table(lambda char: char if char in f"0123456789{_END}" else " ")
"""Anything else a space, to be taken out: six times quicker than to translate with a list of what to delete."""


Reader = Callable[[str], str]
"""Takes all digits of a cell of one shape; gives a local number or ten without their prefix, empty for the long way."""


class Layouts:
    """Shapes learnt so far."""

    def __init__(self) -> None:
        self._known: dict[bytes, Reader] = {}

    def read(self, cell: str) -> str:
        """The digits of a cell of a usual shape, a local number or ten without their prefix; empty for the long way."""
        return self.read_many((cell,))[0]

    def read_many(self, cells: Sequence[str]) -> list[str]:
        """`read` of each: one pass over all their text together, which costs a fifth of one by one."""
        raw = _END.join(cells).encode(_CHARSET, "replace")
        shapes = raw.translate(_SHAPE).split(_END.encode())
        if len(shapes) != len(cells):
            return self.read_many([cell.replace(_END, "?") for cell in cells]) if cells else []
        for new in set(shapes).difference(self._known):
            self._known[new] = _reader(new.decode(_CHARSET, "replace"))
        digits = raw.translate(_DIGITS).replace(b" ", b"").decode().split(_END)
        known = self._known
        readers = [known[shape] for shape in shapes]
        found = [text if read is _as_written else read(text) for read, text in zip(readers, digits, strict=True)]
        if len(self._known) > _MAX_SHAPES:
            self._known.clear()
        return found


def _reader(shape: str) -> Reader:
    found = _USUAL.fullmatch(shape)
    if found is None:
        return _unusual
    if found["float"]:
        return _float
    if shape.count("0") <= NATIONAL_DIGITS:
        return _as_written if "+" not in shape else _unusual
    return _behind_plus if "+" in shape else _behind_trunk


def _as_written(digits: str) -> str:
    return digits


def _unusual(_digits: str) -> str:
    return ""


def _behind_trunk(digits: str) -> str:
    """Eleven, the first a trunk 8 or 7."""
    return digits[1:] if digits[0] in "78" else ""


def _behind_plus(digits: str) -> str:
    """Eleven behind a plus, the first a 7."""
    return digits[1:] if digits[0] == "7" else ""


def _float(digits: str) -> str:
    """A spreadsheet's whole number, «4952345678.0»."""
    whole = digits[:-1]
    if digits[-1] != "0":
        return ""
    return whole if len(whole) <= NATIONAL_DIGITS else _behind_trunk(whole)


PLACEHOLDERS = frozenset(
    digits
    for length in range(SHORTEST_LOCAL, NATIONAL_DIGITS + 1)
    for digits in (*(str(digit) * length for digit in range(10)), "0123456789"[:length], "1234567890"[:length])
    if is_placeholder(digits)
)
"""Left to the long way; so are ten digits that end in `NO_SUBSCRIBER`."""
