"""The gate: each reason, the decisive one first, and the moment at which the call is allowed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from math import inf
from typing import Any

import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from dialer.core.hours import RUSSIAN_ZONES, Allow, Calendar, Deny, Window
from dialer.core.ids import CampaignId, ProjectId
from dialer.core.law import Profile
from dialer.core.outcome import AttemptRules, LeadState
from dialer.core.permit import Callee, may_dial, objections
from dialer.core.settings import CampaignSettings

MOSCOW = "Europe/Moscow"
TERMS = CampaignSettings(
    CampaignId(1), ProjectId(1), "c", frozenset(), mode="progressive", calendar=Calendar(), law="ru_service"
)
WAIVING = replace(TERMS, rules=AttemptRules(waive_hours_s=1800.0))
ADS, COLLECTION = replace(TERMS, law="ru_ads", mode="preview"), replace(WAIVING, law="ru_collection")


def moscow(clock: str, day: int = 1) -> float:
    return float(pytz.timezone(MOSCOW).localize(datetime.fromisoformat(f"2026-09-{day:02} {clock}")).timestamp())


NOON, NIGHT, MORNING = moscow("12:00"), moscow("03:15"), moscow("09:00")
ASKED = Callee(MOSCOW, asked_at=moscow("03:05"))


@pytest.mark.parametrize(
    ("changed", "reason", "opens_at"),
    [
        ({"state": LeadState.DONE, "reason": "agreed"}, "agreed", None),
        ({"state": LeadState.NEEDS_DECISION}, "needs_decision", None),
        ({"expires_at": NOON}, "expired", None),
        ({"attempts": 6}, "attempts_used_up", None),
        ({"forbidden": True}, "do_not_call", None),
        ({"rests_until": inf}, "number_used_up", None),
        ({"state": LeadState.IN_CALL}, "in_call", None),
        ({"held": True}, "list_paused", None),
        ({"rests_until": NOON + 60}, "number_rests", NOON + 60),
        ({"due_at": NOON + 60}, "later", NOON + 60),
        ({"due_at": NOON + 60, "rests_until": NOON + 90}, "number_rests", NOON + 90),
        ({"due_at": moscow("22:00")}, "later", moscow("09:00", 2)),
        ({"due_at": moscow("22:00"), "expires_at": moscow("23:00")}, "later", None),
    ],
)
def test_each_reason(changed: Mapping[str, Any], reason: str, opens_at: float | None) -> None:
    assert may_dial(TERMS, replace(Callee(MOSCOW), **changed), NOON) == Deny(reason, opens_at)


def test_nothing_stands_in_the_way() -> None:
    assert may_dial(TERMS, Callee(MOSCOW), NOON) == Allow()
    assert may_dial(TERMS, Callee(MOSCOW), NIGHT) == Deny("outside_hours", MORNING)
    assert may_dial(TERMS, Callee(None), moscow("11:00")) == Allow()


def test_every_reason_is_told_the_decisive_one_first() -> None:
    callee = Callee(MOSCOW, held=True, attempts=9, forbidden=True, due_at=NIGHT + 60)
    told = [deny.reason for deny in objections(TERMS, callee, NIGHT)]
    assert told == ["attempts_used_up", "do_not_call", "list_paused", "later", "outside_hours"]


AUTOMATIC = ("progressive", "power", "predictive")


@pytest.mark.parametrize(
    ("terms", "callee", "answer"),
    [
        (ADS, Callee(MOSCOW, has_consent=True), Allow()),
        (ADS, Callee(MOSCOW), Deny("no_consent", None)),
        *((replace(ADS, mode=m), Callee(MOSCOW, has_consent=True), Deny("refused_by_law", None)) for m in AUTOMATIC),
        *((replace(TERMS, law=law.value), Callee(MOSCOW), Allow()) for law in Profile if law is not Profile.RU_ADS),
    ],
)
def test_law(terms: CampaignSettings, callee: Callee, answer: Allow | Deny) -> None:
    assert may_dial(terms, callee, NOON) == answer


@pytest.mark.parametrize(
    ("terms", "callee", "at", "answer"),
    [
        (WAIVING, ASKED, NIGHT, Allow(waived=True)),
        (WAIVING, ASKED, moscow("03:34"), Allow(waived=True)),
        (WAIVING, ASKED, moscow("03:35"), Deny("outside_hours", MORNING)),
        (WAIVING, ASKED, moscow("03:04"), Deny("outside_hours", MORNING)),
        (WAIVING, Callee(MOSCOW), NIGHT, Deny("outside_hours", MORNING)),
        (WAIVING, replace(ASKED, forbidden=True), NIGHT, Deny("do_not_call", None)),
        (WAIVING, replace(ASKED, due_at=NIGHT + 60), NIGHT, Deny("later", NIGHT + 60)),
        (WAIVING, replace(ASKED, asked_at=NOON), NOON, Allow()),
        (TERMS, ASKED, NIGHT, Deny("outside_hours", MORNING)),
        (COLLECTION, ASKED, NIGHT, Deny("outside_hours", MORNING)),
    ],
)
def test_who_has_just_asked_is_called_at_night(
    terms: CampaignSettings, callee: Callee, at: float, answer: Allow | Deny
) -> None:
    """Asked at 03:05, called at 03:15; nobody who did not ask, nor past the minutes, nor where the law forbids it."""
    assert may_dial(terms, callee, at) == answer


CALLEES = st.builds(
    Callee,
    st.sampled_from([None, *RUSSIAN_ZONES, "Asia/Omsk|Europe/Moscow"]),
    held=st.booleans(),
    attempts=st.integers(0, 7),
    due_at=st.floats(NOON - 86400, NOON + 3 * 86400),
    expires_at=st.none() | st.floats(NOON - 3600, NOON + 5 * 86400),
    forbidden=st.booleans(),
    rests_until=st.none() | st.just(inf) | st.floats(NOON - 86400, NOON + 3 * 86400),
    asked_at=st.none() | st.floats(NOON - 3600, NOON + 86400),
)


@given(CALLEES, st.sampled_from([TERMS, WAIVING, COLLECTION]), st.integers(0, 22), st.floats(NOON, NOON + 86400))
def test_the_call_is_allowed_when_the_gate_says_it_will_be_and_not_before(
    callee: Callee, terms: CampaignSettings, opens_h: int, at: float
) -> None:
    terms = replace(terms, calendar=Calendar(((Window(opens_h * 60, opens_h * 60 + 60),),) * 7))
    answer = may_dial(terms, callee, at)
    if isinstance(answer, Allow):
        assert not list(objections(terms, callee, at))
    elif answer.next_at is not None:
        assert answer.next_at > at
        assert isinstance(may_dial(terms, callee, answer.next_at), Allow)
        if callee.asked_at is None:
            just_before = answer.next_at - 0.01
            assert just_before < at or isinstance(may_dial(terms, callee, just_before), Deny)
