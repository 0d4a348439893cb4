"""Calls per second: a hard limit over any second, and spread inside it."""

import pytest

from dialer.core.trunks import SLICES, Rate


def start_all(rate: Rate, wanted: int, at: float) -> list[float]:
    """Start whatever fits, again at each moment that the rate names, until all are started."""
    starts: list[float] = []
    while len(starts) < wanted:
        count = min(rate.allowance(at), wanted - len(starts))
        rate.take(at, count)
        starts += [at] * count
        following = rate.next_at()
        if not rate.allowance(at) and following is not None:
            assert following > at
            at = following
    return starts


@pytest.mark.parametrize("per_second", [0.5, 1.0, 2.5, 7.0, 10.0, 25.0, 80.0, 1000.0])
def test_no_second_has_more_and_no_burst_is_longer_than_a_tenth(per_second: float) -> None:
    starts = start_all(Rate(per_second), 300, 1_790_000_000.0)
    span_s = max(1.0, 1.0 / per_second)
    for first in range(0, len(starts), 7):
        window = [at for at in starts[first:] if at < starts[first] + span_s]
        assert len(window) <= max(1, int(per_second))
        assert starts.count(starts[first]) <= per_second / SLICES + 1


@pytest.mark.parametrize("per_second", [1.0, 10.0, 25.0, 80.0])
def test_the_whole_rate_can_be_used(per_second: float) -> None:
    starts = start_all(Rate(per_second), 400, 1_790_000_000.0)
    held = (len(starts) - 1) / (starts[-1] - starts[0])
    assert held >= 0.98 * per_second


def test_a_rate_of_nothing_starts_nothing() -> None:
    rate = Rate(0.0)
    assert (rate.allowance(1.0), rate.next_at()) == (0, None)
