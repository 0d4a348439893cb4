"""What may be used: only what was approved."""

import pytest

from dialer.core.content import Approvals, unready

NEWEST = {"script": None, "form": None}


@pytest.mark.parametrize(
    ("versions", "kept_to", "words"),
    [
        ({}, NEWEST, ""),
        ({"script": {1: True, 2: False}}, NEWEST, ""),
        ({"script": {1: False}}, NEWEST, "The project has a script"),
        ({"script": {1: True}, "form": {1: False}}, NEWEST, "The project has a form"),
        ({"script": {1: True, 2: False}}, {"script": 1, "form": None}, ""),
        ({"script": {1: True, 2: False}}, {"script": 2, "form": None}, "Script version 2"),
        ({"form": {1: True}}, {"script": None, "form": 9}, "Form version 9"),
    ],
)
def test_a_campaign_may_be_led_by_what_is_approved(versions: Approvals, kept_to: dict, words: str) -> None:
    assert unready(versions, kept_to).startswith(words)
    assert bool(unready(versions, kept_to)) == bool(words)
