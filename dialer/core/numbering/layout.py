"""Cells of the usual shapes, read without cutting: the fast lane of the bulk path.

The shape of a cell is the cell with every digit as 0. Most lists hold a few dozen shapes in which there is one
number beyond doubt («8 (000) 000-00-00», «00-00-00», «тел. 0000000»); they are learnt once and looked up.
Everything else takes the long way of `cells`; both give the same (a property test holds them together).
"""

import re
from enum import Enum

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
_DIGITS = "0123456789"
_ASCII_SHAPE = bytes(ord("0") if chr(code) in _DIGITS else code for code in range(256))
_ASCII_DIGITS = bytes(code if chr(code) in _DIGITS else ord(" ") for code in range(256))
"""Anything else a space, to be taken out: six times quicker than to translate with a list of what to delete."""
_TEXT_SHAPE = str.maketrans("123456789\u00a0", "000000000 ")
_TEXT_REST = {code: None for code in range(0x500) if chr(code) not in _DIGITS}


class Layout(Enum):
    """How to read the digits of a shape."""

    PLAIN = 0
    """They are the number: local, or ten without a prefix."""
    TRUNK = 1
    """Eleven, the first a trunk 8 or 7."""
    PLUS = 2
    """Eleven behind a plus, the first a 7."""
    FLOAT = 3
    """A spreadsheet's whole number, «4952345678.0»."""


class Layouts:
    """Shapes learnt so far."""

    def __init__(self) -> None:
        self._known: dict[bytes | str, Layout | None] = {}

    def read(self, cell: str) -> str:
        """The digits of a cell of a usual shape, a local number or ten without their prefix; empty for the long way."""
        if cell.isascii():
            raw = cell.encode()
            shape: bytes | str = raw.translate(_ASCII_SHAPE)
            digits = raw.translate(_ASCII_DIGITS).replace(b" ", b"").decode()
        else:
            shape = cell.translate(_TEXT_SHAPE)
            digits = cell.translate(_TEXT_REST)
        try:
            layout = self._known[shape]
        except KeyError:
            layout = self._learn(shape)
        if layout is Layout.PLAIN:
            return digits
        if layout is Layout.TRUNK and digits[0] in "78":
            return digits[1:]
        return _unwrapped(digits, layout)

    def _learn(self, shape: bytes | str) -> Layout | None:
        layout = _layout(shape if isinstance(shape, str) else shape.decode())
        if len(self._known) < _MAX_SHAPES:
            self._known[shape] = layout
        return layout


def _layout(shape: str) -> Layout | None:
    found = _USUAL.fullmatch(shape)
    if found is None:
        return None
    if found["float"]:
        return Layout.FLOAT
    if shape.count("0") <= NATIONAL_DIGITS:
        return Layout.PLAIN if "+" not in shape else None
    return Layout.PLUS if "+" in shape else Layout.TRUNK


def _unwrapped(digits: str, layout: Layout | None) -> str:
    if layout is None:
        return ""
    if layout is Layout.FLOAT:
        if digits[-1] != "0":
            return ""
        digits = digits[:-1]
        if len(digits) <= NATIONAL_DIGITS:
            return digits
    return digits[1:] if digits[0] == "7" or (digits[0] == "8" and layout is not Layout.PLUS) else ""


PLACEHOLDERS = frozenset(
    digits
    for length in range(SHORTEST_LOCAL, NATIONAL_DIGITS + 1)
    for digits in (*(str(digit) * length for digit in range(10)), "0123456789"[:length], "1234567890"[:length])
    if is_placeholder(digits)
)
"""Left to the long way; so are ten digits that end in `NO_SUBSCRIBER`."""
