"""Scripts: a script that an agent could get lost in is refused."""

import pytest

from dialer.core.script import Answer, Script, Step, plain_script

START = Step("start", "Удобно говорить?", (Answer("Да", next="address"), Answer("Нет", disposition="call_later")))
ADDRESS = Step("address", "Уточните адрес.")


def test_a_branching_script_holds() -> None:
    assert Script("Здравствуйте, {person}!", (START, ADDRESS)).steps[0].answers[0].next == "address"


def test_steps_may_lead_back() -> None:
    again = Step("address", "Верно?", (Answer("Нет", next="start"),))
    assert len(Script("", (START, again)).steps) == 2


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((START,), "no step"),
        ((START, ADDRESS, ADDRESS), "twice"),
        ((START, ADDRESS, Step("lost", "…")), "never reached"),
        (tuple(Step(str(n), "…") for n in range(201)), "at most"),
    ],
)
def test_a_script_to_get_lost_in_is_refused(steps: tuple[Step, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Script("", steps)


def test_an_answer_without_words_and_too_many_answers_are_refused() -> None:
    with pytest.raises(ValueError, match="label"):
        Answer(" ")
    with pytest.raises(ValueError, match="at most"):
        Step("a", "", tuple(Answer(str(n)) for n in range(7)))


def test_two_plain_texts_make_a_script_of_one_step() -> None:
    assert plain_script("Привет", "Дело").steps == (Step("start", "Дело"),)
    assert plain_script("Привет", " ").steps == ()
