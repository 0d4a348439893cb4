"""Numbers that were forgotten are known again by a keyed digest, and by nothing else. Pure.

The key stands outside the database: whoever has the books alone cannot try out all ten thousand million numbers. An
older key is kept for looking, so that the key may be replaced while numbers are still known under the old one.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

LEAST_KEY_CHARACTERS = 32
KEY_ID_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """The keys, the present one first; without one nothing can be forgotten, nor known again."""

    keys: tuple[str, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.keys)

    @property
    def key_id(self) -> str:
        """The name under which the present key's digests are kept. Raises ValueError without a key."""
        return _id(self._present)

    @property
    def key_ids(self) -> frozenset[str]:
        return frozenset(map(_id, self.keys))

    def digest(self, number: str) -> bytes:
        """By the present key. Raises ValueError without a key."""
        return _digest(self._present, number)

    def known_as(self, number: str) -> Sequence[bytes]:
        """By every key: under one of these the number was forgotten, if it was."""
        return [_digest(key, number) for key in self.keys]

    @property
    def _present(self) -> str:
        if not self.keys:
            raise ValueError("there is no key to forget with")
        return self.keys[0]


NO_KEY = Pseudonyms()


def _digest(key: str, number: str) -> bytes:
    return hmac.digest(key.encode(), f"number:{number}".encode(), hashlib.sha256)


def _id(key: str) -> str:
    return hmac.digest(key.encode(), b"key id", hashlib.sha256).hex()[:KEY_ID_CHARACTERS]
