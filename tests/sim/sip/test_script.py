"""The behaviour file and the seeded world behind the carrier."""

import json
import re
from pathlib import Path

import pytest

from sim.sip.behaviour import BEHAVIOURS, Answer, Hear, Refuse, Ring, Vanish, Wait, answers, busy, invalid
from sim.sip.carrier import Carrier
from sim.sip.people import behaviour_of, crowd
from sim.sip.script import follow
from sim.world import Fate, People, Plant, Script, Team


@pytest.fixture
async def carrier():
    async with Carrier() as carrier:
        yield carrier


async def test_numbers_endings_and_others(carrier):
    follow(
        {
            "numbers": {"+79161234567": {"does": "busy"}, "9161234568": [{"does": "busy"}, {"does": "answers"}]},
            "endings": {"00": {"does": "invalid"}},
            "others": {"does": "answers", "talk_s": 3},
        },
        carrier,
    )
    assert carrier.behaviour("9161234567", 0) == busy()
    assert [carrier.behaviour("9161234568", turn) for turn in range(3)] == [busy(), answers(), answers()]
    assert carrier.behaviour("9160000000", 0) == invalid()
    assert carrier.behaviour("9160000001", 0) == answers(talk_s=3)


async def test_a_world_is_the_same_for_the_same_seed_whatever_the_order(carrier):
    numbers = [f"916{number:07}" for number in range(50)]
    follow({"world": {"seed": 7, "people": {"answer_ratio": 0.5}}}, carrier)
    forth = [carrier.behaviour(number, 0) for number in numbers]
    follow({"world": {"seed": 7, "people": {"answer_ratio": 0.5}}}, carrier)
    back = [carrier.behaviour(number, 0) for number in reversed(numbers)]
    assert forth == list(reversed(back))
    follow({"world": {"seed": 8, "people": {"answer_ratio": 0.5}}}, carrier)
    assert forth != [carrier.behaviour(number, 0) for number in numbers]


def test_a_world_answers_as_often_as_it_says():
    rule = crowd(1, People(answer_ratio=0.3), Team(), Plant())
    names = [rule(f"{number:010}", 0).name for number in range(2_000)]
    assert 0.26 < names.count(Fate.HUMAN) / len(names) < 0.34
    assert set(names) == set(Fate) - {Fate.SILENT}


def test_a_person_of_the_world_as_sip():
    script = Script(Fate.HUMAN, rings_at_s=2.0, ends_at_s=9.0, patience_s=5.0, talk_unit=0.5)
    steps = behaviour_of(script, talk_mean_s=60.0).steps
    assert steps[:5] == (Wait(2.0), Ring(), Wait(7.0), Answer(), Hear(5.0))
    assert Wait(30.0) in steps


def test_a_refusal_of_the_world_as_sip():
    assert behaviour_of(Script(Fate.BUSY, None, 3.0), 60.0).steps == (Wait(3.0), Refuse(486))


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ({"number": {}}, "number: no such part; there are: numbers"),
        ({"numbers": {"916": {"does": "sings"}}}, "numbers.916: behaviour 'sings'"),
        ({"numbers": {"916": []}}, r"numbers\.916: a number needs at least one"),
        ({"endings": {"0": "busy"}}, "endings.0: an object in braces"),
        ({"others": {"does": "busy", "x": 1}}, "others: busy takes no 'x'"),
        ({"world": {"people": {"answers": 1}}}, "world: .*answers"),
        ({"world": {"peeple": {}}}, "world: peeple: no such part"),
    ],
)
async def test_a_mistake_is_told_by_its_place_and_nothing_is_set(carrier, script, says):
    with pytest.raises(ValueError, match=says):
        follow({"endings": {"77": {"does": "busy"}}, **script}, carrier)
    assert carrier.behaviour("9160000077", 0) == answers()


async def test_the_example_of_the_documentation_is_followed(carrier):
    page = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text()
    example = json.loads(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1])
    follow(example, carrier)
    assert carrier.behaviour("9161234567", 0) == busy()
    assert carrier.behaviour("9160000000", 0) == invalid()
    assert carrier.behaviour("9160000001", 0).name in set(Fate)


def test_every_ready_behaviour_is_in_the_documentation():
    page = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text()
    assert [name for name in BEHAVIOURS if f"`{name}`" not in page] == []


def test_a_silent_trunk_is_not_even_100():
    assert behaviour_of(Script(Fate.SILENT, None, 1e6), talk_mean_s=60.0).steps == (Vanish(),)
