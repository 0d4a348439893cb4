from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.core.numbering.plan import Place, Plan, PlanData, Section
from dialer.core.numbering.planfile import merge_neighbours

TOWN = Place(("Калужская область",), "", "г. Калуга")
DISTRICT = Place(("Калужская область",), "Казанский", "")


def plan_of(*ranges: tuple[int, int, int]) -> Plan:
    first, last, place = zip(*ranges, strict=True)
    section = Section("the test", date(2026, 1, 1), len(ranges), "")
    return Plan(PlanData({"4": section}, (TOWN, DISTRICT), first, last, place))


@st.composite
def plans(draw):
    """Ranges of one code, of any length, some of whole ten thousands, with gaps or without."""
    at = draw(st.sampled_from([4840000000, 4850000000]))
    ranges = []
    for _ in range(draw(st.integers(1, 12))):
        at += draw(st.sampled_from([0, 0, 1, 500, 10_000, 123_456]))
        length = draw(st.sampled_from([1, 10, 999, 10_000, 20_000, 54_321]))
        ranges.append((at, at + length - 1, draw(st.integers(0, 1))))
        at += length
    return ranges


@given(plans(), st.data())
@settings(max_examples=200, deadline=None)
def test_the_place_of_a_number_is_that_of_the_range_which_holds_it(ranges, data):
    plan = plan_of(*ranges)
    edges = sorted({edge + step for first, last, _ in ranges for edge in (first, last) for step in (-1, 0, 1)})
    for number in data.draw(st.lists(st.sampled_from(edges), min_size=1, max_size=20)):
        holding = [place for first, last, place in ranges if first <= number <= last]
        assert plan.place_of(str(number)) == (holding[0] if holding else None)


@given(plans(), st.integers(5, 9), st.data())
@settings(max_examples=200, deadline=None)
def test_a_prefix_fits_exactly_when_the_whole_number_is_in_a_range_of_the_place(ranges, digits, data):
    plan = plan_of(*ranges)
    first, last, _ = data.draw(st.sampled_from(ranges))
    local = str(data.draw(st.integers(first, last)))[-digits:]
    found = {prefix.digits for prefix in plan.prefixes([0], digits) if prefix.covers(int(local))}
    tried = {str(first)[: 10 - digits] for first, _, _ in ranges} | {str(last)[: 10 - digits] for _, last, _ in ranges}
    assert {prefix for prefix in tried if plan.place_of(prefix + local) == 0} <= found
    assert all(plan.place_of(prefix + local) == 0 for prefix in found)


def test_a_code_that_is_not_in_the_plan_has_no_place():
    plan = plan_of((4842000000, 4842009999, 0))
    assert plan.place_of("3012000000") is None
    assert plan.codes == {"484"}


def test_the_date_is_that_of_the_part_which_speaks_of_the_number():
    plan = plan_of((4842000000, 4842009999, 0))
    assert plan.published("4842000000") == date(2026, 1, 1)
    assert plan.published("9161234567") is None


@pytest.mark.parametrize(
    ("ranges", "merged"),
    [
        ([(1, 2, 0), (3, 4, 0)], [(1, 4, 0)]),
        ([(3, 4, 0), (1, 2, 0)], [(1, 4, 0)]),
        ([(1, 2, 0), (3, 4, 1)], [(1, 2, 0), (3, 4, 1)]),
        ([(1, 2, 0), (4, 5, 0)], [(1, 2, 0), (4, 5, 0)]),
    ],
)
def test_neighbours_merge_when_they_touch_and_have_one_place(ranges, merged):
    assert merge_neighbours(ranges) == merged
