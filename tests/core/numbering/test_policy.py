import pytest

from dialer.core.numbering.policy import ListPolicy, OnAmbiguous, OnUnallocated, Verdict, judge


@pytest.fixture
def undecided(numbering):
    return numbering.check("792-34-86", town="Москва")[0]


@pytest.mark.parametrize(
    ("choice", "verdict", "count"),
    [(OnAmbiguous.WAIT, Verdict.ASK, 2), (OnAmbiguous.TRY, Verdict.CALL, 2), (OnAmbiguous.REFUSE, Verdict.REFUSE, 0)],
)
def test_ambiguous_numbers(undecided, choice, verdict, count):
    judgement = judge(undecided, ListPolicy(ambiguous=choice), fresh_plan=False)
    assert judgement.verdict is verdict
    assert judgement.numbers == undecided.candidates[:count]


@pytest.mark.parametrize("choice", list(OnUnallocated))
def test_an_old_plan_is_advice_only_on_fixed_lines(numbering, choice):
    (record,) = numbering.check("8 (4842) 00-12-34")
    assert record.reason == "UNALLOCATED"
    judgement = judge(record, ListPolicy(unallocated=choice), fresh_plan=False)
    assert (judgement.verdict, judgement.numbers) == (Verdict.CALL, ("4842001234",))


@pytest.mark.parametrize("choice", list(OnUnallocated))
def test_a_fresh_plan_is_heard_as_the_list_says(numbering, choice):
    (record,) = numbering.check("8 (4842) 00-12-34")
    judgement = judge(record, ListPolicy(unallocated=choice), fresh_plan=True)
    assert judgement.verdict == choice
    assert judgement.numbers == (() if choice is OnUnallocated.REFUSE else ("4842001234",))


def test_what_is_sure_is_called_and_what_is_refused_is_not(numbering):
    sure, refused = numbering.check("8 916 123-45-67")[0], numbering.check("12")[0]
    assert judge(sure, ListPolicy(), fresh_plan=True).numbers == ("9161234567",)
    assert judge(refused, ListPolicy(), fresh_plan=True).verdict is Verdict.REFUSE


def test_only_the_fixed_lines_of_the_shipped_plan_are_old(numbering):
    assert numbering.is_fresh("9161234567")
    assert not numbering.is_fresh("4952345678")
