"""`dialer simulate` as another program sees it: keys, determinism, limits, mistakes."""

import json
from pathlib import Path

import pytest

from dialer.cli import execute as run

KEYS = [
    "strategy",
    "agents",
    "hours",
    "seed",
    "attempts",
    "answered",
    "connected",
    "abandoned",
    "abandonment",
    "worst_30min_abandonment",
    "occupancy",
    "talk_min_per_agent_hour",
    "connects_per_agent_hour",
    "agent_wait_mean_s",
    "customer_wait_p99_s",
    "wall_s",
]
SHORT = ["simulate", "--hours", "0.1", "--agents", "4", "--talk", "30"]


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert run([*SHORT, *arguments, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert isinstance(figures, dict)
    return figures


def test_keys_and_their_order_are_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    figures = output(capsys, "--strategy", "progressive")
    assert list(figures) == KEYS
    assert (figures["strategy"], figures["agents"], figures["hours"], figures["seed"]) == ("progressive", 4, 0.1, 1)
    assert figures["abandoned"] == 0


def test_the_same_seed_prints_the_same_but_for_the_time_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    first, again, other = (output(capsys, "--seed", seed) for seed in ("7", "7", "8"))
    for figures in (first, again, other):
        del figures["wall_s"]
    assert first == again
    assert first["occupancy"] != other["occupancy"]


def test_every_option_of_the_world_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    options = "--answer-rate 1 --talk-cv 0 --wrap 5 --ring 4 --ceiling 0.05 --lines 2 --strategy power --power-ratio 2"
    figures = output(capsys, *options.split())
    assert figures["answered"] == figures["attempts"] or figures["attempts"] - figures["answered"] <= 2  # type: ignore[operator]


def test_text_for_people_says_how_fast_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(SHORT) == 0
    said = capsys.readouterr().out
    assert "occupancy" in said
    assert "times as fast as real time" in said


def test_limits_of_a_scenario_make_the_command_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "strict.toml"
    path.write_text("[day]\nhours = 0.1\n[team]\nagents = 2\n[limits]\noccupancy_least = 0.99\n")
    assert run(["simulate", "--scenario", str(path)]) == 1
    assert "limit broken: occupancy is" in capsys.readouterr().err


def test_a_picture_is_written(tmp_path: Path) -> None:
    path = tmp_path / "day.svg"
    assert run([*SHORT, "--plot", str(path)]) == 0
    assert b"<svg" in path.read_bytes()[:2000]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--strategy", "clairvoyant"], 6, "no strategy is called 'clairvoyant'; known: manual, preview, progressive"),
        (["--scenario", "nowhere.toml"], 6, "nowhere.toml: cannot be read"),
        (["--agents", "0"], 2, "--agents"),
    ],
)
def test_mistakes_are_named(arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulate", *arguments]) == code
    assert said in capsys.readouterr().err


def test_the_price_of_a_hard_ceiling_stands_beside(capsys: pytest.CaptureFixture[str]) -> None:
    hard, free = output(capsys, "--hard"), output(capsys)
    assert list(hard) == [*KEYS, "price_of_hard_occupancy"]
    assert hard["price_of_hard_occupancy"] == pytest.approx(
        float(str(free["occupancy"])) - float(str(hard["occupancy"]))
    )
    assert float(str(hard["abandonment"])) <= 0.03
    assert run([*SHORT, "--hard"]) == 0
    assert "points of occupancy" in capsys.readouterr().out


def test_requests_instead_of_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    figures = output(capsys, "--requests", "200", "--strategy", "progressive")
    assert list(figures)[-5:-1] == ["requests", "first_calls_in_time", "first_call_p95_s", "overdue_requests"]
    assert run([*SHORT, "--requests", "200", "--strategy", "progressive"]) == 0
    assert "first called in time" in capsys.readouterr().out


def test_from_what_load_on_first_calls_are_late(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    scenario = tmp_path / "small.toml"
    scenario.write_text(
        "[day]\nstrategy = 'progressive'\nhours = 0.2\n[team]\nagents = 1\n[requests]\nfirst_call_s = 60\n"
    )
    asked = ["simulate", "--scenario", str(scenario), "--find-load"]
    assert run([*asked, "--requests", "100"]) == 0
    shown = capsys.readouterr().out
    assert "holds up to" in shown
    assert "fails from" in shown
    assert run([*asked, "--requests", "100", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["holds"] < found["fails"]


def test_a_load_is_looked_for_among_requests_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*SHORT, "--find-load"]) == 6
    assert "--requests" in capsys.readouterr().err
