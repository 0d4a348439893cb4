"""The clock: a stepped wall clock is seen, and event time never runs backwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.clock import SUSPECT_DRIFT_S, Clock

NOON = 1_800_000_000.0


class Hands:
    """A wall clock and a monotonic one, moved by hand."""

    def __init__(self) -> None:
        self.wall_s = NOON
        self.monotonic_s = 5.0
        self.clock = Clock(lambda: self.wall_s, lambda: self.monotonic_s)

    def pass_s(self, seconds: float) -> None:
        self.wall_s += seconds
        self.monotonic_s += seconds


def test_time_passes_with_the_monotonic_clock() -> None:
    hands = Hands()
    hands.pass_s(60)
    assert hands.clock.now() == NOON + 60
    assert hands.clock.monotonic() == 65
    assert hands.clock.wall_drift_s() == 0


@pytest.mark.parametrize("step_s", [3600.0, -3600.0, 2.5, -2.5])
def test_a_stepped_wall_clock_is_a_drift_not_a_jump(step_s: float) -> None:
    hands = Hands()
    hands.wall_s += step_s
    assert hands.clock.now() == NOON
    assert hands.clock.wall_drift_s() == step_s
    assert hands.clock.is_suspect()


def test_a_small_drift_is_not_suspect() -> None:
    hands = Hands()
    hands.wall_s += SUSPECT_DRIFT_S
    assert not hands.clock.is_suspect()


def test_a_step_forward_is_taken_at_once() -> None:
    hands = Hands()
    hands.wall_s += 3600
    hands.clock.reanchor()
    assert hands.clock.now() == NOON + 3600
    assert not hands.clock.is_suspect()


def test_a_step_back_is_met_by_slewing() -> None:
    hands = Hands()
    hands.wall_s -= 60
    hands.clock.reanchor()
    hands.pass_s(100)
    assert hands.clock.now() == NOON + 50
    assert hands.clock.is_suspect()
    hands.pass_s(20)
    assert hands.clock.wall_drift_s() == pytest.approx(0)
    hands.pass_s(1000)
    assert hands.clock.now() == pytest.approx(hands.wall_s)


def test_anchoring_again_while_slewing_changes_nothing_of_it() -> None:
    hands = Hands()
    hands.wall_s -= 60
    beats = 0
    while hands.clock.is_suspect():
        hands.clock.reanchor()
        hands.pass_s(0.5)
        beats += 1
    assert beats == 2 * 2 * (60 - SUSPECT_DRIFT_S)


STEPS = st.tuples(st.floats(-1e5, 1e5), st.floats(0, 1e4), st.booleans())


@given(st.lists(STEPS, max_size=20))
def test_never_backwards_whatever_the_wall_does(steps: list[tuple[float, float, bool]]) -> None:
    hands = Hands()
    before = hands.clock.now()
    for jump_s, passed_s, reanchored in steps:
        hands.wall_s += jump_s
        if reanchored:
            hands.clock.reanchor()
        hands.pass_s(passed_s)
        assert hands.clock.now() >= before - 1e-6, "rounding aside"
        before = hands.clock.now()


def test_the_real_clocks_agree() -> None:
    assert not Clock().is_suspect()
