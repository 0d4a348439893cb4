"""Tails of sums: the exact one against plain enumeration, the normal one against the exact one."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from strategies.chances import ExactTail, NormalTail, normal_tail


def by_convolution(chances: list[float], threshold: int) -> float:
    law = np.array([1.0])
    for chance in chances:
        law = np.convolve(law, [1.0 - chance, chance])
    return float(law[max(threshold, 0) :].sum())


columns = hnp.arrays(np.float64, st.tuples(st.integers(0, 40), st.just(3)), elements=st.floats(0.0, 1.0))


@given(chances=columns, threshold=st.integers(0, 45))
def test_exact_tail_is_exact(chances: np.ndarray, threshold: int) -> None:
    tail = ExactTail(chances, threshold).tail()
    expected = [by_convolution(list(chances[:, row]), threshold) for row in range(3)]
    assert tail == pytest.approx(expected, abs=1e-9)


@given(chances=columns, added=st.lists(st.floats(0.0, 0.6), max_size=10), threshold=st.integers(1, 45))
def test_adding_is_the_same_as_having_had(chances: np.ndarray, added: list[float], threshold: int) -> None:
    tail = ExactTail(chances, threshold)
    for chance in added:
        assume(tail.tail().max() < 0.9)  # beyond it nobody adds, and the circle is not meant for it
        tail.add(np.full(3, chance))
    expected = [by_convolution([*chances[:, row], *added], threshold) for row in range(3)]
    assert tail.tail() == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("threshold", [18, 20, 22, 25, 28])
def test_normal_tail_is_close_for_large_sums(threshold: int) -> None:
    chances = np.tile(np.concatenate([np.full(40, 0.3), np.full(20, 0.4)])[:, None], (1, 2))
    spread = chances * (1.0 - chances)
    skew = spread * (1.0 - 2.0 * chances)
    moments = np.concatenate([*(part.sum(axis=0) for part in (chances, spread, skew)), np.zeros(2)])
    assert NormalTail(moments, threshold, 60).tail() == pytest.approx(ExactTail(chances, threshold).tail(), abs=0.003)


def test_normal_tail_adds_terms() -> None:
    tail = NormalTail(np.zeros(8), 20, 0)
    for _ in range(60):
        tail.add(np.array([0.3, 0.4]))
    assert tail.tail()[0] == pytest.approx(by_convolution([0.3] * 60, 20), abs=0.003)
    assert tail.tail()[1] == pytest.approx(by_convolution([0.4] * 60, 20), abs=0.003)


def test_fewer_things_than_the_threshold_never_reach_it() -> None:
    """The bell would give one in nine: calls that all find an agent free would seem a risk."""
    chances = np.full((9, 2), 0.9)
    spread = chances * (1.0 - chances)
    moments = np.concatenate([chances.sum(axis=0), spread.sum(axis=0), np.zeros(4)])
    when = np.array([0.5, 0.5])
    short, enough = NormalTail(moments, 10, 9), NormalTail(moments, 10, 10)
    assert enough.risk(when).own > 0.05
    assert enough.excess() > 0.0
    assert (*short.risk(when), short.excess(), *short.tail()) == (0.0, 0.0, 0.0, 0.0, 0.0)
    short.add(np.full(2, 0.9))
    assert short.risk(when).own > 0.1, "the tenth makes it possible"


def test_a_common_error_makes_large_numbers_unsure() -> None:
    moments = np.concatenate([np.full(2, 60.0), np.full(2, 36.0), np.zeros(2), np.full(2, 60.0)])
    sure = NormalTail(moments, 80, 200).tail()
    unsure = NormalTail(moments, 80, 200, doubt=0.3).tail()
    assert (unsure > 10.0 * sure).all()


def test_the_normal_law_itself() -> None:
    assert normal_tail(np.array([-1.96, 0.0, 1.0, 3.0])) == pytest.approx(
        [0.9750021, 0.5, 0.1586553, 0.0013499], abs=1e-6
    )
