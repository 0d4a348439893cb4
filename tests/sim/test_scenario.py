"""Scenario files: what is written is what is lived, and what is misspelt is refused by name."""

from dataclasses import fields
from math import inf
from pathlib import Path
from typing import Any

import pytest

from sim.bounds import refused
from sim.requests import Requests
from sim.scenario import (
    BadScenario,
    Faults,
    Limits,
    Scenario,
    broken_limits,
    parse_scenario,
    read_scenario,
    refuse_impossible,
)
from sim.world import Change, People, Plant, Segment, Team, Told

SHIPPED = sorted((Path(__file__).parents[2] / "sim" / "scenarios").glob("*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario_is_read_and_has_limits(path: Path) -> None:
    scenario = read_scenario(path)
    assert scenario.name == path.stem
    assert scenario.limits != Limits()


def test_tables_become_the_day() -> None:
    scenario = parse_scenario(
        {
            "day": {"strategy": "power", "hours": 2.0, "seed": 7},
            "team": {"agents": 5},
            "people": {"answer_ratio": 0.5},
            "faults": {"lost": 0.01},
            "segment": [{"name": "warm", "share": 0.3, "people": {"answer_ratio": 0.9}}],
            "change": [{"at_s": 60, "over_s": 30, "segment": "warm", "people": {"answer_ratio": 0.1}}],
        },
        "mine",
    )
    assert (scenario.strategy, scenario.hours, scenario.seed, scenario.name) == ("power", 2.0, 7, "mine")
    assert scenario.team.agents == 5
    assert scenario.people.answer_ratio == 0.5
    assert scenario.faults == Faults(lost=0.01)
    assert scenario.segments == (Segment("warm", 0.3, {"answer_ratio": 0.9}),)
    assert scenario.changes == (Change(at_s=60, over_s=30, segment="warm", people={"answer_ratio": 0.1}),)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"dya": {}}, r"the file: unknown key 'dya'; known: change, day"),
        ({"day": {"seeds": 1}}, r"\[day\]: unknown key 'seeds'"),
        ({"team": {"agent": 1}}, r"\[team\]: unknown key 'agent'"),
        ({"people": {"answer_ratio": "often"}}, r"\[people\] answer_ratio = 'often': a number is wanted"),
        ({"change": [{"team": {}}]}, r"\[\[change\]\] without at_s"),
        ({"change": [{"at_s": 1, "segment": "hot"}]}, r"\[\[change\]\] segment 'hot': no such"),
        ({"segment": [{"name": "warm"}]}, r"\[\[segment\]\] without share"),
        ({"segment": [{"name": "a", "share": 1, "people": {"answers": 1}}]}, r"\[\[segment\]\] a people: unknown key"),
        ({"change": [{"at_s": 1, "team": {"agens": 2}}]}, r"\[\[change\]\] team: unknown key 'agens'"),
    ],
)
def test_a_mistake_is_named(tables: dict[str, object], message: str) -> None:
    with pytest.raises(BadScenario, match=message):
        parse_scenario(tables, "mine")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("day = 3", r"\[day\] = 3: a table is wanted"),
        ("team = [1]", r"\[team\] = \[1\]: a table is wanted"),
        ("segment = 1", r"segment = 1: tables \[\[segment\]\] are wanted"),
        ("change = [1]", r"\[\[change\]\] = 1: a table is wanted"),
        ("[day]\nhours = '4'", r"\[day\] hours = '4': a number is wanted, from 0.001 to 1,000"),
        ("[day]\nhours = -1", r"\[day\] hours = -1: a number is wanted"),
        ("[day]\nhours = 0", r"\[day\] hours = 0: "),
        ("[day]\nhours = inf", r"\[day\] hours = inf: "),
        ("[day]\nhours = true", r"\[day\] hours = True: "),
        ("[day]\nhard = 1", r"\[day\] hard = 1: true or false is wanted"),
        ("[day]\nstrategy = 1", r"\[day\] strategy = 1: a text is wanted"),
        ("[day]\nleads = 'x'", r"\[day\] leads = 'x': a whole number is wanted, from 1 to 100,000,000"),
        ("[day]\nrest_s = 'x'", r"\[day\] rest_s = 'x': a number is wanted, from 0 to"),
        ("[day]\nmax_occupancy = 0", r"\[day\] max_occupancy = 0: a number is wanted, from 0.01 to 1"),
        ("[day]\npower_ratio = inf", r"\[day\] power_ratio = inf: "),
        ("[day]\nsegments_told = [1]", r"\[day\] segments_told = \[1\]: one of segment"),
        ("[people]\nring_cv = 0", r"\[people\] ring_cv = 0: a number is wanted, from 0.01 to 100"),
        ("[people]\npatience_s = 0", r"\[people\] patience_s = 0: "),
        ("[people]\nring_s = 0", r"\[people\] ring_s = 0: "),
        ("[people]\nanswer_ratio = 1.5", r"\[people\] answer_ratio = 1.5: a number is wanted, from 0 to 1"),
        ("[team]\nagents = 0", r"\[team\] agents = 0: a whole number is wanted, from 1 to 10,000"),
        ("[team]\nagents = 2.5", r"\[team\] agents = 2.5: a whole number is wanted"),
        ("[team]\ntalk_s = -5", r"\[team\] talk_s = -5: "),
        ("[plant]\nlines = 0", r"\[plant\] lines = 0: a whole number is wanted, from 1 to"),
        ("[plant]\ncalls_per_second = 0", r"\[plant\] calls_per_second = 0: "),
        ("[requests]\nper_hour = -1", r"\[requests\] per_hour = -1: "),
        ("[faults]\nlost = 2", r"\[faults\] lost = 2: a number is wanted, from 0 to 1"),
        ("[limits]\nabandonment_most = nan", r"\[limits\] abandonment_most = nan: "),
        ("[limits]\nattempts_least = 1.5", r"\[limits\] attempts_least = 1.5: a whole number is wanted"),
        ("[[segment]]\nname = 'a'\nshare = '0.5'", r"\[\[segment\]\] share = '0.5': a number is wanted, from 0 to 1"),
        ("[[segment]]\nname = 1\nshare = 0.5", r"\[\[segment\]\] name = 1: a text is wanted"),
        (
            "segment = [{name = 'a', share = 0.5}, {name = 'a', share = 0.5}]",
            r"\[\[segment\]\] name = 'a': a name that no other",
        ),
        ("segment = [{name = 'a', share = 0.7}, {name = 'b', share = 0.7}]", r"\[\[segment\]\] share: they sum to 1.4"),
        (
            "[[segment]]\nname = 'a'\nshare = 0.5\npeople = {ring_s = -1}",
            r"\[\[segment\]\] a people ring_s = -1: a number is wanted",
        ),
        ("[[change]]\nat_s = 'x'", r"\[\[change\]\] at_s = 'x': a number is wanted, from 0 to"),
        ("[[change]]\nat_s = 1\nover_s = nan", r"\[\[change\]\] over_s = nan: "),
        ("[[change]]\nat_s = 1\npeople = 3", r"\[\[change\]\] people = 3: a table is wanted"),
        ("[[change]]\nat_s = 1\npeople = {ring_cv = 0}", r"\[\[change\]\] people ring_cv = 0: "),
        (
            "[[change]]\nat_s = 1\nteam = {agents = -1}",
            r"\[\[change\]\] team agents = -1: a whole number is wanted, from 0 ",
        ),
    ],
)
def test_a_value_that_no_day_can_have_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "day.toml"
    path.write_text(text)
    with pytest.raises(BadScenario, match=message):
        read_scenario(path)


