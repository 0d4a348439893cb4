"""A stateful machine drives the Floor with a small world that may misbehave: late, doubled, lost and broken.

What must hold after every step: no agent in two calls, no lead in two live attempts, every answered call joined or
abandoned by its end, each attempt settled exactly once, lines counted right, nothing dialled twice.
"""

from collections import Counter
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dialer.core.effects import (
    BookAgentState,
    CallAgent,
    CancelTimer,
    Connect,
    DropAgent,
    Effect,
    HangUp,
    Originate,
    ReserveLeads,
    SetTimer,
    Settle,
)
from dialer.core.events import (
    AgentHeld,
    AgentLegDown,
    Answered,
    AttemptSettled,
    Beat,
    BooksAway,
    BooksBack,
    Bridged,
    BridgeFailed,
    Event,
    HungUp,
    LeadsReserved,
    LiveCall,
    LiveLeg,
    MessageEnded,
    MessageStarted,
    OriginateFailed,
    Ringing,
    ServerDown,
    ServerUp,
    TimerFired,
)
from dialer.core.ids import AgentId, AttemptId, GroupId, Leg
from dialer.core.outcome import LeadEffect
from dialer.core.picture import PHASES
from dialer.core.settings import AgentSession, Phone, PhoneKind
from dialer.core.states import REST, AgentState, CallState
from dialer.core.timer import Timer, TimerKind
from dialer.core.wishes import (
    AgentHungUp,
    AgentPaused,
    AgentPhoneBack,
    AgentReady,
    AgentSignedIn,
    AgentSignedOut,
    Disposed,
)
from tests.core.playbook import CAMPAIGN, GROUP, SERVER, T0, Play, campaign

AT_A_LEAD = (AgentState.PREVIEWING, AgentState.RESERVED, AgentState.TALKING, AgentState.WRAP_UP)
AGENTS = [AgentId(1001), AgentId(1002), AgentId(1003)]
INDEX = st.integers(min_value=0, max_value=10_000)


class World:
    """What Asterisk would hold: customers' channels and agents' legs."""

    def __init__(self) -> None:
        self.calls: dict[AttemptId, str] = {}
        """attempt → dialling | ringing | answered | message | talking"""
        self.with_agent: dict[AttemptId, AgentId] = {}
        self.legs: dict[AgentId, Leg] = {}
        self.joins: dict[AttemptId, AgentId] = {}
        """Redirects sent and not yet carried out."""


