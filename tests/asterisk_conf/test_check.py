"""The questions to a live server: none is forgotten, and a wrong answer is told with its cure."""

from pathlib import Path

from asterisk_conf.check import ENTRIES, questions, troubles
from asterisk_conf.render import render
from asterisk_conf.settings import AsteriskSettings, Manager, Phone, Trunk

SETTINGS = AsteriskSettings(
    manager=Manager("s" * 24, "s" * 24),
    message=Path("/m"),
    trunks=(Trunk("carrier", "h"),),
    phones=(Phone("1001", host="h"),),
)
RIGHT = {"STRFTIME(,,%s%3q)": "1790000000123", "PJSIP_ENDPOINT(carrier,aors)": "carrier"}


def right_answers():
    return {one.ask: RIGHT.get(one.ask, "1") for one in questions(SETTINGS)}


def test_every_context_that_the_dialer_enters_is_asked_for():
    dialplan = render(SETTINGS)["dialer/extensions.conf"]
    assert all(f"[{context}]" in dialplan for context in ENTRIES)


def test_right_answers_are_no_trouble():
    assert troubles(SETTINGS, right_answers()) == []


def test_each_wrong_answer_is_one_trouble_with_a_cure():
    for asked in right_answers():
        [found] = troubles(SETTINGS, {**right_answers(), asked: ""})
        assert found.ask == asked
        assert found.cure


def test_a_phone_without_timeout_is_a_trouble():
    [found] = troubles(SETTINGS, {**right_answers(), "PJSIP_ENDPOINT(1001,rtp_timeout)": "0"})
    assert "dead, it would look free" in found.trouble
