"""Cutting a line of digit groups into numbers.

`8 (495) 234-56-78, 748-96-92` is seven groups with separators between. Each run of groups that may be one
number has a price (a whole number with its prefix costs nothing, a local one some, junk much), each separator
has a price for being crossed and one for being cut at; the cheapest cutting is taken. A small number beside a
whole one (a list's, a quantity) is a note, and pieces of a whole one are dear: they are numbers of others.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from dialer.core.numbering.digits import (
    LONGEST_LOCAL,
    NATIONAL_DIGITS,
    SHORTEST_LOCAL,
    foreign_country,
    has_area_code,
    is_placeholder,
    is_valid_abroad,
    strip_prefix,
)
from dialer.core.numbering.wholes import Group, Written, is_usual_local, written_whole

_GROUP = re.compile(r"\d+")
_MAX_BLOCK_DIGITS = 17
"""More digits than any number with its prefixes: such a run of groups is not looked at as one."""
_CODE_DIGITS = 3
_NOTE_DIGITS = 2
"""So few digits behind a word («после 18», «кв 12») or beside a whole number («… (2)», «1. …») are a note."""
_LETTER = re.compile(r"[^\W\d_]")
_NEVER = 1_000_000
FIRST_EXTENSION_MARK = "\ue000"
"""The n-th extension of a cell is marked by the n-th character from here, of the private use area."""
_EXTENSION_MARK = re.compile("[\ue000-\uf8ff]")


class Shape(StrEnum):
    FULL = "full"
    FOREIGN = "foreign"
    LOCAL = "local"
    JUNK = "junk"


@dataclass(frozen=True, slots=True)
class Block:
    """One number cut out: prefixes gone for FULL, digits as written otherwise."""

    shape: Shape
    digits: str
    code_digits: int = 0
    """Length of the code where it was written apart, else 0."""
    extension: int = 0
    """Which extension of the cell belongs to it, from 1; 0 is none."""
    country: str = ""


@dataclass(frozen=True, slots=True)
class _Separator:
    cross: int
    cut: int


class _Price:
    """What a run of groups costs as one block. A whole number must beat any two pieces of it, and junk must
    cost less than to tear digits apart that were written together (`_TIGHT`)."""

    WHOLE = 0
    FOREIGN = 1
    TEN = 1
    """Ten digits without a prefix, the code standing apart or everything together."""
    TEN_IN_PIECES = 9
    TEN_OF_NO_CODE = 12
    NEIGHBOUR = 3
    """A neighbour country's number without a plus."""
    LOCAL = 3
    LOCAL_OF_FIVE = 4
    LOCAL_WITH_HALF_A_CODE = 16
    MEANT_WHOLE = 12
    """More, for a local number behind a lone 8 or +7, or torn out of a whole number."""
    TAIL = 3
    NOTE = 5
    DOUBTFUL_NOTE = 10
    """Beside a whole number that two local ones can look like."""
    JUNK = 20
    PLACEHOLDER = 30


_STRONG = _Separator(_NEVER, 0)
_LOOSE = _Separator(0, 2)
_BY_SIGN = (
    (re.compile(r"[^\W\d_]|[;\n|:?!&=<>\[\]{}@%\ue000-\uf8ff]"), _STRONG),
    (re.compile(r"\+"), _Separator(_NEVER, 0)),
    (re.compile(r","), _Separator(4, 0)),
    (re.compile(r"[/\\]"), _Separator(2, 1)),
    (re.compile(r"\s-\s|\s{3,}"), _Separator(2, 1)),
    (re.compile(r"\("), _Separator(0, 1)),
    (re.compile(r"\)"), _Separator(0, 30)),
    (re.compile(r"\s"), _LOOSE),
)
_TIGHT = _Separator(0, 30)
_LOCAL_PRICES = {5: _Price.LOCAL_OF_FIVE, 6: _Price.LOCAL, 7: _Price.LOCAL}


