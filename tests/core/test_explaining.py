"""A decision in a sentence, in either language, from the same figures."""

from dialer.core.explaining import LIMITS, PHRASES, sentence
from strategies import guard, load, names
from strategies.base import Budget, Decision, Limit, Snapshot

DECISION = Decision(
    calls_to_start=2,
    wished=4,
    reason="свободно 2, освободятся 1,3 за 11 с, звонят 5, ответ 31 %, бюджет 5 → набрать 4; предел: …",
    strategy="predictive",
    inputs=(
        ("free_agents", 2),
        ("free_soon", 1.3),
        ("ringing_calls", 5),
        ("answer_ratio", 0.31),
        ("budget_calls", 5.0),
        ("risk", 0.034),
    ),
    limited_by=Limit.LINES,
)


def test_the_strategys_own_sentence_is_russian() -> None:
    assert sentence(DECISION) == DECISION.reason


def test_the_english_one_has_the_same_figures() -> None:
    assert sentence(DECISION, english=True) == (
        "free 2, 1.3 come free within 11 s, ringing 5, answer 31%, budget 5, risk of the next call 3.4% → dial 4; "
        "limit: free lines → dial 2"
    )


def test_a_third_partys_inputs_stand_by_their_names() -> None:
    decision = Decision(3, "…", "mine", wished=3, inputs=(("moon_phase", 0.25),))
    assert sentence(decision, english=True) == "moon_phase 0.25 → dial 3"
    assert sentence(Decision(0, "…", "mine"), english=True) == "mine → dial 0"


def test_every_input_and_every_limit_of_ours_has_words() -> None:
    assert set(LIMITS) == set(Limit) - {Limit.NONE}
    for name in names():
        for free_agents in (0, 3):
            snapshot = Snapshot(0.0, free_agents, budget=Budget(100, 9))
            decision = guard(load(name).decide(snapshot), snapshot)
            assert {key for key, _ in decision.inputs} <= set(PHRASES), name


def test_that_there_is_no_room_for_risk_is_said_in_english_too() -> None:
    decision = load("predictive").decide(Snapshot(0.0, free_agents=0, budget=Budget(100, 9)))
    assert sentence(decision, english=True).endswith("no room for risk: as progressive → dial 0")
