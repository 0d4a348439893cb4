"""What the models learn: answers by age of the call, talks that end and talks that go on."""

from collections.abc import Iterator
from math import exp, log, sqrt
from random import Random
from typing import Any

import numpy as np
import pytest

from sim.world import Fate, People, Plant, Team, draw
from strategies.answering import HORIZON_S, AnswerModel
from strategies.base import BusyAgent, How, Observation, Phase, RingingCall, Snapshot
from strategies.crowd import CallKind, calls_as_arrays, ratio_class
from strategies.forecast import Forecast
from strategies.talking import DurationModel

NOBODY = calls_as_arrays([], 0.0)


def learned(people: People, calls: int, model: AnswerModel | None = None, from_s: float = 0.0) -> AnswerModel:
    """What a stream of calls to these people, one a second, has taught."""
    model = model or AnswerModel()
    for _ in stream(model, people, calls, from_s):
        pass
    return model


def stream(model: AnswerModel, people: People, calls: int, from_s: float = 0.0) -> Iterator[None]:
    """Start a call each second and tell the model what comes of it; yields every two seconds, when it has followed."""
    random, in_flight = Random(1), list[tuple[float, float, How]]()
    for at_s in (from_s + float(call) for call in range(calls)):
        script = draw(random, people, Team(), Plant())
        how = How.ANSWERED if script.fate is Fate.HUMAN else How.ENDED_UNANSWERED
        in_flight.append((at_s, script.ends_at_s, how))
        for started_s, ends_s, how in [call for call in in_flight if sum(call[:2]) <= at_s]:
            model.observe(Observation(started_s + ends_s, how, ends_s))
            in_flight.remove((started_s, ends_s, how))
        if at_s % 2 == 0:
            rings = calls_as_arrays([RingingCall(since_s=call[0]) for call in in_flight], at_s)
            model.refresh_shape(at_s, *rings)
            model.follow(at_s, *rings)
            yield


def foreseen(model: AnswerModel, **kind: Any) -> float:
    return model.ratio(model.factor(CallKind(**kind)))


@pytest.mark.parametrize("ratio", [0.15, 0.3, 0.6])
def test_the_answer_ratio_is_learned(ratio: float) -> None:
    assert foreseen(learned(People(answer_ratio=ratio), 3000)) == pytest.approx(ratio, rel=0.12)


@pytest.mark.parametrize(("before", "after"), [(0.2, 0.6), (0.6, 0.2), (0.15, 0.6)])
def test_a_list_that_turns_is_believed_within_a_minute_and_a_half(before: float, after: float) -> None:
    model = learned(People(answer_ratio=before), 3000)
    learned(People(answer_ratio=after), 90, model, from_s=3000.0)
    assert foreseen(model) == pytest.approx(after, rel=0.4)


def test_an_even_day_is_averaged_over_hundreds_of_answers() -> None:
    model = AnswerModel()
    ratios = [foreseen(model) for _ in stream(model, People(answer_ratio=0.3), 6000)]
    assert np.std(ratios[600:]) < 0.03


def test_a_call_that_has_rung_long_is_hardly_answered_any_more() -> None:
    table = learned(People(answer_ratio=0.3), 3000).table(1.0)
    assert table[3, HORIZON_S] > table[15, HORIZON_S] > table[26, HORIZON_S]
    assert (np.diff(table, axis=1) >= 0.0).all()


def test_calls_that_still_ring_count_against_the_answers() -> None:
    """After a burst the answers come first and silence half a minute later: the multiplier must not be fooled."""
    burst = AnswerModel()
    for _ in range(40):
        burst.observe(Observation(12.0, How.ANSWERED, 10.0))
    burst.follow(12.0, *NOBODY)
    fooled = burst.multiplier.value
    burst.follow(12.0, *calls_as_arrays([RingingCall(12.0)] * 200, 12.0))
    assert burst.multiplier.value < 0.6 * fooled


