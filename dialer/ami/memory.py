"""What the translator remembers of channels and bridges: only what one message alone does not say."""

from collections import OrderedDict
from dataclasses import dataclass, field

from dialer.core.events import Event
from dialer.core.ids import AgentId, AttemptId, Leg

ENDED_REMEMBERED = 4096
"""Channels whose Hangup has passed: at 100 calls/s the last 40 s of them, for events that come late."""


@dataclass(slots=True)
class Room:
    """One bridge with at least one channel of ours in it."""

    attempt: AttemptId | None = None
    agent: AgentId | None = None
    consulting: AgentId | None = None
    """Whose leg came here to speak with a colleague (`agent`)."""
    leg: Leg | None = None
    """That leg."""
    joined: bool = False


@dataclass(slots=True)
class Memory:
    """What is known of one live channel of ours."""

    told: set[type[Event]] = field(default_factory=set)
    bridge: str = ""
    held_in: str = ""
    """The holding bridge last entered; each hold is a new bridge, so the same one again is a doubled event."""


class Recent(OrderedDict[str, Memory]):
    """What is remembered of the channels that were added last; older ones are forgotten."""

    def add(self, channel: str, memory: Memory) -> None:
        self[channel] = memory
        if len(self) > ENDED_REMEMBERED:
            self.popitem(last=False)
