"""Who will answer, for one campaign: what is known of a lead put into words, and what comes of it.

The learning is `strategies.reach`. Here a claimed lead becomes words (the hour on the person's own clock, mobile or
fixed, attempt, region, list, age, what came before), the chance is given to the call before it is dialled, and what
came is learned when it is settled. The same knowledge orders the claim: leads of one open zone and one *stratum*
(mobile or fixed, attempt) share a queue in the books, and each queue gets a *head start*: so many seconds earlier than
they are due its leads are taken to be. It is bounded, so that nobody is overtaken by a lead that fell due more than
`FARTHEST_AHEAD_S` later, however hopeless his hour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from dialer.core.call import Call
from dialer.core.campaign import Campaign
from dialer.core.events import Reservation
from dialer.core.hours import own_zone, tz_of
from dialer.core.ids import Instant, ServerName
from dialer.core.ledger import NOT_A_PERSON
from dialer.core.outcome import Outcome
from dialer.core.room import Room
from strategies.reach import Reach

HeadStarts: TypeAlias = Mapping[str, tuple[float, ...]]
"""By the person's own zone: seconds for each stratum. Empty: everybody in the order of time."""

NAME = "reach"
ANY_SERVER = ServerName("")
"""People are the same whichever server calls them: under this name their memory is kept."""

ATTEMPTS_TOLD_APART = 4
STRATA = 2 * ATTEMPTS_TOLD_APART
"""As the column `lead.stratum` has them: mobiles by attempts made (the last: that or more), then all others."""
HEAD_START_S = 4 * 3600.0
"""For each unit of log-odds: a lead 2.7 times as likely to answer goes before one due four hours earlier."""
MOST_LOG_ODDS = 1.5
FARTHEST_AHEAD_S = 2 * MOST_LOG_ODDS * HEAD_START_S
REFRESH_S = 60.0
AGES_H = (1.0, 6.0, 24.0, 72.0)

NOBODY = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.REJECTED, Outcome.UNAVAILABLE, Outcome.INVALID})
"""Ends that say something of the person. Others are ours, or the trunk's."""


@dataclass(slots=True)
class Forecast:
    """A campaign's model of its people, what it orders just now, and how it has done since the start."""

    model: Reach
    head_starts: HeadStarts
    head_starts_at: Instant = float("-inf")
    calls: int = 0
    answers_expected: float = 0.0
    answers: int = 0


def forecast_of(room: Room, campaign: Campaign) -> Forecast:
    """The campaign's forecast, made at first use with what it had learned before a restart."""
    if campaign.forecast is None:
        campaign.forecast = Forecast(Reach(), {})
        memory = campaign.memories.pop(ANY_SERVER, None)
        if memory is not None and memory.strategy == NAME:
            try:
                campaign.forecast.model.load(memory.learned)
            except Exception as error:  # whatever is wrong with it, a spoilt memory must stop nobody
                text = f"what was learned of who answers cannot be read ({error!r}): it begins anew"
                room.alarm("reach_refused", text)
    return campaign.forecast


def foreseen(room: Room, campaign: Campaign, reservation: Reservation) -> Reservation:
    """The same with its chance, where its claim knew the lead and the campaign's numbers differ at all."""
    model = forecast_of(room, campaign).model
    if reservation.known is None or not model.tells_apart:
        return reservation
    return replace(reservation, answer_ratio=model.chance(words_of(reservation, room.at, campaign.settings.zone)))


def learn(room: Room, call: Call) -> None:
    """What came of this call, if it says something of the person; once, at its settlement."""
    campaign = room.campaigns.get(call.campaign)
    if campaign is None or call.reservation.known is None or call.dialled_at is None or call.cancelled_by_us:
        return
    answered = call.answered_at is not None and call.disposition not in NOT_A_PERSON
    if not answered and call.answered_at is None and call.outcome not in NOBODY:
        return
    forecast = forecast_of(room, campaign)
    words = words_of(call.reservation, call.dialled_at, campaign.settings.zone)
    forecast.calls += 1
    forecast.answers_expected += forecast.model.chance(words)
    forecast.answers += answered
    forecast.model.learn(words, call.dialled_at, answered=answered)


def head_starts(room: Room, campaign: Campaign, zones: Sequence[str]) -> HeadStarts:
    """The order of the campaign's queues now, for these open zones; renewed every minute."""
    forecast = forecast_of(room, campaign)
    if not forecast.model.tells_apart:
        return {}
    if room.at - forecast.head_starts_at >= REFRESH_S or forecast.head_starts.keys() != set(zones):
        forecast.head_starts_at = room.at
        forecast.head_starts = {
            zone: tuple(
                head_start_s(forecast.model.score(_queue_words(stratum, zone or campaign.settings.zone, room.at)))
                for stratum in range(STRATA)
            )
            for zone in zones
        }
    return forecast.head_starts


def head_start_s(score: float) -> float:
    """Seconds by which a lead of this score (log-odds against the base) goes before its time, within the bound."""
    return HEAD_START_S * min(max(score, -MOST_LOG_ODDS), MOST_LOG_ODDS)


def stratum_of(number: str, attempts: int) -> int:
    """The queue of a lead with so many attempts made; as `lead.stratum` is generated."""
    return min(attempts, ATTEMPTS_TOLD_APART - 1) + (0 if number.startswith("9") else ATTEMPTS_TOLD_APART)


def words_of(reservation: Reservation, at: Instant, home: str) -> tuple[str, ...]:
    """What is known of a claimed lead at this instant, a word each; `home`: the clock where its own is unknown."""
    known = reservation.known
    stratum = stratum_of(reservation.number, reservation.attempt_no - 1)
    words = _queue_words(stratum, own_zone(reservation.zone or "") or home, at)
    if known is None:
        return words
    age_h = max(0.0, at - known.came_at) / 3600.0
    age = sum(age_h >= limit for limit in AGES_H)
    return (*words, f"after {known.last}", f"region {known.region}", f"list {known.list_id}", f"age {age}")


def _queue_words(stratum: int, zone: str, at: Instant) -> tuple[str, ...]:
    """What all leads of one queue have in common."""
    kind = "mobile" if stratum < ATTEMPTS_TOLD_APART else "fixed"
    hour, day = _clock(zone, int(at // 1800))
    return (kind, f"hour {hour}", f"{kind} {hour}", day, f"attempt {stratum % ATTEMPTS_TOLD_APART + 1}")


@lru_cache(maxsize=1024)
def _clock(zone: str, half_hours: int) -> tuple[int, str]:
    """(hour, weekday or weekend) on the wall of this zone; half hours since the epoch."""
    local = datetime.fromtimestamp(1800 * half_hours, tz_of(zone))
    return local.hour, "weekend" if local.weekday() >= 5 else "weekday"
