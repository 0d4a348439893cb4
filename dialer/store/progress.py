"""Many steps of the same attempts made one row each: what a batch of the writer holds is written by one statement."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dialer.core.effects import BookProgress
from dialer.core.ids import AgentId, AttemptId, Instant


@dataclass(slots=True)
class Row:
    """How far one attempt has come: its last state, and when it entered each."""

    attempt: AttemptId
    state: str = "intended"
    agent: AgentId | None = None
    abandoned: bool = False
    times: dict[str, Instant] = field(default_factory=dict)


def merged(steps: Iterable[BookProgress]) -> list[Row]:
    """One row per attempt, in the order of first appearance; the first time of each state stands."""
    rows: dict[AttemptId, Row] = {}
    for step in steps:
        row = rows.setdefault(step.attempt, Row(step.attempt))
        row.state = step.state
        row.agent = row.agent if step.agent is None else step.agent
        row.abandoned = row.abandoned or step.abandoned
        row.times.setdefault(step.state, step.at)
    return list(rows.values())
