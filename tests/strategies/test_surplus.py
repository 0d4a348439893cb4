"""Surplus calls: wished away only where the option is on, only old ones, only while nobody would be free for them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from strategies import guard, load
from strategies.base import BusyAgent, Phase, RingingCall, Snapshot
from tests.strategies.snapshots import snapshots

BUSY_FOR_LONG = [BusyAgent(Phase.TALK, 1.0) for _ in range(5)]


def cancelled(snapshot: Snapshot) -> int:
    return guard(load("predictive", cancel_surplus=True).decide(snapshot), snapshot).calls_to_cancel


def crowded(age_s: float) -> Snapshot:
    """Five agents who have just begun to talk, and eight calls that ring."""
    calls = [RingingCall(age_s, rang=True) for _ in range(8)]
    return Snapshot(at_s=0.0, free_agents=0, busy_agents=BUSY_FOR_LONG, ringing_calls=calls, waiting_calls=3)


def test_calls_that_nobody_will_take_are_wished_away() -> None:
    assert cancelled(crowded(20.0)) > 0


def test_the_option_is_off_by_default() -> None:
    assert load("predictive").decide(crowded(20.0)).calls_to_cancel == 0


def test_while_agents_are_free_nobody_is_hung_up() -> None:
    assert cancelled(replace(crowded(20.0), free_agents=9, waiting_calls=0)) == 0


def test_the_reason_says_so() -> None:
    decision = load("predictive", cancel_surplus=True).decide(crowded(20.0))
    assert decision.reason.endswith(f"→ набрать 0, прекратить {decision.calls_to_cancel}")


@pytest.mark.parametrize("age_s", [0.0, 5.0, 14.9])
def test_young_calls_are_left_alone(age_s: float) -> None:
    assert cancelled(crowded(age_s)) == 0


@settings(max_examples=40, deadline=None)
@given(snapshot=snapshots)
def test_never_more_than_have_rung_for_fifteen_seconds(snapshot: Snapshot) -> None:
    assert 0 <= cancelled(snapshot) <= sum(call.age_s >= 15.0 - 1e-6 for call in snapshot.ringing_calls)
