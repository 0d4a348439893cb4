"""What strategies have learned, kept over a restart: taken out as plain values, put back where it is still true.

A strategy that remembers has `save` and `load` (`strategies.base.Remembers`); the rest begin anew. Memory older than a
day is none: it was another day's people.
"""

from dataclasses import dataclass

from dialer.core.ids import CampaignId, Instant, ServerName
from dialer.core.reach import ANY_SERVER, NAME
from dialer.core.room import Room
from strategies.base import Learned, Remembers, Strategy

OLDEST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Memory:
    """What one campaign's strategy on one server knew at an instant; `learned` is plain JSON."""

    campaign: CampaignId
    server: ServerName
    strategy: str
    at: Instant
    learned: Learned


def memories_of(room: Room, at: Instant) -> list[Memory]:
    """What every strategy at work knows now, where it can say, and what is known of who answers (`core.reach`)."""
    found = []
    for campaign in room.campaigns.values():
        for server, strategy in campaign.strategies.items():
            if isinstance(strategy, Remembers):
                found.append(Memory(campaign.id, server, strategy.name, at, strategy.save()))
        if campaign.forecast is not None and campaign.forecast.calls:
            found.append(Memory(campaign.id, ANY_SERVER, NAME, at, campaign.forecast.model.save()))
    return found


def recall(room: Room, strategy: Strategy, memory: Memory | None) -> None:
    """Put back what this strategy knew, unless it is another strategy's, too old, or cannot be read."""
    if memory is None or memory.strategy != strategy.name or room.at - memory.at > OLDEST_S:
        return
    if isinstance(strategy, Remembers):
        try:
            strategy.load(memory.learned)
        except (KeyError, TypeError, ValueError) as error:
            text = f"what {strategy.name} had learned cannot be read ({error}): it begins anew"
            room.alarm("memory_refused", text, server=memory.server)
