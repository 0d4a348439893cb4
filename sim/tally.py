"""What a day came to, counted in the world's own truth, not in the dialer's books (`sim.checks` compares the two)."""

from dataclasses import dataclass, field
from typing import Any

from dialer.core.ids import AgentId
from dialer.core.ledger import WORST_S, worst_window
from dialer.core.states import AgentState
from strategies.values import value

WINDOW_S = WORST_S
BIN_S = 60.0
"""The picture's finest step."""
AT_WORK = frozenset(
    {AgentState.READY, AgentState.PREVIEWING, AgentState.RESERVED, AgentState.TALKING, AgentState.WRAP_UP}
)
BUSY = frozenset({AgentState.TALKING, AgentState.WRAP_UP})


@value(frozen=True, slots=True)
class Sample:
    """The lines at one moment, seconds after the start: calls dialled and not answered, waiting, with an agent."""

    at_s: float
    ringing: int
    waiting: int
    talking: int


@dataclass(slots=True)
class Tally:
    """Counts and times; `answers` are (instant of the answer, seconds waited, abandoned) of every human answer."""

    start: float = 0.0
    attempts: int = 0
    connected: int = 0
    answers: list[tuple[float, float, bool]] = field(default_factory=list)
    talk_s: float = 0.0
    seconds: dict[AgentState, float] = field(default_factory=dict)
    agent_waits_s: float = 0.0
    agent_waits: int = 0
    series: list[Sample] = field(default_factory=list)
    bins: list[dict[AgentState, float]] = field(default_factory=list)
    """Seconds of agents in each state, by BIN_S since the start."""
    ended_at: float = 0.0
    """When the day was over."""
    _since: dict[AgentId, tuple[AgentState, float]] = field(default_factory=dict)
    _free_since: dict[AgentId, float] = field(default_factory=dict)

    def agent(self, agent: AgentId, state: AgentState, at: float) -> None:
        """The agent is in this state from `at` on."""
        before, since = self._since.get(agent, (AgentState.OFFLINE, at))
        self.seconds[before] = self.seconds.get(before, 0.0) + at - since
        self._spread(before, since - self.start, at - self.start)
        self._since[agent] = (state, at)
        if state is AgentState.READY:
            self._free_since.setdefault(agent, at)
        elif state is AgentState.TALKING and agent in self._free_since:
            self.agent_waits_s += at - self._free_since.pop(agent)
            self.agent_waits += 1
        elif state not in (AgentState.PREVIEWING, AgentState.RESERVED):
            self._free_since.pop(agent, None)

    def close(self, at: float) -> None:
        """The day is over."""
        self.ended_at = at
        for agent, (state, _) in list(self._since.items()):
            self.agent(agent, state, at)

    def _spread(self, state: AgentState, since_s: float, until_s: float) -> None:
        """Share the time among the bins on which it lies."""
        while since_s < until_s:
            index = int(since_s // BIN_S)
            while index >= len(self.bins):
                self.bins.append({})
            end_s = min(until_s, (index + 1) * BIN_S)
            self.bins[index][state] = self.bins[index].get(state, 0.0) + end_s - since_s
            since_s = end_s

    @property
    def abandoned(self) -> int:
        return sum(1 for _, _, lost in self.answers if lost)

    def figures(self) -> dict[str, Any]:
        """The figures of the command's JSON, without strategy, agents, hours, seed and wall_s."""
        work_s = sum(self.seconds.get(state, 0.0) for state in AT_WORK)
        busy_s = sum(self.seconds.get(state, 0.0) for state in BUSY)
        work_h = work_s / 3600.0
        answered = len(self.answers)
        return {
            "attempts": self.attempts,
            "answered": answered,
            "connected": self.connected,
            "abandoned": self.abandoned,
            "abandonment": _share(self.abandoned, answered),
            "worst_30min_abandonment": round(self._worst_half_hour(), 6),
            "occupancy": _share(busy_s, work_s),
            "talk_min_per_agent_hour": _share(self.seconds.get(AgentState.TALKING, 0.0) / 60.0, work_h),
            "connects_per_agent_hour": _share(self.connected, work_h),
            "agent_wait_mean_s": _share(self.agent_waits_s, self.agent_waits),
            "customer_wait_p99_s": round(quantile([waited for _, waited, _ in self.answers], 0.99), 3),
        }

    def _worst_half_hour(self) -> float:
        """As the daemon's ledger counts it, by the instants of the answers themselves."""
        counts = sorted((at, 1, int(lost)) for at, _, lost in self.answers)
        return worst_window(counts, max(self.ended_at, counts[-1][0]) if counts else self.ended_at).ratio


def quantile(values: list[float], share: float) -> float:
    """The value that `share` of the values do not exceed; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _share(part: float, whole: float) -> float:
    return round(part / whole, 6) if whole else 0.0
