"""What the models learn: answers by age of the call, talks that end and talks that go on."""

from math import exp, log, sqrt
from random import Random

import numpy as np
import pytest

from sim.world import Fate, People, Plant, Team, draw
from strategies.answering import HORIZON_S, AnswerModel
from strategies.base import How, Observation
from strategies.talking import DurationModel


def learned(people: People, calls: int) -> AnswerModel:
    model, random = AnswerModel(), Random(1)
    for at in range(calls):
        script = draw(random, people, Team(), Plant())
        how = How.ANSWERED if script.fate is Fate.HUMAN else How.ENDED_UNANSWERED
        model.observe(Observation(float(at), how, script.ends_at_s))
        if at % 50 == 0:
            model.refresh_shape([])
            model.multipliers(float(at), {})
    model.refresh_shape([])
    return model


@pytest.mark.parametrize("ratio", [0.15, 0.3, 0.6])
def test_the_answer_ratio_is_learned(ratio: float) -> None:
    model = learned(People(answer_ratio=ratio), 3000)
    multiplier = model.multipliers(3000.0, {})[""].value
    assert model.table(multiplier)[0, HORIZON_S] == pytest.approx(ratio, rel=0.12)


def test_a_call_that_has_rung_long_is_hardly_answered_any_more() -> None:
    table = learned(People(answer_ratio=0.3), 3000).table(1.0)
    assert table[3, HORIZON_S] > table[15, HORIZON_S] > table[26, HORIZON_S]
    assert (np.diff(table, axis=1) >= 0.0).all()


def test_calls_that_still_ring_count_against_the_answers() -> None:
    """After a burst the answers come first and silence half a minute later: the multiplier must not be fooled."""
    burst = AnswerModel()
    for _ in range(40):
        burst.observe(Observation(12.0, How.ANSWERED, 10.0))
    fooled = burst.multipliers(12.0, {})[""].value
    sober = burst.multipliers(12.0, {"": [12.0] * 200})[""].value
    assert sober < 0.6 * fooled


def test_segments_are_told_apart() -> None:
    model = AnswerModel()
    for at in range(400):
        model.observe(Observation(float(at), How.ANSWERED, 10.0, segment="warm"))
        model.observe(Observation(float(at), How.ENDED_UNANSWERED, 30.0, segment="cold"))
    multipliers = model.multipliers(400.0, {})
    assert multipliers["warm"].value > 3.0 * multipliers["cold"].value


def test_doubt_shrinks_with_answers() -> None:
    model = AnswerModel()
    before = model.multipliers(0.0, {})[""].doubt
    for _ in range(50):
        model.observe(Observation(1.0, How.ANSWERED, 12.0))
    assert model.multipliers(1.0, {})[""].doubt < 0.5 * before


def lognormal_survival(t: float, mean: float, cv: float) -> float:
    variance = log(1.0 + cv * cv)
    z = (log(t) - log(mean) + variance / 2.0) / sqrt(variance)
    return 0.5 * (1.0 - np.tanh(0.7978845608 * (z + 0.044715 * z**3)))


def test_durations_are_learned() -> None:
    model, random = DurationModel(60.0), np.random.default_rng(1)
    variance = log(1.0 + 0.8**2)
    for value in random.lognormal(log(120.0) - variance / 2.0, sqrt(variance), 2000):
        model.observe(float(value))
    model.refresh(np.zeros(0))
    for elapsed in (5.0, 60.0, 200.0):
        expected = 1.0 - lognormal_survival(elapsed + 20.0, 120.0, 0.8) / lognormal_survival(elapsed, 120.0, 0.8)
        assert model.residual(np.array([elapsed]))[0, 20] == pytest.approx(expected, abs=0.06)


def test_talks_that_go_on_are_believed_before_they_end() -> None:
    """Only short talks have ended, many long ones go on: nobody is promised soon."""
    naive, aware = DurationModel(60.0), DurationModel(60.0)
    for _ in range(20):
        naive.observe(10.0)
        aware.observe(10.0)
    for _ in range(5):
        naive.refresh(np.zeros(0))
        aware.refresh(np.full(100, 60.0))
    assert aware.residual(np.array([60.0]))[0, 10] < 0.7 * naive.residual(np.array([60.0]))[0, 10]


def test_residuals_are_chances_that_only_grow() -> None:
    residual = DurationModel(60.0).residual(np.array([0.0, 1.0, 30.0, 3600.0]))
    assert (residual >= 0.0).all()
    assert (residual <= 1.0).all()
    assert (np.diff(residual, axis=1) >= 0.0).all()
    assert residual[0, 0] == 0.0
    assert residual[0, 30] == pytest.approx(1.0 - exp(log(lognormal_survival(30.0, 60.0, 1.0))), abs=0.03)
