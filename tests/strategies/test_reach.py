"""Who will answer: honest at the start, calibrated on days that were not learned from, the same from the same calls."""

import json
from collections.abc import Iterator
from itertools import pairwise
from math import log
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.calibration import Calibration, logit, sigmoid
from strategies.reach import PRIOR_RATIO, WORDS, Reach

KINDS = {"mobile": 0.5, "fixed": -0.8}
HOURS = {f"hour {hour}": 0.12 * (hour - 14) for hour in range(9, 21)}
ATTEMPTS = {"attempt 1": 0.6, "attempt 2": 0.0, "attempt 3": -0.9}


def people(seed: int, calls: int, base: float = 0.25) -> Iterator[tuple[tuple[str, ...], float, bool]]:
    """Calls as they come: (what is known, the true chance, answered). Mobiles answer late, landlines early."""
    random = Random(seed)
    for _ in range(calls):
        kind, hour, attempt = (random.choice([*table]) for table in (KINDS, HOURS, ATTEMPTS))
        region = f"region {random.randrange(40)}"
        late = HOURS[hour] if kind == "mobile" else -HOURS[hour]
        chance = sigmoid(logit(base) + KINDS[kind] + late + ATTEMPTS[attempt])
        words = (kind, hour, f"{kind} {hour}", attempt, region)
        yield words, chance, random.random() < chance


def taught(calls: int = 3000, seed: int = 1) -> Reach:
    reach = Reach()
    for place, (words, _, answered) in enumerate(people(seed, calls)):
        reach.learn(words, 3.0 * place, answered=answered)
    return reach


def test_before_the_first_call_everybody_has_the_base() -> None:
    reach = Reach(0.2)
    assert {round(reach.chance(words), 9) for words, _, _ in people(1, 50)} == {0.2}
    assert Reach().base_ratio == pytest.approx(PRIOR_RATIO)
    assert not reach.tells_apart


def test_whoever_nothing_is_known_of_has_the_campaigns_own_base() -> None:
    reach, random = Reach(), Random(3)
    for at in range(3000):
        reach.learn((f"hour {at % 12}", "mobile" if at % 2 else "fixed"), float(at), answered=random.random() < 0.12)
    assert reach.base_ratio == pytest.approx(0.12, abs=0.025)
    assert reach.chance(("region of nobody", "attempt 9")) == reach.base_ratio
    assert not reach.tells_apart, "these numbers do not differ"


@pytest.mark.parametrize("seed", range(2))
def test_days_that_were_not_learned_from_come_as_they_were_said(seed: int) -> None:
    reach = taught(15_000, seed)
    assert reach.tells_apart
    said = sorted((reach.chance(words), answered, chance) for words, chance, answered in people(100 + seed, 12_000))
    for tenth in range(10):
        group = said[1200 * tenth : 1200 * (tenth + 1)]
        promised, true = (sum(each[place] for each in group) / len(group) for place in (0, 2))
        assert promised == pytest.approx(true, abs=0.05), tenth
    base = sum(answered for _, answered, _ in said) / len(said)
    brier = sum((answered - chance) ** 2 for chance, answered, _ in said) / len(said)
    perfect = sum((answered - true) ** 2 for _, answered, true in said) / len(said)
    assert brier - perfect < 0.12 * (base * (1.0 - base) - perfect), "most of what can be known is known"


def test_the_log_loss_falls_as_calls_are_learned() -> None:
    held_out = [*people(50, 3000)]

    def loss(reach: Reach) -> float:
        return -sum(log(reach.chance(w) if answered else 1.0 - reach.chance(w)) for w, _, answered in held_out)

    losses = [loss(taught(calls)) for calls in (0, 300, 3000)]
    assert losses == sorted(losses, reverse=True)


def test_the_same_calls_give_the_same_answers_also_over_a_restart() -> None:
    one, two, again = taught(), taught(), Reach()
    again.load(json.loads(json.dumps(one.save())))
    assert one.save() == two.save() == again.save()
    assert again.chance(("mobile", "hour 19")) == one.chance(("mobile", "hour 19"))
    assert len(json.dumps(one.save())) < 20_000


def test_people_who_change_are_followed() -> None:
    reach = taught()
    before = reach.chance(("fixed", "attempt 1"))
    for place in range(2000):
        reach.learn(("fixed", "attempt 1"), 30 * 86_400.0 + place, answered=place % 10 < 7)
    assert before < 0.4 < 0.6 < reach.chance(("fixed", "attempt 1"))


def test_endless_words_do_not_fill_the_memory() -> None:
    reach = Reach()
    for place in range(WORDS + 500):
        reach.learn((f"region {place}",), 0.0, answered=True)
    assert len(reach.save()["weights"]) == WORDS


def spoilt(name: str, value: Any) -> dict[str, Any]:
    learned: dict[str, Any] = json.loads(json.dumps(taught(200).save()))
    *path, last = name.split(".")
    place = learned
    for step in path:
        place = place[step]
    place[last] = value
    return learned


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weights", {}),
        ("weights", 3),
        ("weights", [1.0, 2.0]),
        ("weights.mobile", 1.0),
        ("weights.mobile", ["nan", 0.1, 0.0]),
        ("weights.mobile", [0.0, "inf", 0.0]),
        ("weights.mobile", [1e300, 0.1, 0.0]),
        ("spread", [-1.0, 0.0, 0.0]),
        ("spread", [10.0, "nan", 0.0]),
        ("spread", [10.0, 0.0, -1.0]),
        ("calibration.came", ["nan"] * 16),
        ("calibration.said", [-1.0] * 16),
        ("weights.mobile", [0.0, 0.0, 0.0]),
        ("weights.mobile", [0.0]),
        ("spread", [1.0]),
        ("calibration.came", [1e6] * 16),
        ("calibration.calls", []),
    ],
)
def test_what_cannot_be_read_is_refused_and_changes_nothing(name: str, value: Any) -> None:
    reach = Reach()
    with pytest.raises((KeyError, TypeError, ValueError)):
        reach.load(spoilt(name, value))
    assert reach.save() == Reach().save()


def test_a_forecast_that_says_too_much_is_corrected() -> None:
    curve, random = Calibration(), Random(5)
    for _ in range(8000):
        said = random.uniform(-3.0, 2.0)
        curve.learn(said, answered=random.random() < sigmoid(said / 2.0 - 0.5))
    for said in (-2.5, -1.0, 0.0, 1.5):
        assert sigmoid(curve.honest(said)) == pytest.approx(sigmoid(said / 2.0 - 0.5), abs=0.06)


@given(st.lists(st.tuples(st.floats(-6.0, 6.0), st.booleans()), max_size=300))
def test_who_was_said_to_be_more_reachable_never_comes_out_as_less(told: list[tuple[float, bool]]) -> None:
    curve = Calibration()
    for log_odds, answered in told:
        curve.learn(log_odds, answered=answered)
    honest = [curve.honest(place / 10.0) for place in range(-60, 61)]
    assert all(after >= before - 1e-9 for before, after in pairwise(honest))
