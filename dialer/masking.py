"""The last line of defence of the logs: whatever looks like a phone number or a secret is blotted out.

Our own lines carry attempt ids, never numbers. But a library's message, an exception's text or a client's input may
hold one in any written form, so every value is looked through before it leaves. Ids, addresses and times are known
by their shape and kept.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

BLOT = "[phone]"
BLOTTED_SECRET = "[secret]"
LOCAL_DIGITS = 7
SECRET_KEYS = frozenset({"secret", "password", "token", "dsn", "authorization", "cookie"})

_DASHES = r"\u2010-\u2015\u2212-"
_BETWEEN = r"[\s()\[\].,/_*~·•\u00ad\u2010-\u2015\u2212\u200b-\u200d\u2060\ufeff-]{0,5}"
"""What people write between the digits of a number, invisible characters included; `) - ` is four of them."""

_KEPT = (
    r"(?<![0-9a-fA-F])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-fA-F])"  # an id of ours
    r"|(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])"  # an address
    r"|(?<!\d)(?:19|20)\d{2}-[01]\d-[0-3]\d(?!\d)(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?"  # a date, a time
)
_NUMBER = (
    rf"\+{_BETWEEN}\d(?:{_BETWEEN}\d){{6,14}}"  # any country's, written with its plus
    rf"|(?<!\d)(?:[78]{_BETWEEN})?[3-9](?:{_BETWEEN}\d){{9}}(?!\d)"  # ours, with 7, 8 or nothing before it
    rf"|(?<![\d{_DASHES}])\d{{3}}[{_DASHES}]\d{{2}}[{_DASHES}]\d{{2}}(?![\d{_DASHES}])"  # a town's own
)
_FOUND = re.compile(rf"(?P<kept>{_KEPT})|(?P<number>{_NUMBER})")
_WORTH_A_LOOK = re.compile(r"\d(?:\D{0,5}\d){6}")


def mask_number(number: str) -> str:
    """A 10-digit number as far as a log may show it: `+7 9** ***-**-67`."""
    return f"+7 {number[:1]}** ***-**-{number[-2:]}"


def mask_numbers(text: str) -> str:
    """The text with every phone number in it as far as `mask_number` shows it: what a desk may be sent."""
    if _WORTH_A_LOOK.search(text) is None:
        return text
    plain = unicodedata.normalize("NFKC", text)
    return _FOUND.sub(lambda found: found["kept"] or _masked(found["number"]), plain)


def _masked(number: str) -> str:
    """One of ours as such; of another country's only that it is one, and how it ends."""
    digits = "".join(sign for sign in number if sign.isdigit())
    if len(digits) == LOCAL_DIGITS:
        return f"***-**-{digits[-2:]}"
    ours = digits[-10:] if len(digits) == 10 or (len(digits) == 11 and digits[0] in "78") else None
    return mask_number(ours) if ours else f"+*** ***-**-{digits[-2:]}"


def scrub(text: str) -> str:
    """The text with every phone number in it blotted out."""
    if _WORTH_A_LOOK.search(text) is None:
        return text
    plain = unicodedata.normalize("NFKC", text)  # other people's digits and spaces become ours
    return _FOUND.sub(lambda found: found["kept"] or BLOT, plain)


def scrub_value(value: object) -> object:
    """Any value of a log line as plain data without numbers; what is not plain data becomes its text."""
    match value:
        case None | bool():
            return value
        case str():
            return scrub(str(value))
        case int() | float():
            return BLOT if _is_number(value) else value
        case Mapping():
            return scrub_fields({str(key): item for key, item in value.items()})
        case list() | tuple() | set() | frozenset():
            return [scrub_value(item) for item in value]
        case bytes():
            return scrub(value.decode("utf-8", "replace"))
        case _:
            return scrub(str(value))


def scrub_fields(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields of a line; those named after a secret keep their name only."""
    return {
        _scrubbed_key(key): BLOTTED_SECRET if key.lower() in SECRET_KEYS and value else scrub_value(value)
        for key, value in fields.items()
    }


_scrubbed_key = lru_cache(maxsize=1024)(scrub)
"""Names of fields are few and come with every line."""


def _is_number(value: float) -> bool:
    """A whole number of 10 digits from 3 on, or of 11 from 7 or 8 on. Epoch seconds stay below until 2065."""
    return 3e9 <= value < 1e10 or 7e10 <= value < 9e10 if value == value // 1 else False
