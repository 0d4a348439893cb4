"""What must hold after every step, whatever the day brings: nothing is lost, nothing happens twice.

A broken check raises `Broken` with the seed and the scenario, so that the day can be lived again to that moment.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dialer.core.effects import Connect, Effect, Originate
from dialer.core.events import Event
from dialer.core.modes import BY_HAND
from dialer.core.states import AgentState, CallState

if TYPE_CHECKING:
    from sim.run import Day


AT_WORK = (AgentState.PREVIEWING, AgentState.RESERVED, AgentState.TALKING, AgentState.WRAP_UP)


class Broken(AssertionError):
    """The dialer broke one of its own rules."""


class Checks:
    """Watches one day."""

    def __init__(self, day: "Day") -> None:
        self._day = day
        self._steps = 0

    def after(self, event: Event, effects: Sequence[Effect]) -> None:
        """Check the room after this step."""
        self._steps += 1
        self._one_agent_one_call()
        self._every_call_is_claimed()
        self._no_agents_no_originate(event, effects)
        self._connects_are_reserved(effects)

    def at_rest(self) -> None:
        """All that happened at once is done: every attempt, line and agent is accounted for."""
        self._every_claim_lives_or_is_settled()
        self._lines_are_counted_right()
        self._who_is_at_work_has_a_call()

    def at_end(self) -> None:
        """After the winding down: every claim is settled, every answer is joined or counted as abandoned."""
        books = self._day.books
        open_attempts = books.claimed - books.settled.keys()
        self._demand(
            not open_attempts, f"{len(open_attempts)} attempts were never settled: {sorted(open_attempts)[:5]}"
        )
        for attempt, settle in books.settled.items():
            answered = settle.times.answered_at is not None
            joined = settle.times.bridged_at is not None
            self._demand(
                not answered or joined or settle.abandoned, f"{attempt} was answered, not joined and not abandoned"
            )
        self._demand(not self._day.switch.lines, f"{len(self._day.switch.lines)} channels are left on the switch")

    def _one_agent_one_call(self) -> None:
        room = self._day.floor.room
        seen: dict[object, object] = {}
        for call in room.calls.values():
            if call.agent is None or call.state is CallState.SETTLED:
                continue
            self._demand(call.agent not in seen, f"agent {call.agent} is on {seen.get(call.agent)} and {call.attempt}")
            seen[call.agent] = call.attempt
        for agent in room.agents.values():
            if agent.state is AgentState.READY:
                self._demand(agent.attempt is None, f"agent {agent.id} is ready and has the call {agent.attempt}")

    def _every_call_is_claimed(self) -> None:
        books = self._day.books
        for attempt in self._day.floor.room.calls:
            self._demand(attempt in books.claimed, f"{attempt} lives and was never claimed")
            self._demand(attempt not in books.settled, f"{attempt} lives and is settled")

    def _every_claim_lives_or_is_settled(self) -> None:
        books, calls = self._day.books, self._day.floor.room.calls
        lost = books.claimed - books.settled.keys() - calls.keys()
        self._demand(not lost, f"{sorted(lost)[:5]} are claimed, neither live nor settled")

    def _lines_are_counted_right(self) -> None:
        room = self._day.floor.room
        asked = sum(c.asking for c in room.campaigns.values() if c.settings.mode not in BY_HAND)
        on_line = sum(1 for one in room.calls.values() if not one.previewed and one.state is not CallState.WRAP_UP)
        used = sum(trunk.lines_used for trunk in room.trunks.values())
        self._demand(used == asked + on_line, f"{used} lines are counted, {on_line} calls and {asked} asked for")
        of_campaigns = sum(one.lines_used for one in room.campaigns.values())
        self._demand(of_campaigns == used, f"{used} lines are counted, {of_campaigns} of them as campaigns' own")

    def _who_is_at_work_has_a_call(self) -> None:
        room = self._day.floor.room
        for agent in room.agents.values():
            if agent.state in AT_WORK:
                call = room.calls.get(agent.attempt) if agent.attempt is not None else None
                self._demand(
                    call is not None and call.agent == agent.id,
                    f"agent {agent.id} is {agent.state} and has no call of his own",
                )

    def _no_agents_no_originate(self, event: Event, effects: Sequence[Effect]) -> None:
        if any(isinstance(effect, Originate) for effect in effects):
            self._demand(bool(self._day.floor.room.agents), f"{type(event).__name__} dialled without any agent")

    def _connects_are_reserved(self, effects: Sequence[Effect]) -> None:
        room = self._day.floor.room
        for effect in effects:
            if isinstance(effect, Connect) and effect.agent in room.agents:
                agent = room.agents[effect.agent]
                self._demand(agent.attempt == effect.attempt, f"agent {effect.agent} was not reserved for his call")

    def _demand(self, holds: bool, text: str) -> None:
        if not holds:
            scenario = self._day.scenario
            raise Broken(f"{text} (scenario {scenario.name}, seed {scenario.seed}, step {self._steps})")