def test_a_change_may_send_the_whole_team_away() -> None:
    assert parse_scenario({"change": [{"at_s": 60, "team": {"agents": 0}}]}, "x").changes[0].team == {"agents": 0}


@pytest.mark.parametrize("kind", [People, Team, Plant, Requests, Faults, Scenario])
def test_what_a_field_holds_unless_told_otherwise_is_within_its_bounds(kind: type) -> None:
    made: Any = kind()
    assert refused(kind, {one.name: getattr(made, one.name) for one in fields(made)}) is None


def test_a_day_put_together_is_looked_at_whole() -> None:
    refuse_impossible(Scenario())
    with pytest.raises(BadScenario, match=r"\[day\] power_ratio = inf: a number is wanted"):
        refuse_impossible(Scenario(power_ratio=inf))
    with pytest.raises(BadScenario, match=r"\[team\] agents = 0: a whole number"):
        refuse_impossible(Scenario(team=Team(agents=0)))


def test_first_calls_are_in_time_only_where_requests_come() -> None:
    limits = Limits(first_calls_in_time_least=0.9)
    refuse_impossible(Scenario(limits=limits, requests=Requests(per_hour=10.0)))
    with pytest.raises(BadScenario, match=r"\[limits\] first_calls_in_time_least = 0.9: only where requests come"):
        refuse_impossible(Scenario(limits=limits))


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "day.toml"
    path.write_text("[day\n")
    with pytest.raises(BadScenario, match=r"day\.toml: not TOML"):
        read_scenario(path)
    with pytest.raises(BadScenario, match="cannot be read"):
        read_scenario(tmp_path / "none.toml")


def test_broken_limits_are_told_in_words() -> None:
    figures = {"abandonment": 0.05, "occupancy": 0.7, "attempts": 10}
    limits = Limits(abandonment_most=0.03, occupancy_least=0.8, attempts_least=5)
    assert broken_limits(limits, figures) == [
        "abandonment is 0.05, at most 0.03 is wanted",
        "occupancy is 0.7, at least 0.8 is wanted",
    ]
    assert broken_limits(Scenario().limits, figures) == []


@pytest.mark.parametrize("told", Told)
def test_how_segments_are_told_is_said_in_the_file(told: Told) -> None:
    assert parse_scenario({"day": {"segments_told": str(told)}}, "x").segments_told is told
    with pytest.raises(BadScenario, match="segments_told = 'loudly': one of segment, region, chance, nothing"):
        parse_scenario({"day": {"segments_told": "loudly"}}, "x")
