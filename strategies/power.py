"""Power: a fixed number of calls for each free agent, for whoever wants to set it by hand.

It has no forecast, so the ceiling is kept the blunt way: once the window's abandonment is over it, the ratio falls
to one call per agent until the window is clean again.
"""

from strategies.base import Budget, Decision, Observation, Snapshot
from strategies.words import figure, percent

FIRST_CALLS = 50
"""Answers before which one abandoned call says nothing about the share (the same count as VICIdial's default)."""


class Power:
    """`ratio` calls per free agent, rounded down; what is in flight is taken off."""

    name = "power"

    def __init__(self, ratio: float) -> None:
        if ratio < 1.0:
            raise ValueError(f"power_ratio is {ratio}: it must be at least 1 (calls per free agent)")
        self._ratio = ratio

    def decide(self, snapshot: Snapshot) -> Decision:
        over = _is_over(snapshot.budget)
        ratio = 1.0 if over else self._ratio
        in_flight = len(snapshot.ringing_calls) + snapshot.waiting_calls
        calls = max(0, int(snapshot.free_agents * ratio + 1e-9) - in_flight)
        spent = f"потолок {percent(snapshot.budget.ceiling_ratio)} исчерпан, " if over else ""
        return Decision(
            calls_to_start=calls,
            wished=calls,
            strategy=self.name,
            reason=(
                f"{spent}свободно {snapshot.free_agents} × {figure(ratio)}, "
                f"звонят {len(snapshot.ringing_calls)}, ждут {snapshot.waiting_calls} → набрать {calls}"
            ),
            inputs=(
                ("free_agents", snapshot.free_agents),
                ("ratio", ratio),
                ("ringing_calls", len(snapshot.ringing_calls)),
                ("waiting_calls", snapshot.waiting_calls),
            ),
        )

    def observe(self, observation: Observation) -> None:
        """Nothing to learn: the ratio is the operator's."""


def _is_over(budget: Budget) -> bool:
    counted = max(budget.answered, FIRST_CALLS)
    return budget.abandoned > budget.ceiling_ratio * counted
