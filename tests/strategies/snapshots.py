"""Snapshots of every kind, for property tests of strategies."""

from hypothesis import strategies as st

from strategies.base import Budget, BusyAgent, Phase, RingingCall, Snapshot

ages = st.floats(0.0, 120.0)
busy_agents = st.builds(BusyAgent, phase=st.sampled_from(Phase), for_s=st.floats(0.0, 4000.0), leaving=st.booleans())
ringing_calls = st.builds(RingingCall, age_s=st.floats(0.0, 60.0), rang=st.booleans())
budgets = st.integers(0, 5000).flatmap(
    lambda answered: st.builds(
        Budget,
        answered=st.just(answered),
        abandoned=st.integers(0, answered),
        ceiling_ratio=st.floats(0.0, 0.2),
        hard=st.booleans(),
    )
)
snapshots = st.builds(
    Snapshot,
    at_s=st.floats(0.0, 1e6),
    free_agents=st.integers(0, 40),
    busy_agents=st.lists(busy_agents, max_size=60),
    ringing_calls=st.lists(ringing_calls, max_size=60),
    waiting_calls=st.integers(0, 10),
    budget=budgets,
    free_lines=st.integers(-5, 200),
    startable_calls=st.integers(-5, 200),
)
