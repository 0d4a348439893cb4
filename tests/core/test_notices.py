"""Whether a notice may go now, where to, and with which text."""

from dataclasses import replace
from typing import Any

import pytest

from dialer.core.hours import Calendar
from dialer.core.ids import AttemptId, CampaignId, LeadId, ProjectId
from dialer.core.notices import (
    LONGEST_WAIT_S,
    Channel,
    Drop,
    Go,
    Later,
    Notice,
    NoticeState,
    NoticeStep,
    judged,
    rendered,
)
from dialer.core.outcome import Outcome

NOON = 1_790_000_000.0 - 1_790_000_000.0 % 86400 + 9 * 3600
"""In Moscow."""
NIGHT = NOON - 9 * 3600
"""Three in the morning in Moscow."""
STEP = NoticeStep("sorry", Channel.SMS, frozenset({Outcome.NO_ANSWER}), 2, "{person}, заказ {order}: {Пункт}")
MAIL = replace(STEP, channel=Channel.EMAIL, subject="Заказ\n{order}")


def notice(**rest: Any) -> Notice:
    usual: dict[str, Any] = {
        "id": 1,
        "lead": LeadId("l"),
        "project": ProjectId(1),
        "campaign": CampaignId(1),
        "attempt": AttemptId("a"),
        "step": "sorry",
        "made_at": NOON,
        "tries": 1,
        "wanted": STEP,
        "calendar": Calendar(),
        "zone": "Europe/Moscow",
        "lead_state": "waiting",
        "lead_reason": "no_answer",
        "forbidden": False,
        "numbers": ("4951234567", "9161234567"),
        "values": {"person": "Мария", "order": "A-17", "пункт": "Мира, 5", "email": "m@shop.example"},
    }
    return Notice(**{**usual, **rest})


def test_a_text_goes_to_the_first_mobile_number_in_the_hours() -> None:
    assert judged(notice(), NOON) == Go("9161234567", "Мария, заказ A-17: Мира, 5")


def test_an_email_goes_to_the_field_that_the_step_names() -> None:
    assert judged(notice(wanted=MAIL), NOON) == Go("m@shop.example", "Мария, заказ A-17: Мира, 5", "Заказ A-17")


@pytest.mark.parametrize(
    ("changed", "state", "reason"),
    [
        ({"wanted": None}, NoticeState.DROPPED, "step_gone"),
        ({"forbidden": True}, NoticeState.DROPPED, "do_not_call"),
        ({"lead_state": "done", "lead_reason": "agreed"}, NoticeState.DROPPED, "lead_over"),
        ({"lead_state": "refused", "lead_reason": "cancelled"}, NoticeState.DROPPED, "lead_over"),
        ({"made_at": NOON - LONGEST_WAIT_S - 1}, NoticeState.FAILED, "too_late"),
        ({"numbers": ("4951234567",)}, NoticeState.DROPPED, "no_address"),
        ({"wanted": MAIL, "values": {}}, NoticeState.DROPPED, "no_address"),
        ({"wanted": MAIL, "values": {"email": "a@b.c, d@e.f"}}, NoticeState.DROPPED, "no_address"),
        ({"wanted": MAIL, "values": {"email": "a@b.c\nBcc: d@e.f"}}, NoticeState.DROPPED, "no_address"),
        ({"wanted": MAIL, "values": {"email": "():@a.b"}}, NoticeState.DROPPED, "no_address"),
        ({"wanted": MAIL, "values": {"email": "a@[@."}}, NoticeState.DROPPED, "no_address"),
        ({"wanted": MAIL, "values": {"email": '"@a.b'}}, NoticeState.DROPPED, "no_address"),
        ({"wanted": MAIL, "values": {"email": "a@b..c"}}, NoticeState.DROPPED, "no_address"),
    ],
)
def test_what_is_not_to_go(changed: dict[str, Any], state: NoticeState, reason: str) -> None:
    assert judged(notice(**changed), NOON) == Drop(state, reason)


@pytest.mark.parametrize(
    "address", ["a.b+c_d@shop-1.example", "мария@почта.рф", "o'neil@a.b.c", "a@xn--80a1acny.xn--p1ai"]
)
def test_where_an_email_may_go(address: str) -> None:
    found = judged(notice(wanted=MAIL, values={"email": f" {address} "}), NOON)
    assert isinstance(found, Go)
    assert found.address == address


@pytest.mark.parametrize(
    "broken", ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x1e", "\x85", "\u2028", "\u2029", "\x07", "\t "]
)
def test_a_subject_is_one_line_whatever_the_lead_holds(broken: str) -> None:
    found = judged(notice(wanted=MAIL, values={"email": "a@b.c", "order": f"{broken}A{broken}17{broken}"}), NOON)
    assert isinstance(found, Go)
    assert found.subject == "Заказ A 17"


def test_who_was_never_reached_gets_the_last_one_all_the_same() -> None:
    assert isinstance(judged(notice(lead_state="done", lead_reason="attempts_used_up"), NOON), Go)


def test_at_night_it_waits_for_the_persons_own_morning() -> None:
    found = judged(notice(made_at=NIGHT), NIGHT)
    assert isinstance(found, Later)
    assert found.until == NIGHT + 6 * 3600
    east = judged(notice(made_at=NIGHT, zone="Asia/Vladivostok"), NIGHT)
    assert isinstance(east, Go), "it is ten in the morning there"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{person}!", "Мария!"),
        ("{ Person }", "Мария"),
        ("{nobody}.", "."),
        ("{{person}}", "{Мария}"),
        ("без имён", "без имён"),
        ("{pers\non}", "{pers\non}"),
    ],
)
def test_holes_are_filled(text: str, said: str) -> None:
    assert rendered(text, {"person": "Мария"}) == said
