"""A campaign as it is written in a request, and how it becomes the core's settings. Ranges are checked here."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from dialer.api.forms import Form, Id, Zone
from dialer.core.attempt_rules import DEFAULT_PROGRAMME
from dialer.core.hours import EVERY_DAY_9_TO_21, MOSCOW, Calendar, Window
from dialer.core.ids import CampaignId, GroupId, ProjectId
from dialer.core.law import Profile
from dialer.core.ledger import CeilingMode, LedgerWindow
from dialer.core.modes import checked_mode
from dialer.core.outcome import AttemptRules, DayPart, NumberLimits, Outcome
from dialer.core.settings import CampaignSettings
from dialer.core.skills import HIGHEST_LEVEL, LEAST_LEVEL, SKILL
from dialer.production_calendar import with_production_calendar

WEEKDAYS = 7
LONGEST_RETRY_S = 90 * 86400.0
LONGEST_WAIVER_S = 3600.0
"""Who asked longer ago may be asleep by now."""
MOST_ANSWER_LIMIT_S = 1.95
"""The message must be heard 2.0 s after the answer; the rest is Asterisk's, to begin it. As in its configuration."""

WindowText = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
"""`09:00-21:00`, local time of the subscriber, close exclusive."""

Mode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.:-]{0,63}$"), AfterValidator(checked_mode)]
"""Ours, or an installed third party's."""

Delay = Annotated[float, Field(ge=0, le=LONGEST_RETRY_S, allow_inf_nan=False)]


class Hours(Form):
    """Permitted hours; `weekdays` are seven lists, Monday first; `dates` override them."""

    weekdays: Annotated[list[list[WindowText]], Field(min_length=WEEKDAYS, max_length=WEEKDAYS)]
    dates: dict[date, list[WindowText]] = Field(default_factory=dict)
    production_calendar_years: list[Annotated[int, Field(ge=2020, le=2100)]] = Field(default_factory=list, max_length=5)
    """Years of the Russian production calendar to follow: a workday off has Sunday's windows, a working weekend
    Monday's; `dates` win."""
    reason: Annotated[str, Field(min_length=1, max_length=64)] = "custom"

    @field_validator("weekdays", "dates")
    @classmethod
    def _open_before_close(cls, found: Any) -> Any:
        for day in found.values() if isinstance(found, dict) else found:
            for text in day:
                read_window(text)
        return found

    def calendar(self) -> Calendar:
        calendar = Calendar(
            weekdays=tuple(tuple(read_window(text) for text in day) for day in self.weekdays),
            dates={day.isoformat(): tuple(read_window(t) for t in windows) for day, windows in self.dates.items()},
            reason=self.reason,
        )
        return with_production_calendar(calendar, self.production_calendar_years)


Often = Annotated[int, Field(ge=1, le=1000)]
PartName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Limits(Form):
    """How often one number may be called; days are the subscriber's own, a week is today and the six days before."""

    per_day: Often | None = None
    per_week: Often | None = None
    per_month: Often | None = None
    ever: Often | None = None
    per_person: bool = False
    """Count the calls to all phones of the lead together."""


class Rules(Form):
    """How often and how soon a lead is tried again; delays in seconds by outcome."""

    max_attempts: Annotated[int, Field(ge=1, le=100)] | None = None
    retry_s: dict[Outcome, Delay] | None = None
    default_retry_s: Delay | None = None
    minimum_gap_s: Delay | None = None
    outcome_limits: dict[Outcome, Often] | None = None
    """After so many attempts that ended so the lead is done."""
    day_parts: Annotated[dict[PartName, WindowText], Field(max_length=12)] | None = None
    """By name, in the person's own time: each is tried before one is tried again; `{}`: the delay alone counts."""
    attempts_per_day: Often | None = None
    """Of one lead; null: as many as the delays allow."""
    first_call_s: Annotated[float, Field(ge=60, le=LONGEST_RETRY_S, allow_inf_nan=False)] | None = None
    """A fresh request is called within so long; null: no promise."""
    waive_hours_s: Annotated[float, Field(ge=60, le=LONGEST_WAIVER_S, allow_inf_nan=False)] | None = None
    """Who has just asked for a call (`asked_at` of his lead) is called at any hour within so long of it, where the law
    lets him be; null: within the hours only."""
    shared_after_s: Delay | None = None
    """A call that an agent promised to make himself is anybody's so long after its time."""
    number_limits: Limits | None = None
    """How often one number may be called over all leads and campaigns; replaces all of them."""

    @field_validator("day_parts")
    @classmethod
    def _open_before_close(cls, found: dict[str, str] | None) -> dict[str, str] | None:
        for text in (found or {}).values():
            read_window(text)
        return found

    def applied(self, rules: AttemptRules) -> AttemptRules:
        """Only what was given is changed."""
        plain = ("max_attempts", "default_retry_s", "minimum_gap_s", "shared_after_s")
        given: dict[str, Any] = {name: getattr(self, name) for name in plain if getattr(self, name) is not None}
        if self.retry_s is not None:
            given["retry_s"] = tuple({**dict(rules.retry_s), **self.retry_s}.items())
        if self.outcome_limits is not None:
            given["outcome_limits"] = tuple(self.outcome_limits.items())
        if self.day_parts is not None:
            given["day_parts"] = tuple(DayPart(name, read_window(text)) for name, text in self.day_parts.items())
        given |= {
            name: getattr(self, name)
            for name in ("attempts_per_day", "first_call_s", "waive_hours_s")
            if name in self.model_fields_set
        }
        if self.number_limits is not None:
            given["number_limits"] = NumberLimits(**self.number_limits.model_dump())
        return replace(rules, **given)


