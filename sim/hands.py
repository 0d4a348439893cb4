"""The modelled agents: they sign in, write after each talk, take breaks, and leave when the shift says so."""

from collections.abc import Callable
from random import Random

from dialer.core.events import Event
from dialer.core.hinting import FORM
from dialer.core.ids import AgentId, AttemptId, GroupId, Leg, ServerName
from dialer.core.outcome import LeadEffect
from dialer.core.settings import AgentSession, Phone
from dialer.core.states import AgentState
from dialer.core.wishes import AgentHinted, AgentPaused, AgentReady, AgentSignedIn, AgentSignedOut, Disposed
from sim.heap import HANDS, Future
from sim.world import Script, World

FIRST_AGENT = 1001
GROUP = GroupId(1)


class Hands:
    """What agents do by themselves; `tell` is their screen."""

    def __init__(
        self, future: Future, world: World, tell: Callable[[Event], None], server: ServerName, random: Random
    ) -> None:
        self._future, self._world, self._tell, self._server = future, world, tell, server
        self._random = random
        self._signed_in: list[AgentId] = []
        self._sign_ins = 0
        self._state: dict[AgentId, AgentState] = {}

    def staff(self, agents: int) -> None:
        """So many agents are wanted now: others sign in, or the last to come sign out."""
        while len(self._signed_in) < agents:
            self._sign_in()
        while len(self._signed_in) > agents:
            agent = self._signed_in.pop()
            self._tell(AgentSignedOut(at=self._future.now, agent=agent))

    def talk_began(self, agent: AgentId, attempt: AttemptId, talk_s: float) -> None:
        """The agent's page will show that the form is being filled, if pages here show anything."""
        share = self._world.team.form_at
        if share > 0.0:
            self._future.after(share * talk_s, lambda: self._fills_form(agent, attempt), HANDS)

    def _fills_form(self, agent: AgentId, attempt: AttemptId) -> None:
        self._tell(AgentHinted(at=self._future.now, agent=agent, attempt=attempt, hint=FORM))

    def talk_ended(self, agent: AgentId, attempt: AttemptId, script: Script) -> None:
        """The talk is over: the agent writes, then disposes."""

        def dispose() -> None:
            self._tell(
                Disposed(
                    at=self._future.now,
                    agent=agent,
                    attempt=attempt,
                    disposition="done",
                    effect=LeadEffect.DONE,
                )
            )

        self._future.after(self._world.wrap_s(agent, script), dispose, HANDS)

    def state(self, agent: AgentId, state: AgentState) -> None:
        """What the agent's screen shows now."""
        before, self._state[agent] = self._state.get(agent), state
        if state not in (AgentState.PAUSED, AgentState.LOST) or agent not in self._signed_in:
            return
        if state is AgentState.PAUSED and before is not AgentState.PAUSED:
            self._future.after(self._world.team.break_s, lambda: self._ready(agent), HANDS)
        elif state is AgentState.LOST:
            self._future.after(5.0, lambda: self._ready(agent), HANDS)

    def _ready(self, agent: AgentId) -> None:
        if agent in self._signed_in:
            self._tell(AgentReady(at=self._future.now, agent=agent))
            self._next_break(agent)

    def _sign_in(self) -> None:
        agent = AgentId(FIRST_AGENT + self._sign_ins)
        self._sign_ins += 1
        self._signed_in.append(agent)
        session = AgentSession(
            agent=agent,
            phone=Phone(self._server, f"agent-{agent}"),
            groups=frozenset({GROUP}),
            leg=Leg(f"dlr-a{agent}-s"),
            state=AgentState.READY,
        )
        self._tell(AgentSignedIn(at=self._future.now, session=session))
        self._next_break(agent)

    def _next_break(self, agent: AgentId) -> None:
        every_s = self._world.team.break_every_s
        if every_s > 0.0:
            self._future.after(self._random.expovariate(1.0 / every_s), lambda: self._break(agent), HANDS)

    def _break(self, agent: AgentId) -> None:
        if agent in self._signed_in:
            self._tell(AgentPaused(at=self._future.now, agent=agent, reason="break"))
