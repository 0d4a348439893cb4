"""The guard is never exceeded, whatever the strategy wishes; and it says what it clipped."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from strategies import guard
from strategies.base import Budget, BusyAgent, Decision, Phase, RingingCall, Snapshot
from tests.strategies.snapshots import snapshots


def wish(calls: int) -> Decision:
    return Decision(calls_to_start=calls, reason="так хочу", strategy="adversary")


@given(snapshot=snapshots, calls=st.integers(-10, 10_000))
def test_no_wish_passes_the_limits(snapshot: Snapshot, calls: int) -> None:
    allowed = guard(wish(calls), snapshot).calls_to_start
    assert 0 <= allowed <= max(0, calls)
    assert allowed <= max(0, snapshot.free_lines)
    assert allowed <= max(0, snapshot.startable_calls)
    if not snapshot.has_agents:
        assert allowed == 0


@given(snapshot=snapshots, calls=st.integers(1, 10_000), answered_share=st.floats(0.0, 1.0))
def test_hard_ceiling_survives_the_worst_that_can_follow(snapshot: Snapshot, calls: int, answered_share: float) -> None:
    """Any number of the calls in flight is answered at once: the share is within the ceiling, or we added nothing."""
    snapshot = replace(snapshot, budget=replace(snapshot.budget, hard=True))
    budget, allowed = snapshot.budget, guard(wish(calls), snapshot).calls_to_start
    if allowed == 0:
        return
    in_flight = allowed + len(snapshot.ringing_calls) + snapshot.waiting_calls
    answers = round(in_flight * answered_share)
    lost = max(0, answers - snapshot.free_agents)
    within = budget.abandoned + lost <= budget.ceiling_ratio * (budget.answered + answers) + 1e-6
    already_over = budget.abandoned > budget.ceiling_ratio * budget.answered
    assert within or (already_over and lost == 0)


@given(snapshot=snapshots)
def test_hard_ceiling_always_allows_one_call_per_free_agent(snapshot: Snapshot) -> None:
    snapshot = replace(snapshot, free_lines=1000, startable_calls=1000, budget=replace(snapshot.budget, hard=True))
    in_flight = len(snapshot.ringing_calls) + snapshot.waiting_calls
    if snapshot.free_agents > in_flight:
        assert guard(wish(1000), snapshot).calls_to_start >= snapshot.free_agents - in_flight


@given(snapshot=snapshots, calls=st.integers(0, 1000))
def test_tighter_ceiling_never_allows_more(snapshot: Snapshot, calls: int) -> None:
    tighter = replace(snapshot, budget=replace(snapshot.budget, ceiling_ratio=snapshot.budget.ceiling_ratio / 2))
    assert guard(wish(calls), tighter).calls_to_start <= guard(wish(calls), snapshot).calls_to_start


@given(snapshot=snapshots, calls=st.integers(0, 1000))
def test_one_more_free_agent_never_means_fewer(snapshot: Snapshot, calls: int) -> None:
    more = replace(snapshot, free_agents=snapshot.free_agents + 1)
    assert guard(wish(calls), more).calls_to_start >= guard(wish(calls), snapshot).calls_to_start


def test_agents_who_are_all_leaving_are_no_agents() -> None:
    leaving = [BusyAgent(Phase.TALK, 60.0, leaving=True), BusyAgent(Phase.WRAP_UP, 3.0, leaving=True)]
    decision = guard(wish(5), Snapshot(at_s=0.0, free_agents=0, busy_agents=leaving))
    assert decision.calls_to_start == 0
    assert decision.reason == "так хочу; предел: нет операторов → набрать 0"
    assert decision.wished == 5


def test_clip_by_lines_is_said() -> None:
    decision = guard(wish(5), Snapshot(at_s=0.0, free_agents=9, free_lines=2))
    assert (decision.calls_to_start, decision.wished) == (2, 5)
    assert decision.reason == "так хочу; предел: свободных линий 2 → набрать 2"


def test_what_is_within_the_limits_is_left_alone() -> None:
    snapshot = Snapshot(at_s=0.0, free_agents=2, ringing_calls=[RingingCall(3.0)], budget=Budget(hard=True))
    assert guard(wish(1), snapshot).reason == "так хочу"