class FloorMachine(RuleBasedStateMachine):
    TERMS: ClassVar[dict[str, object]] = {"mode": "power", "power_ratio": 2.0}

    def __init__(self) -> None:
        super().__init__()
        self.play = Play(**self.TERMS)
        self.world = World()
        self.asked: list[ReserveLeads] = []
        self.timers: dict[Timer, float] = {}
        self.dialled: Counter[AttemptId] = Counter()
        self.settled: dict[AttemptId, Settle] = {}
        self.given: dict[AttemptId, None] = {}
        self.up = True
        self.perform(self.play.said)
        self.perform(self.play.start())

    @initialize(first=st.booleans(), second=st.booleans())
    def a_team_is_at_work(self, first: bool, second: bool) -> None:
        for agent, per_call in ((AGENTS[0], first), (AGENTS[1], second)):
            self.sign_in(agent, per_call)
            self.phone_is_held(agent)
        self.leads_come(5)

    # ---- the world performs

    def tell(self, event: Event) -> None:
        self.perform(self.play.floor.step(event))

    def perform(self, effects: list[Effect]) -> None:
        for effect in list(effects):
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        world = self.world
        match effect:
            case ReserveLeads():
                self.asked.append(effect)
            case Originate(attempt=attempt):
                self.dialled[attempt] += 1
                assert self.up, "originate on a server that is away"
                world.calls[attempt] = "dialling"
            case Connect(attempt=attempt, agent=agent):
                assert agent not in world.joins.values(), "an agent reserved twice"
                assert agent not in world.with_agent.values(), "a busy agent would be stolen"
                if attempt in world.calls:
                    world.joins[attempt] = agent
            case HangUp(attempt=attempt):
                if attempt in world.calls and self.up:
                    self.end(attempt)
            case CallAgent(agent=agent, leg=leg):
                world.legs[agent] = leg
            case DropAgent(agent=agent, leg=leg):
                if world.legs.get(agent) == leg:
                    del world.legs[agent]
            case Settle(attempt=attempt):
                assert attempt not in self.settled, "settled twice"
                self.settled[attempt] = effect
            case SetTimer(timer=timer, at=at):
                self.timers[timer] = at
            case CancelTimer(timer=timer):
                self.timers.pop(timer, None)
            case BookAgentState(agent=agent, state=AgentState.OFFLINE):
                assert agent not in self.play.floor.room.agents
            case _:
                return

    def end(self, attempt: AttemptId) -> None:
        """The channel goes; its agent goes back to hold."""
        world = self.world
        del world.calls[attempt]
        world.joins.pop(attempt, None)
        agent = world.with_agent.pop(attempt, None)
        if self.up:
            self.tell(HungUp(at=self.play.at, attempt=attempt, cause=16, tech_cause=0))
            if agent is not None and agent in world.legs:
                self.tell(AgentHeld(at=self.play.at, agent=agent, leg=world.legs[agent]))

    def pick(self, index: int, *states: str) -> AttemptId | None:
        found = [attempt for attempt, state in self.world.calls.items() if state in states]
        return found[index % len(found)] if found else None

    # ---- what may happen

    @rule(seconds=st.floats(min_value=0.0, max_value=30.0))
    def time_passes(self, seconds: float) -> None:
        self.play.at += seconds
        due = sorted((at, timer.kind, timer.of) for timer, at in self.timers.items() if at <= self.play.at)
        for _, kind, of in due:
            timer = Timer(kind, of)
            if self.timers.pop(timer, None) is not None:
                self.tell(TimerFired(at=self.play.at, timer=timer))
        self.tell(Beat(at=self.play.at))

    @rule(which=st.sampled_from(AGENTS), per_call=st.booleans())
    def sign_in(self, which: AgentId, per_call: bool) -> None:
        if which in self.play.floor.room.agents or not self.up:
            return
        kind = PhoneKind.PER_CALL if per_call else PhoneKind.NAILED_UP
        leg = Leg(f"dlr-a{which}-{self.play.at}")
        phone = Phone(SERVER, f"agent-{which}", kind)
        self.tell(
            AgentSignedIn(
                at=self.play.at,
                session=AgentSession(which, phone, frozenset({GroupId(1)}), leg, AgentState.READY),
            )
        )

    @rule(which=st.sampled_from(AGENTS))
    def phone_is_held(self, which: AgentId) -> None:
        leg = self.world.legs.get(which)
        if leg is not None and self.up and which not in self.world.with_agent.values():
            self.tell(AgentHeld(at=self.play.at, agent=which, leg=leg))

    @rule(which=st.sampled_from(AGENTS))
    def phone_dies(self, which: AgentId) -> None:
        leg = self.world.legs.pop(which, None)
        if leg is None or not self.up:
            return
        for attempt, agent in list(self.world.with_agent.items()):
            if agent == which:
                self.end(attempt)
        self.tell(AgentLegDown(at=self.play.at, agent=which, leg=leg, cause=44))

    @rule(which=st.sampled_from(AGENTS), wish=st.sampled_from(["ready", "pause", "out", "hang_up", "phone_back"]))
    def agent_wishes(self, which: AgentId, wish: str) -> None:
        at = self.play.at
        if wish == "ready":
            self.tell(AgentReady(at=at, agent=which))
        elif wish == "pause":
            self.tell(AgentPaused(at=at, agent=which, reason="tea"))
        elif wish == "out":
            self.tell(AgentSignedOut(at=at, agent=which))
        elif wish == "phone_back":
            self.tell(AgentPhoneBack(at=at, agent=which))
        else:
            self.tell(AgentHungUp(at=at, agent=which))

    @rule(most=st.integers(min_value=0, max_value=5))
    def leads_come(self, most: int) -> None:
        if not self.asked:
            return
        ask = self.asked.pop(0)
        count = min(ask.count, most)
        reservations = tuple(self.play._reservation(ask, "Europe/Moscow") for _ in range(count))
        self.given |= dict.fromkeys(reservation.attempt for reservation in reservations)
        self.tell(
            LeadsReserved(
                at=self.play.at,
                campaign=ask.campaign,
                server=ask.server,
                trunk=ask.trunk,
                asked=ask.count,
                previewer=ask.previewer,
                lead=ask.lead,
                reservations=reservations,
                unfinished=100,
            )
        )

    @rule(index=INDEX, doubled=st.booleans())
    def rings(self, index: int, doubled: bool) -> None:
        attempt = self.pick(index, "dialling")
        if attempt is not None and self.up:
            self.world.calls[attempt] = "ringing"
            for _ in range(1 + doubled):
                self.tell(Ringing(at=self.play.at, attempt=attempt))

    @rule(index=INDEX, doubled=st.booleans(), at_once=st.booleans())
    def answers(self, index: int, doubled: bool, at_once: bool) -> None:
        attempt = self.pick(index, "dialling", "ringing")
        if attempt is not None and self.up:
            self.world.calls[attempt] = "answered"
            for _ in range(1 + doubled):
                self.tell(Answered(at=self.play.at, attempt=attempt))
            if at_once:
                self.join_is_carried_out(index, works=True, doubled=doubled)

    @rule(index=INDEX)
    def fails(self, index: int) -> None:
        attempt = self.pick(index, "dialling", "ringing")
        if attempt is not None and self.up:
            self.tell(OriginateFailed(at=self.play.at, attempt=attempt))
            self.end(attempt)

    @rule(index=INDEX)
    def message_starts(self, index: int) -> None:
        attempt = self.pick(index, "answered")
        if attempt is not None and self.up:
            self.world.calls[attempt] = "message"
            self.tell(MessageStarted(at=self.play.at, attempt=attempt))

    @rule(index=INDEX, heard=st.booleans())
    def message_ends(self, index: int, heard: bool) -> None:
        attempt = self.pick(index, "message", "answered")
        if attempt is not None and self.up:
            self.tell(MessageEnded(at=self.play.at, attempt=attempt, heard=heard))

    @rule(index=INDEX, works=st.booleans(), doubled=st.booleans())
    def join_is_carried_out(self, index: int, works: bool, doubled: bool) -> None:
        joins = list(self.world.joins.items())
        if not joins or not self.up:
            return
        attempt, agent = joins[index % len(joins)]
        del self.world.joins[attempt]
        if works and agent in self.play.floor.room.agents:
            self.world.calls[attempt] = "talking"
            self.world.with_agent[attempt] = agent
            for _ in range(1 + doubled):
                self.tell(Bridged(at=self.play.at, attempt=attempt, agent=agent))
        else:
            self.tell(BridgeFailed(at=self.play.at, attempt=attempt, agent=agent, result="NONEXISTENT"))

    @rule(index=INDEX)
    def customer_hangs_up(self, index: int) -> None:
        attempt = self.pick(index, "answered", "message", "talking")
        if attempt is not None:
            self.end(attempt)

    @rule(index=INDEX)
    def agent_disposes(self, index: int) -> None:
        open_forms = [
            call for call in self.play.floor.room.calls.values() if call.state in (CallState.TALKING, CallState.WRAP_UP)
        ]
        if open_forms:
            call = open_forms[index % len(open_forms)]
            assert call.agent is not None
            self.tell(
                Disposed(
                    at=self.play.at,
                    agent=call.agent,
                    attempt=call.attempt,
                    disposition="agreed",
                    effect=LeadEffect.DONE,
                )
            )

    @rule()
    def books_settle(self) -> None:
        for attempt in self.settled:
            self.tell(AttemptSettled(at=self.play.at, attempt=attempt, campaign=CAMPAIGN))

    @rule(away=st.booleans())
    def books_come_and_go(self, away: bool) -> None:
        self.tell(BooksAway(at=self.play.at, reason="x") if away else BooksBack(at=self.play.at))

    @precondition(lambda self: self.up)
    @rule()
    def link_breaks(self) -> None:
        self.up = False
        self.tell(ServerDown(at=self.play.at, server=SERVER, reason="cut"))

    @precondition(lambda self: not self.up)
    @rule(restarted=st.booleans())
    def link_comes_back(self, restarted: bool) -> None:
        world = self.world
        if restarted:
            world.calls.clear()
            world.legs.clear()
            world.with_agent.clear()
        world.joins.clear()  # what was not carried out at the cut was never written
        self.up = True
        answered = ("answered", "message", "talking")
        self.tell(
            ServerUp(
                at=self.play.at,
                server=SERVER,
                booted_at=self.play.at if restarted else T0,
                calls=tuple(
                    LiveCall(attempt, state in answered, world.with_agent.get(attempt))
                    for attempt, state in world.calls.items()
                ),
                legs=tuple(
                    LiveLeg(agent, leg, agent not in world.with_agent.values()) for agent, leg in world.legs.items()
                ),
            )
        )

    # ---- what must hold

    @invariant()
    def no_agent_is_in_two_calls(self) -> None:
        room = self.play.floor.room
        on_call = [call.agent for call in room.calls.values() if call.agent is not None]
        assert len(on_call) == len(set(on_call))
        for agent in room.agents.values():
            if agent.attempt is not None:
                assert agent.state in AT_A_LEAD, agent.state

    @invariant()
    def nothing_is_dialled_twice(self) -> None:
        assert all(count == 1 for count in self.dialled.values())

    @invariant()
    def every_attempt_is_live_or_settled(self) -> None:
        live = set(self.play.floor.room.calls)
        assert not live & set(self.settled)
        assert set(self.given) == live | set(self.settled)

    @invariant()
    def lines_are_counted_right(self) -> None:
        room = self.play.floor.room
        on_lines = sum(1 for call in room.calls.values() if not call.previewed and call.state is not CallState.WRAP_UP)
        pending = sum(ask.count for ask in self.asked if ask.previewer is None)
        (trunk,) = room.trunks.values()
        assert trunk.lines_used == on_lines + pending
        assert sum(one.lines_used for one in room.campaigns.values()) == trunk.lines_used

    @invariant()
    def the_indexes_are_true(self) -> None:
        room = self.play.floor.room
        ready = {agent.id for agent in room.agents.values() if agent.state is AgentState.READY}
        resting = {agent for agent in ready if room.agents[agent].rests}
        assert set(room.ready.get(SERVER, ())) == ready - resting
        at_work = resting | {agent.id for agent in room.agents.values() if agent.state in PHASES}
        picture = room.pictures[SERVER]
        assert set(picture.busy_keys()) == at_work
        shown = {
            key: record.leaving
            for key, record in zip(picture.busy_keys(), picture.busy(campaign(groups=frozenset({GROUP}))), strict=True)
        }
        assert shown == {agent: room.agents[agent].leaving for agent in at_work}
        assert set(room.waiting.get(SERVER, ())) == {call.attempt for call in room.calls.values() if call.waits}
        assert set(picture.call_keys()) == {call.attempt for call in room.calls.values() if call.unanswered}

    @invariant()
    def nobody_waits_while_an_agent_is_free(self) -> None:
        room = self.play.floor.room
        waiting = [call for call in room.calls.values() if call.waits and not call.unseen]
        ready = [agent for agent in room.agents.values() if agent.state is AgentState.READY and not agent.rests]
        free = [agent for agent in ready if agent.reachable]
        assert not [(call, agent) for call in waiting for agent in free if call.previewer in (None, agent.id)]

    @invariant()
    def who_answered_was_joined_or_abandoned(self) -> None:
        for settle in self.settled.values():
            if settle.times.answered_at is not None:
                assert settle.times.bridged_at is not None or settle.abandoned


class RestMachine(FloorMachine):
    """The same world under a campaign that gives its agents rest between calls."""

    TERMS: ClassVar[dict[str, object]] = {"mode": "power", "power_ratio": 2.0, "rest_s": 4.0, "max_occupancy": 0.8}

    @invariant()
    def whoever_rests_will_be_woken(self) -> None:
        for agent in self.play.floor.room.agents.values():
            assert not agent.rests or Timer(TimerKind.REST, str(agent.id)) in self.timers
            assert agent.reason != REST or agent.rests


SETTINGS = settings(max_examples=60, stateful_step_count=80, deadline=None, suppress_health_check=list(HealthCheck))
for machine in (FloorMachine, RestMachine):
    machine.TestCase.settings = SETTINGS
TestFloorMachine, TestRestMachine = FloorMachine.TestCase, RestMachine.TestCase