def test_the_silence_of_young_calls_says_little_and_that_of_old_ones_says_more() -> None:
    """Three hundred calls of one instant on an unknown list; the prior may only expect answers too early."""
    beliefs = {}
    for age_s in (8.0, 24.0, 48.0):
        model = AnswerModel()
        model.follow(age_s, *calls_as_arrays([RingingCall(age_s)] * 300, age_s))
        beliefs[age_s] = model.multiplier
    assert beliefs[8.0].value > 0.95
    assert beliefs[8.0].doubt > 0.95, "nearly the prior's own"
    assert beliefs[8.0].value - beliefs[24.0].value > 0.1
    assert beliefs[48.0].value < 0.8


@pytest.mark.parametrize("place", ["segment", "trunk"])
def test_segments_and_trunks_are_told_apart(place: str) -> None:
    model = AnswerModel()
    for at in range(400):
        model.observe(Observation(float(at), How.ANSWERED, 10.0, **{place: "warm"}))
        model.observe(Observation(float(at), How.ENDED_UNANSWERED, 30.0, **{place: "cold"}))
        if at % 10 == 0:
            model.follow(float(at), *NOBODY)
    assert foreseen(model, **{place: "warm"}) > 2.0 * foreseen(model, **{place: "cold"})


def test_who_is_known_to_answer_is_expected_to_and_only_the_ratio_is_trusted() -> None:
    """Told 0.8 and 0.2, of whom 0.4 and 0.1 answer: the ratio is kept, the level is learned."""
    model, random = AnswerModel(), Random(3)
    for at in range(4000):
        told = 0.8 if at % 2 else 0.2
        answers = random.random() < told / 2.0
        how, after_s = (How.ANSWERED, 12.0) if answers else (How.ENDED_UNANSWERED, 30.0)
        model.observe(Observation(float(at), how, after_s, answer_ratio=told))
        if at % 20 == 0:
            model.refresh_shape(float(at), *NOBODY)
            model.follow(float(at), *NOBODY)
    likely, unlikely = (foreseen(model, ratio_class=ratio_class(told)) for told in (0.8, 0.2))
    assert likely == pytest.approx(0.4, rel=0.25)
    assert unlikely == pytest.approx(0.1, rel=0.35)


def test_doubt_shrinks_with_answers_and_as_their_calls_grow_old() -> None:
    """The first answers of a burst may only be the quick ones."""
    model = AnswerModel()
    model.follow(0.0, *NOBODY)
    doubts = [model.multiplier.doubt]
    for _ in range(50):
        model.observe(Observation(20.0, How.ANSWERED, 12.0))
    for at_s in (20.0, 30.0, 50.0):
        model.follow(at_s, *NOBODY)
        doubts.append(model.multiplier.doubt)
    assert doubts == sorted(doubts, reverse=True)
    assert doubts[-1] < 0.6 * doubts[0]


def test_a_hint_sharpens_the_time_that_is_left() -> None:
    """Talks of those who opened the form end within seconds, others go on: that is learned from the ends."""
    forecast = Forecast()
    for round_ in range(60):
        at_s = 30.0 * round_
        busy = [BusyAgent(Phase.TALK, 40.0, hint="form"), BusyAgent(Phase.TALK, 40.0)]
        forecast.renew(Snapshot(at_s=at_s, free_agents=0, busy_agents=busy))
        forecast.observe(Observation(at_s + 3.0, How.TALK_ENDED, 43.0, hint="form"))
        if round_ % 4 == 0:
            forecast.observe(Observation(at_s + 20.0, How.TALK_ENDED, 120.0))
    picture = Snapshot(at_s=3000.0, free_agents=0, busy_agents=busy)
    forecast.renew(picture)
    hinted, plain = forecast.chances[forecast.busy_rows(picture), 5]
    assert hinted < 0.8 * plain


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


def test_who_shows_no_hint_ends_later_where_others_show_one_before_they_end() -> None:
    """Else all agents together would be promised sooner than they come."""
    forecast = Forecast()
    for at_s in range(0, 3000, 5):
        busy = [BusyAgent(Phase.TALK, 40.0, hint="form"), BusyAgent(Phase.TALK, 40.0)]
        forecast.renew(Snapshot(float(at_s), 1, busy))
        forecast.observe(Observation(at_s + 3.0, How.TALK_ENDED, 43.0, hint="form"))
    assert forecast.hints.multiplier((Phase.TALK, "")) < 0.5
    assert Forecast().hints.multiplier((Phase.TALK, "")) == 1.0
