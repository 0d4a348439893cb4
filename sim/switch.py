"""The modelled switch: Asterisk, the trunk, the people called and the agents' phones, in virtual time.

It performs what the Floor wants done to calls and legs and tells it what came of it, as events, through the link:
`tell` is the only way back, and faults sit there. It keeps the contract of the real dialplan: an answered customer
waits until one deadline, then hears the message; a late join out of the message works.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from dialer.core.effects import CallAgent, Connect, DropAgent, HangUp, Originate
from dialer.core.events import (
    AgentHeld,
    AgentLegDown,
    Answered,
    Bridged,
    BridgeFailed,
    Event,
    HungUp,
    LiveCall,
    LiveLeg,
    MessageStarted,
    Ringing,
    ServerUp,
)
from dialer.core.ids import AgentId, AttemptId, Leg, ServerName
from sim.heap import Future
from sim.tally import Tally
from sim.world import Fate, Script, World

ABANDONED_AFTER_S = 2.0
JOIN_S = 0.004
"""Redirect to both hearing each other: the median measured on Asterisk 22 is 3 ms."""
PHONE_PICKS_UP_S = 1.0
MESSAGE_S = 6.0
CLEARING: dict[Fate, tuple[int, int]] = {
    Fate.HUMAN: (16, 0),
    Fate.MACHINE: (19, 480),
    Fate.NO_ANSWER: (19, 480),
    Fate.BUSY: (17, 486),
    Fate.INVALID: (1, 404),
    Fate.CONGESTION: (34, 503),
    Fate.SILENT: (19, 0),
}
"""Q.850 cause and SIP code with which each fate ends."""


class Stage(StrEnum):
    RINGING = "ringing"
    WAITING = "waiting"
    MESSAGE = "message"
    TALKING = "talking"
    GONE = "gone"


@dataclass(slots=True)
class Line:
    """One customer's channel."""

    attempt: AttemptId
    script: Script
    answer_limit_s: float
    stage: Stage = Stage.RINGING
    answered_at: float = 0.0
    agent: AgentId | None = None
    counted: bool = False


@dataclass(slots=True)
class PhoneLeg:
    """One agent's nailed-up channel."""

    leg: Leg
    up: bool = True
    customer: AttemptId | None = None


