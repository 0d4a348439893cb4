"""Law profiles: what each asks, and what is looser than it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dialer.core.hours import Calendar, Window
from dialer.core.ids import CampaignId, ProjectId
from dialer.core.law import LAWS, Law, Profile, law_of, looser, refuses
from dialer.core.outcome import AttemptRules, NumberLimits
from dialer.core.settings import CampaignSettings

TODAY = date(2026, 9, 1)
PLAIN = CampaignSettings(CampaignId(1), ProjectId(1), "c", frozenset(), mode="progressive", calendar=Calendar())
STRICT = AttemptRules(number_limits=NumberLimits(1, 2, 8, per_person=True))


def daily(open_h: int, close_h: int, **dates: tuple[Window, ...]) -> Calendar:
    return Calendar(
        tuple((Window(open_h * 60, close_h * 60),) for _ in range(7)),
        {k[1:].replace("_", "-"): v for k, v in dates.items()},
    )


@pytest.mark.parametrize(
    ("profile", "changes", "found"),
    [
        (Profile.CUSTOM, {"calendar": daily(0, 24)}, set()),
        (Profile.RU_SERVICE, {}, set()),
        (Profile.RU_SERVICE, {"calendar": daily(10, 18)}, set()),
        (Profile.RU_SERVICE, {"calendar": daily(8, 18)}, {"hours"}),
        (Profile.RU_SERVICE, {"calendar": daily(9, 21, _2026_09_05=(Window(0, 60),))}, {"hours"}),
        (Profile.RU_COLLECTION, {"calendar": daily(9, 20), "rules": STRICT}, set()),
        (Profile.RU_COLLECTION, {"calendar": daily(8, 20), "rules": STRICT}, {"hours"}),
        (Profile.US_TSR, {"ceiling_ratio": 0.05, "ring_s": 10.0}, {"ceiling_ratio", "ring_s"}),
        (Profile.UK_OFCOM, {"calendar": daily(7, 21)}, {"hours"}),
    ],
)
def test_what_is_looser_is_named(profile: Profile, changes: dict[str, Any], found: set[str]) -> None:
    assert set(looser(law_of(profile, TODAY), replace(PLAIN, **changes), {})) == found


def test_collection_counts_per_person() -> None:
    open_hours = replace(PLAIN, calendar=daily(9, 20))
    wanted = {f"rules.number_limits.{name}" for name in ("per_day", "per_week", "per_month", "per_person")}
    assert set(looser(law_of(Profile.RU_COLLECTION, TODAY), open_hours, {})) == wanted


def test_a_holiday_binds_as_a_day_off() -> None:
    law = law_of(Profile.RU_COLLECTION, TODAY)
    workdays = (*((Window(480, 1320),),) * 5, (Window(540, 1200),), (Window(540, 1200),))
    settings = replace(PLAIN, calendar=Calendar(workdays), rules=STRICT)
    holiday = {"2026-11-04": (Window(540, 1200),)}
    assert looser(law, settings, {}) == {}
    assert looser(law, settings, holiday) == {"hours": "wider than the law's on 2026-11-04"}
    assert looser(law, replace(settings, calendar=Calendar(workdays, holiday)), holiday) == {}


def test_advertising_is_not_dialled_by_a_machine() -> None:
    law = law_of(Profile.RU_ADS, TODAY)
    modes = ("manual", "preview", "progressive", "power", "predictive")
    assert [bool(refuses(law, replace(PLAIN, mode=mode))) for mode in modes] == [False, False, True, True, True]


def test_the_latest_law_in_force_counts() -> None:
    later = Law(Profile.RU_SERVICE, date(2027, 1, 1), "a law to come")
    laws = (*LAWS, later)
    assert law_of(Profile.RU_SERVICE, date(2026, 12, 31), laws) != later
    assert law_of(Profile.RU_SERVICE, date(2027, 1, 1), laws) == later
    with pytest.raises(ValueError, match="not in force"):
        law_of(Profile.UK_OFCOM, date(2016, 1, 1))
