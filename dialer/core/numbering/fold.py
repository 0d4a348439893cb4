"""A phone cell brought to plain characters: ASCII digits, one kind of dash, one kind of space.

Nothing that carries meaning is dropped. Letters that look like digits («8 (499) 1O2-33-O4») are read as
digits only in a word made of nothing but digits, such letters and punctuation.
"""

import re
import unicodedata

_DASHES = "‐‑‒–—―−﹣－⁃ー"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_QUOTES = "\"'`«»“”„‘’"
_PLAIN = {
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, _INVISIBLE), None),
    **dict.fromkeys(map(ord, _QUOTES), " "),
    ord("⁄"): "/",
    ord("∕"): "/",
    ord("№"): " no ",
    ord("٫"): ".",
    ord("\t"): " ",
    ord("\r"): "\n",
}

_UNUSUAL = re.compile(r"[^\x00-\x7fА-яЁё]")
_LETTERS = "OОoоЗзlIіІ"
_AS_DIGITS = str.maketrans(_LETTERS, "0000331111")
_ANY_LETTER = re.compile(f"[{_LETTERS}]")
_WORD = re.compile(rf"(?<![^\W\d_])(?=[^\s]*\d)[\d{_LETTERS}+()\-./]*[{_LETTERS}][\d{_LETTERS}()\-./]*(?![^\W\d_])")


def plain(cell: str) -> str:
    """The cell in plain characters, trimmed. Digits of any script become ASCII ones."""
    text = cell.translate(_PLAIN)
    if _UNUSUAL.search(text):
        text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
        text = "".join(map(_plain_char, text))
    return text.strip()


def _plain_char(char: str) -> str:
    if char.isascii():
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return " " if unicodedata.category(char) in ("Zs", "Co") else char


def read_lookalikes(text: str) -> str:
    """Look-alike letters among digits read as digits; the same text when there are none."""
    if not _ANY_LETTER.search(text):
        return text
    return _WORD.sub(lambda word: word.group().translate(_AS_DIGITS), text)
