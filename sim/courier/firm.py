"""What the courier knows: results that have come in, slots with their limits, reservations. No HTTP here.

It is a peer on the wire: it knows of the dialer what the documents for integrators say, and nothing else.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

INTERVALS = ("10:00-14:00", "14:00-18:00", "18:00-22:00")
LIMIT = 10
BOOKABLE_DAYS = 14


class Full(Exception):
    """The slot is taken."""


@dataclass(frozen=True, slots=True)
class Slot:
    day: date
    interval: str


@dataclass(frozen=True, slots=True)
class Message:
    """A text message that went out."""

    number: str
    text: str


@dataclass(slots=True)
class Firm:
    """One courier. `limits` are deliveries per slot where they differ from LIMIT."""

    limits: dict[Slot, int] = field(default_factory=dict)
    reserved: dict[str, Slot] = field(default_factory=dict)
    """Reservations by the name that the dialer gave them."""
    results: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Each event once, by its id, in order of arrival."""
    messages: dict[str, Message] = field(default_factory=dict)
    """Text messages by the name that the dialer gave them: the firm is a message gateway, too."""
    copies: Counter[str] = field(default_factory=Counter)
    """How often each event came."""

    def take(self, event: Mapping[str, Any]) -> bool:
        """Note a result; False where it had come before."""
        name = str(event["id"])
        self.copies[name] += 1
        is_new = name not in self.results
        self.results.setdefault(name, event)
        return is_new

    def left(self, slot: Slot) -> int:
        return self.limits.get(slot, LIMIT) - sum(taken == slot for taken in self.reserved.values())

    def day(self, day: date, today: date) -> dict[str, int]:
        """Free places by interval; none for a day that is not delivered on."""
        if not today <= day < today + timedelta(days=BOOKABLE_DAYS):
            return {}
        return {interval: max(0, self.left(Slot(day, interval))) for interval in INTERVALS}

    def reserve(self, name: str, slot: Slot) -> None:
        """Hold a place under this name; the same again changes nothing. Raises Full."""
        if self.reserved.get(name) == slot:
            return
        if slot.interval not in INTERVALS or self.left(slot) <= 0:
            raise Full
        self.reserved[name] = slot

    def release(self, name: str) -> None:
        """Give the place back; unknown names are fine, for an answer may have been lost."""
        self.reserved.pop(name, None)

    def message(self, name: str, message: Message) -> bool:
        """Send it; the same name again sends nothing. False where it had come before."""
        is_new = name not in self.messages
        self.messages.setdefault(name, message)
        return is_new

    def statuses(self) -> Counter[str]:
        """How many results there are of each status."""
        return Counter(str(event.get("status")) for event in self.results.values())
