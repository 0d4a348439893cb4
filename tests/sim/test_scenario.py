"""Scenario files: what is written is what is lived, and what is misspelt is refused by name."""

from pathlib import Path

import pytest

from sim.scenario import BadScenario, Faults, Limits, Scenario, broken_limits, parse_scenario, read_scenario
from sim.world import Change, Segment, Told

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
