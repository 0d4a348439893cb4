"""A recorded day lived again: the same people, times and agents' comings and goings, under any strategy.

The i-th call that is dialled meets the i-th person of the record: he answers after as many seconds, talks as long, and
the agent writes as long, whoever takes him. A strategy that dials more than was recorded meets people drawn again from
the record (`drawn_again` counts them); those who were never talked to are given a recorded talk. Agents sign in, pause
and leave when they did; at work for another campaign they are away. Under the recorded decisions the record comes out
again, which is how far such a replay may be trusted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Any

from dialer.core.events import Beat
from dialer.core.ids import AgentId, AttemptId, Leg
from dialer.core.law import Profile
from dialer.core.ledger import CeilingMode, Counted, LedgerWindow
from dialer.core.record import DayRecord, RecordedState
from dialer.core.settings import AgentSession, CampaignSettings, Phone
from dialer.core.states import AgentState, CampaignState
from dialer.core.wishes import (
    AgentPaused,
    AgentReady,
    AgentSignedIn,
    AgentSignedOut,
    CampaignChanged,
    CampaignCommand,
    DeskEvent,
)
from sim.hands import GROUP, Hands
from sim.heap import HANDS, TIMER
from sim.recorded import A_MOMENT_S, ABANDONED_AFTER_S, FOR_EVER_S, RecordedWorld
from sim.run import ALL_DAY, CAMPAIGN, SERVER, START, Day
from sim.scenario import Scenario
from sim.tally import Tally
from sim.world import Script
from strategies.base import Decision, Observation, Snapshot, Strategy

BUSY_STATES = frozenset({AgentState.RESERVED, AgentState.TALKING, AgentState.WRAP_UP})
WITHIN_A_DAY = {LedgerWindow.DAY: LedgerWindow.ROLLING_24H}
"""The record's day may lie across a midnight of the simulator's clock."""
LEAVES = frozenset({AgentState.PAUSED, AgentState.OFFLINE})


class AsRecorded:
    """The strategy that starts what was started, when it was; what the guard would clip, as soon as it does not."""

    name = "recorded"

    def __init__(self, starts: Sequence[tuple[float, int]]) -> None:
        self._starts = starts
        self._next = 0
        self._owed = 0

    def decide(self, snapshot: Snapshot) -> Decision:
        while self._next < len(self._starts) and self._starts[self._next][0] <= snapshot.at_s:
            self._owed += self._starts[self._next][1]
            self._next += 1
        calls = min(self._owed, snapshot.free_lines, snapshot.startable_calls) if snapshot.has_agents else 0
        self._owed -= calls
        return Decision(calls, f"по записи → набрать {calls}", self.name, wished=calls)

    def observe(self, observation: Observation) -> None:
        """Nothing to learn."""


class Shift(Hands):
    """The recorded agents; they write after a talk as the record says."""

    def staff(self, agents: int) -> None:
        """They come by the record."""

    def state(self, agent: AgentId, state: AgentState) -> None:
        """They go by the record."""

    def talk_ended(self, agent: AgentId, attempt: AttemptId, script: Script) -> None:
        if script.wrap_unit < FOR_EVER_S:
            super().talk_ended(agent, attempt, script)


@dataclass(slots=True)
class Replay(Day):
    """One record being lived again. `strategy` None: under the recorded decisions. `past`: the ledger before it."""

    record: DayRecord = field(kw_only=True)
    strategy: str | None = field(default=None, kw_only=True)
    past: Sequence[Counted] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        Day.__post_init__(self)
        world = RecordedWorld(self.scenario, self.record.calls)
        self._world = self.switch._world = world
        self._hands = Shift(self._future, world, self._step, SERVER, Random(0))
        self.switch.talk_ended = self._hands.talk_ended

    @property
    def drawn_again(self) -> int:
        """Calls beyond those that were recorded."""
        assert isinstance(self._world, RecordedWorld)
        return self._world.drawn_again

    def _open(self) -> None:
        self._step(self.switch.status())
        settings = _settings(self.record.settings, self.strategy)
        past = [replace(minute, at=self._moved(minute.at)) for minute in self.past]
        self._step(CampaignChanged(at=self._future.now, settings=settings, past=past))
        if self.strategy is None:
            starts = [(self._moved(at), calls) for at, calls in self.record.starts]
            strategy: Strategy = AsRecorded(starts)
            self.floor.room.campaigns[CAMPAIGN].strategies[SERVER] = strategy
            for at, _ in starts:
                self._future.at(at, self._look, TIMER)
        self._plan_agents()
        self._command(CampaignCommand.START)
        self._beat()
        self._sample()

    def _moved(self, at: float) -> float:
        """The record's instant on the simulator's clock."""
        return at - self.record.begins + START

    def _look(self) -> None:
        """At this instant something was decided."""
        self._step(Beat(at=self._future.now))
        self.floor.room.dirty = True

    # ---- the agents

    def _plan_agents(self) -> None:
        by_agent: dict[AgentId, list[RecordedState]] = {}
        for state in self.record.states:
            by_agent.setdefault(state.agent, []).append(state)
        for agent, states in by_agent.items():
            for place, state in enumerate(states):
                before = states[place - 1] if place else None
                after = states[place + 1] if place + 1 < len(states) else None
                self._plan(agent, before, state, after)

    def _plan(
        self, agent: AgentId, before: RecordedState | None, now: RecordedState, after: RecordedState | None
    ) -> None:
        """What the agent, or his phone, did to come from one state into the next."""
        at = self._moved(now.at)
        if before is None or before.state is AgentState.OFFLINE:
            if now.state is not AgentState.OFFLINE:
                self._sign_in(agent, at, now, after)
            return
        if before.state in BUSY_STATES and not before.elsewhere and now.state in LEAVES:
            at = max(at - A_MOMENT_S, START)  # the wish came before the end of the call; when, the record does not say
        if now.state is AgentState.OFFLINE:
            self._wish(AgentSignedOut(at=at, agent=agent))
        elif now.state is AgentState.LOST:
            self._future.at(at, partial(self.switch.phone_dies, agent), HANDS)
        elif _goes(before, now):
            self._wish(AgentPaused(at=at, agent=agent, reason="recorded"))
        elif _comes(before, now):
            self._wish(AgentReady(at=at, agent=agent))

    def _sign_in(self, agent: AgentId, at: float, now: RecordedState, after: RecordedState | None) -> None:
        first = after.state if now.state is AgentState.CALLING and after is not None else now.state
        session = AgentSession(
            agent=agent,
            phone=Phone(SERVER, f"agent-{agent}"),
            groups=frozenset({GROUP}),
            leg=Leg(f"dlr-a{agent}-s"),
            state=AgentState.PAUSED if first is AgentState.PAUSED else AgentState.READY,
        )
        self._future.at(at, lambda: self._step(AgentSignedIn(at=self._future.now, session=session)), HANDS)

    def _wish(self, event: DeskEvent) -> None:
        self._future.at(event.at, lambda: self._step(event), HANDS)


def _goes(before: RecordedState, now: RecordedState) -> bool:
    """He paused, or another campaign took him. Signed in on pause he only did not come."""
    if now.elsewhere:
        return not before.elsewhere
    return now.state is AgentState.PAUSED and before.state is not AgentState.CALLING and not before.elsewhere


def _comes(before: RecordedState, now: RecordedState) -> bool:
    """He asked for calls again, by a press or by having his phone rung."""
    if now.state is AgentState.READY:
        return before.state is AgentState.PAUSED or before.elsewhere
    return now.state is AgentState.CALLING and before.state is AgentState.LOST


def replayed(record: DayRecord, strategy: str | None, seed: int = 1, **given: Any) -> Replay:
    """The record lived to its end, under this strategy or (None) as it was decided; `given`: Replay's own options."""
    hours = (record.ends - record.begins) / 3600.0
    scenario = Scenario(name=record.settings.name, hours=hours, seed=seed, ceiling=record.settings.ceiling_ratio)
    day = Replay(scenario, record=record, strategy=strategy, **given)
    day.run()
    return day


