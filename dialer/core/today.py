"""What each campaign has done since midnight, also where the daemon was restarted at noon.

The Floor counts from its start; the books know the whole day. So when a campaign is first seen, and again after each
midnight of its project's zone, the difference between the two is noted once, and is added to the Floor's counts from
then on: the books are not asked again for what the Floor says itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dialer.core.ids import CampaignId, Instant
from dialer.core.view import CampaignView, FloorView


@dataclass(frozen=True, slots=True)
class DayCounts:
    """What the books know of one campaign's day."""

    outcomes: Mapping[str, int]
    """Settled attempts by outcome."""
    joined: int
    ends_at: Instant
    """The next midnight of its project's zone."""


class Today:
    """The day's counts of campaigns under way."""

    def __init__(self) -> None:
        self._before: dict[CampaignId, DayCounts] = {}
        """What is to be added to the Floor's counts; negative where it counted on another day."""

    def begin(self, booked: Mapping[CampaignId, DayCounts]) -> None:
        """At the start, while the Floor has not counted anything: the books are right to the last attempt."""
        self._before = dict(booked)

    def lacks(self, view: FloorView) -> Collection[CampaignId]:
        """Campaigns whose day has to be read in the books."""
        return [one.id for one in view.campaigns if not self._has(one.id, view.at)]

    def note(self, view: FloorView, booked: Mapping[CampaignId, DayCounts]) -> None:
        """`booked` was read a moment before `view` was taken."""
        lacking = set(self.lacks(view))
        for campaign in view.campaigns:
            if campaign.id in lacking and campaign.id in booked:
                self._before[campaign.id] = _without(booked[campaign.id], campaign)

    def outcomes(self, campaign: CampaignView) -> dict[str, int]:
        """Attempts settled today, by outcome; since the start of the daemon where the books could not be asked yet."""
        before = self._before.get(campaign.id)
        return campaign.outcomes if before is None else _sum(campaign.outcomes, before.outcomes)

    def joined(self, campaign: CampaignView) -> int:
        before = self._before.get(campaign.id)
        return campaign.joined + (before.joined if before is not None else 0)

    def _has(self, campaign: CampaignId, at: Instant) -> bool:
        before = self._before.get(campaign)
        return before is not None and at < before.ends_at


def _without(day: DayCounts, campaign: CampaignView) -> DayCounts:
    counted = {outcome: -count for outcome, count in campaign.outcomes.items()}
    return DayCounts(_sum(day.outcomes, counted), day.joined - campaign.joined, day.ends_at)


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    total = {outcome: one.get(outcome, 0) + other.get(outcome, 0) for outcome in one.keys() | other.keys()}
    return {outcome: count for outcome, count in total.items() if count}
