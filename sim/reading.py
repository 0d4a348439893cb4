"""Calls by hand in a simulated day: an agent finds a lead (manual), reads it on his screen, then has it called.

How long he seeks and reads is drawn from a lognormal law of its own chance: days of other modes stay as they were.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from dialer.core.effects import BookAgentState, PickRefused, PreviewShown
from dialer.core.events import Event
from dialer.core.ids import AgentId, CampaignId, LeadId
from dialer.core.states import AgentState
from dialer.core.wishes import DialAsked, LeadPicked
from sim.heap import Future
from sim.world import lognormal

READING_S, READING_CV = 20.0, 0.6
"""Half a screen of an order and what was said before: an assumption, not a measurement."""
SEEKING_S, SEEKING_CV = 10.0, 0.6
"""To the next lead that he would call, in a list of nine: an assumption too."""


@dataclass(slots=True)
class Readers:
    """Performs PreviewShown: the agent asks for the call once he has read; the Floor knows whether it is still his."""

    future: Future
    tell: Callable[[Event], None]
    random: Random

    def shown(self, effect: PreviewShown) -> None:
        self.future.after(lognormal(self.random, READING_S, READING_CV), lambda: self._asks(effect))

    def _asks(self, effect: PreviewShown) -> None:
        self.tell(DialAsked(at=self.future.now, agent=effect.agent, attempt=effect.attempt))


@dataclass(slots=True)
class Pickers:
    """Manual mode: whoever is free picks the first lead that is due; where another one was faster he picks again."""

    future: Future
    tell: Callable[[Event], None]
    random: Random
    campaign: CampaignId
    first: Callable[[], LeadId | None]
    """The lead that the list shows on top now."""
    _free: dict[AgentId, BookAgentState] = field(default_factory=dict)

    def state(self, effect: BookAgentState) -> None:
        if effect.state is not AgentState.READY:
            self._free.pop(effect.agent, None)
            return
        self._free[effect.agent] = effect
        self._seeks(effect)

    def refused(self, effect: PickRefused) -> None:
        if effect.agent in self._free:
            self._seeks(self._free[effect.agent])

    def _seeks(self, since: BookAgentState) -> None:
        self.future.after(lognormal(self.random, SEEKING_S, SEEKING_CV), lambda: self._picks(since))

    def _picks(self, since: BookAgentState) -> None:
        if self._free.get(since.agent) is not since:  # something else has become of him meanwhile
            return
        lead = self.first()
        if lead is None:
            self._seeks(since)
            return
        self.tell(LeadPicked(at=self.future.now, agent=since.agent, campaign=self.campaign, lead=lead))
