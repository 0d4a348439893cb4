"""Where a campaign's leads stand: every lead once, by what becomes of it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dialer.core.dry_run import Stock
from dialer.core.outcome import LeadState
from dialer.core.permit import Callee
from dialer.core.standing import Kind, added_up, by_list, standings
from tests.core.test_dry_run import AT_4_MOSCOW, TERMS, stock

NOON_MOSCOW = AT_4_MOSCOW + 8 * 3600
SOON, LATER = NOON_MOSCOW + 600, NOON_MOSCOW + 1200


def lines(*stocks: Stock, at: float = NOON_MOSCOW) -> list[tuple[Any, ...]]:
    return [(one.kind, one.reason, one.after, one.leads, one.opens_at) for one in standings(stocks, TERMS, at)]


def test_what_becomes_of_leads_is_told_in_the_order_of_what_can_be_done() -> None:
    found = lines(
        stock("Europe/Moscow", 2, state=LeadState.DONE, reason="agreed"),
        stock("Europe/Moscow", 3, state=LeadState.NEEDS_DECISION, reason="ambiguous"),
        stock("Europe/Moscow", 4, held=True),
        stock("Europe/Moscow", 5, state=LeadState.WAITING, reason="busy", due_at=LATER),
        stock("Europe/Moscow", 1, state=LeadState.WAITING, reason="busy", due_at=SOON),
        stock("Europe/Moscow", 6, state=LeadState.IN_CALL),
        stock("Europe/Moscow", 7),
        stock("Europe/Moscow", 1, forbidden=True),
    )
    assert found == [
        (Kind.NOW, "callable", "", 7, NOON_MOSCOW),
        (Kind.IN_CALL, "in_call", "", 6, None),
        (Kind.WAITS, "later", "busy", 6, SOON),
        (Kind.PERSON, "list_paused", "", 4, None),
        (Kind.PERSON, "ambiguous", "", 3, None),
        (Kind.OVER, "agreed", "", 2, None),
        (Kind.OVER, "do_not_call", "", 1, None),
    ]


def test_at_night_leads_wait_for_the_morning_of_their_own_zone() -> None:
    [(kind, reason, _, leads, opens_at)] = lines(stock("Europe/Moscow", 9), at=AT_4_MOSCOW)
    assert (kind, reason, leads, opens_at) == (Kind.WAITS, "outside_hours", 9, AT_4_MOSCOW + 5 * 3600)


callees = st.builds(
    Callee,
    zone=st.sampled_from(["Europe/Moscow", "Asia/Omsk", "Asia/Vladivostok", None]),
    state=st.sampled_from(LeadState),
    reason=st.sampled_from(["", "busy", "agreed"]),
    held=st.booleans(),
    attempts=st.integers(0, 12),
    due_at=st.sampled_from([0.0, SOON, LATER]),
    forbidden=st.booleans(),
)


@given(st.lists(st.builds(Stock, callees, st.integers(1, 1000))))
def test_the_lines_add_up_to_all_leads(stocks: list[Stock]) -> None:
    found = standings(stocks, TERMS, NOON_MOSCOW)
    assert sum(one.leads for one in found) == sum(one.leads for one in stocks)
    assert len({(one.kind, one.reason, one.after) for one in found}) == len(found)


@given(st.lists(st.tuples(callees, st.integers(1, 50), st.integers(1, 4))))
def test_lists_add_up_to_their_campaign(found: list[tuple[Callee, int, int]]) -> None:
    stocks = [Stock(callee, leads, list_id) for callee, leads, list_id in found]
    lists = by_list(stocks, TERMS, NOON_MOSCOW)
    assert set(lists) == {stock.list_id for stock in stocks}
    assert added_up(one for own in lists.values() for one in own) == standings(stocks, TERMS, NOON_MOSCOW)
