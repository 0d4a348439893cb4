"""A look ahead: every row in one line, zones in the order in which they open."""

from dataclasses import replace
from math import inf
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dialer.core.dry_run import Stock, dry_run, sentence
from dialer.core.hours import RUSSIAN_ZONES, Calendar, Window, open_at
from dialer.core.ids import CampaignId, ProjectId
from dialer.core.outcome import LeadState
from dialer.core.permit import Callee
from dialer.core.settings import CampaignSettings

AT_4_MOSCOW = 1_795_222_800.0
"""2026-11-21 01:00 UTC: 04:00 in Moscow, 07:00 in Omsk, 11:00 in Vladivostok."""
TERMS = CampaignSettings(CampaignId(1), ProjectId(1), "c", frozenset(), mode="progressive", calendar=Calendar())
ASKS = LeadState.NEEDS_DECISION


def stock(zone: str, leads: int, **facts: Any) -> Stock:
    return Stock(Callee(zone or None, **facts), leads)


def test_zones_open_one_after_the_other() -> None:
    stocks = [
        stock("Europe/Moscow", 5),
        stock("Asia/Omsk", 3),
        stock("Asia/Omsk", 1, due_at=AT_4_MOSCOW + 60),
        stock("", 2, state=ASKS, reason="ambiguous"),
    ]
    found = dry_run(stocks, {"TOO_SHORT": 4, "duplicate": 0}, TERMS, AT_4_MOSCOW)
    assert [(line.zone, line.leads, line.local) for line in found.zones] == [
        ("Asia/Omsk", 4, "09:00"),
        ("Europe/Moscow", 5, "09:00"),
    ]
    assert (found.rows, found.callable, found.reasons) == (15, 9, {"TOO_SHORT": 4, "ambiguous": 2})
    assert sentence(found) == (
        "of 15 rows 9 can be called, 4 TOO_SHORT, 2 ambiguous; first window opens 09:00 in Asia/Omsk"
    )


def test_an_open_zone_comes_first_and_says_so() -> None:
    stocks = [stock("Asia/Omsk", 9), stock("Asia/Vladivostok", 1)]
    found = dry_run(stocks, {}, TERMS, AT_4_MOSCOW)
    assert (found.zones[0].zone, found.zones[0].is_open) == ("Asia/Vladivostok", True)
    assert sentence(found).endswith("Asia/Vladivostok is open now")


def test_a_calendar_without_windows_calls_nobody() -> None:
    closed = replace(TERMS, calendar=Calendar(weekdays=((),) * 7))
    found = dry_run([stock("Asia/Omsk", 1)], {}, closed, AT_4_MOSCOW)
    assert found.zones[0].opens_at is None
    assert found.first is None
    assert "nothing would be called" in sentence(found)


def test_a_number_that_rests_is_called_later_and_what_nothing_mends_is_named() -> None:
    rests = stock("Asia/Vladivostok", 2, rests_until=AT_4_MOSCOW + 600)
    gone = [stock("Asia/Omsk", 3, rests_until=inf), stock("Asia/Omsk", 4, attempts=6)]
    found = dry_run([rests, *gone], {}, TERMS, AT_4_MOSCOW)
    assert found.zones[0].opens_at == AT_4_MOSCOW + 600
    assert found.reasons == {"attempts_used_up": 4, "number_used_up": 3}
    ads = replace(TERMS, law="ru_ads", mode="predictive")
    assert dry_run([rests], {}, ads, AT_4_MOSCOW).reasons == {"refused_by_law": 2}


CALLEES = st.builds(
    Callee,
    st.sampled_from([None, *RUSSIAN_ZONES]),
    st.sampled_from(LeadState),
    held=st.booleans(),
    forbidden=st.booleans(),
    due_at=st.sampled_from([AT_4_MOSCOW, AT_4_MOSCOW + 7200]),
)
STOCKS = st.builds(Stock, CALLEES, st.integers(0, 1000))


@given(
    stocks=st.lists(STOCKS),
    beside=st.dictionaries(st.sampled_from(["duplicate", "TOO_SHORT", "ambiguous"]), st.integers(0, 50)),
    opens=st.integers(0, 22),
)
def test_everything_adds_up(stocks: list[Stock], beside: dict[str, int], opens: int) -> None:
    calendar = Calendar(weekdays=((Window(opens * 60, opens * 60 + 60),),) * 7)
    found = dry_run(stocks, beside, replace(TERMS, calendar=calendar), AT_4_MOSCOW)
    assert found.rows == sum(stock.leads for stock in stocks) + sum(beside.values())
    assert found.callable + sum(found.reasons.values()) == found.rows
    assert sum(line.leads for line in found.zones) == found.callable
    for line in found.zones:
        assert line.opens_at is None or not hasattr(open_at(calendar, line.zone or None, line.opens_at), "reason")