def cut_into_blocks(text: str, codes: frozenset[str]) -> list[Block]:
    """Numbers of a cell in order. `text` is plain, extensions replaced by their marks."""
    groups, after = _groups(text)
    if not groups:
        return []
    cutter = _Cutter(groups, codes)
    return [_with_extension(block, groups, end, after) for block, end in cutter.blocks()]


def _groups(text: str) -> tuple[list[Group], str]:
    groups: list[Group] = []
    end = 0
    for found in _GROUP.finditer(text):
        groups.append(Group(found.group(), text[end : found.start()]))
        end = found.end()
    return groups, text[end:]


def _with_extension(block: Block, groups: list[Group], end: int, after: str) -> Block:
    marked = _EXTENSION_MARK.search(groups[end].before if end < len(groups) else after)
    if marked is None:
        return block
    return replace(block, extension=ord(marked.group()) - ord(FIRST_EXTENSION_MARK) + 1)


class _Way(NamedTuple):
    """The cheapest way to have cut the groups so far: its last block begins at group `start`."""

    price: int
    start: int
    block: Block | None


class _Cutter:
    """Dynamic programming over the groups: the cheapest way to have cut the first n of them."""

    def __init__(self, groups: list[Group], codes: frozenset[str]) -> None:
        self._groups = groups
        self._codes = codes
        separators = [_separator(group.before) for group in groups]
        self._cut = [0, *(separator.cut for separator in separators[1:])]
        self._crossed = list(accumulate((separator.cross for separator in separators), initial=0))
        self._brackets = list(accumulate((group.before.count("(") for group in groups), initial=0))
        self._digits = list(accumulate((len(group.digits) for group in groups), initial=0))
        self._wholes = self._find_wholes()
        self._loosen_notes()

    def blocks(self) -> list[tuple[Block, int]]:
        best = [_Way(0, 0, None)]
        for end in range(1, len(self._groups) + 1):
            best.append(self._best_way(end, best))
        return self._walk(best)

    def _best_way(self, end: int, best: list[_Way]) -> _Way:
        """Longest last block first: a whole number is cheap, and dearer beginnings need no look."""
        found = _Way(_NEVER, 0, None)
        start = end - 1
        while start and self._may_be_one(start - 1, end):
            start -= 1
        for begin in range(start, end):
            spent = best[begin].price + self._cut[begin] + self._crossed[end] - self._crossed[begin + 1]
            if spent < found.price:
                price, block = self._price(begin, end, best[begin])
                if spent + price < found.price:
                    found = _Way(spent + price, begin, block)
        return found

    def _may_be_one(self, start: int, end: int) -> bool:
        """Whether these groups are not too many digits for one number, with no sign between that parts numbers."""
        if self._digits[end] - self._digits[start] > _MAX_BLOCK_DIGITS:
            return False
        return (
            self._crossed[end] - self._crossed[start + 1] < _NEVER and self._brackets[end] - self._brackets[start] < 2
        )

    def _walk(self, best: list[_Way]) -> list[tuple[Block, int]]:
        blocks: list[tuple[Block, int]] = []
        end = len(self._groups)
        while end:
            _, start, block = best[end]
            if block is not None:
                blocks.append((block, end))
            end = start
        return blocks[::-1]

    def _find_wholes(self) -> dict[tuple[int, int], Written]:
        """Runs of groups (first, behind the last) that are whole numbers with nothing inside that may part numbers.
        Where one is marked as such, others that overlap it are none."""
        count, wholes = len(self._groups), dict[tuple[int, int], Written]()
        if self._digits[-1] <= NATIONAL_DIGITS:
            return wholes
        for start in range(count):
            for end in range(start + 1, count + 1):
                if not self._may_be_one(start, end) or self._crossed[end] > self._crossed[start + 1]:
                    break
                written = self._written(start, end)
                if written is not None:
                    wholes[start, end] = written
        marked = [run for run, written in wholes.items() if written is Written.MARKED]
        return {run: written for run, written in wholes.items() if not any(_overlap(run, one) for one in marked)}

    def _written(self, start: int, end: int) -> Written | None:
        if self._digits[end] - self._digits[start] < NATIONAL_DIGITS:
            return None
        first = start == 0 or len(self._groups[start - 1].digits) <= _NOTE_DIGITS
        tied_before, tied_behind = self._is_tied(start), self._is_tied(end)
        groups = self._groups[start:end]
        return written_whole(groups, self._codes, first=first, tied_before=tied_before, tied_behind=tied_behind)

    def _is_tied(self, at: int) -> bool:
        """Whether group `at` is tied to the digits before it."""
        inside = 0 < at < len(self._groups)
        return inside and self._cut[at] >= _TIGHT.cut and not self._may_close_note(at)

    def _may_close_note(self, at: int) -> bool:
        """«(2) 8 912…», «10) 8 912…», and «1.8 912…» at the beginning of a cell."""
        sign = self._groups[at].before
        small = len(self._groups[at - 1].digits) <= _NOTE_DIGITS
        return small and (")" in sign or (at == 1 and "." in sign))

    def _loosen_notes(self) -> None:
        """The sign that closes a small number beside a whole one may be cut at, as none behind a code may."""
        starts, ends = {start for start, _ in self._wholes}, {end for _, end in self._wholes}
        for at in range(1, len(self._groups)):
            if (at in starts or at - 1 in ends) and self._may_close_note(at):
                self._cut[at] = min(self._cut[at], _LOOSE.cut)

    def _price(self, start: int, end: int, before: _Way) -> tuple[int, Block]:
        groups = self._groups[start:end]
        digits = "".join([group.digits for group in groups])
        tail = self._tail(groups, digits, before.block)
        if tail is not None:
            return tail
        price, block = self._whole(groups, digits)
        if block.shape is Shape.LOCAL and self._is_torn(start, end):
            return price + _Price.MEANT_WHOLE, block
        if block.shape is Shape.JUNK:
            return min(price, self._price_of_note(start, end, before.start)), block
        return price, block

    def _price_of_note(self, start: int, end: int, start_before: int) -> int:
        """Of one or two digits beside a whole number. A lone 8 or 7 before it is its prefix, and two bare digits
        behind a doubtful one may belong to a local number."""
        digits = self._groups[start].digits
        if end - start > 1 or len(digits) > _NOTE_DIGITS:
            return _NEVER
        preceding = self._wholes.get((start_before, start))
        if preceding is Written.DOUBTFULLY and len(digits) == _NOTE_DIGITS and "(" not in self._groups[start].before:
            return _NEVER
        beside = {preceding} - {None}
        if digits not in ("7", "8"):
            beside |= {written for (first, _), written in self._wholes.items() if first == end}
        if not beside:
            return _NEVER
        return _Price.NOTE if beside & {Written.MARKED, Written.USUALLY} else _Price.DOUBTFUL_NOTE

    def _is_torn(self, start: int, end: int) -> bool:
        """Whether a local number would be a piece of a whole one. Written as local numbers are, it may be one after
        all where the whole one is written as none is."""
        usual = is_usual_local(self._groups[start:end])
        return any(
            first < end and start < last and not (usual and written is Written.UNUSUALLY)
            for (first, last), written in self._wholes.items()
        )

    def _tail(self, groups: list[Group], digits: str, before: Block | None) -> tuple[int, Block] | None:
        """«234-56-78, 79» and «77/78»: the last digits of the number before, written again. Only fixed lines come in
        rows: «, 12» behind a mobile is a note."""
        between = groups[0].before
        if before is None or "(" in between or not _comes_in_rows(before):
            return None
        slash = "/" in between
        if not (slash or "," in between) or _EXTENSION_MARK.search(between) or _LETTER.search(between):
            return None
        fits = len(digits) == 2 or (len(digits) == 1 and slash) or [len(g.digits) for g in groups] == [2, 2]
        if not fits:
            return None
        whole = before.digits[: -len(digits)] + digits
        shape = Shape.FULL if len(whole) == NATIONAL_DIGITS else Shape.LOCAL
        return _Price.TAIL, Block(shape, whole, before.code_digits)

    def _whole(self, groups: list[Group], digits: str) -> tuple[int, Block]:
        plus = "+" in groups[0].before
        apart = (plus and digits[0] in "78") or (len(groups) > 1 and groups[0].digits in ("7", "8"))
        national = strip_prefix(digits, self._codes)
        if national is not None and not (plus and digits[0] == "8" and foreign_country(digits, written_abroad=False)):
            return _Price.WHOLE, Block(Shape.FULL, national, _code_digits(groups, len(digits) - NATIONAL_DIGITS))
        abroad = _abroad(digits, plus=plus)
        country = foreign_country(abroad, written_abroad=True) if abroad else ""
        if country and not self._is_code_behind_plus(groups, digits, plus=plus):
            return _Price.FOREIGN, Block(Shape.FOREIGN, digits, country=country)
        if len(digits) == NATIONAL_DIGITS and not apart:
            return self._price_of_ten(groups, digits), Block(Shape.FULL, digits, _code_digits(groups, 0))
        country = foreign_country(digits, written_abroad=False)
        if country:
            return _Price.NEIGHBOUR, Block(Shape.FOREIGN, digits, country=country)
        return self._local(groups, digits, apart=apart or plus)

    def _is_code_behind_plus(self, groups: list[Group], digits: str, *, plus: bool) -> bool:
        """«+495 234-56-78»: the seven was left out; not so where it is a valid number abroad written as one."""
        if not plus or len(digits) != NATIONAL_DIGITS or digits[:3] not in self._codes:
            return False
        return len(groups[0].digits) == _CODE_DIGITS or not is_valid_abroad(digits)

    def _price_of_ten(self, groups: list[Group], digits: str) -> int:
        if digits[:3] not in self._codes and digits[0] not in "067":
            return _Price.TEN_OF_NO_CODE
        together = len(groups) == 1 or "(" in groups[0].before or 3 <= len(groups[0].digits) <= 5
        return _Price.TEN if together else _Price.TEN_IN_PIECES

    def _local(self, groups: list[Group], digits: str, *, apart: bool) -> tuple[int, Block]:
        """A number without its code, or junk. One that begins with a lone 8 or +7 was meant to be whole."""
        count = len(digits)
        if SHORTEST_LOCAL <= count <= LONGEST_LOCAL and not (apart and count >= LONGEST_LOCAL - 1):
            price = _LOCAL_PRICES.get(count, _Price.LOCAL_WITH_HALF_A_CODE)
            return price + (_Price.MEANT_WHOLE if apart else 0), Block(Shape.LOCAL, digits)
        if len(groups) == 1 and count <= _NOTE_DIGITS and _LETTER.search(groups[0].before):
            return _Price.NOTE, Block(Shape.JUNK, digits)
        return _Price.PLACEHOLDER if is_placeholder(digits) else _Price.JUNK, Block(Shape.JUNK, digits)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two runs share groups, and each has some of its own."""
    (first, end), (start, last) = sorted((one, other))
    return first < start < end < last


def _comes_in_rows(block: Block) -> bool:
    return block.shape is Shape.LOCAL or (block.shape is Shape.FULL and has_area_code(block.digits))


@lru_cache(4096)
def _separator(between: str) -> _Separator:
    for sign, separator in _BY_SIGN:
        if sign.search(between):
            return separator
    return _TIGHT


def _abroad(digits: str, *, plus: bool) -> str:
    """The digits behind a plus, 00 or 8-10; empty when none of them stands there."""
    if plus:
        return digits
    if digits.startswith("00"):
        return digits[2:]
    return digits[3:] if digits.startswith("810") and len(digits) > NATIONAL_DIGITS + 1 else ""


def _code_digits(groups: list[Group], prefix: int) -> int:
    """Length of the code when brackets or a separator set it apart, without the prefix."""
    taken = 0
    for at, group in enumerate(groups):
        taken += len(group.digits)
        closes = at + 1 < len(groups) and ")" in groups[at + 1].before
        if closes or (taken - prefix >= 3 and not any(")" in one.before for one in groups)):
            code = taken - prefix
            return code if 3 <= code <= 5 else 0
    return 0
