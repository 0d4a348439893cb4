"""One phone cell → the numbers in it. Pure; knows no place.

The cell is folded to plain characters, extensions are taken off, what is no phone is cut out, and the groups
of digits that remain are cut into numbers: of all the ways to cut, the cheapest is taken (see `blocks`).
Digits are never padded, trimmed or guessed: what does not make a number is refused by name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dialer.core.numbering import notphone
from dialer.core.numbering.blocks import FIRST_EXTENSION_MARK, Block, Shape, cut_into_blocks
from dialer.core.numbering.digits import Full, has_area_code, is_placeholder, is_service, read_national
from dialer.core.numbering.fold import plain, read_lookalikes
from dialer.core.numbering.records import Reason


@dataclass(frozen=True, slots=True)
class Found:
    """A whole number: ten digits."""

    number: str
    ext: str = ""
    notice: Reason | None = None


@dataclass(frozen=True, slots=True)
class Local:
    """Digits of a number whose code is not written beside it."""

    digits: str
    ext: str = ""
    heir_of: str = ""
    """The number before it in the cell, whose code it probably shares."""
    sure: bool = False
    """The code was written apart and fits in length: it is shared for certain."""
    notice: Reason | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    reason: Reason
    detail: str = ""


Piece = Found | Local | Refused

_SCIENTIFIC = re.compile(r"[+-]?(\d)(?:[.,](\d+))?e\+?(\d{1,3})", re.IGNORECASE)
_FLOAT = re.compile(r"(?<!\d)(?<!\d[.,])(\d{5,})[.,]0{1,2}(?![\d.,]*\d)")
_USSD = re.compile(r"[*#][\d*]*#?")
_EXTENSION = re.compile(
    r"[\s,;(\[]*(?:(?<![^\W\d_])(?:доб(?:авочный|ав)?|внутр(?:енний)?|вн|тон(?:овый|ом)?|ext(?:ension|n)?)(?![^\W\d_])"
    r"|(?<=[\d)\s,])(?:доб|вн|ext|д|x|х|p|w)(?=[.:\s]*\d)|;ext=|,,+|(?<=[\d)\s])[#*](?!\d+[#*]))"
    r"[.:\s)=-]*(?:no\s*)?(\d(?:-?\d)*)?[\])]?",
    re.IGNORECASE,
)
_EXTENSION_SIGN = re.compile(r"[^\W\d_]|[#*]|,,")
_MASKED = re.compile(r"\d[-()]*[^\W\d_]+[-()]*\d|\d-[^\W\d_]{2,}|(?<![^\W\d_])[xх]{2,}-?\d", re.IGNORECASE)
"""Letters where digits should be: «8495XXX1234», «8-800-ДОСТАВКА»."""
_LONGEST_CELL = 1000
"""Characters; a cell of twenty numbers has half as many, a longer one is a letter and not looked through."""
_LENGTHS = (Reason.TOO_SHORT, Reason.TOO_LONG, Reason.BAD_LENGTH, Reason.SERVICE)
_SMALL = 4
"""Leftovers of so few digits beside a number are notes («тел. 1»), not numbers."""


def normalise(cell: str, codes: frozenset[str]) -> tuple[Piece, ...]:
    """The numbers in a cell, in order; one `Refused` when there is none. `codes`: three-digit codes of the plan."""
    if len(cell) > _LONGEST_CELL:
        return (Refused(Reason.NOT_PHONE, f"{len(cell)} characters"),)
    text = plain(cell)
    if not any(map(str.isdigit, text)):
        return (Refused(Reason.NO_DIGITS if any(map(str.isalpha, text)) else Reason.EMPTY),)
    whole = _whole_cell(text)
    if isinstance(whole, Refused):
        return (whole,)
    marked, extensions = _take_extensions(whole)
    bare, cut_something = notphone.cut(marked)
    read = read_lookalikes(bare)
    pieces = _pieces(cut_into_blocks(read, codes), extensions, codes)
    return _settle(pieces, read, lookalikes=read != bare, cut_something=cut_something)


def _whole_cell(text: str) -> str | Refused:
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific:
        digits, power = scientific[1] + (scientific[2] or ""), int(scientific[3])
        return digits if len(digits) == power + 1 else Refused(Reason.LOST_PRECISION, f"{len(digits)} digits kept")
    if _USSD.fullmatch(text):
        return Refused(Reason.SERVICE)
    return _FLOAT.sub(r"\1", text)


def _take_extensions(text: str) -> tuple[str, list[str]]:
    """The text with each extension replaced by its mark, and the extensions themselves."""
    extensions: list[str] = []
    if not _EXTENSION_SIGN.search(text):
        return text, extensions

    def take(found: re.Match[str]) -> str:
        extensions.append((found[1] or "").replace("-", ""))
        return chr(ord(FIRST_EXTENSION_MARK) + len(extensions) - 1)

    return _EXTENSION.sub(take, text), extensions


def _pieces(blocks: list[Block], extensions: list[str], codes: frozenset[str]) -> list[Piece]:
    pieces: list[Piece] = []
    heir_of, code_digits = "", 0
    for block in blocks:
        ext = extensions[block.extension - 1] if block.extension else ""
        piece = _piece(block, ext, heir_of, code_digits, codes)
        if isinstance(piece, Found) and has_area_code(piece.number):
            heir_of, code_digits = piece.number, block.code_digits
        pieces.append(piece)
    return pieces


def _piece(block: Block, ext: str, heir_of: str, code_digits: int, codes: frozenset[str]) -> Piece:
    if block.shape is Shape.FULL:
        read = read_national(block.digits, codes)
        return Found(read.number, ext, read.notice) if isinstance(read, Full) else Refused(read.reason, read.detail)
    if block.shape is Shape.FOREIGN:
        return Refused(Reason.FOREIGN, block.country)
    if block.shape is Shape.LOCAL:
        if is_placeholder(block.digits):
            return Refused(Reason.PLACEHOLDER)
        return Local(block.digits, ext, heir_of, bool(heir_of) and code_digits + len(block.digits) == 10)
    return _refuse(block)


def _refuse(block: Block) -> Refused:
    count = len(block.digits)
    said = f"{count} digits"
    if is_placeholder(block.digits) and count > _SMALL:
        return Refused(Reason.PLACEHOLDER)
    if count <= _SMALL:
        return Refused(Reason.SERVICE if is_service(block.digits) else Reason.TOO_SHORT, said)
    if notphone.is_inn(block.digits):
        return Refused(Reason.NOT_PHONE, said)
    return Refused(Reason.BAD_LENGTH if count <= 11 else Reason.TOO_LONG, said)


def _settle(pieces: list[Piece], text: str, *, lookalikes: bool, cut_something: bool) -> tuple[Piece, ...]:
    whole = any(isinstance(piece, Found) for piece in pieces)
    if not whole and _MASKED.search(text) and all(_is_length(piece) for piece in pieces):
        return (Refused(Reason.LETTERS),)
    if any(not isinstance(piece, Refused) for piece in pieces):
        kept = [piece for piece in pieces if not _is_note(piece)]
        return tuple(_unique([_noted(piece) if lookalikes else piece for piece in kept]))
    refusals = [piece for piece in pieces if isinstance(piece, Refused)]
    if not refusals or (cut_something and all(_is_length(piece) for piece in refusals)):
        return (Refused(Reason.NOT_PHONE),)
    told = [piece for piece in refusals if not _is_note(piece)]
    return tuple(_unique(told or refusals[:1]))


def _is_length(piece: Piece) -> bool:
    """Not whole, and nothing else is wrong with it."""
    return isinstance(piece, Local) or (isinstance(piece, Refused) and piece.reason in _LENGTHS)


def _is_note(piece: Piece) -> bool:
    return isinstance(piece, Refused) and piece.reason in (Reason.TOO_SHORT, Reason.SERVICE)


def _noted(piece: Piece) -> Piece:
    return piece if isinstance(piece, Refused) else replace(piece, notice=Reason.LETTERS)


def _unique(pieces: Sequence[Piece]) -> list[Piece]:
    return list(dict.fromkeys(pieces))
