"""How the core's values are written in answers: names, text instants (RFC 3339, UTC) and plain lists."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from dialer.core.callback import MISSED_AFTER_S, PromisedCall
from dialer.core.dry_run import DryRun, sentence
from dialer.core.hours import Calendar, Window
from dialer.core.ids import Instant
from dialer.core.listing import Checked, ListRecord, RowSums, Undecided
from dialer.core.order import LeadRecord
from dialer.core.settings import CampaignSettings
from dialer.core.sla import FirstCall


def instant(at: Instant | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def lead_body(lead: LeadRecord) -> dict[str, Any]:
    return {
        "lead": lead.lead,
        "project": lead.project,
        "campaign": lead.campaign,
        "external_id": lead.external_id,
        "state": lead.state,
        "reason": lead.reason,
        "person": lead.person,
        "numbers": list(lead.numbers),
        "fields": dict(lead.fields),
        "created_at": instant(lead.created_at),
        "next_call_at": instant(lead.next_call_at),
        "expires_at": instant(lead.expires_at),
        "attempts": [
            {
                "attempt": one.attempt,
                "at": instant(one.at),
                "state": one.state,
                "outcome": one.outcome,
                "disposition": one.disposition,
                "agent": one.agent,
            }
            for one in lead.attempts
        ],
    }


def campaign_body(settings: CampaignSettings) -> dict[str, Any]:
    rules = settings.rules
    return {
        "id": settings.id,
        "project": settings.project,
        "name": settings.name,
        "state": settings.state,
        "groups": sorted(settings.groups),
        "mode": settings.mode,
        "hours": calendar_body(settings.calendar),
        "weight": settings.weight,
        "power_ratio": settings.power_ratio,
        "ceiling_ratio": settings.ceiling_ratio,
        "ceiling_window": settings.ceiling_window,
        "ceiling_mode": settings.ceiling_mode,
        "cancel_surplus": settings.cancel_surplus,
        "skill": settings.skill,
        "skill_level": settings.skill_level,
        "max_lines": settings.max_lines,
        "calls_per_second": settings.calls_per_second,
        "ring_s": settings.ring_s,
        "answer_limit_s": settings.answer_limit_s,
        "wrap_up_s": settings.wrap_up_s,
        "rest_s": settings.rest_s,
        "max_occupancy": settings.max_occupancy,
        "preview_s": settings.preview_s,
        "preview_skip_s": settings.preview_skip_s,
        "caller": settings.caller,
        "needs_label": settings.needs_label,
        "script_version": settings.script_version,
        "form_version": settings.form_version,
        "law": settings.law,
        "loopback_only": settings.loopback_only,
        "rules": {
            "max_attempts": rules.max_attempts,
            "retry_s": {str(outcome): delay_s for outcome, delay_s in rules.retry_s},
            "default_retry_s": rules.default_retry_s,
            "minimum_gap_s": rules.minimum_gap_s,
            "outcome_limits": {str(outcome): most for outcome, most in rules.outcome_limits},
            "day_parts": {part.name: window_text(part.window) for part in rules.day_parts},
            "first_call_s": rules.first_call_s,
            "waive_hours_s": rules.waive_hours_s,
            "shared_after_s": rules.shared_after_s,
            "attempts_per_day": rules.attempts_per_day,
            "number_limits": asdict(rules.number_limits),
        },
    }


def promised_body(call: PromisedCall, now: Instant) -> dict[str, Any]:
    late_s = max(0.0, now - call.call_at)
    return {
        **asdict(call),
        "call_at": instant(call.call_at),
        "late_s": round(late_s),
        "missed": late_s >= MISSED_AFTER_S,
    }


def first_call_body(call: FirstCall) -> dict[str, Any]:
    told = asdict(call.request)
    return {
        **told,
        "came_at": instant(call.request.came_at),
        "called_at": instant(call.request.called_at),
        "asked_at": instant(call.request.asked_at),
        "waited_s": round(call.waited_s),
        "paused_s": round(call.paused_s),
        "paused": call.paused,
    }


def sums_body(sums: RowSums) -> dict[str, Any]:
    return {
        "rows": sums.rows,
        "accepted": sums.accepted,
        "duplicate": sums.duplicate,
        "needs_decision": sums.needs_decision,
        "rejected": sums.rejected,
        "reasons": dict(sums.reasons),
    }


def list_body(found: ListRecord) -> dict[str, Any]:
    return {
        "id": found.id,
        "campaign": found.campaign,
        "name": found.name,
        "state": found.state,
        "sums": sums_body(found.sums),
        "undecided": found.undecided,
        "import": None if found.job is None else asdict(found.job),
    }


def checked_body(found: Checked) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "columns": [{"name": name, "column": column} for name, column in found.columns],
        "sums": sums_body(found.sums),
        "samples": {kind: [asdict(row) for row in rows] for kind, rows in found.samples.items()},
        "first": [{"kind": kind, **asdict(row)} for kind, row in found.first],
    }


def dry_run_body(found: DryRun) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "callable": found.callable,
        "reasons": dict(found.reasons),
        "zones": [
            {
                "zone": line.zone,
                "leads": line.leads,
                "is_open": line.is_open,
                "opens_at": instant(line.opens_at),
                "local": line.local,
            }
            for line in found.zones
        ],
        "text": sentence(found),
    }


def undecided_body(lead: Undecided) -> dict[str, Any]:
    return {
        "lead": lead.lead,
        "external_id": lead.external_id,
        "person": lead.person,
        "region": lead.region,
        "question": lead.question,
        "candidates": [asdict(one) for one in lead.candidates],
        "fields": dict(lead.fields),
    }


def calendar_body(calendar: Calendar) -> dict[str, Any]:
    return {
        "weekdays": [[window_text(window) for window in day] for day in calendar.weekdays],
        "dates": {
            date: [window_text(w) for w in windows]
            for date, windows in calendar.dates.items()
            if date not in calendar.followed
        },
        "production_calendar_years": list(calendar.years),
        "reason": calendar.reason,
    }


def window_text(window: Window) -> str:
    """`09:00-21:00`, local time, close exclusive."""
    return f"{_clock(window.open_min)}-{_clock(window.close_min)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
