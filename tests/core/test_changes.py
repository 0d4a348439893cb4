"""What a change changed, as the audit log says it."""

import pytest

from dialer.core.changes import LONGEST, changes


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {"b": "2 → 3"}),
        ({"max_lines": 30}, {"max_lines": None}, {"max_lines": "30 → —"}),
        ({}, {"name": "x"}, {"name": "— → x"}),
        (
            {"rules": {"retry_s": {"busy": 300}}},
            {"rules": {"retry_s": {"busy": 60}}},
            {"rules.retry_s.busy": "300 → 60"},
        ),
        ({"dates": {"2027-01-01": []}}, {"dates": {}}, {"dates.2027-01-01": "[] → —"}),
        ({"days": [["9-13", "14-21"]]}, {"days": [["9-21"], []]}, {"days": "9-13 14-21 → 9-21, []"}),
        ({"dates": {"2027-01-01": ["10:00-12:00"]}}, {"dates": {}}, {"dates.2027-01-01": "10:00-12:00 → —"}),
        ({"groups": [1]}, {"groups": [1, 2]}, {"groups": "1 → 1, 2"}),
        ({"same": [1]}, {"same": [1]}, {}),
    ],
)
def test_only_what_differs_is_told(before: dict[str, object], after: dict[str, object], told: dict[str, str]) -> None:
    assert changes(before, after) == told


def test_a_long_value_is_cut() -> None:
    [told] = changes({}, {"days": list(range(1000))}).values()
    assert len(told) == len("— → ") + LONGEST + 1
