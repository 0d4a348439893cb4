"""What other dialers do, in our own words and code, for measuring against them (rules: docs/pacing.md).

Each has one number that its operator sets; the bench sets it for each cell with hindsight, as no operator could.
"""

from dataclasses import dataclass, field

from strategies.base import Decision, How, Observation, Phase, Snapshot, Strategy
from strategies.progressive import Progressive

RATIO_EVERY_S = 2.5
ADAPT_EVERY_S = 15.0
ADAPT_AFTER_CALLS = 50
LEVEL_MOST = 3.0


def _start(calls: float, name: str) -> Decision:
    return Decision(calls_to_start=max(0, int(calls)), reason="", strategy=name)


def _in_flight(snapshot: Snapshot) -> int:
    return len(snapshot.ringing_calls) + snapshot.waiting_calls


def _in_talk(snapshot: Snapshot) -> int:
    return sum(agent.phase is Phase.TALK for agent in snapshot.busy_agents)


@dataclass(slots=True)
class Ratio:
    """VICIdial RATIO: lines wanted = level x (ready + in-call agents), all lines in use taken off, each 2.5 s."""

    level: float
    name: str = "ratio"
    _due_s: float = 0.0

    def decide(self, snapshot: Snapshot) -> Decision:
        if snapshot.at_s < self._due_s:
            return _start(0, self.name)
        self._due_s = snapshot.at_s + RATIO_EVERY_S
        talking = _in_talk(snapshot)
        wanted = self.level * (snapshot.free_agents + talking)
        return _start(wanted - _in_flight(snapshot) - talking, self.name)

    def observe(self, observation: Observation) -> None:
        """Static."""


@dataclass(slots=True)
class Boost:
    """WombatDialer: free agents x boost, less what is in flight; nothing while anybody waits."""

    boost: float
    name: str = "boost"

    def decide(self, snapshot: Snapshot) -> Decision:
        if snapshot.waiting_calls:
            return _start(0, self.name)
        return _start(round(snapshot.free_agents * self.boost) - _in_flight(snapshot), self.name)

    def observe(self, observation: Observation) -> None:
        """Static."""


@dataclass(slots=True)
class Adaptive:
    """VICIdial ADAPT_AVERAGE: the level follows ready agents each 15 s; over the limit it is halved."""

    target: float
    """Added to the ready agents (the operator's difference target): positive is bolder."""
    name: str = "adaptive"
    _level: float = 1.0
    _ready: float = 0.0
    _due_s: float = 0.0
    _dial_due_s: float = 0.0
    _answered: int = 0
    _abandoned: int = 0

    def decide(self, snapshot: Snapshot) -> Decision:
        self._ready += (snapshot.free_agents - snapshot.waiting_calls - self._ready) * 0.05
        if snapshot.at_s >= self._due_s:
            self._due_s = snapshot.at_s + ADAPT_EVERY_S
            self._adapt(snapshot)
        if snapshot.at_s < self._dial_due_s:
            return _start(0, self.name)
        self._dial_due_s = snapshot.at_s + RATIO_EVERY_S
        talking = _in_talk(snapshot)
        wanted = self._level * (snapshot.free_agents + talking)
        return _start(wanted - _in_flight(snapshot) - talking, self.name)

    def observe(self, observation: Observation) -> None:
        self._answered += observation.how is How.ANSWERED
        self._abandoned += observation.how is How.ABANDONED

    def _adapt(self, snapshot: Snapshot) -> None:
        agents = max(1, snapshot.free_agents + len(snapshot.busy_agents))
        self._level *= 1.0 + (self._ready + self.target) / agents
        over = self._abandoned > snapshot.budget.ceiling_ratio * self._answered
        if self._answered >= ADAPT_AFTER_CALLS and over:
            self._level /= 2.0
        self._level = min(max(self._level, 1.0), LEVEL_MOST)


@dataclass(slots=True)
class GainControlled:
    """Cisco UCCX: lines per free agent, 1 to 3, corrected by the gain at each 100 live answers towards the limit."""

    gain: float
    name: str = "gain"
    _lines: float = 1.5
    _answered: int = 0
    _abandoned: int = 0
    _limit: float = field(default=0.03)

    def decide(self, snapshot: Snapshot) -> Decision:
        self._limit = snapshot.budget.ceiling_ratio
        return _start(round(snapshot.free_agents * self._lines) - _in_flight(snapshot), self.name)

    def observe(self, observation: Observation) -> None:
        self._answered += observation.how is How.ANSWERED
        self._abandoned += observation.how is How.ABANDONED
        if self._answered >= 100:
            error = (self._limit - self._abandoned / self._answered) / max(self._limit, 1e-3)
            self._lines = min(max(self._lines + self.gain * error, 1.0), 3.0)
            self._answered = self._abandoned = 0


@dataclass(frozen=True, slots=True)
class Peer:
    """One kind of dialer and the settings that its operator may try."""

    name: str
    settings: tuple[float, ...]
    """From mild to bold."""
    reads_ceiling: bool = False
    bolder_loses_more: bool = True

    def make(self, setting: float) -> Strategy:
        match self.name:
            case "1:1":
                return Progressive()
            case "ratio":
                return Ratio(setting)
            case "boost":
                return Boost(setting)
            case "adaptive":
                return Adaptive(setting)
            case "gain":
                return GainControlled(setting)
        raise ValueError(self.name)


PEERS = (
    Peer("1:1", (1.0,)),
    Peer("ratio", (1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.5, 3.0, 4.0, 5.0)),
    Peer("boost", (1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.3, 2.6, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 9.0)),
    Peer("adaptive", (-2.0, -1.0, 0.0, 1.0), reads_ceiling=True, bolder_loses_more=False),
    Peer("gain", (0.1, 0.5, 1.0), reads_ceiling=True, bolder_loses_more=False),
)
