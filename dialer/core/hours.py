"""When a person may be called: windows by weekday and holiday in the subscriber's own zone. Pure.

Windows are half-open [open, close) in local time and bind the Originate; ringing may pass the close.
A number whose zone is unknown may be called only when every zone of Russia is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialer.core.ids import Instant


@dataclass(frozen=True, slots=True)
class Window:
    """Open from `open_min` to `close_min`, minutes after local midnight, close exclusive."""

    open_min: int
    close_min: int


EVERY_DAY_9_TO_21 = tuple((Window(9 * 60, 21 * 60),) for _ in range(7))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Permitted hours: one tuple of windows per weekday (Monday first); dates (ISO, local) override weekdays."""

    weekdays: tuple[tuple[Window, ...], ...] = EVERY_DAY_9_TO_21
    dates: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)
    reason: str = "ru_service"


@dataclass(frozen=True, slots=True)
class Allow:
    pass


@dataclass(frozen=True, slots=True)
class Deny:
    reason: str
    next_at: Instant | None
