"""How long a stopping daemon waits, and for what: talks to end and books to be written, never for who is away.

Calls of an Asterisk that is away go on there and are adopted by the next start; what a database that is away does not
take is settled by the next start from what it knows. So each is given a short while to come back, and is then left.
"""

from dataclasses import dataclass

DRAIN_S = 900.0
"""How long talks in progress may take to end after SIGTERM; the unit's TimeoutStopSec is longer."""
AWAY_PATIENCE_S = 10.0
"""How long an Asterisk or a database that is away is waited for, once there is nothing else to wait for."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is still open."""

    calls: int
    """On lines of an Asterisk that is there, claims under way included."""
    calls_away: int
    """On lines of an Asterisk that is away."""
    unwritten: int
    """Effects that the books have not taken yet."""
    books_away: bool

    @property
    def is_nothing(self) -> bool:
        return not (self.calls or self.calls_away or self.unwritten)

    @property
    def is_away(self) -> bool:
        """Whatever is left belongs to who is away."""
        return not self.calls and (self.books_away or not self.unwritten)


class Drain:
    """`is_over` is asked a few times a second from SIGTERM on; times are monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._began = now
        self._away_since: float | None = None
        self.left_behind = ""
        """Why it ended with something open; empty where nothing is."""

    def is_over(self, now: float, left: Left) -> bool:
        """Whether there is nothing more to wait for."""
        if left.is_nothing:
            return True
        self._away_since = (now if self._away_since is None else self._away_since) if left.is_away else None
        if self._away_since is not None and now - self._away_since >= AWAY_PATIENCE_S:
            who = [
                name for name, is_away in (("Asterisk", left.calls_away), ("the database", left.books_away)) if is_away
            ]
            self.left_behind = f"{' and '.join(who)} did not come back within {AWAY_PATIENCE_S:g} s"
        elif now - self._began >= DRAIN_S:
            self.left_behind = f"talks were still going on after {DRAIN_S:g} s"
        return bool(self.left_behind)
