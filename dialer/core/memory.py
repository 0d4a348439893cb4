"""What strategies have learned, kept over a restart and a change of settings: taken out as plain values, put back where
it is still true.

A strategy that remembers has `save` and `load` (`strategies.base.Remembers`); the rest begin anew. Memory older than a
day is none: it was another day's people.
"""

from dataclasses import dataclass

from dialer.core.campaign import Campaign
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
    found = list[Memory]()
    for campaign in room.campaigns.values():
        found += _known(campaign, at)
        if campaign.forecast is not None and campaign.forecast.calls:
            found.append(Memory(campaign.id, ANY_SERVER, NAME, at, campaign.forecast.model.save()))
    return found


def hand_over(room: Room, campaign: Campaign) -> None:
    """Other strategies follow, since the campaign's settings are others: what these had learned waits for them."""
    campaign.memories |= {memory.server: memory for memory in _known(campaign, room.at)}
    campaign.strategies.clear()


def _known(campaign: Campaign, at: Instant) -> list[Memory]:
    """What each of its strategies knows, where it can say; one that failed says nothing, and what is kept stays."""
    return [
        Memory(campaign.id, server, strategy.name, at, learned)
        for server, strategy in campaign.strategies.items()
        if isinstance(strategy, Remembers) and (learned := strategy.save())
    ]


def recall(room: Room, strategy: Strategy, memory: Memory | None) -> None:
    """Put back what this strategy knew, unless it is another strategy's, too old, or cannot be read."""
    if memory is None or memory.strategy != strategy.name or room.at - memory.at > OLDEST_S:
        return
    if isinstance(strategy, Remembers):
        try:
            strategy.load(memory.learned)
        except Exception as error:  # a third party's `load` may raise anything; a spoilt memory must stop nobody
            text = f"what {strategy.name} had learned cannot be read ({error!r}): it begins anew"
            room.alarm("memory_refused", text, server=memory.server)
