"""What predictive has learned goes over a restart as plain JSON; what cannot be read changes nothing."""

import json
from random import Random
from typing import Any

import pytest

from strategies.base import BusyAgent, How, Observation, Phase, Remembers, RingingCall, Snapshot
from strategies.predictive import Predictive

PICTURE = Snapshot(
    at_s=5000.0,
    free_agents=2,
    busy_agents=[BusyAgent(Phase.TALK, 30.0), BusyAgent(Phase.WRAP_UP, 5.0)],
    ringing_calls=[RingingCall(4.0, segment="warm")],
)


def taught() -> Predictive:
    strategy, random = Predictive(0.03), Random(1)
    for at in range(1500):
        how = How.ANSWERED if random.random() < 0.15 else How.ENDED_UNANSWERED
        strategy.observe(Observation(float(at), how, random.uniform(6.0, 30.0), segment=random.choice(["", "warm"])))
        if at % 5 == 0:
            strategy.observe(Observation(float(at), How.TALK_ENDED, random.lognormvariate(5.0, 0.5), hint="form"))
            strategy.observe(Observation(float(at), How.WRAP_UP_ENDED, random.uniform(20.0, 60.0)))
        if at % 10 == 0:
            strategy.decide(Snapshot(at_s=float(at), free_agents=1, busy_agents=PICTURE.busy_agents))
    return strategy


def figures(strategy: Predictive) -> dict[str, float]:
    return dict(strategy.decide(PICTURE).inputs)


def restored(strategy: Predictive) -> Predictive:
    again = Predictive(0.03)
    again.load(json.loads(json.dumps(strategy.save())))
    return again


def test_people_and_agents_are_known_again_after_a_restart() -> None:
    before, after, novice = figures(taught()), figures(restored(taught())), figures(Predictive(0.03))
    assert isinstance(Predictive(0.03), Remembers)
    assert after["free_soon"] == pytest.approx(before["free_soon"], abs=0.05)
    missed = abs(after["answer_ratio"] - before["answer_ratio"])
    assert missed < 0.5 * abs(novice["answer_ratio"] - before["answer_ratio"])


def test_what_hints_mean_is_known_again() -> None:
    before = taught()
    assert before.worth_of_hint(Phase.TALK, "form") > 2.0
    assert restored(before).worth_of_hint(Phase.TALK, "form") == before.worth_of_hint(Phase.TALK, "form")


def test_what_was_kept_before_hints_were_is_read() -> None:
    learned = taught().save()
    del learned["forecast"]["hints"]
    Predictive(0.03).load(learned)


def test_what_is_kept_is_small() -> None:
    assert len(json.dumps(taught().save())) < 20_000


def spoilt(name: str, value: Any) -> dict[str, Any]:
    learned: dict[str, Any] = json.loads(json.dumps(taught().save()))
    *path, last = name.split(".")
    place = learned
    for step in path:
        place = place[step]
    place[last] = value
    return learned


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("appetite.lost", "many"),
        ("appetite.risked", -1.0),
        ("forecast.answering.human", [1.0, 2.0]),
        ("forecast.answering.everywhere", None),
        ("forecast.durations.talk.fit", [4.0]),
        ("forecast.durations.talk.ended", 0.0),
        ("forecast.hints", [["talk", "form", -1.0, 2.0]]),
        ("forecast.hints", [["lunch", "form", 1.0, 2.0]]),
        ("forecast.durations.wrap_up.events", [-1.0] * 49),
        ("forecast.durations.talk.events", [1e300] * 49),
        ("forecast.durations.talk.fit", [1e300, 1.0]),
        ("forecast.durations.talk.fit", [4.0, 0.0]),
        ("forecast.durations.talk.fit", ["nan", 1.0]),
        ("forecast.durations.talk.sums", [1e300, 1e300]),
        ("forecast.durations.talk.sums", ["nan", 100.0]),
        ("forecast.durations.talk.sums", [10.0, -1.0]),
        ("forecast.durations.talk.ended", "nan"),
        ("forecast.durations.talk.ended", "inf"),
        ("forecast.answering.everywhere.seen", "nan"),
        ("forecast.answering.everywhere.seen", -1.0),
        ("forecast.answering.everywhere.belief", [0.0] * 33),
        ("forecast.answering.mean_ratio", "nan"),
        ("forecast.answering.ratios_told", "inf"),
    ],
)
def test_what_cannot_be_read_is_refused_and_changes_nothing(name: str, value: Any) -> None:
    strategy = Predictive(0.03)
    with pytest.raises((KeyError, TypeError, ValueError)):
        strategy.load(spoilt(name, value))
    assert figures(strategy) == figures(Predictive(0.03))
