"""Every row becomes a lead, a question, or a refusal."""

from collections.abc import Callable
from datetime import date
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.core.lead import NewLead, PlainLead
from dialer.core.numbering import load_default
from dialer.core.numbering.policy import ListPolicy, OnAmbiguous, OnUnallocated
from dialer.core.numbering.records import Kind, NumberRecord, Reason, Status
from dialer.intake.columns import match_columns
from dialer.intake.leads import Answer, Refusal, answers_of
from dialer.intake.rows import RawRow


def record(
    status: str = "ok", number: str = "", kind: str = "mobile", reason: str = "", *candidates: str
) -> NumberRecord:
    return NumberRecord(
        status=Status(status),
        number=number,
        ext="",
        candidates=candidates,
        region="Москва",
        place="",
        zone="Europe/Moscow",
        kind=Kind(kind),
        reason=Reason(reason) if reason else "",
        source="",
    )


OK = record(number="9161234567")
AMBIGUOUS = record("ambiguous", "", "fixed", "", "4951234567", "4991234567")
UNALLOCATED = record(number="9009999999", reason="UNALLOCATED")
SHORT = record("rejected", reason="TOO_SHORT")
HEADER = ("Телефон", "ФИО", "Приоритет", "Сумма")


def one(
    *found: NumberRecord,
    row: RawRow | None = None,
    policy: ListPolicy | None = None,
    is_fresh: Callable[[str], bool] = lambda number: False,
) -> NewLead | Refusal:
    raw = row or RawRow(7, ("x", "Ольга", "9", "100"))
    columns = match_columns(HEADER)
    (answer,) = answers_of([raw], columns, lambda *place: found, lambda: "id", policy or ListPolicy(), is_fresh)
    return whole(answer)


def whole(answer: Answer) -> NewLead | Refusal:
    return answer.whole if isinstance(answer, PlainLead) else answer


def test_a_number_makes_a_lead_with_its_fields() -> None:
    lead = one(OK)
    assert isinstance(lead, NewLead)
    assert [phone.number for phone in lead.phones] == ["9161234567"]
    assert (lead.person, lead.priority, lead.fields, lead.row) == ("Ольга", 9, {"Сумма": "100"}, 7)


def test_two_numbers_are_two_phones_and_the_same_one_is_one() -> None:
    lead = one(OK, OK, record(number="9160000000"))
    assert isinstance(lead, NewLead)
    assert [phone.number for phone in lead.phones] == ["9161234567", "9160000000"]


def test_one_good_number_is_enough() -> None:
    lead = one(SHORT, AMBIGUOUS, OK)
    assert isinstance(lead, NewLead)
    assert lead.question == ""


@pytest.mark.parametrize(
    ("policy", "numbers", "question"),
    [
        (ListPolicy(), [], "ambiguous"),
        (ListPolicy(ambiguous=OnAmbiguous.TRY), ["4951234567", "4991234567"], ""),
    ],
)
def test_several_candidates_are_a_question_or_phones_in_order(
    policy: ListPolicy, numbers: list[str], question: str
) -> None:
    lead = one(AMBIGUOUS, policy=policy)
    assert isinstance(lead, NewLead)
    assert ([phone.number for phone in lead.phones], lead.question) == (numbers, question)
    assert ("candidates" in lead.fields) is bool(question)


def test_what_the_policy_refuses_is_refused() -> None:
    ambiguous = one(AMBIGUOUS, policy=ListPolicy(ambiguous=OnAmbiguous.REFUSE))
    assert isinstance(ambiguous, Refusal)
    assert ambiguous.reason == "AMBIGUOUS"
    refusal = one(UNALLOCATED, policy=ListPolicy(unallocated=OnUnallocated.REFUSE))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "UNALLOCATED"


def test_an_unallocated_number_is_called_unless_said_otherwise() -> None:
    assert isinstance(one(UNALLOCATED), NewLead)
    asked = one(UNALLOCATED, policy=ListPolicy(unallocated=OnUnallocated.ASK))
    assert isinstance(asked, NewLead)
    assert (asked.question, asked.phones, asked.fields["candidates"]) == ("unallocated", (), "9009999999")


def test_on_fixed_lines_an_old_plan_is_advice_only() -> None:
    fixed = record(number="4959999999", kind="fixed", reason="UNALLOCATED")
    policy = ListPolicy(unallocated=OnUnallocated.REFUSE)
    assert isinstance(one(fixed, policy=policy), NewLead)
    assert isinstance(one(fixed, policy=policy, is_fresh=lambda number: True), Refusal)


def test_a_row_without_a_number_is_refused_with_the_numberings_reason() -> None:
    refusal = one(SHORT)
    assert isinstance(refusal, Refusal)
    assert (refusal.row, refusal.reason) == (7, "TOO_SHORT")


def test_a_row_that_could_not_be_read_is_refused() -> None:
    refusal = one(OK, row=RawRow(3, ("x",), "BAD_ENCODING"))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "BAD_ENCODING"


@pytest.mark.parametrize("priority", ["срочно", "²", "10", "9" * 5000])
def test_a_bad_priority_does_not_cost_an_order(priority: str) -> None:
    lead = one(OK, row=RawRow(1, ("x", "", priority, "")))
    assert isinstance(lead, NewLead)
    assert lead.priority == 5


NUMBERING = load_default(date(2026, 11, 1))
WIDE = match_columns(("Телефон", "Заказ", "ФИО", "Индекс", "Город", "Товар", "Телефон 2", "Приоритет", "Товар"))
NUMBERS = ("8 916 123-45-67", "56-76-12", "792-34-86", "тел. 8 (4842) 56-76-12 доб. 5", "12-34")
OTHERS = ("101000", "Калуга", "г. Москва", "", " ", " А-1 ", "9", "Чай\tник", "C:\\", "нет")
CELLS = st.sampled_from((*NUMBERS, *OTHERS))
ROWS = st.lists(st.lists(CELLS, max_size=10).map(tuple), max_size=12)


@settings(deadline=None)
@given(rows=ROWS, policy=st.sampled_from((ListPolicy(), ListPolicy(OnAmbiguous.TRY, served=frozenset({"Москва"})))))
def test_a_row_among_others_becomes_what_it_becomes_alone(rows: list[tuple[str, ...]], policy: ListPolicy) -> None:
    raws = [RawRow(number, cells) for number, cells in enumerate(rows, 1)]
    known = policy, NUMBERING.is_fresh, NUMBERING.region_of
    ids, given_ids = map(str, count()), map(str, count())
    together = [
        whole(one) for one in answers_of(raws, WIDE, NUMBERING.check, ids.__next__, *known, NUMBERING.check_many)
    ]
    alone = [whole(one) for raw in raws for one in answers_of([raw], WIDE, NUMBERING.check, given_ids.__next__, *known)]
    assert together == alone


def test_the_usual_row_is_told_in_short() -> None:
    raw = RawRow(7, ("8 916 123-45-67", "Ольга", "9", "100"))
    columns = match_columns(HEADER)
    (answer,) = answers_of([raw], columns, NUMBERING.check, lambda: "id", ListPolicy(), NUMBERING.is_fresh)
    assert isinstance(answer, PlainLead)
    assert (answer.number, answer.whole.phones[0].number, answer.whole.priority) == ("9161234567", "9161234567", 9)
