"""Every row becomes a lead, a question, or a refusal."""

from dataclasses import dataclass

import pytest

from dialer.core.lead import NewLead
from dialer.intake.columns import match_columns
from dialer.intake.leads import Ambiguous, Policy, Refusal, Unallocated, leads_of
from dialer.intake.rows import RawRow


@dataclass(frozen=True)
class Record:
    status: str = "ok"
    number: str = ""
    ext: str = ""
    zone: str = "Europe/Moscow"
    kind: str = "mobile"
    region: str = "Москва"
    reason: str = ""
    candidates: tuple[str, ...] = ()


OK = Record(number="9161234567")
AMBIGUOUS = Record(status="ambiguous", candidates=("4951234567", "4991234567"), kind="fixed")
UNALLOCATED = Record(number="9009999999", reason="UNALLOCATED")
SHORT = Record(status="rejected", reason="TOO_SHORT")
HEADER = ("Телефон", "ФИО", "Приоритет", "Сумма")


def one(*found: Record, row: RawRow | None = None, policy: Policy | None = None) -> NewLead | Refusal:
    raw = row or RawRow(7, ("x", "Ольга", "9", "100"))
    (answer,) = leads_of([raw], match_columns(HEADER), lambda *place: found, lambda: "id", policy or Policy())
    return answer


def test_a_number_makes_a_lead_with_its_fields() -> None:
    lead = one(OK)
    assert isinstance(lead, NewLead)
    assert [phone.number for phone in lead.phones] == ["9161234567"]
    assert (lead.person, lead.priority, lead.fields, lead.row) == ("Ольга", 9, {"Сумма": "100"}, 7)


def test_two_numbers_are_two_phones_and_the_same_one_is_one() -> None:
    lead = one(OK, OK, Record(number="9160000000"))
    assert isinstance(lead, NewLead)
    assert [phone.number for phone in lead.phones] == ["9161234567", "9160000000"]


def test_one_good_number_is_enough() -> None:
    lead = one(SHORT, AMBIGUOUS, OK)
    assert isinstance(lead, NewLead)
    assert lead.question == ""


@pytest.mark.parametrize(
    ("policy", "numbers", "question"),
    [
        (Policy(), [], "ambiguous"),
        (Policy(ambiguous=Ambiguous.TRY), ["4951234567", "4991234567"], ""),
    ],
)
def test_several_candidates_are_a_question_or_phones_in_order(
    policy: Policy, numbers: list[str], question: str
) -> None:
    lead = one(AMBIGUOUS, policy=policy)
    assert isinstance(lead, NewLead)
    assert ([phone.number for phone in lead.phones], lead.question) == (numbers, question)
    assert ("candidates" in lead.fields) is bool(question)


def test_what_the_policy_refuses_is_refused() -> None:
    assert isinstance(one(AMBIGUOUS, policy=Policy(ambiguous=Ambiguous.REFUSE)), Refusal)
    refusal = one(UNALLOCATED, policy=Policy(unallocated=Unallocated.REFUSE))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "UNALLOCATED"


def test_an_unallocated_number_is_called_unless_said_otherwise() -> None:
    assert isinstance(one(UNALLOCATED), NewLead)
    asked = one(UNALLOCATED, policy=Policy(unallocated=Unallocated.ASK))
    assert isinstance(asked, NewLead)
    assert (asked.question, asked.phones) == ("unallocated", ())


def test_a_row_without_a_number_is_refused_with_the_numberings_reason() -> None:
    refusal = one(SHORT)
    assert isinstance(refusal, Refusal)
    assert (refusal.row, refusal.reason) == (7, "TOO_SHORT")


def test_a_row_that_could_not_be_read_is_refused() -> None:
    refusal = one(OK, row=RawRow(3, ("x",), "BAD_ENCODING"))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "BAD_ENCODING"


def test_a_bad_priority_does_not_cost_an_order() -> None:
    lead = one(OK, row=RawRow(1, ("x", "", "срочно", "")))
    assert isinstance(lead, NewLead)
    assert lead.priority == 5
