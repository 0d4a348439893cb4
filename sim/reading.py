"""Preview in a simulated day: an agent reads the lead on his screen, then has it called.

How long he reads is drawn from a lognormal law of its own chance, so that days of other modes stay as they were.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from dialer.core.effects import PreviewShown
from dialer.core.events import Event
from dialer.core.wishes import DialAsked
from sim.heap import Future
from sim.world import lognormal

READING_S, READING_CV = 20.0, 0.6
"""Half a screen of an order and what was said before: an assumption, not a measurement."""


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
