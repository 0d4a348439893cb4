"""The clock of a fresh request: it runs in the permitted hours, and says why it stands still."""

from datetime import datetime

import pytest
import pytz

from dialer.core.hours import Calendar
from dialer.core.ids import LeadId
from dialer.core.sla import FreshRequest, first_call

OMSK = "Asia/Omsk"
ALLOWED_S = 1200.0


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
    found = first_call(Calendar(), ALLOWED_S, request, omsk(now))
    assert (found.waited_s / 60, found.paused_s / 60) == (waited_min, paused_min)
    assert (found.paused, found.is_late) == (paused, is_late)
