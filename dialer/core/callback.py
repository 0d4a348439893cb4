"""When somebody may be promised a call: the open hours ahead of him, and whether a promise can be kept. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from dialer.core.hours import Allow, Calendar, open_at, open_between
from dialer.core.ids import AgentId, CampaignId, Instant, LeadId

AHEAD_S = 14 * 86400.0
"""How far ahead an agent may promise a call."""
STEP_S = 900.0
"""Promises are made to the quarter of an hour."""


MISSED_AFTER_S = 300.0
"""A promised call is kept within five minutes."""


@dataclass(frozen=True, slots=True)
class PromisedCall:
    """A call that was promised and is not made yet."""

    lead: LeadId
    campaign: CampaignId
    external_id: str
    call_at: Instant
    agent: AgentId | None
    """Who promised to call himself."""
    reason: str
    """Why its lead stands where it stands."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Calls are permitted over [start, end)."""

    start: Instant
    end: Instant


def openings(calendar: Calendar, zone: str | None, at: Instant) -> tuple[Opening, ...]:
    """The open hours of this zone from `at` on, to the quarter of an hour, for as far as one may promise."""
    return tuple(_openings(calendar, zone, at))


def keepable(calendar: Calendar, zone: str | None, now: Instant, call_at: Instant) -> bool:
    """Whether a call promised now for `call_at` may be made then."""
    return now <= call_at <= now + AHEAD_S and isinstance(open_at(calendar, zone, call_at), Allow)


def _openings(calendar: Calendar, zone: str | None, at: Instant) -> Iterator[Opening]:
    for start, end in open_between(calendar, zone, at, at + AHEAD_S):
        quarter = ceil(start / STEP_S) * STEP_S
        if quarter < end:
            yield Opening(quarter, end)
