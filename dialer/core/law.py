"""Law profiles: what the law asks of a campaign, as data with the day it took effect. Pure.

A campaign names its profile and may be stricter at will. What is looser is found setting by setting (`looser`) and is
saved only with somebody's name and reason; where the law knows no exception (`refuses`) it is not saved at all.
`custom` asks nothing. These are defaults to work with and no legal advice: the site's lawyer has the last word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from dialer.core.hours import EVERY_DAY_9_TO_21, Calendar, Window
from dialer.core.modes import BY_HAND
from dialer.core.outcome import NumberLimits
from dialer.core.settings import CampaignSettings


class Profile(StrEnum):
    CUSTOM = "custom"
    RU_SERVICE = "ru_service"
    RU_ADS = "ru_ads"
    RU_COLLECTION = "ru_collection"
    US_TSR = "us_tsr"
    UK_OFCOM = "uk_ofcom"


@dataclass(frozen=True, slots=True)
class Law:
    """One profile as it stands from `since` on; None: the profile does not ask it."""

    profile: Profile
    since: date
    source: str
    hours: tuple[tuple[Window, ...], ...] | None = None
    """By weekday, Monday first; a day off has Sunday's."""
    hours_waivable: bool = True
    """Somebody who has just asked for a call himself may be called outside them (`AttemptRules.waive_hours_s`)."""
    follows_holidays: bool = False
    """A workday off and a working weekend count as what they are (the Russian production calendar)."""
    modes: frozenset[str] | None = None
    needs_label: bool = False
    """Every caller's number bears a label that the operator shows (`core.callers`)."""
    needs_consent: bool = False
    """A lead is called only with a record of consent, in its field `consent`."""
    limits: NumberLimits = field(default_factory=NumberLimits)
    ceiling_ratio: float | None = None
    least_ring_s: float | None = None


def _every_day(open_h: int, close_h: int) -> tuple[tuple[Window, ...], ...]:
    return tuple((Window(open_h * 60, close_h * 60),) for _ in range(7))


_WORKDAY, _DAY_OFF = (Window(8 * 60, 22 * 60),), (Window(9 * 60, 20 * 60),)

_SINCE_LABELS, _LABELS = date(2025, 9, 1), "; from 2025-09-01 labelled calls: 126-FZ as amended by 41-FZ of 2025-04-01"

_LAWS = (
    Law(Profile.CUSTOM, date(1970, 1, 1), "the site's own rules"),
    Law(Profile.RU_SERVICE, date(1970, 1, 1), "custom of the trade: no statute names hours", EVERY_DAY_9_TO_21),
    Law(
        Profile.RU_ADS,
        date(2006, 7, 1),
        "38-FZ art. 18 (1), (2): prior consent; no dialling without a person's participation",
        EVERY_DAY_9_TO_21,
        modes=BY_HAND,
        needs_consent=True,
    ),
    Law(
        Profile.RU_COLLECTION,
        date(2017, 1, 1),
        "230-FZ art. 7 (3): hours by the debtor's own time; once a day, twice a week, eight times a month",
        (*(_WORKDAY,) * 5, _DAY_OFF, _DAY_OFF),
        hours_waivable=False,
        follows_holidays=True,
        limits=NumberLimits(per_day=1, per_week=2, per_month=8, per_person=True),
    ),
    Law(
        Profile.US_TSR,
        date(2008, 10, 1),
        "16 CFR 310.4 (b)(4), (c): 3 % of answered calls, 15 s of ringing, 8 to 21 local",
        _every_day(8, 21),
        ceiling_ratio=0.03,
        least_ring_s=15.0,
    ),
    Law(
        Profile.UK_OFCOM,
        date(2017, 3, 1),
        "Ofcom, persistent misuse: 15 s of ringing; the ratio and the hours are custom of the trade",
        _every_day(8, 21),
        ceiling_ratio=0.03,
        least_ring_s=15.0,
    ),
)

LAWS: tuple[Law, ...] = _LAWS + tuple(
    replace(law, since=_SINCE_LABELS, needs_label=True, source=law.source + _LABELS)
    for law in _LAWS
    if law.profile in (Profile.RU_ADS, Profile.RU_COLLECTION)
)
"""Of a profile that stands here twice the later one holds from its day on."""


def law_of(profile: Profile, day: date, laws: Sequence[Law] = LAWS) -> Law:
    """The profile as it stands on this day. Raises ValueError where it is not in force yet."""
    known = [law for law in laws if law.profile is profile and law.since <= day]
    if not known:
        raise ValueError(f"{profile} is not in force on {day}")
    return max(known, key=lambda law: law.since)


def refuses(law: Law, settings: CampaignSettings) -> str:
    """Why this campaign may not be under this law at all; empty where it may."""
    if law.modes is not None and settings.mode not in law.modes:
        return f"{law.profile} allows the modes {', '.join(sorted(law.modes))} only, not {settings.mode}: {law.source}"
    return ""


def looser(law: Law, settings: CampaignSettings, holidays: Mapping[str, tuple[Window, ...]]) -> Mapping[str, str]:
    """Settings that are looser than the law, with what it asks.

    `holidays`: the law's windows on dates that differ from their weekday, where it follows them.
    """
    found: dict[str, str] = {}
    if law.hours is not None and (day := _open_too_long(law, settings.calendar, holidays)):
        found["hours"] = f"wider than the law's on {day}"
    for name in ("per_day", "per_week", "per_month", "ever"):
        most, ours = getattr(law.limits, name), getattr(settings.rules.number_limits, name)
        if most is not None and (ours is None or ours > most):
            found[f"rules.number_limits.{name}"] = f"at most {most}"
    if law.limits.per_person and not settings.rules.number_limits.per_person:
        found["rules.number_limits.per_person"] = "counted per person"
    if not law.hours_waivable and settings.rules.waive_hours_s is not None:
        found["rules.waive_hours_s"] = "null: the hours bind every call, asked for or not"
    if law.ceiling_ratio is not None and settings.ceiling_ratio > law.ceiling_ratio:
        found["ceiling_ratio"] = f"at most {law.ceiling_ratio}"
    if law.least_ring_s is not None and settings.ring_s < law.least_ring_s:
        found["ring_s"] = f"at least {law.least_ring_s}"
    return found


def _open_too_long(law: Law, ours: Calendar, holidays: Mapping[str, tuple[Window, ...]]) -> str:
    """The first day on which the calendar is open while the law's is closed; empty where there is none."""
    assert law.hours is not None
    weekdays = zip(law.hours, ours.weekdays, strict=True)
    for number, (theirs, windows) in enumerate(weekdays):
        if not _within(windows, theirs):
            return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[number]
    for day in sorted({*ours.dates, *holidays}):
        weekday = date.fromisoformat(day).weekday()
        if not _within(ours.dates.get(day, ours.weekdays[weekday]), holidays.get(day, law.hours[weekday])):
            return day
    return ""


def _within(inner: Sequence[Window], outer: Sequence[Window]) -> bool:
    return all(any(o.open_min <= i.open_min and i.close_min <= o.close_min for o in outer) for i in inner)
