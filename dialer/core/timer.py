"""What the Floor asks to be woken for: a timer and its meaning."""

from enum import StrEnum
from typing import NamedTuple


class TimerKind(StrEnum):
    WRAP_UP = "wrap_up"
    LEG = "leg"
    RING = "ring"
    JOIN = "join"
    CLEARING = "clearing"
    LINE = "line"
    PREVIEW = "preview"  # of an attempt: how long its lead may be looked at; then, when the rates allow the call
    REST = "rest"  # of an agent: between two calls
    PACE = "pace"  # calls per second allow another start; of a server


class Timer(NamedTuple):
    """Names one timer; setting it again moves it."""

    kind: TimerKind
    of: str
    """The attempt, the agent or the campaign, as text."""
