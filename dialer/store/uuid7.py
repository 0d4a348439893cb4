"""UUIDv7 as text: ids that begin with their time, so that they sort by age and name their month's partition.

Made at the edge and handed to the books: the core only carries ids, and PostgreSQL makes none before release 18.
"""

import os
from uuid import UUID

from dialer.core.ids import Instant

_NOISE_BYTES = 6
_VARIANT = 0x8000
_LOW_BITS = 14
_LOW = (1 << _LOW_BITS) - 1


def uuid7(at: Instant) -> str:
    """A new id of this instant (to the millisecond); 58 bits of it are chance."""
    return uuid7s(at, 1)[0]


def uuid7s(at: Instant, count: int) -> list[str]:
    """`count` new ids of one instant which sort in the order of the list: the high bits of chance count up from a
    random start, as RFC 9562 (6.2, method 1) allows."""
    if not count:
        return []  # a claim of none asks what is left
    time = f"{int(at * 1000):012x}"
    begin = f"{time[:8]}-{time[8:]}-7"
    start = int.from_bytes(os.urandom(2)) & 0x3FF  # leaves room to count up within 12 bits
    noise = os.urandom(_NOISE_BYTES * count).hex("-", -_NOISE_BYTES).split("-")
    # The counter runs on through the 12 bits after the version and 14 more after the variant.
    heads = [f"{begin}{high:03x}-" for high in range((start + count >> _LOW_BITS) + 1)]
    return [
        f"{heads[turn >> _LOW_BITS]}{_VARIANT | turn & _LOW:x}-{tail}"
        for turn, tail in zip(range(start, start + count), noise, strict=True)
    ]


def earliest(at: Instant) -> str:
    """No id made at this instant or later sorts before it."""
    time = f"{int(at * 1000):012x}"
    return f"{time[:8]}-{time[8:]}-0000-0000-000000000000"


def is_uuid(text: str) -> bool:
    """Whether it can be an id of ours at all: anything else simply does not exist."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def born_at(name: str) -> Instant:
    """When this id was made: its first 48 bits are milliseconds since the epoch (RFC 9562)."""
    return int(name.replace("-", "")[:12], 16) / 1000.0
