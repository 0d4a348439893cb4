"""Preview, progressive and power: arithmetic that a person can check by hand; and how strategies are found."""

from pathlib import Path

import pytest
from hypothesis import given

import strategies
from strategies.base import Budget, RingingCall, Snapshot
from tests.strategies.parties import Theirs, install
from tests.strategies.snapshots import snapshots


def test_progressive_starts_one_call_for_each_free_agent() -> None:
    strategy = strategies.load("progressive")
    decision = strategy.decide(Snapshot(at_s=0.0, free_agents=5, ringing_calls=[RingingCall(1.0)], waiting_calls=1))
    assert decision.calls_to_start == 3
    assert decision.reason == "свободно 5, звонят 1, ждут 1 → набрать 3"


def test_power_counts_whole_calls_and_takes_off_what_is_in_flight() -> None:
    strategy = strategies.load("power", power_ratio=1.5)
    decision = strategy.decide(Snapshot(at_s=0.0, free_agents=3, ringing_calls=[RingingCall(1.0)]))
    assert decision.calls_to_start == 3
    assert decision.reason == "свободно 3 × 1,5, звонят 1, ждут 0 → набрать 3"


def test_power_falls_to_one_call_per_agent_while_the_ceiling_is_spent() -> None:
    strategy = strategies.load("power", power_ratio=3.0)
    spent = Budget(answered=100, abandoned=4, ceiling_ratio=0.03)
    decision = strategy.decide(Snapshot(at_s=0.0, free_agents=2, budget=spent))
    assert decision.calls_to_start == 2
    assert decision.reason.startswith("потолок 3 % исчерпан")


def test_preview_starts_nothing() -> None:
    assert strategies.load("preview").decide(Snapshot(at_s=0.0, free_agents=9)).calls_to_start == 0


@given(snapshot=snapshots)
def test_progressive_never_has_more_in_flight_than_free(snapshot: Snapshot) -> None:
    calls = strategies.load("progressive").decide(snapshot).calls_to_start
    in_flight = len(snapshot.ringing_calls) + snapshot.waiting_calls
    assert calls == 0 or calls + in_flight <= snapshot.free_agents


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(
        strategies.UnknownStrategy, match=r"'predicitve'; known: manual, preview, progressive, power, predictive"
    ):
        strategies.load("predicitve")


@pytest.mark.parametrize("ceiling", [-0.1, 1.0, 3.0])
def test_a_ceiling_that_is_no_share_is_refused(ceiling: float) -> None:
    with pytest.raises(ValueError, match="ceiling_ratio"):
        strategies.load("predictive", ceiling_ratio=ceiling)


def test_a_power_ratio_under_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"power_ratio is 0\.5"):
        strategies.load("power", power_ratio=0.5)


def test_a_third_party_is_found_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, f"{Theirs.__module__}:{Theirs.__name__}")
    strategy = strategies.load("theirs", ceiling_ratio=0.01)
    assert isinstance(strategy, Theirs)
    assert strategy.ceiling_ratio == 0.01
    assert "theirs" in strategies.names()
