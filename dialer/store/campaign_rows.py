"""A campaign's settings as a row and back: calendar and attempt rules as JSON, ratios and seconds as decimal text.

Text, because a ratio of 0.03 must come back as 0.03: the books hold exact decimals, never binary floats.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import orjson
from asyncpg import Record

from dialer.core.callers import Caller
from dialer.core.hours import Calendar, Window
from dialer.core.ids import CampaignId, GroupId, ProjectId
from dialer.core.ledger import CeilingMode, LedgerWindow
from dialer.core.outcome import AttemptRules, DayPart, NumberLimits, Outcome
from dialer.core.settings import CampaignSettings
from dialer.core.states import CampaignState

_DECIMALS = (
    "weight",
    "power_ratio",
    "ceiling_ratio",
    "ring_s",
    "answer_limit_s",
    "wrap_up_s",
    "rest_s",
    "max_occupancy",
    "preview_s",
    "preview_skip_s",
)
_PLAIN = (
    "project",
    "name",
    "mode",
    "max_lines",
    "caller",
    "loopback_only",
    "ceiling_window",
    "ceiling_mode",
    "cancel_surplus",
    "skill",
    "skill_level",
    "script_version",
    "form_version",
    "needs_label",
    "law",
)


def to_row(settings: CampaignSettings) -> dict[str, Any]:
    """The columns that are settings: neither id, nor groups, nor state."""
    return {
        **{name: getattr(settings, name) for name in _PLAIN},
        **{name: repr(getattr(settings, name)) for name in _DECIMALS},
        "calls_per_second": None if settings.calls_per_second is None else repr(settings.calls_per_second),
        "calendar": calendar_to_json(settings.calendar),
        "rules": rules_to_json(settings.rules),
    }


def from_row(row: Record) -> CampaignSettings:
    """The settings of a row; ValueError or KeyError where someone has written something else into it by hand."""
    return CampaignSettings(
        id=CampaignId(row["id"]),
        project=ProjectId(row["project"]),
        groups=frozenset(GroupId(group) for group in row["groups"]),
        calendar=calendar_from_json(row["calendar"]),
        rules=rules_from_json(row["rules"]),
        state=CampaignState(row["state"]),
        name=row["name"],
        mode=row["mode"],
        max_lines=row["max_lines"],
        caller=row["caller"],
        loopback_only=row["loopback_only"],
        weight=float(row["weight"]),
        power_ratio=float(row["power_ratio"]),
        ceiling_ratio=float(row["ceiling_ratio"]),
        ring_s=float(row["ring_s"]),
        answer_limit_s=float(row["answer_limit_s"]),
        wrap_up_s=float(row["wrap_up_s"]),
        rest_s=float(row["rest_s"]),
        max_occupancy=float(row["max_occupancy"]),
        preview_s=float(row["preview_s"]),
        preview_skip_s=float(row["preview_skip_s"]),
        calls_per_second=None if row["calls_per_second"] is None else float(row["calls_per_second"]),
        ceiling_window=LedgerWindow(row["ceiling_window"]),
        ceiling_mode=CeilingMode(row["ceiling_mode"]),
        cancel_surplus=row["cancel_surplus"],
        skill=row["skill"],
        skill_level=row["skill_level"],
        zone=row["zone"],
        script_version=row["script_version"],
        form_version=row["form_version"],
        law=row["law"],
        needs_label=row["needs_label"],
        lines_share=None if row["lines_share"] is None else float(row["lines_share"]),
        callers=tuple(caller_from(told) for told in orjson.loads(row["callers"])),
    )


def caller_from(row: Mapping[str, Any] | Record) -> Caller:
    """One number of a project's pool; dates as ISO text or as dates."""
    label_from, label_until = (_day(row[name]) for name in ("label_from", "label_until"))
    return Caller(
        id=row["id"],
        project=ProjectId(row["project"]),
        number=row["number"],
        name=row["name"],
        label=row["label"],
        contract=row["contract"],
        label_from=label_from,
        label_until=label_until,
        regions=frozenset(row["regions"]),
        trunks=frozenset(row["trunks"]),
        is_active=row["is_active"],
    )


def _day(told: str | date | None) -> date | None:
    return date.fromisoformat(told) if isinstance(told, str) else told


def calendar_to_json(calendar: Calendar) -> str:
    """Windows as [open, close] minutes."""
    return orjson.dumps(
        {
            "weekdays": [_pairs(day) for day in calendar.weekdays],
            "dates": {date: _pairs(windows) for date, windows in calendar.dates.items()},
            "reason": calendar.reason,
            "years": calendar.years,
            "followed": sorted(calendar.followed),
        }
    ).decode()


def calendar_from_json(text: str) -> Calendar:
    told = orjson.loads(text)
    return Calendar(
        weekdays=tuple(_windows(day) for day in told["weekdays"]),
        dates={date: _windows(pairs) for date, pairs in told["dates"].items()},
        reason=told["reason"],
        years=tuple(told.get("years", ())),
        followed=frozenset(told.get("followed", ())),
    )


def rules_to_json(rules: AttemptRules) -> str:
    return orjson.dumps(
        {
            "max_attempts": rules.max_attempts,
            "retry_s": [(outcome.value, delay_s) for outcome, delay_s in rules.retry_s],
            "default_retry_s": rules.default_retry_s,
            "minimum_gap_s": rules.minimum_gap_s,
            "outcome_limits": [(outcome.value, most) for outcome, most in rules.outcome_limits],
            "day_parts": [(part.name, *_pairs((part.window,))[0]) for part in rules.day_parts],
            "attempts_per_day": rules.attempts_per_day,
            "shared_after_s": rules.shared_after_s,
            "first_call_s": rules.first_call_s,
            "waive_hours_s": rules.waive_hours_s,
            "number_limits": None if rules.number_limits == NumberLimits() else asdict(rules.number_limits),
        }
    ).decode()


def rules_from_json(text: str) -> AttemptRules:
    told = orjson.loads(text)
    return AttemptRules(
        max_attempts=told["max_attempts"],
        retry_s=tuple((Outcome(outcome), delay_s) for outcome, delay_s in told["retry_s"]),
        default_retry_s=told["default_retry_s"],
        minimum_gap_s=told["minimum_gap_s"],
        outcome_limits=tuple((Outcome(outcome), most) for outcome, most in told.get("outcome_limits", ())),
        day_parts=tuple(DayPart(name, Window(*minutes)) for name, *minutes in told.get("day_parts", ())),
        attempts_per_day=told.get("attempts_per_day"),
        first_call_s=told.get("first_call_s"),
        waive_hours_s=told.get("waive_hours_s"),
        shared_after_s=told.get("shared_after_s", 300.0),
        number_limits=NumberLimits(**(told.get("number_limits") or {})),
    )


def _pairs(windows: tuple[Window, ...]) -> list[tuple[int, int]]:
    return [(window.open_min, window.close_min) for window in windows]


def _windows(pairs: list[list[int]]) -> tuple[Window, ...]:
    return tuple(Window(open_min, close_min) for open_min, close_min in pairs)
