"""How often something may be tried: a sliding window per key, in memory and bounded."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field

KEYS_LIMIT = 10_000
"""More keys than this and the one unused longest is forgotten: a flood of names must not eat the memory."""


@dataclass(slots=True)
class Throttle:
    """At most `limit` tries per key in any `window_s` seconds; `at` is any clock that never runs backwards."""

    limit: int
    window_s: float
    _tries: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def wait_s(self, key: str, at: float) -> float:
        """Seconds until one more try is allowed; 0 where it is allowed now. Does not count as a try."""
        tries = self._tries.get(key)
        if tries is None:
            return 0.0
        while tries and tries[0] <= at - self.window_s:
            tries.popleft()
        return tries[0] + self.window_s - at if len(tries) >= self.limit else 0.0

    def count(self, key: str, at: float) -> None:
        """One more try was made."""
        self._tries.setdefault(key, deque()).append(at)
        self._tries.move_to_end(key)
        while len(self._tries) > KEYS_LIMIT:
            self._tries.popitem(last=False)

    def take_back(self, key: str, at: float) -> None:
        """The try that was counted at this moment was a right one."""
        tries = self._tries.get(key)
        if tries and at in tries:
            tries.remove(at)

    def forgive(self, key: str) -> None:
        """The right password clears the name."""
        self._tries.pop(key, None)


class SignInTries:
    """Wrong tries to sign in: few for one name from one address, more for the name from anywhere and for the address.

    The narrow limit stops guessing; the wide ones stop it from many places without letting a stranger lock out
    a user who sits elsewhere at his first typing slip.
    """

    def __init__(self) -> None:
        self._pair = Throttle(5, 60.0)
        self._name = Throttle(20, 60.0)
        self._address = Throttle(30, 60.0)

    def wait_s(self, at: float, address: str, name: str | None = None) -> float:
        """Seconds until one more try is allowed; 0 where it is allowed now."""
        return max(throttle.wait_s(key, at) for throttle, key in self._keys(address, name))

    def count(self, at: float, address: str, name: str | None = None) -> None:
        for throttle, key in self._keys(address, name):
            throttle.count(key, at)

    def take_back(self, at: float, address: str, name: str | None = None) -> None:
        """What was counted at this moment was no wrong try: a whole shift may do so from one address."""
        for throttle, key in self._keys(address, name):
            throttle.take_back(key, at)

    def forgive(self, address: str, name: str) -> None:
        self._pair.forgive(f"{name} {address}")

    def _keys(self, address: str, name: str | None) -> list[tuple[Throttle, str]]:
        keys = [(self._address, address)]
        if name is not None:
            keys += [(self._name, name), (self._pair, f"{name} {address}")]
        return keys
