"""UUIDv7 as text: ids that begin with their time, so that they sort by age and name their month's partition.

Made at the edge and handed to the books: the core only carries ids, and PostgreSQL makes none before release 18.
"""

import os
from uuid import UUID

from dialer.core.ids import Instant

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_LOW_BITS = (1 << 62) - 1


def uuid7(at: Instant) -> str:
    """A new id of this instant (to the millisecond); 74 bits of it are chance."""
    return uuid7s(at, 1)[0]


def uuid7s(at: Instant, count: int) -> list[str]:
    """`count` new ids of one instant which sort in the order of the list: the high bits of chance count up from a
    random start, as RFC 9562 (6.2, method 1) allows."""
    time = int(at * 1000) << 80
    start = int.from_bytes(os.urandom(2)) & 0x3FF  # leaves room to count up within 12 bits
    noise = os.urandom(8 * count)
    return [_text(time, start + index, noise[8 * index : 8 * index + 8]) for index in range(count)]


def is_uuid(text: str) -> bool:
    """Whether it can be an id of ours at all: anything else simply does not exist."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _text(time: int, counter: int, noise: bytes) -> str:
    """`counter` runs on through the 12 bits after the version and 14 more after the variant."""
    high, low = counter >> 14, counter & 0x3FFF
    tail = (low << 48) | (int.from_bytes(noise) >> 16)
    text = f"{time | _VERSION | (high << 64) | _VARIANT | (tail & _LOW_BITS):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def born_at(name: str) -> Instant:
    """When this id was made: its first 48 bits are milliseconds since the epoch (RFC 9562)."""
    return int(name.replace("-", "")[:12], 16) / 1000.0
