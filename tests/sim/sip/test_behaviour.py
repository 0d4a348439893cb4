"""Behaviours as data: the same in Python and in JSON; a mistake is told with the cure."""

import json

import pytest

from sim.sip.audio import GREETING, tone
from sim.sip.behaviour import BEHAVIOURS, Listen, answers, from_json, machine, refuses


@pytest.mark.parametrize(
    ("text", "behaviour"),
    [
        ('{"does": "answers", "ring_s": 2, "talk_s": 8.5}', answers(ring_s=2, talk_s=8.5)),
        ('{"does": "answers", "ring_s": null, "says": "tone:440"}', answers(ring_s=None, says=tone(440))),
        ('{"does": "answers", "listen": "always"}', answers(listen=Listen.ALWAYS)),
        ('{"does": "answers", "says": null}', answers()),
        ('{"does": "machine", "says": "greeting"}', machine(says=GREETING)),
        ('{"does": "refuses", "code": 480, "cause": 20, "early_s": 1}', refuses(480, 20, early_s=1)),
    ],
)
def test_json_and_python_say_the_same(text, behaviour):
    assert from_json(json.loads(text)) == behaviour


@pytest.mark.parametrize("name", set(BEHAVIOURS) - {"refuses"})
def test_every_ready_behaviour_needs_nothing_but_its_name(name):
    assert from_json({"does": name}) == BEHAVIOURS[name]()


@pytest.mark.parametrize(
    ("description", "says"),
    [
        ({}, "None is none of: answers"),
        ({"does": "sings"}, "'sings' is none of"),
        ({"does": "busy", "talk_s": 1}, "busy takes no 'talk_s'; it takes: ring_s, early_s"),
        ({"does": "answers", "says": "boo"}, "'boo' is none of: silence"),
        ({"does": "answers", "listen": "maybe"}, "maybe"),
        ({"does": "refuses"}, "code"),
    ],
)
def test_a_mistake_is_told_with_the_cure(description, says):
    with pytest.raises((ValueError, TypeError), match=says):
        from_json(description)
