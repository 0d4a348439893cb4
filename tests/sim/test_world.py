"""The modelled world: the fates of people follow their seed and the law that was asked for."""

from collections import Counter
from random import Random
from statistics import fmean, stdev

import pytest

from sim.world import Change, Fate, People, Plant, Segment, Team, World, draw, lognormal


def world(seed: int = 1, **people: float) -> World:
    return World(People(**people), Team(), Plant(), seed)


def test_a_lead_has_one_fate_whoever_calls_it_and_when() -> None:
    one, other = world(), world()
    fates = [one.script(f"9{n:09}") for n in range(200)]
    backwards = [other.script(f"9{n:09}") for n in reversed(range(200))]
    assert fates == backwards[::-1]
    assert fates != [world(seed=2).script(f"9{n:09}") for n in range(200)]


def test_people_answer_as_often_as_they_were_told_to() -> None:
    fates = Counter(world(answer_ratio=0.3).script(str(n)).fate for n in range(20_000))
    assert fates[Fate.HUMAN] / 20_000 == pytest.approx(0.3, abs=0.01)
    nobody = 20_000 - fates[Fate.HUMAN]
    assert fates[Fate.MACHINE] / nobody == pytest.approx(0.20, abs=0.01)
    assert fates[Fate.BUSY] / nobody == pytest.approx(0.08, abs=0.01)
    assert set(fates) == set(Fate) - {Fate.SILENT}


def test_nobody_answers_before_it_rings_nor_after_the_trunk_has_given_up() -> None:
    random = Random(1)
    for _ in range(5_000):
        script = draw(random, People(), Team(), Plant())
        if script.fate is Fate.HUMAN:
            assert script.rings_at_s is not None
            assert script.rings_at_s < script.ends_at_s < script.rings_at_s + Plant().give_up_low_s


def test_lognormal_has_the_mean_and_spread_asked_for() -> None:
    random = Random(1)
    values = [lognormal(random, 90.0, 0.8) for _ in range(40_000)]
    assert fmean(values) == pytest.approx(90.0, rel=0.02)
    assert stdev(values) / fmean(values) == pytest.approx(0.8, rel=0.05)
    assert lognormal(random, 5.0, 0.0) == 5.0


def test_a_change_touches_only_what_it_names() -> None:
    there = world()
    there.change(Change(at_s=60.0, people={"answer_ratio": 0.6}, team={"agents": 4}))
    assert there.people == People(answer_ratio=0.6)
    assert there.team == Team(agents=4)
    assert there.plant == Plant()


def test_agents_differ_and_stay_who_they_are() -> None:
    there = World(People(), Team(skill_cv=0.5), Plant(), seed=1)
    script = next(s for s in (there.script(str(n)) for n in range(99)) if s.fate is Fate.HUMAN)
    talks = [there.talk_s(agent, script) for agent in range(20)]
    assert len(set(talks)) == 20
    assert talks == [there.talk_s(agent, script) for agent in range(20)]


def test_a_second_call_is_another_draw_of_the_same_lead() -> None:
    first, second = world(), world()
    assert [first.script("9160000001", before) for before in range(3)] == [
        second.script("9160000001", before) for before in range(3)
    ]
    assert len({first.script("9160000001", before) for before in range(3)}) == 3


def test_a_dead_trunk_says_nothing_and_a_living_one_is_not_drawn_anew() -> None:
    there = world()
    alive = [there.script(str(n)) for n in range(50)]
    there.change(Change(at_s=0.0, plant={"silent_share": 1.0}))
    assert {there.script(str(n)).fate for n in range(50)} == {Fate.SILENT}
    there.change(Change(at_s=0.0, plant={"silent_share": 0.0}))
    assert [there.script(str(n)) for n in range(50)] == alive


def test_a_segment_has_its_own_people_and_its_share_of_the_list() -> None:
    there = World(People(answer_ratio=0.1), Team(), Plant(), 1, [Segment("warm", 0.3, {"answer_ratio": 0.9})])
    numbers = [f"9{n:09}" for n in range(4000)]
    warm = [number for number in numbers if there.segment(number) == "warm"]
    assert len(warm) / len(numbers) == pytest.approx(0.3, abs=0.03)
    answers = Counter(there.segment(n) for n in numbers if there.script(n).fate is Fate.HUMAN)
    assert answers["warm"] / len(warm) == pytest.approx(0.9, abs=0.03)
    assert answers[""] / (len(numbers) - len(warm)) == pytest.approx(0.1, abs=0.03)
    there.change(Change(at_s=0.0, segment="warm", people={"answer_ratio": 0.2}))
    assert there.people_of("warm") == People(answer_ratio=0.2)
    assert there.people == People(answer_ratio=0.1)


def test_a_drift_goes_evenly_and_ends_where_it_was_sent() -> None:
    there = world(answer_ratio=0.2)
    drift = Change(at_s=0.0, people={"answer_ratio": 0.6}, team={"agents": 14})
    seen = []
    for left in (4, 3, 2, 1):
        there.change(drift, 1 / left)
        seen.append(there.people.answer_ratio)
    assert seen == pytest.approx([0.3, 0.4, 0.5, 0.6])
    assert there.team.agents == 14