class Switch:
    """Performs Originate, Connect, HangUp, CallAgent, DropAgent. `tell` gives an event to the link."""

    def __init__(
        self, future: Future, world: World, tally: Tally, tell: Callable[[Event], None], server: ServerName
    ) -> None:
        self._future, self._world, self._tally, self._tell = future, world, tally, tell
        self._server = server
        self._booted_at = future.now - 3600.0
        self.lines: dict[AttemptId, Line] = {}
        self.legs: dict[AgentId, PhoneLeg] = {}
        self.talk_ended: Callable[[AgentId, AttemptId, Script], None] = lambda agent, attempt, script: None
        self.talk_began: Callable[[AgentId, AttemptId, float], None] = lambda agent, attempt, talk_s: None
        """Told how long the talk would last if nobody interferes."""
        self.originated: set[AttemptId] = set()
        self._calls: Counter[str] = Counter()
        """To each number."""

    # ---- what the Floor wants

    def originate(self, effect: Originate) -> None:
        if effect.attempt in self.originated:
            raise AssertionError(f"attempt {effect.attempt} was dialled twice")
        self.originated.add(effect.attempt)
        self._tally.attempts += 1
        script = self._world.script(effect.number, self._calls[effect.number])
        self._calls[effect.number] += 1
        line = self.lines[effect.attempt] = Line(effect.attempt, script, effect.answer_limit_s)
        if script.rings_at_s is not None and script.rings_at_s < effect.ring_s:
            self._future.after(script.rings_at_s, lambda: self._ring(line))
        ends_s = min(script.ends_at_s, effect.ring_s)
        answers = script.fate is Fate.HUMAN and script.ends_at_s <= effect.ring_s
        self._future.after(ends_s, lambda: self._answer(line) if answers else self._end(line, Stage.RINGING))

    def connect(self, effect: Connect) -> None:
        self._future.after(JOIN_S, lambda: self._join(effect.attempt, effect.agent))

    def hang_up(self, effect: HangUp) -> None:
        line = self.lines.get(effect.attempt)
        if line is not None:
            self._future.after(JOIN_S, lambda: self._end(line, line.stage))

    def call_agent(self, effect: CallAgent) -> None:
        def picks_up() -> None:
            self.legs[effect.agent] = PhoneLeg(effect.leg)
            self._tell(AgentHeld(at=self._future.now, agent=effect.agent, leg=effect.leg))

        self._future.after(PHONE_PICKS_UP_S, picks_up)

    def drop_agent(self, effect: DropAgent) -> None:
        self.phone_dies(effect.agent, cause=16)

    # ---- what the world does

    def phone_dies(self, agent: AgentId, cause: int = 44) -> None:
        """The agent's leg ends, and the talk on it."""
        leg = self.legs.pop(agent, None)
        if leg is None:
            return
        leg.up = False
        self._tell(AgentLegDown(at=self._future.now, agent=agent, leg=leg.leg, cause=cause))
        line = self.lines.get(leg.customer) if leg.customer is not None else None
        if line is not None:
            self._end(line, Stage.TALKING)

    def status(self) -> ServerUp:
        """What lives here now, as a resync reports it."""
        calls = tuple(
            LiveCall(line.attempt, line.stage is not Stage.RINGING, line.agent) for line in self.lines.values()
        )
        legs = tuple(LiveLeg(agent, leg.leg, leg.customer is None) for agent, leg in self.legs.items())
        return ServerUp(at=self._future.now, server=self._server, booted_at=self._booted_at, calls=calls, legs=legs)

    # ---- the life of a line

    def _ring(self, line: Line) -> None:
        if line.stage is Stage.RINGING:
            self._tell(Ringing(at=self._future.now, attempt=line.attempt))

    def _answer(self, line: Line) -> None:
        if line.stage is not Stage.RINGING:
            return
        line.stage, line.answered_at = Stage.WAITING, self._future.now
        self._future.after(min(line.script.patience_s, ABANDONED_AFTER_S), lambda: self._give_up(line))
        self._future.after(line.answer_limit_s, lambda: self._message(line))
        self._tell(Answered(at=self._future.now, attempt=line.attempt))

    def _give_up(self, line: Line) -> None:
        """Two seconds have passed, or the person hangs up before: whoever was not joined is abandoned."""
        if line.stage in (Stage.WAITING, Stage.MESSAGE):
            self._count(line, lost=True)
            if line.script.patience_s < ABANDONED_AFTER_S:
                self._end(line, line.stage)

    def _message(self, line: Line) -> None:
        if line.stage is Stage.WAITING:
            line.stage = Stage.MESSAGE
            self._future.after(MESSAGE_S, lambda: self._end(line, Stage.MESSAGE))
            self._tell(MessageStarted(at=self._future.now, attempt=line.attempt))

    def _join(self, attempt: AttemptId, agent: AgentId) -> None:
        line, leg = self.lines.get(attempt), self.legs.get(agent)
        if line is None or line.stage not in (Stage.WAITING, Stage.MESSAGE):
            return
        if leg is None or leg.customer is not None:
            if leg is not None:
                raise AssertionError(f"agent {agent} was taken out of a talk")
            self._tell(BridgeFailed(at=self._future.now, attempt=attempt, agent=agent, result="NONEXISTENT"))
            return
        self._count(line, lost=False)
        line.stage, line.agent, leg.customer = Stage.TALKING, agent, attempt
        talk_s = self._world.talk_s(agent, line.script)
        self._future.after(talk_s, lambda: self._end(line, Stage.TALKING))
        self.talk_began(agent, attempt, talk_s)
        self._tell(Bridged(at=self._future.now, attempt=attempt, agent=agent))

    def _end(self, line: Line, stage: Stage) -> None:
        """The channel ends, if it is still at this stage."""
        if line.stage is not stage or self.lines.pop(line.attempt, None) is None:
            return
        now, agent = self._future.now, line.agent
        if stage in (Stage.WAITING, Stage.MESSAGE):
            self._count(line, lost=True)
        line.stage = Stage.GONE
        cause, code = CLEARING[line.script.fate]
        answered = stage is not Stage.RINGING
        cause, code = (16, 0) if answered else (cause, code)
        self._tell(HungUp(at=now, attempt=line.attempt, cause=cause, tech_cause=code))
        if agent is None:
            return
        leg = self.legs.get(agent)
        if leg is not None and leg.customer == line.attempt:
            leg.customer = None
            self._tell(AgentHeld(at=now, agent=agent, leg=leg.leg))
        self.talk_ended(agent, line.attempt, line.script)

    def _count(self, line: Line, *, lost: bool) -> None:
        """A person was answered: joined in time, or lost. Only the first word counts: a late join stays lost."""
        if line.counted:
            return
        line.counted = True
        self._tally.answers.append((line.answered_at, self._future.now - line.answered_at, lost))
        self._tally.connected += not lost
