"""`dialer simulate` as another program sees it: keys, determinism, limits, mistakes."""

import json
from pathlib import Path

import pytest

from dialer.cli import execute as run
from tests.strategies import parties

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
        (["--agents", "0"], 6, "[team] agents = 0: a whole number is wanted, from 1 to 10,000"),
        (["--agents", "2.5"], 2, "--agents"),
        (["--answer-rate", "1.5"], 6, "[people] answer_ratio = 1.5: a number is wanted, from 0 to 1"),
        (["--hours", "nan"], 6, "[day] hours = nan: "),
        (["--strategy", "power", "--power-ratio", "inf"], 6, "[day] power_ratio = inf: "),
        (["--strategy", "power", "--power-ratio", "0.5"], 6, "power_ratio is 0.5: it must be at least 1"),
        (
            ["--requests", "60", "--hours", "0.5", "--find-load"],
            6,
            "--find-load over 0.5 h: nobody is late by then; --hours 1 or more",
        ),
        (["--requests", "60", "--find-load", "--plot", "day.png"], 6, "--find-load lives many days, --plot draws one"),
        (["--ring", "0"], 6, "[people] ring_s = 0.0: "),
        (["--plot", "day.xyz"], 6, "--plot day.xyz: a name that ends in .png, .svg, .pdf is wanted"),
        (["--plot", "nowhere/day.png"], 6, "--plot nowhere/day.png: there is no folder nowhere"),
    ],
)
def test_mistakes_are_named(arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulate", *arguments]) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[people]\nmachine_share = 0.8\nbusy_share = 0.3",
            "machine, busy, invalid and congestion shares come to 1.17",
        ),
        ("[plant]\ngive_up_low_s = 50", "[plant] give_up_low_s = 50 is over give_up_high_s = 35"),
        ("[plant]\nsetup_high_s = 1", "[plant] setup_low_s = 2 is over setup_high_s = 1"),
    ],
)
def test_values_that_contradict_one_another_are_named(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(text)
    assert run(["simulate", "--scenario", str(path)]) == 6
    assert said in capsys.readouterr().err


@pytest.fixture
def no_day_is_lived(monkeypatch: pytest.MonkeyPatch) -> None:
    def live(*_: object, **__: object) -> None:
        raise AssertionError("the day was lived")

    monkeypatch.setattr("dialer.cli.simulate._live", live)


@pytest.mark.usefixtures("no_day_is_lived")
def test_what_cannot_be_used_is_refused_before_the_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "late.toml"
    path.write_text("[limits]\nfirst_calls_in_time_least = 0.9\n")
    assert run(["simulate", "--scenario", str(path)]) == 6
    assert "first_calls_in_time_least = 0.9: only where requests come" in capsys.readouterr().err
    (tmp_path / "folder.png").mkdir()
    assert run(["simulate", "--plot", str(tmp_path / "folder.png")]) == 6
    assert "a file that may be written is wanted" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (parties.NotMade, "the strategy theirs cannot be made: RuntimeError('their licence has run out') at "),
        (parties.Decides, "the strategy theirs failed with ZeroDivisionError('nobody answers') at "),
    ],
)
def test_a_third_partys_strategy_that_fails_ends_the_command_with_its_place(
    made: type, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parties.install(tmp_path, monkeypatch, f"{parties.__name__}:{made.__name__}")
    assert run([*SHORT, "--strategy", "theirs"]) == 6
    shown = capsys.readouterr().err
    assert said in shown
    assert "parties.py:" in shown
    assert "Traceback" not in shown


def test_a_limit_on_requests_holds_where_an_option_brings_them(tmp_path: Path) -> None:
    path = tmp_path / "asked.toml"
    path.write_text("[limits]\nfirst_calls_in_time_least = 0.01\n")
    assert run([*SHORT, "--scenario", str(path), "--requests", "60"]) == 0


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
