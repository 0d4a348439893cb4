"""The latest pacing decisions, all of them, in memory: why so many calls were started a moment ago.

The books keep a sample for ever (`store.decisions`); here are the last minutes whole. It performs BookDecision.
"""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Sequence
from operator import attrgetter

from dialer.core.effects import BookDecision
from dialer.core.ids import CampaignId, Instant, ServerName

KEPT = 4_000
"""Decisions of one campaign: half an hour of a busy one."""


class Reasons:
    """A ring of decisions for each campaign, in the order in which they were made."""

    def __init__(self) -> None:
        self._rings: defaultdict[CampaignId, deque[BookDecision]] = defaultdict(lambda: deque(maxlen=KEPT))

    def put(self, effect: BookDecision) -> None:
        self._rings[effect.campaign].append(effect)

    def latest(self, campaign: CampaignId, bound: int) -> list[BookDecision]:
        """The newest first."""
        ring = self._rings.get(campaign, deque())
        return [ring[-place] for place in range(1, min(bound, len(ring)) + 1)]

    def in_force(self, campaign: CampaignId, at: Instant) -> Sequence[BookDecision] | None:
        """The decision of each server that held at this instant; None where the ring does not reach back to it."""
        ring = list(self._rings.get(campaign, ()))
        until = bisect_right(ring, at, key=attrgetter("at"))
        if not until:
            return None
        newest: dict[ServerName, BookDecision] = {effect.server: effect for effect in ring[:until]}
        return list(newest.values())
