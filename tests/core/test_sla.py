"""The clock of a fresh request: it runs in the permitted hours, and says why it stands still."""

from dataclasses import replace
from datetime import datetime

import pytest
import pytz

from dialer.core.hours import Calendar
from dialer.core.ids import CampaignId, LeadId, ProjectId
from dialer.core.outcome import AttemptRules
from dialer.core.settings import CampaignSettings
from dialer.core.sla import FreshRequest, first_call

OMSK = "Asia/Omsk"
ALLOWED_S = 1200.0
DAYTIME = CampaignSettings(CampaignId(1), ProjectId(1), "c", frozenset(), mode="progressive", calendar=Calendar())


def omsk(text: str) -> float:
    return float(pytz.timezone(OMSK).localize(datetime.fromisoformat(f"2026-09-{text}")).timestamp())


@pytest.mark.parametrize(
    ("came", "called", "now", "waited_min", "paused_min", "paused", "is_late"),
    [
        ("01 12:00", None, "01 12:20", 20, 0, "", False),
        ("01 12:00", None, "01 12:21", 21, 0, "", True),
        ("01 12:00", "01 12:15", "02 12:00", 15, 0, "", False),
        ("01 12:00", "01 12:30", "02 12:00", 30, 0, "", True),
        ("01 20:50", None, "01 23:00", 10, 120, "outside_hours", False),
        ("01 20:50", None, "02 09:11", 21, 720, "", True),
        ("01 03:05", "01 09:04", "01 12:00", 4, 355, "", False),
    ],
)
def test_the_clock(
    came: str, called: str | None, now: str, waited_min: int, paused_min: int, paused: str, is_late: bool
) -> None:
    called_at = None if called is None else omsk(called)
    request = FreshRequest(LeadId("l"), "", OMSK, "ready", "", omsk(came), called_at)
    found = first_call(DAYTIME, ALLOWED_S, request, omsk(now))
    assert (found.waited_s / 60, found.paused_s / 60) == (waited_min, paused_min)
    assert (found.paused, found.is_late) == (paused, is_late)


def test_the_clock_runs_at_night_for_as_long_as_the_night_is_waived() -> None:
    waiving = replace(DAYTIME, rules=AttemptRules(waive_hours_s=1800.0))
    request = FreshRequest(LeadId("l"), "", OMSK, "ready", "", omsk("01 03:05"), None, asked_at=omsk("01 03:00"))
    soon, later = (first_call(waiving, ALLOWED_S, request, omsk(f"01 {clock}")) for clock in ("03:29", "05:00"))
    assert (soon.waited_s / 60, soon.paused, soon.is_late) == (24, "", True)
    assert (later.waited_s / 60, later.paused) == (25, "outside_hours")
    assert first_call(DAYTIME, ALLOWED_S, request, omsk("01 03:29")).paused == "outside_hours"