def recorded_tally(record: DayRecord) -> Tally:
    """What the day came to, by the same definitions as a simulated one's."""
    tally = Tally()
    for state in record.states:
        tally.agent(state.agent, AgentState.PAUSED if state.elsewhere else state.state, state.at)
    tally.close(record.ends)
    tally.attempts = len(record.calls)
    for call in record.calls:
        if call.answered_at is not None and (call.connected or call.abandoned):
            until = call.bridged_at if call.connected else call.ended_at
            waited_s = (until or call.answered_at + ABANDONED_AFTER_S) - call.answered_at
            lost_s = min(waited_s, ABANDONED_AFTER_S)
            tally.answers.append((call.answered_at, waited_s if call.connected else lost_s, call.abandoned))
            tally.connected += call.connected
    return tally


def _settings(recorded: CampaignSettings, strategy: str | None) -> CampaignSettings:
    """The campaign as it was, in the simulator's room: what was dialled then was allowed, so no hours or law stop it.

    Lines and calls per second are not limited; whoever is in the record has the skill. A hard ceiling binds the other
    strategy only: what was decided had passed it. A record is of one day, so a calendar day's ledger never loses it.
    """
    return replace(
        recorded,
        id=CAMPAIGN,
        groups=frozenset({GROUP}),
        calendar=ALL_DAY,
        mode=strategy or "progressive",
        skill=None,
        ceiling_mode=CeilingMode.TARGET if strategy is None else recorded.ceiling_mode,
        ceiling_window=WITHIN_A_DAY.get(recorded.ceiling_window, recorded.ceiling_window),
        state=CampaignState.DRAFT,
        law=Profile.CUSTOM,
        caller=None,
        callers=(),
        needs_label=False,
        max_lines=None,
        calls_per_second=None,
        lines_share=None,
        loopback_only=False,
        wrap_up_s=FOR_EVER_S,
    )