class CampaignChange(Form):
    """What may be changed, also live; what is not given stays as it is."""

    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    groups: Annotated[list[Id], Field(max_length=100)] | None = None
    mode: Mode | None = None
    hours: Hours | None = None
    weight: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] | None = None
    power_ratio: Annotated[float, Field(ge=1, le=20, allow_inf_nan=False)] | None = None
    ceiling_ratio: Annotated[float, Field(ge=0, le=0.2, allow_inf_nan=False)] | None = None
    ceiling_window: LedgerWindow | None = None
    ceiling_mode: CeilingMode | None = None
    cancel_surplus: bool | None = None
    """Hang up calls that have rung for fifteen seconds though nobody will be free for them."""
    skill: Annotated[str, StringConstraints(pattern=SKILL)] | None = None
    """Calls go only to agents who have this skill; null: to all of the groups."""
    skill_level: Annotated[int, Field(ge=LEAST_LEVEL, le=HIGHEST_LEVEL)] | None = None
    """The least level of it, 1 to 9."""
    max_lines: Annotated[int, Field(ge=0, le=100_000)] | None = None
    calls_per_second: Annotated[float, Field(ge=0.01, le=1000, allow_inf_nan=False)] | None = None
    """Starts of this campaign over all trunks; null: as many as those allow."""
    ring_s: Annotated[float, Field(ge=5, le=120, allow_inf_nan=False)] | None = None
    answer_limit_s: Annotated[float, Field(gt=0, le=MOST_ANSWER_LIMIT_S, allow_inf_nan=False)] | None = None
    wrap_up_s: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] | None = None
    rest_s: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] | None = None
    """The least time between an agent's wrap-up and his next call."""
    max_occupancy: Annotated[float, Field(ge=0.3, le=1, allow_inf_nan=False)] | None = None
    """An agent who has worked a larger part of his time rests before his next call; 1: none by this."""
    preview_s: Annotated[float, Field(ge=10, le=3600, allow_inf_nan=False)] | None = None
    """Manual and preview mode: how long a lead may be looked at before it is given back and the agent paused."""
    preview_skip_s: Annotated[float, Field(ge=0, le=604_800, allow_inf_nan=False)] | None = None
    """Preview mode: when a lead that was skipped is offered again."""
    caller: Annotated[str, StringConstraints(pattern=r"^[0-9+]{0,16}$")] | None = None
    needs_label: bool | None = None
    """Start, and show, no caller's number without a good label, also where the law does not ask it."""
    rules: Rules | None = None
    script_version: Id | None = None
    """Keep to this approved version of the project's script; null: the newest approved."""
    law: Profile | None = None
    """The law profile that the settings must meet; at first `ru_service`, or `custom` where hours are given."""
    loosening_reason: Annotated[str, Field(min_length=3, max_length=500)] | None = None
    """Why settings may be looser than the law's; audited with your name."""
    form_version: Id | None = None
    """The same for the result form."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("nothing to change is given")
        return self

    def applied(self, settings: CampaignSettings) -> CampaignSettings:
        """The settings with what was given; an explicit null clears what may be absent."""
        given = {name: getattr(self, name) for name in self.model_fields_set & PLAIN}
        changed = replace(settings, **{k: v for k, v in given.items() if v is not None or k in CLEARABLE})
        if self.groups is not None:
            changed = replace(changed, groups=frozenset(GroupId(group) for group in self.groups))
        if self.hours is not None:
            changed = replace(changed, calendar=self.hours.calendar())
        if self.rules is not None:
            changed = replace(changed, rules=self.rules.applied(changed.rules))
        if self.law is not None:
            changed = replace(changed, law=self.law.value)
        return replace(changed, caller=changed.caller or None)


class NewCampaign(CampaignChange):
    """A campaign to be made, in state `draft`."""

    project: Id
    name: Annotated[str, Field(min_length=1, max_length=100)]
    mode: Mode = "progressive"
    loopback_only: bool = False

    def settings(self) -> CampaignSettings:
        """With id 0, for the books to number."""
        blank = CampaignSettings(
            id=CampaignId(0),
            project=ProjectId(self.project),
            name=self.name,
            groups=frozenset(),
            mode=self.mode,
            calendar=Calendar(EVERY_DAY_9_TO_21),
            rules=DEFAULT_PROGRAMME,
            loopback_only=self.loopback_only,
            law=Profile.RU_SERVICE if self.hours is None else Profile.CUSTOM,
        )
        return self.applied(blank)


class NewProject(Form):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    zone: Zone = MOSCOW
    greeting: Annotated[str, Field(max_length=4000)] = ""
    script: Annotated[str, Field(max_length=20_000)] = ""


class LinesShare(Form):
    lines_share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None
    """The largest part of all trunks' lines that the project's calls may take at once; null: all of them."""


PLAIN = frozenset(
    {
        "name",
        "mode",
        "weight",
        "power_ratio",
        "ceiling_ratio",
        "ceiling_window",
        "ceiling_mode",
        "cancel_surplus",
        "skill",
        "skill_level",
        "max_lines",
        "calls_per_second",
        "ring_s",
        "answer_limit_s",
        "wrap_up_s",
        "rest_s",
        "max_occupancy",
        "preview_s",
        "preview_skip_s",
        "caller",
        "needs_label",
        "script_version",
        "form_version",
    }
)
CLEARABLE = frozenset({"skill", "max_lines", "calls_per_second", "caller", "script_version", "form_version"})


def read_window(text: str) -> Window:
    """Raises ValueError where it closes before it opens."""
    opens, closes = map(_minutes, text.split("-"))
    if opens >= closes:
        raise ValueError(f"{text}: the window closes before it opens")
    return Window(opens, closes)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
